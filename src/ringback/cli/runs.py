"""ringback run, figures: the main job and its results."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from ringback.case.case_file import CaseFile
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.progress_bars import BarProgress
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
from ringback.numbers.masking import mask_numbers
from ringback.pipeline.run import run as run_case
from ringback.reporting.figures import MAY_BE_UNKNOWN, NOT_KNOWN
from ringback.reporting.funnel import FunnelStep
from ringback.results.results import Results, open_results

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
        with open_results(case_file, checked=made.store) as results:
            report = case_file.case.out_dir / "report.html"
            with progress.step("Writing the report", None):
                results.write()
            if as_json:
                print_json(results.as_dict() | {"unchanged": made.unchanged, "report": str(report)})
            else:
                if made.unchanged:
                    out.print(f"nothing has changed since run {made.id}: nothing was redone\n")
                for alarm in results.alarms:
                    out.print(f"READ THIS FIRST: {mask_numbers(alarm)}", markup=False, style="bold")
                if results.alarms:
                    out.print()
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
    """Show the funnel: what each step kept, what fell out, and why."""
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
        nothing = NOT_KNOWN if key in MAY_BE_UNKNOWN else "none"
        shown = f"{value:,}" if isinstance(value, int | float) else str(value or nothing)
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
        if finding in {mask_numbers(alarm) for alarm in results.alarms}:
            continue
        out.print(f"finding: {finding}", markup=False)


def figures(
    case: CaseArgument,
    key: Annotated[str | None, typer.Argument(help="One figure's key; without it, all.", metavar="FIGURE")] = None,
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
    if value is None:
        return "none, or not known"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
