"""Erasing a report for good: its key is dropped, snapshots that hold it are removed. The row stays, to be counted."""

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.db import writing
from ringback.records.reports import Report, erase_report, get_report
from ringback.records.staff import Transaction
from ringback.victim_reports.reasons import check_why
from ringback.victim_reports.snapshot import remove_snapshots_with

ERASED = "report_erased"


def erase(case_file: CaseFile, report: str, *, member: str, why: str) -> Report:
    """Erase what a report says. Returns the row as it was.

    Raises:
        RingbackError: `report_missing`, `report_erased`, `why_missing` or `output_unwritable`.
    """
    check_why(why)
    with case_file.records.connect() as connection:
        found = _get(connection, report)
    # First, so that nothing is left if this is interrupted: the same command then does the rest.
    snapshots = remove_snapshots_with(case_file, found.id)
    with writing(case_file.records).begin() as connection:
        found = _get(connection, found.id)
        erase_report(connection, found.id, by=member, now=case_file.clock.now())
        facts = {"report": found.id, "way": found.way, "snapshots": snapshots}
        entry = case_file.log.add_within(connection, ERASED, why=why, facts=facts, who=member)
    case_file.log.note_head(entry)
    return found


def _get(connection: Transaction, report: str) -> Report:
    found = get_report(connection, report)
    if found.erased_at is not None:
        raise RingbackError("report_erased", report=found.id)
    return found
