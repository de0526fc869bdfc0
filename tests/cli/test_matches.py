"""ringback matches, as somebody types it: the list, one report, and what a person decides."""

import json
from datetime import date

import pytest

from case_copies import copy_prepared
from cli.conftest import make_run_case
from report_snapshots import report, write_snapshot

SUBJECTS = "account,subject,status\nfox,S1,identified\n"
CALLS = (
    "call_id,leg,account,started_at,presentation_number,called_number,duration_s,disposition\n"
    "C1,b,fox,2021-08-02 10:00:00,+442079460000,+447700900001,90,ANSWERED\n"
    "C2,b,fox,2021-08-03 11:00:00,+442079460000,+447700900012,90,ANSWERED\n"
    "C3,b,fox,2021-08-03 12:00:00,+442079460000,+447700900013,90,ANSWERED\n"
)


TOLD = {"called_on_sure": "exact", "talk_time": "minutes_1_5"}


@pytest.fixture(scope="module")
def run_case(ringback, tmp_path_factory):
    """A case that was run; to be copied."""
    return make_run_case(ringback, tmp_path_factory.mktemp("matches"), {"calls.csv": CALLS, "subjects.csv": SUBJECTS})


@pytest.fixture
def case(run_case, tmp_path, keys):
    return copy_prepared(run_case, tmp_path / "case", keys)


@pytest.fixture
def snapshot(tmp_path):
    """Three reports: of a number that was called, of one between two that were, of one that never was."""
    rows = [
        report("R-0001", called_number="+447700900001", called_on=date(2021, 8, 2), **TOLD),
        report("R-0002", called_number="+447700900011", called_on=date(2021, 8, 3), **TOLD),
        report("R-0003", called_number="+447700900777", **TOLD),
    ]
    return write_snapshot(tmp_path / "reports.parquet", rows)


def outcomes(done):
    return {one["report"]: one["outcome"] for one in done.json["reports"]}


def test_reports_are_tied_and_listed_with_masked_numbers(ringback, case, snapshot):
    done = ringback("matches", case, "--snapshot", snapshot, "--json")
    assert done.code == 0, done.err
    assert outcomes(done) == {"R-0001": "likely", "R-0002": "for_a_person", "R-0003": "not_in_the_calls"}
    told = ringback("matches", case)
    for words in ("tied to its number", "a person has to decide: two numbers agree about equally well", "audit head"):
        assert words in told.out + told.err
    assert "7009000" not in told.out + told.err + done.out
    assert "•••01" in told.out
    assert all(name in told.out for name in ("R-0001", "R-0002", "R-0003"))


def test_the_same_command_finds_what_it_made_and_needs_no_snapshot_again(ringback, case, snapshot):
    first = ringback("matches", case, "--snapshot", snapshot, "--json").json
    snapshot.unlink()
    again = ringback("matches", case, "--json").json
    assert (first["unchanged"], again["unchanged"]) == (False, True)
    assert again["matches"] == first["matches"]
    assert ringback("verify", case).code == 0


def test_one_report_is_shown_with_the_points_and_reasons_of_its_numbers(ringback, case, snapshot):
    done = ringback("matches", case, "--snapshot", snapshot, "--report", "R-0002")
    assert "1. +••••••••••12: 20 points" in done.out
    assert "2. +••••••••••13: 20 points" in done.out
    assert "-11  one digit of the number is another" in done.out
    assert " +22  called on the very day, of which the reporter is sure" in done.out
    assert "row 2" in done.out


def test_what_a_person_decides_is_logged_with_who_and_why_and_shown(ringback, case, snapshot):
    assert ringback("matches", case, "--snapshot", snapshot, "--json").code == 0
    done = ringback("matches", case, "--confirm", "R-0002", "--rank", 2, "--why", "the caller's notes say so", "--json")
    assert done.code == 0, done.err
    assert [one["decision"] for one in done.json["reports"]] == ["confirmed"]
    assert ringback("matches", case, "--reject", "R-0001", "--why", "another bank").code == 0
    listed = {one["report"]: one["decision"] for one in ringback("matches", case, "--json").json["reports"]}
    assert listed == {"R-0001": "rejected", "R-0002": "confirmed", "R-0003": None}
    log = ringback("audit", case, "--json").json
    confirmed, rejected = (json.loads(one["facts"]) for one in log if one["what"] == "match_decided")
    assert confirmed["number"] != rejected["number"]
    assert ":" in confirmed["number"]
    assert "7009000" not in json.dumps(log)
    assert ringback("verify", case).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--confirm", "R-0009", "--why", "x"], "match_report_unknown"),
        (["--report", "R-0009"], "match_report_unknown"),
        (["--confirm", "R-0003", "--why", "x"], "match_number_unknown"),
        (["--confirm", "R-0001", "--rank", 2, "--why", "x"], "match_number_unknown"),
        (["--snapshot", "nowhere.parquet"], "file_missing"),
    ],
)
def test_what_cannot_be_decided_or_read_is_refused(ringback, case, snapshot, words, code):
    assert ringback("matches", case, "--snapshot", snapshot, "--json").code == 0
    done = ringback("matches", case, *words, "--json")
    assert (done.code, done.json["error"]) == (2, code)


def test_a_decision_needs_a_reason_and_one_report(ringback, case, snapshot):
    assert ringback("matches", case, "--snapshot", snapshot, "--json").code == 0
    assert ringback("matches", case, "--confirm", "R-0001").code == 2
    assert ringback("matches", case, "--confirm", "R-0001", "--reject", "R-0002", "--why", "x").code == 2
    assert "match_decided" not in ringback("audit", case).out


def test_a_case_without_reports_says_so(ringback, case):
    done = ringback("matches", case, "--json")
    assert (done.code, done.json["error"]) == (2, "snapshot_none")
