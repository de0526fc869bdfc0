"""An import that is killed at any moment goes on where it was: no report is lost, and none is there twice."""

import random
import signal
import time

import pytest
from sqlalchemy import func, select

from alert_rows import make_case_file
from report_contents import logged
from ringback.case.case_file import new_case, open_case_file
from ringback.numbers.reader import read_number
from ringback.records.report_tables import report_losses, reports
from ringback.records.reports import list_reports
from ringback.settings import Settings
from ringback.victim_reports.duplicates import find_pairs
from ringback.victim_reports.erasure import erase
from ringback.victim_reports.imports import importing
from ringback.victim_reports.imports.columns import ChosenColumns
from ringback.victim_reports.imports.export_file import open_export
from ringback.victim_reports.imports.importing import find_columns, import_export
from ringback.victim_reports.sealing import open_content
from soak.commands import Command
from staff_members import make_staff

ROWS = 3000
FAULTY = ROWS // 50


def write_export(path, rows=ROWS):
    lines = ["Crime reference,Date of incident,Victim phone,Loss amount,Description"]
    for row in range(1, rows + 1):
        day = "31/02/2022" if row % 50 == 0 else "20/11/2022"
        lines.append(f"N{row:05},{day},07700 900{row % 1000:03},{row}.50,what happened to {row}")
    path.write_text("\n".join(lines) + "\n")
    return path


def check_whole(case_file, rows=ROWS):
    """Every row that can be taken is one report, which says what its row says."""
    with case_file.records.connect() as connection:
        found = list_reports(connection)
        losses = connection.scalar(select(func.count()).select_from(report_losses))
        lost = connection.scalar(select(func.sum(report_losses.c.pence)))
    wanted = [row for row in range(1, rows + 1) if row % 50]
    assert sorted(one.source_row for one in found) == wanted
    assert [one.place for one in found] == list(range(1, len(found) + 1))
    assert losses == len(found)
    assert lost == sum(row * 100 + 50 for row in wanted)
    keys = case_file.keys()
    for one in found[:: max(1, len(found) // 50)]:
        content = open_content(one.sealed, one.key_sealed, keys, report=one.id)
        assert content.story == f"what happened to {one.source_row}"
        assert content.called_number == read_number(content.called_number_typed, case_file.dial_plan()).e164
    assert case_file.log.find_faults() == []
    assert sum(one["imported"] for one in logged(case_file, "reports_imported")) == len(found)
    assert case_file.find_lacking() == []


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_import_that_dies_between_two_chunks_goes_on(tmp_path, monkeypatch, after):
    case_file = make_case_file(tmp_path)
    monkeypatch.setattr(importing, "_CHUNK_ROWS", 20)
    export = open_export(write_export(tmp_path / "export.csv", 100), case_file.limits())
    mapping = find_columns(export, ChosenColumns())
    seen = []

    def die(rows):
        seen.append(rows)
        if len(seen) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_export(case_file, export, mapping, who="alice", why="a test", progress=die)
    done = import_export(case_file, export, mapping, who="alice", why="a test")
    # Of the faulty rows, one is among the first 60.
    assert done.known == 20 * after - (after == 3)
    assert done.known + done.imported == 98
    assert done.rejected_rows == 2
    check_whole(case_file, 100)
    case_file.records.dispose()


def test_a_later_export_brings_in_what_is_new_or_says_something_else(tmp_path):
    case_file = make_case_file(tmp_path)

    def bring(text):
        path = tmp_path / "export.csv"
        path.write_text("Crime reference,Loss amount,Description\n" + text)
        export = open_export(path, case_file.limits())
        done = import_export(case_file, export, find_columns(export, ChosenColumns()), who="a", why="a test")
        return done.rows, done.imported, done.known

    assert bring("N1,5,one\nN2,6,two\nN2,6,two\n") == (3, 3, 0)
    assert bring("N1,5,one\nn 2,6,two\nN3,7,three\n") == (3, 1, 2)
    assert bring("N1,5000,one\nN2,6,two\n") == (2, 1, 1)
    found = find_pairs(case_file, member="a", why="a test")
    assert {(one.first, one.second) for one in found} == {("R-0002", "R-0003"), ("R-0001", "R-0005")}
    assert "another centre has both under the same number" in found[0].reasons
    erase(case_file, "R-0004", member="b", why="asked for it")
    assert bring("N3,7,three\nN3,8,three and more\n") == (2, 0, 2)
    case_file.records.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_import_goes_on_and_comes_to_the_same(tmp_path, seed):
    keys = tmp_path / "keys"
    case_file = new_case(tmp_path / "case", settings=Settings(keys_dir=keys), name="Test", synthetic=True)
    token = make_staff(case_file, {"alice": "planner"})["alice"]
    case_file.records.dispose()
    case_file.close()
    export, draw = write_export(tmp_path / "export.csv"), random.Random(seed)
    environment = {"RINGBACK_KEYS": str(keys), "RINGBACK_SESSION": token}
    words = ("report", "import", tmp_path / "case", export, "--accept", "--why", "a test")
    kills = 0
    for _try in range(12):
        command = Command(*words, folder=tmp_path, environment=environment)
        time.sleep(draw.uniform(0.2, 1.8))
        kills += command.ended() is None
        command.send(signal.SIGKILL, to_group=True)
        command.wait(30)
        assert command.orphans() == []
        if kills >= 4:
            break
    assert kills
    last = Command(*words, "--json", folder=tmp_path, environment=environment)
    assert last.wait(120) == 1, last.err  # some rows are rejected
    reopened = open_case_file(tmp_path / "case", settings=Settings(keys_dir=keys))
    check_whole(reopened)
    with reopened.records.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(reports)) == ROWS - FAULTY
    reopened.records.dispose()
