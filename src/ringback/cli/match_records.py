"""Where `ringback matches` takes reports from, and where it leaves decisions: the one place where that is wired.

Today a snapshot is a file that somebody names, and decisions stand in the audit log. Once a case keeps records of
reports, both come from there, and only this module changes.
"""

from dataclasses import dataclass
from pathlib import Path

from ringback.alerting.model.states import ACCEPTED, CLAIMED, IN_DOUBT, NEEDS_HUMAN
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.pipeline.matching import MatchInputs, kept_inputs
from ringback.records.alerted_numbers import find_alerted
from ringback.results.matches import DecisionRecords, LoggedDecisions

# The provider has the text, or may have it.
_WENT_OUT = (CLAIMED, IN_DOUBT, ACCEPTED, NEEDS_HUMAN)


@dataclass(frozen=True, slots=True)
class ReportSources:
    """What reports are matched from, and where decisions about them are kept."""

    inputs: MatchInputs
    decisions: DecisionRecords


def open_sources(case_file: CaseFile, *, snapshot: Path | None, assessments: Path | None) -> ReportSources:
    """The reports of a case.

    Args:
        case_file: The case.
        snapshot: A snapshot of reports that somebody named; None for the one that was matched last.
        assessments: Losses that others assessed, if somebody named a file of them.

    Raises:
        RingbackError: `snapshot_none`.
    """
    if snapshot is None:
        last = case_file.log.find_last("reports_matched")
        if last is None:
            raise RingbackError("snapshot_none", path=case_file.case.path)
        inputs = kept_inputs(case_file.case.matches_dir / str(last["matches"]))
        snapshot, assessments = inputs.snapshot, assessments or inputs.assessments
    with case_file.records.connect() as connection:
        alerted = find_alerted(connection, states=_WENT_OUT)
    return ReportSources(MatchInputs(snapshot, assessments, alerted), LoggedDecisions(case_file))
