"""What somebody with the database changes of reports behind the log's back is found."""

import pytest
from sqlalchemy import delete, insert, select, update

from alert_rows import NOON
from report_contents import take
from ringback.records.db import writing
from ringback.records.report_losses import Money
from ringback.records.report_tables import report_decisions, report_losses, reports
from ringback.victim_reports import casework
from ringback.victim_reports.erasure import erase
from ringback.victim_reports.imports.columns import ChosenColumns
from ringback.victim_reports.imports.export_file import open_export
from ringback.victim_reports.imports.importing import find_columns, import_export
from ringback.victim_reports.integrity import find_report_differences


@pytest.fixture
def worked_on(case_file, tmp_path):
    """Reports of all ways, with all that can be done to them."""
    take(case_file)
    take(case_file)
    take(case_file)
    path = tmp_path / "export.csv"
    path.write_text("Description,Loss\na,5\nb,6\n")
    export = open_export(path, case_file.limits())
    import_export(case_file, export, find_columns(export, ChosenColumns()), who="alice", why="a test")
    casework.change_status(case_file, "R-0001", "looked_at", member="alice", why="a")
    casework.give_losses(case_file, "R-0001", [Money("confirmed", 5)], member="alice", why="a")
    casework.give_losses(case_file, "R-0001", [Money("confirmed", 6)], member="alice", why="a")
    casework.decide_match(case_file, "R-0001", about="k1:0", run="r", confirmed=True, member="alice", why="a")
    erase(case_file, "R-0002", member="bob", why="a")
    return case_file


def test_nothing_differs_in_what_was_done_by_the_program(worked_on, case_file):
    assert find_report_differences(worked_on) == []


def _copy_content(connection):
    row = connection.execute(select(reports).where(reports.c.id == "R-0001")).one()
    return update(reports).where(reports.c.id == "R-0003").values(sealed=row.sealed, key_sealed=row.key_sealed)


FORGED = {
    "a report is gone": [delete(report_losses).where(report_losses.c.report == "R-0003"),
                         delete(reports).where(reports.c.id == "R-0003")],
    "an imported report is gone": [delete(report_losses).where(report_losses.c.report == "R-0005"),
                                   delete(reports).where(reports.c.id == "R-0005")],
    "another status": [update(reports).where(reports.c.id == "R-0001").values(status="closed")],
    "emptied by somebody": [update(reports).where(reports.c.id == "R-0001").values(key_sealed=None)],
    "the content of another": [_copy_content],
    "another confirmed loss": [update(report_losses).where(report_losses.c.basis == "confirmed").values(pence=7)],
    "another reported loss": [update(report_losses).where(report_losses.c.basis == "reported").values(pence=7)],
    "a decision that nobody made": [
        insert(report_decisions).values(report="R-0001", what="match", about="k1:1", run="r", decision="confirmed",
                                        who="alice", at=NOON, why="a")
    ],
    "a decision is gone": [delete(report_decisions).where(report_decisions.c.what == "match")],
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_what_was_changed_behind_the_log_is_told(worked_on, what):
    with writing(worked_on.records).begin() as connection:
        for one in FORGED[what]:
            connection.execute(one(connection) if callable(one) else one)
    assert find_report_differences(worked_on)
