"""ringback matches: ties reports to calls, shows what came of each, and keeps what a person decides."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ringback.case.case_file import CaseFile
from ringback.cli.match_records import ReportSources, open_sources
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.session import acting_if_staffed
from ringback.cli.terminal import open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.pipeline.matching import match_reports
from ringback.results.matches import MatchList, Verdict, decide, read_matches
from ringback.stages.match_rule import OUTCOME_REASONS, OUTCOMES


def matches(
    case: CaseArgument,
    snapshot: Annotated[
        Path | None,
        typer.Option(help="The snapshot of reports (Parquet); else the one that was matched last.", readable=False),
    ] = None,
    assessments: Annotated[
        Path | None, typer.Option(help="Losses that others confirmed or estimated (Parquet).", readable=False)
    ] = None,
    report: Annotated[str, typer.Option(help="Show one report, with its numbers and reasons.", metavar="REPORT")] = "",
    confirm: Annotated[str, typer.Option(help="Confirm that this report is about its number.", metavar="REPORT")] = "",
    reject: Annotated[str, typer.Option(help="Say that this report is not about its number.", metavar="REPORT")] = "",
    rank: Annotated[int, typer.Option(help="Which of the report's numbers is meant: 1 is the best.", min=1)] = 1,
    why: WhyOption = "tying reports to calls",
    as_json: JsonOption = False,
) -> None:
    """Tie reports to the calls of the current run, show what came of each and why, and keep what a person decides."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        who = acting_if_staffed(case_file, "look", command="matches")
        if confirm and reject:
            raise typer.BadParameter("confirm or reject one report at a time", param_hint="--reject")
        if (confirm or reject) and why == "tying reports to calls":
            raise typer.BadParameter("say why: --why TEXT", param_hint="--why")
        _check_file(snapshot)
        _check_file(assessments)
        sources = open_sources(case_file, snapshot=snapshot, assessments=assessments)
        made = match_reports(case_file, sources.inputs, why=why, progress=BarProgress(quiet=as_json))
        found = read_matches(made)
        if confirm or reject:
            verdict = Verdict.confirmed if confirm else Verdict.rejected
            decided = decide(
                case_file,
                found,
                sources.decisions,
                report=confirm or reject,
                verdict=verdict,
                rank=rank,
                who=who,
                why=why,
            )
            shown = _look(case_file, found, sources, report=decided.report, who=who, why=why)
        else:
            shown = _look(case_file, found, sources, report=report, who=who, why=why)
        if as_json:
            print_json({"matches": made.id, "unchanged": made.unchanged, "reports": shown})
        elif report or confirm or reject:
            _print_report(shown[0])
        else:
            _print_list(found, shown)
            out.print(f"\nfigures  {made.folder / 'figures.json'}", markup=False)
        print_head(case_file)


def _check_file(path: Path | None) -> None:
    if path is not None and not path.is_file():
        raise RingbackError("file_missing", path=path.absolute())


def _look(
    case_file: CaseFile, found: MatchList, sources: ReportSources, *, report: str, who: str, why: str
) -> list[dict[str, Any]]:
    """All reports, or one, as people see them. The look is logged first."""
    if report and report not in found.outcomes:
        raise RingbackError("match_report_unknown", report=report)
    facts = {"matches": found.matching.id, "reports": 1 if report else len(found.outcomes)}
    case_file.log.add("matches_shown", why=why, facts=facts, who=who)
    described = found.as_dicts(sources.decisions.last())
    return [one for one in described if report in ("", one["report"])]


def _print_list(found: MatchList, shown: list[dict[str, Any]]) -> None:
    head = ("report", "outcome", "why", "number", "points", "score", "calls", "decided")
    rows = [head, *(_cells(one) for one in shown)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    # Not a table of rich: on a narrow screen, or in a file, it cuts off the reports' ids.
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out.print(line.rstrip(), markup=False)
    out.print()
    counted = Counter((one["outcome"], one["reason"]) for one in found.outcomes.values())
    for outcome, words in OUTCOMES.items():
        for (one, reason), count in sorted(counted.items()):
            if one == outcome:
                out.print(f"{count:>8,}  {outcome}, {reason}: {words}: {OUTCOME_REASONS[reason]}", markup=False)


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        one["report"],
        one["outcome"],
        one["reason"],
        one["number"] or "",
        "" if one["points"] is None else str(one["points"]),
        "" if one["score"] is None else f"{one['score']:.4f}",
        str(one["calls"]),
        one["decision"] or "",
    )


def _print_report(one: Mapping[str, Any]) -> None:
    out.print(f"{one['report']}: {one['words']}", markup=False, style="bold")
    if one["decision"]:
        out.print(f"a person {one['decision']} it", markup=False)
    if one["number"] and not one["numbers"]:
        out.print(f"{one['number']}: no call to it is in this run", markup=False)
    for number in one["numbers"]:
        own = f", the {number['own']}'s own" if number["own"] else ""
        out.print(
            f"{number['rank']}. {number['number']}{own}: {number['points']} points, score {number['score']:.4f}",
            markup=False,
        )
        for part in number["parts"].values():
            out.print(f"  {part['points']:>+4}  {part['words']}", markup=False)
        call = number["best_call"]
        out.print(f"        {call['started_at']} ({call['exhibit']} {call['table']} row {call['row']})", markup=False)
