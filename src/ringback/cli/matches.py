"""ringback matches: ties reports to calls, shows what came of each, and keeps what a person decides."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ringback.case.case_file import CaseFile
from ringback.cli import match_records as records
from ringback.cli.match_lines import figure_lines, list_lines, report_lines
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.session import acting_for, acting_if_staffed
from ringback.cli.terminal import open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.pipeline.matching import FIGURES_FILE, match_reports
from ringback.results.matches import MatchList, read_matches

_WHY = "tying reports to calls"


def matches(
    case: CaseArgument,
    snapshot: Annotated[
        Path | None,
        typer.Option(help="Reports of somewhere else (Parquet), not those of the case.", readable=False),
    ] = None,
    assessments: Annotated[
        Path | None, typer.Option(help="Losses that others confirmed or estimated (Parquet).", readable=False)
    ] = None,
    report: Annotated[str, typer.Option(help="Show one report, with its numbers and reasons.", metavar="REPORT")] = "",
    confirm: Annotated[str, typer.Option(help="Confirm that this report is about its number.", metavar="REPORT")] = "",
    reject: Annotated[str, typer.Option(help="Say that this report is not about its number.", metavar="REPORT")] = "",
    rank: Annotated[int, typer.Option(help="Which of the report's numbers is meant: 1 is the best.", min=1)] = 1,
    why: WhyOption = _WHY,
    as_json: JsonOption = False,
) -> None:
    """Tie reports to the calls of the current run, show what came of each and why, and keep what a person decides."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _check_words(snapshot, assessments, confirm=confirm, reject=reject, why=why)
        chosen = confirm or reject
        if chosen:
            found, who = _decide(case_file, chosen, confirmed=bool(confirm), rank=rank, why=why)
        else:
            who = acting_if_staffed(case_file, "look", command="matches")
            if snapshot:
                inputs = records.reports_of_file(case_file, snapshot, assessments)
            else:
                inputs = records.reports_of_case(case_file, member=who, why=why)
            found = read_matches(match_reports(case_file, inputs, why=why, progress=BarProgress(quiet=as_json)))
        only = chosen or report
        shown = _look(case_file, found, only=only, who=who, why=why)
        decided = found.count_decisions(records.standing_decisions(case_file, found))
        if as_json:
            made = found.matching
            print_json(
                {"matches": made.id, "unchanged": made.unchanged, "reports": shown, "figures": found.read_figures(),
                 "decided": decided}
            )  # fmt: skip
        else:
            lines = report_lines(shown[0]) if only else list_lines(found, shown)
            for line in lines:
                out.print(line, markup=False)
            if not only:
                for line in figure_lines(found.read_figures(), decided):
                    out.print(line, markup=False)
                out.print(f"\nfigures  {found.matching.folder / FIGURES_FILE}", markup=False)
        print_head(case_file)


def _check_words(snapshot: Path | None, assessments: Path | None, *, confirm: str, reject: str, why: str) -> None:
    if confirm and reject:
        raise typer.BadParameter("confirm or reject one report at a time", param_hint="--reject")
    if (confirm or reject) and snapshot:
        raise RingbackError("match_of_file", path=snapshot)
    if (confirm or reject) and why == _WHY:
        raise typer.BadParameter("say why: --why TEXT", param_hint="--why")
    if assessments and not snapshot:
        raise typer.BadParameter(
            "it goes with --snapshot; a case's own reports have theirs", param_hint="--assessments"
        )
    for path in (snapshot, assessments):
        if path is not None and not path.is_file():
            raise RingbackError("file_missing", path=path.absolute())


def _decide(case_file: CaseFile, report: str, *, confirmed: bool, rank: int, why: str) -> tuple[MatchList, str]:
    """Keep what a person decided. Returns the matches that they looked at, and who they are."""
    member = acting_for(case_file, "report", command="matches").name
    found = records.shown_matches(case_file)
    records.decide(case_file, found, report=report, confirmed=confirmed, rank=rank, member=member, why=why)
    return found, member


def _look(case_file: CaseFile, found: MatchList, *, only: str, who: str, why: str) -> list[dict[str, Any]]:
    """All reports, or one, as people see them. The look is logged first."""
    if only and only not in found.outcomes:
        raise RingbackError("match_report_unknown", report=only)
    made = found.matching
    facts = {"matches": made.id, "source": made.manifest["source"], "reports": 1 if only else len(found.outcomes)}
    case_file.log.add(records.SHOWN, why=why, facts=facts, who=who)
    decisions = records.standing_decisions(case_file, found)
    digests = case_file.keys().digests if decisions else lambda _number: []
    return found.as_dicts(decisions, digests, only=only)
