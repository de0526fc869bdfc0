"""ringback run, figures, victims, explain, number: the main job and what it answers."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ringback.answers import count_victims, explain_number, open_results, write_victims
from ringback.casework import CaseFile
from ringback.cli.acting import acting_if_staffed
from ringback.cli.bars import BarProgress
from ringback.cli.cases import CaseArgument, JsonOption, WhyOption
from ringback.cli.lookups import plan_lookups, print_lookups
from ringback.cli.terminal import (
    end_with_findings,
    err,
    given_memory_limit,
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
)
from ringback.errors import RingbackError
from ringback.flow import dial_plan
from ringback.flow import run as run_case
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.masking import mask_number
from ringback.numbers.organisations import find_organisation
from ringback.numbers.parse import read_number
from ringback.reporting.funnel import FunnelStep
from ringback.results import Results
from ringback.stages.rules import get_rule

RuleOption = Annotated[str | None, typer.Option("--rule", help="Who counts as a victim; else the case's own rule.")]
MemoryOption = Annotated[
    str | None,
    typer.Option(
        "--memory-limit",
        help="Memory the run may use, roughly, such as 4GB; else RINGBACK_MEMORY_LIMIT.",
        metavar="SIZE",
        callback=given_memory_limit,
    ),
]
_HEADLINES = (
    ("numbers_to_alert", "UK mobiles to alert"),
    ("uk_people_over_minute", "UK people called over a minute"),
    ("uk_calls_over_minute", "UK calls over a minute"),
    ("uk_calls", "UK calls"),
    ("calls_total", "calls"),
    ("accounts_active", "accounts that called"),
    ("accounts_total", "accounts"),
    ("revenue_gbp", "pounds paid in"),
    ("peak_uk_people_per_minute", "UK people called in the busiest minute"),
    ("first_call_at", "first call"),
    ("last_call_at", "last call"),
)


class EngineName(StrEnum):
    """What can run the analysis."""

    duckdb = "duckdb"
    spark = "spark"


class ListFormat(StrEnum):
    """Formats of the list of victims."""

    csv = "csv"
    json = "json"
    parquet = "parquet"


def run(
    case: CaseArgument,
    why: WhyOption = "main run",
    engine: Annotated[
        EngineName | None, typer.Option("--engine", help="What runs the analysis; the results are the same.")
    ] = None,
    master: Annotated[
        str | None,
        typer.Option("--master", metavar="MASTER", help="Where Spark runs, such as local[2] or spark://host:7077."),
    ] = None,
    memory_limit: MemoryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do the main job: read the exhibits, find who was called, write figures and report.

    Exit code 0: done. 1: done, but people may be missing: an exhibit is damaged, or much of it could not be read.
    2: could not be done. A run that was stopped or killed goes on after its last finished table.
    """
    going_on = f"what was finished is kept, and this goes on from there: ringback run {case}"
    with reporting_errors(as_json=as_json, go_on=going_on):
        case_file = _with_engine(open_for(case, memory_limit=memory_limit), engine, master)
        progress = BarProgress(quiet=as_json)
        with progress.watching():
            made = run_case(case_file, why=why, progress=progress)
        with open_results(case_file) as results:
            report = case_file.case.out_dir / "report.html"
            with progress.step("Writing the report", None):
                results.write()
            if as_json:
                print_json(results.as_dict() | {"unchanged": made.unchanged, "report": str(report)})
            else:
                if made.unchanged:
                    out.print(f"nothing has changed since run {made.id}: nothing was redone\n")
                print_funnel(results.funnel)
                print_figures(results.figures)
                _print_findings(results)
                out.print(f"\nreport   {report}\nfigures  {report.with_name('figures.json')}", markup=False)
            print_head(case_file)
            end_with_findings(found=bool(results.alarms))


def _with_engine(case_file: CaseFile, engine: EngineName | None, master: str | None) -> CaseFile:
    chosen = case_file.settings
    if engine is not None:
        chosen = replace(chosen, engine=engine.value)
    if master is not None:
        if chosen.engine != "spark":
            raise typer.BadParameter("only Spark has a master: --engine spark", param_hint="--master")
        chosen = replace(chosen, spark_master=master)
    return replace(case_file, settings=chosen)


def print_funnel(steps: Iterable[FunnelStep]) -> None:
    """Show the funnel: what each step kept, and what fell out, and why."""
    table = Table("", "kept", "unit", "fell out, and why", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for step in steps:
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in step.fell_out)
        table.add_row(step.label, f"{step.kept:,}", step.unit, reasons)
    out.print(table)


def print_figures(figures: Iterable[Mapping[str, Any]]) -> None:
    """Show the headline figures."""
    values = {figure["key"]: figure["value"] for figure in figures}
    out.print()
    for key, label in _HEADLINES:
        value = values[key]
        shown = f"{value:,}" if isinstance(value, int | float) else str(value or "none")
        out.print(f"{shown:>22}  {label}", markup=False)


def _print_findings(results: Results) -> None:
    for held in results.quarantined:
        if held["values"]:
            out.print(
                f"quarantined: {held['values']:,} values of {held['origin_table']}.{held['column']} were counted,"
                " not read",
                markup=False,
            )
    for finding in results.findings:
        out.print(f"finding: {finding}", markup=False)


