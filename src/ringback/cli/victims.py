"""ringback victims, explain: who was called, and why one number is or is not among them."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ringback.cli.numbers import numbers_from_input
from ringback.cli.options import CaseArgument, JsonOption, RuleOption
from ringback.cli.session import acting_if_staffed
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.numbers.masking import mask_numbers
from ringback.pipeline.knowledge import as_far_as_known
from ringback.results.explain import explain_number
from ringback.results.list_files import choose_format
from ringback.results.results import open_results
from ringback.results.victims import count_victims, write_victims
from ringback.stages.rules import get_rule


class ListFormat(StrEnum):
    """Formats of the list of victims."""

    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


def victims(
    case: CaseArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Write the whole list to this new file, mode 0600: .csv, .json, .parquet or .xlsx (Excel).",
            readable=False,
        ),
    ] = None,
    format_: Annotated[
        ListFormat | None, typer.Option("--format", help="Format of the list; else by the file's ending.")
    ] = None,
    rule: RuleOption = None,
    origin: Annotated[
        bool, typer.Option("--origin/--no-origin", help="Say in which exhibit and row the first call stood.")
    ] = True,
    why: Annotated[str | None, typer.Option("--why", help="Why the list is needed; required with --out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Count the victims under a rule; with --out, write their list. Writing it is a disclosure and is logged."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        chosen = get_rule(rule or case_file.case.settings.alert_rule)
        if output is not None and not why:
            raise typer.BadParameter("say why the list is needed: --why TEXT", param_hint="--why")
        wanted = choose_format(output, format_ and format_.value) if output is not None else ""
        who = acting_if_staffed(case_file, "look", command="victims --out") if output is not None else ""
        with open_results(case_file) as results:
            if output is None:
                count = count_victims(results, chosen, why=why or "counted")
                facts: dict[str, Any] = {"rule": chosen.key, "definition": chosen.words, "victims": count}
            else:
                count = write_victims(
                    results, output, rule=chosen, format_=wanted, why=str(why), origin=origin, who=who
                )
                facts = {"rule": chosen.key, "victims": count, "file": str(output), "format": wanted}
            alarms = [mask_numbers(alarm) for alarm in results.alarms]
            words = as_far_as_known(chosen.words, results.gaps)
        if as_json:
            print_json(facts | {"findings": alarms})
        else:
            for alarm in alarms:
                err.print(f"READ THIS FIRST: {alarm}", markup=False)
            out.print(f"{count:,} victims under {chosen.key}: {words}", markup=False)
            if output is None:
                out.print("the list is written only when asked for: --out FILE --why TEXT", markup=False)
            else:
                out.print(f"written to {output}, readable by you alone; the disclosure is logged", markup=False)
        print_head(case_file)


def explain(
    case: CaseArgument,
    why: Annotated[str, typer.Option("--why", help="Why somebody asks, for the audit log.")],
    rule: RuleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a number is or is not among the victims. The number is read from standard input, never an argument."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        chosen = get_rule(rule or case_file.case.settings.alert_rule)
        who = acting_if_staffed(case_file, "look", command="explain")
        raw = next(numbers_from_input(f"ringback explain {case} --why TEXT"))
        with open_results(case_file) as results:
            answer = explain_number(results, raw, rule=chosen, why=why, who=who)
        if as_json:
            print_json(answer)
        else:
            _print_explanation(answer)
        print_head(case_file)


def _print_explanation(answer: Mapping[str, Any]) -> None:
    if answer["reason_unread"]:
        out.print(f"{answer['number']} cannot be read as a number: {answer['reason_unread']}", markup=False)
    for words in answer["not_known"]:
        out.print(f"not known: {words}", markup=False)
    if len(answer["readings"]) > 1:
        out.print(f"{answer['number']} has {len(answer['readings'])} readings", markup=False)
    for reading in answer["readings"]:
        kind = f"{reading['kind']}, {reading['region']}, read as {reading['how']}"
        out.print(f"{reading['number']} ({kind})", markup=False, style="bold")
        verdict = "a victim under" if reading["victim"] else "not a victim under"
        out.print(f"{verdict} {answer['rule']}: {reading['verdict']}", markup=False)
        if reading["possible_calls"]:
            out.print(f"{reading['possible_calls']} more calls may have gone to it: their number is ambiguous")
        for call in reading["calls"]:
            seconds = "?" if call["duration_s"] is None else f"{call['duration_s']:.0f}"
            shown = call["organisation"] or "another number"
            place = f"{call['exhibit']} {call['origin_table']} row {call['origin_row']}"
            out.print(
                f"  {call['started_at']}  {seconds:>5} s  showing {shown}, by {call['account'] or 'no account'}:"
                f" {call['outcome']} ({place})",
                markup=False,
            )
