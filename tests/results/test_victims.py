"""Answers about people on literal tables: the rows of a run in; lists, verdicts and what was logged out."""

import csv

import pytest

from literal_run import literal_run
from ringback import schemas as t
from ringback.errors import RingbackError
from ringback.pipeline.findings import Findings
from ringback.results.victims import ORIGIN_COLUMNS, count_victims, find_victims, write_victims
from ringback.stages.rules import A_MINUTE, RULES
from stages.literal_tables import START, call, tied

FIVE_MINUTES = RULES["over-five-minutes@1"]


def victim(number, **values):
    made = {"called_number": number, "rule": A_MINUTE.key, "reason": "called", "calls": 1, "first_at": START}
    return made | {"first_exhibit": "EX-001", "first_table": "calls", "first_row": 1} | values


VICTIMS = {t.VICTIMS: [victim("+447700900002"), victim("+447700900001")]}


def logged(results, action):
    return [entry for entry in results.case_file.log.entries() if entry.what == action]


def test_victims_of_the_runs_own_rule_are_those_it_saved_by_number(tmp_path):
    with literal_run(tmp_path, VICTIMS) as results:
        found = find_victims(results, A_MINUTE)
    assert found.column("called_number").to_pylist() == ["+447700900001", "+447700900002"]


def test_victims_of_another_rule_are_found_anew(tmp_path):
    calls = [
        call(1, duration_s=300.0),
        call(2, called_number="+447700900002", duration_s=300.5),
        call(3, called_number="+447700900003", duration_s=900.0, account="nobody's"),
    ]
    tables = VICTIMS | {t.CALLS: calls, t.ACCOUNT_SUBJECTS: [tied("ann", "S1")]}
    with literal_run(tmp_path, tables) as results:
        (found,) = find_victims(results, FIVE_MINUTES).to_pylist()
    assert (found["called_number"], found["rule"], found["subjects"]) == ("+447700900002", FIVE_MINUTES.key, 1)


def test_a_count_is_logged_and_tells_no_number(tmp_path):
    with literal_run(tmp_path, VICTIMS) as results:
        assert count_victims(results, A_MINUTE, why="a question") == 2
        (entry,) = logged(results, "victims_counted")
    assert (entry.why, entry.read_facts()) == ("a question", {"run": "run", "rule": A_MINUTE.key, "numbers": 2})


@pytest.mark.parametrize("origin", [True, False])
def test_a_list_has_every_victim_and_is_logged_before(tmp_path, monkeypatch, origin):
    monkeypatch.setattr("ringback.results.results.find_findings", lambda _engine, _gaps: Findings([], []))
    path = tmp_path / "list for 07700 900001.csv"
    with literal_run(tmp_path, VICTIMS | {t.RAW_ACCOUNTS: []}) as results:
        written = write_victims(results, path, rule=A_MINUTE, format_="csv", why="to warn", origin=origin)
        (entry,) = logged(results, "victims_listed")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert (written, [row["called_number"] for row in rows]) == (2, ["+447700900001", "+447700900002"])
    assert all((name in rows[0]) == origin for name in ORIGIN_COLUMNS)
    assert entry.read_facts()["numbers"] == 2
    assert "900001" not in entry.facts
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_list_that_cannot_be_written_is_neither_written_nor_logged(tmp_path):
    (tmp_path / "list.csv").write_text("another's")
    with literal_run(tmp_path, VICTIMS) as results:
        with pytest.raises(RingbackError) as caught:
            write_victims(results, tmp_path / "list.csv", rule=A_MINUTE, format_="csv", why="to warn")
        assert logged(results, "victims_listed") == []
    assert caught.value.code == "output_exists"
    assert (tmp_path / "list.csv").read_text() == "another's"