def figures(
    case: CaseArgument,
    key: Annotated[str | None, typer.Argument(help="One figure's key; else all.", metavar="FIGURE")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the figures of the current run, each with its definition, period, rule and rows."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        with open_results(case_file) as results:
            found, findings = results.figures, results.findings
        print_head(case_file)
        known = [figure["key"] for figure in found]
        if key is not None and key not in known:
            raise RingbackError("figure_unknown", figure=key, known=", ".join(known))
        chosen = [figure for figure in found if key in (None, figure["key"])]
        if as_json:
            print_json({"figures": chosen, "findings": findings})
            return
        for finding in findings:
            err.print(f"finding: {finding}", markup=False)
        for figure in chosen:
            value = figure["value"]
            out.print(f"{figure['key']}: {_shown(value)} {figure['unit']}", markup=False, style="bold")
            out.print(f"    {figure['definition']}", markup=False)
            rule = f"; rule {figure['rule']}" if figure["rule"] else ""
            out.print(f"    {figure['period']}{rule}; from {figure['rows']:,} rows", markup=False, style="dim")


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(" ".join(str(part) for part in row.values()) for row in value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def victims(
    case: CaseArgument,
    output: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the whole list to this new file, mode 0600.")
    ] = None,
    format_: Annotated[
        ListFormat | None, typer.Option("--format", help="Format of the list; else by the file's ending.")
    ] = None,
    rule: RuleOption = None,
    origin: Annotated[
        bool, typer.Option("--origin/--no-origin", help="Say in which exhibit and row the first call stood.")
    ] = True,
    why: Annotated[str | None, typer.Option("--why", help="Why the list is needed; asked for with --out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Count the victims under a rule; with --out, write their list. Writing it is a disclosure and is logged."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        chosen = get_rule(rule or case_file.case.settings.alert_rule)
        if output is not None and not why:
            raise typer.BadParameter("say why the list is needed: --why TEXT", param_hint="--why")
        who = acting_if_staffed(case_file, "look", command="victims --out") if output is not None else ""
        with open_results(case_file) as results:
            if output is None:
                count = count_victims(results, chosen, why=why or "counted")
                facts: dict[str, Any] = {"rule": chosen.key, "definition": chosen.words, "victims": count}
            else:
                ending = output.suffix.lstrip(".")
                wanted = format_.value if format_ else (ending if ending in set(ListFormat) else "csv")
                count = write_victims(
                    results, output, rule=chosen, format_=wanted, why=str(why), origin=origin, who=who
                )
                facts = {"rule": chosen.key, "victims": count, "file": str(output), "format": wanted}
        if as_json:
            print_json(facts)
        else:
            out.print(f"{count:,} victims under {chosen.key}: {chosen.words}", markup=False)
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
        raw = next(_numbers_from_input(f"ringback explain {case} --why TEXT"))
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


def number(
    case: Annotated[
        Path | None, typer.Option("--case", help="Read by this case's dial plan; else the default one.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the numbers in full; else masked.")] = False,
    with_plan: Annotated[
        bool, typer.Option("--plan", help="Show what the number plan says about each number that a text may mean.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read numbers from standard input, one a line: what they are, how they were read, whose they are."""
    with reporting_errors(as_json=as_json):
        case_file: CaseFile | None = open_for(case) if case else None
        plan = dial_plan(case_file) if case_file else DialPlan()
        answers = []
        for raw in _numbers_from_input("ringback number"):
            answer = _describe(raw, plan, show=show)
            answers.append(answer | {"plan": plan_lookups(raw, plan, show=show)} if with_plan else answer)
        if case_file:
            print_head(case_file)
        if as_json:
            print_json(answers)
            return
        for answer in answers:
            if answer["reason"]:
                out.print(f"{answer['raw']}  cannot be read: {answer['reason']}", markup=False)
            for place, option in enumerate(answer["options"]):
                whose = f", published by {option['organisation']}" if option["organisation"] else ""
                doubt = " (more than one reading)" if place == 0 and answer["ambiguous"] else ""
                out.print(
                    f"{answer['raw']}  {option['e164']}  {option['kind']}, {option['region']},"
                    f" read as {option['how']}{whose}{doubt}",
                    markup=False,
                )
            if with_plan:
                print_lookups(answer["plan"])


def _describe(raw: str, plan: DialPlan, *, show: bool) -> dict[str, Any]:
    reading = read_number(raw, plan)
    return {
        "raw": raw if show else mask_number(raw),
        "reason": reading.reason,
        "ambiguous": reading.ambiguous,
        "options": [
            {
                "e164": option.e164 if show else mask_number(option.e164),
                "kind": option.kind,
                "region": option.region,
                "how": option.how,
                "organisation": find_organisation(option.e164),
            }
            for option in reading.options
        ],
    }


def _numbers_from_input(command: str) -> Iterator[str]:
    """Lines of standard input: a number given as an argument would stay in the shell's history."""
    if sys.stdin.isatty():
        err.print("type one number a line, then Ctrl-D", style="dim")
    found = False
    for line in sys.stdin:
        if line.strip():
            found = True
            yield line.rstrip("\r\n")
    if not found:
        raise RingbackError("number_missing", command=command)
