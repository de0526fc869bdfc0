"""Where `ringback matches` takes reports from, and where it leaves decisions.

Reports are those of the case's records, frozen. Those of somewhere else come as a file; nobody decides about them here.
"""

from collections.abc import Mapping
from pathlib import Path

from ringback.alerting.model.states import ACCEPTED, CLAIMED, IN_DOUBT, NEEDS_HUMAN
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.pipeline.matching import RECORDS, Matching, MatchInputs, open_matches
from ringback.records.alerted_numbers import find_alerted
from ringback.records.report_decisions import MATCH, Decision, list_decisions, standing_matches
from ringback.records.reports import has_reports
from ringback.results.matches import MatchList, read_matches
from ringback.schemas.reports import LOSS_ASSESSMENTS
from ringback.victim_reports.casework import decide_match
from ringback.victim_reports.snapshot import freeze_reports

SHOWN = "matches_shown"
# The provider has the text, or may have it.
_WENT_OUT = (CLAIMED, IN_DOUBT, ACCEPTED, NEEDS_HUMAN)


def reports_of_case(case_file: CaseFile, *, member: str, why: str) -> MatchInputs:
    """The reports of the case's records, frozen as they are now, with the losses that others assessed.

    Raises:
        RingbackError: `reports_none`, or as `freeze_reports`.
    """
    with case_file.records.connect() as connection:
        if not has_reports(connection):
            raise RingbackError("reports_none", path=case_file.case.path)
    frozen = freeze_reports(case_file, member=member, why=why)
    return MatchInputs(frozen.path(), frozen.path(LOSS_ASSESSMENTS), _alerted(case_file), RECORDS)


def reports_of_file(case_file: CaseFile, snapshot: Path, assessments: Path | None) -> MatchInputs:
    """Reports of somewhere else: a snapshot that somebody names, and a file of assessed losses, if there is one."""
    return MatchInputs(snapshot, assessments, _alerted(case_file))


def _alerted(case_file: CaseFile) -> frozenset[str]:
    with case_file.records.connect() as connection:
        return find_alerted(connection, states=_WENT_OUT)


def shown_matches(case_file: CaseFile) -> MatchList:
    """The matches of the case's reports that were shown last: a person decides about what can be seen.

    Raises:
        RingbackError: `matches_not_shown` where there are none, they are gone, or the case was run again since.
    """
    last = case_file.log.find_last(SHOWN, source=RECORDS)
    folder = case_file.case.matches_dir / str((last or {}).get("matches"))
    if last is None or not folder.is_dir():
        raise RingbackError("matches_not_shown", path=case_file.case.path)
    manifest = open_matches(case_file, folder.name)
    if manifest["run"] != case_file.case.get_current_run().name:
        raise RingbackError("matches_not_shown", path=case_file.case.path)
    return read_matches(Matching(folder.name, folder, manifest, unchanged=True))


def standing_decisions(case_file: CaseFile, found: MatchList) -> Mapping[str, Decision]:
    """What stands of the decisions about these matches, by report; none for reports of somewhere else."""
    if found.matching.manifest["source"] != RECORDS:
        return {}
    with case_file.records.connect() as connection:
        return standing_matches(list_decisions(connection, what=MATCH))


def decide(
    case_file: CaseFile, found: MatchList, *, report: str, confirmed: bool, rank: int, member: str, why: str
) -> Decision:
    """Keep what a person decided about a report and one of its numbers.

    Args:
        case_file: The case.
        found: The matches that the person looked at.
        report: The report's id.
        confirmed: Whether the report is about the number; else it is rejected.
        rank: Which of the report's numbers, from 1 for the best.
        member: Who decides.
        why: Why.

    Raises:
        RingbackError: `match_report_unknown`, `match_number_unknown` (a report without a number cannot be confirmed),
            or as `decide_match`.
    """
    number = found.find_number(report, rank)
    if number is None and confirmed:
        raise RingbackError("match_number_unknown", report=report, rank=rank, numbers=0)
    about = case_file.key().digest(number) if number else ""
    run = str(found.matching.manifest["run"])
    return decide_match(case_file, report, about=about, run=run, confirmed=confirmed, member=member, why=why)
