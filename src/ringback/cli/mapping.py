"""ringback map: what the tables of an unknown database seem to be, and a mapping for case.toml."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

import typer

from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.terminal import (
    end_with_findings,
    err,
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
)
from ringback.numbers.masking import mask_numbers
from ringback.pipeline.survey import accept as write_down
from ringback.pipeline.survey import survey
from ringback.schema_matching.proposal import FieldProposal, Proposals, RoleProposal
from ringback.schema_matching.scoring import percent
from ringback.sources.fields.duration_units import DECIMAL_MARKS, UNITS

DEFAULT_THRESHOLD = 0.9
# Questions about talk times that are asked if the values do not show it: the words, and the possible answers.
_SETTINGS = {
    "duration_unit": ("in which unit are the talk times?", UNITS),
    "decimal_mark": ("which mark stands before the fraction in talk times?", DECIMAL_MARKS),
}


def map_tables(
    case: CaseArgument,
    accept: Annotated[
        bool, typer.Option("--accept", help="Ask nothing: write what is sure enough, leave the rest out.")
    ] = False,
    threshold: Annotated[
        float, typer.Option("--threshold", min=0.5, max=1.0, help="How sure is sure enough, as a share.")
    ] = DEFAULT_THRESHOLD,
    again: Annotated[
        bool, typer.Option("--again", help="Propose also for roles that case.toml names already, and replace them.")
    ] = False,
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")] = "unknown tables",
    as_json: JsonOption = False,
) -> None:
    """Look at every table of a case and propose what its tables and columns are, with the evidence.

    On a terminal it asks where it is unsure and then writes to case.toml. Without a terminal it writes only with
    --accept. It looks at some rows of each table, shows no value, and counts columns of codes, PINs, passwords, cards
    and recordings without looking at them again.

    Exit code 0: nothing was left unsure. 1: something was. 2: could not be done.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        found = survey(case_file, plan=case_file.dial_plan(), again=again, why=why, progress=BarProgress(quiet=as_json))
        asking = is_terminal() and not accept and not as_json
        if not as_json:
            _print_proposals(found, threshold)
        if asking:
            chosen, unsure = _ask(found, threshold)
        else:
            chosen = found.sure(threshold) if accept else ()
            unsure = found.unsure(threshold)
        sections = write_down(case_file, found, chosen, why=why)
        if as_json:
            print_json(_masked(_as_dict(found, sections, unsure)))
        else:
            _print_outcome(sections, unsure, toml=str(case_file.case.toml), accepting=accept or asking)
        print_head(case_file)
        end_with_findings(found=bool(unsure))


def is_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _print(text: str, *, style: str | None = None) -> None:
    # Names of tables and columns come from the seizure, and can hold anything.
    out.print(mask_numbers(text), markup=False, style=style)


def _print_proposals(found: Proposals, threshold: float) -> None:
    _print_tables(found)
    for role, reason in found.settled.items():
        _print(f"{role}: {reason}")
    for proposal in found.roles:
        _print_role(proposal, threshold)


def _print_tables(found: Proposals) -> None:
    for one in found.tables:
        name = "a table without a header" if one.has_no_header else one.table
        more = "more are there" if one.passed_over else "all there are"
        _print(f"{one.exhibit}  {name}: {one.columns} columns, {one.rows:,} rows looked at, {more}", style="dim")
        if one.has_no_header:
            continue
        if one.no_calls:
            _print(f"        no table of calls: {one.no_calls}", style="dim")
        for column, reason, count in one.quarantined:
            _print(f"        quarantined: {column} ({reason}; {count} of {one.sampled} sampled rows hold something)")


def _print_role(one: RoleProposal, threshold: float) -> None:
    out.print()
    mark = "" if one.confidence >= threshold else "  UNSURE"
    _print(f"{one.role}: {', '.join(one.tables)}  {percent(one.confidence)}{mark}", style="bold")
    for reason in one.evidence:
        _print(f"        {reason}")
    for each in one.fields:
        if each.column is None and not each.required:
            continue
        mark = "  UNSURE" if each.is_open(threshold) else "  left out" if not each.is_sure(threshold) else ""
        _print(f"    {each.field} = {each.column or '?'}  {percent(each.confidence)}{mark}")
        for reason in each.evidence:
            _print(f"        {reason}", style="dim")
    if one.time_format:
        _print(f"    time_format = {one.time_format}")
    for name, value in one.chosen_settings.items():
        _print(f"    {name} = {value}")


def _ask(found: Proposals, threshold: float) -> tuple[tuple[RoleProposal, ...], tuple[str, ...]]:
    """Ask about whatever is unsure, and in the end whether to write it. Returns what to write, and what is open."""
    chosen: list[RoleProposal] = []
    out.print()
    for one in found.roles:
        if one.confidence < threshold and not typer.confirm(
            mask_numbers(f"Is {', '.join(one.tables)} the table for {one.role}?"), default=False
        ):
            continue
        fields = tuple(
            _ask_field(one, each) if each.is_open(threshold) else _sure_only(each, threshold) for each in one.fields
        )
        answered = replace(one, fields=fields, confidence=1.0)
        answered = answered.with_settings({name: _ask_setting(name) for name in answered.asked_settings})
        if all(each.column is not None for each in fields if each.required):
            chosen.append(answered)
    roles = {one.role for one in chosen}
    if "calls" not in found.settled and "calls" not in roles:
        return (), ("calls: nobody said which tables and columns they are", *found.problems)
    names = ", ".join(f"{one.role} ({', '.join(one.tables)})" for one in chosen)
    if not chosen or not typer.confirm(mask_numbers(f"Write {names} to case.toml?"), default=True):
        return (), ("nothing was to be written",)
    open_roles = tuple(f"{one.role}: left out" for one in found.roles if one.role not in roles)
    return tuple(chosen), (*found.problems, *open_roles)


def _ask_setting(name: str) -> str:
    words, known = _SETTINGS[name]
    while True:
        typed = str(typer.prompt(f"{words} ({' '.join(known)})")).strip()
        if typed in known:
            return typed
        out.print(f"it is one of: {' '.join(known)}", markup=False)


def _sure_only(each: FieldProposal, threshold: float) -> FieldProposal:
    return each if each.is_sure(threshold) else replace(each, column=None)


def _ask_field(one: RoleProposal, each: FieldProposal) -> FieldProposal:
    options = [(each.column, each.evidence)] if each.column else []
    options += list(each.others)
    offered = {name for name, _why in options}
    _print(f"{one.role}.{each.field}: which column?", style="bold")
    for number, (name, evidence) in enumerate(options, 1):
        _print(f"  {number}  {name}: {'; '.join(evidence)}")
    others = [name for name in one.columns if name not in offered]
    for number, name in enumerate(others, len(options) + 1):
        _print(f"  {number}  {name}")
    names = [str(name) for name, _why in options] + others
    while True:
        typed: int = typer.prompt("number of the column, 0 for none", default=1 if each.column else 0, type=int)
        if 0 <= typed <= len(names):
            return each.answered(names[typed - 1] if typed else None)
        out.print(f"there are columns 1 to {len(names)}")


def _print_outcome(sections: dict[str, str], unsure: Iterable[str], *, toml: str, accepting: bool) -> None:
    out.print()
    for one in unsure:
        _print(f"unsure: {one}")
    if sections:
        out.print(f"written to {toml}: {', '.join(f'[tables.{role}]' for role in sections)}", markup=False)
        out.print("check them before you trust the figures; then: ringback run", markup=False)
    elif accepting:
        out.print("nothing was written", markup=False)
    else:
        out.print("nothing was written: --accept writes what is sure enough, a terminal asks about the rest")
        err.print("see the how-to: map an unknown database", style="dim")


def _as_dict(found: Proposals, sections: dict[str, str], unsure: Iterable[str]) -> dict[str, Any]:
    return {
        "proposals": [one.as_dict() for one in found.roles],
        "settled": found.settled,
        "unsure": list(unsure),
        "written": sorted(sections),
        "tables": [
            {
                "exhibit": one.exhibit,
                "table": "" if one.has_no_header else one.table,
                "columns": one.columns,
                "rows_looked_at": one.rows,
                "more_rows": one.passed_over,
                "no_calls": one.no_calls,
                "rows_sampled": one.sampled,
                "quarantined": []
                if one.has_no_header
                else [
                    {"column": name, "reason": reason, "sampled_rows_with_a_value": count}
                    for name, reason, count in one.quarantined
                ],
            }
            for one in found.tables
        ],
    }


def _masked(content: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(content, dict):
        return {key: _masked(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_masked(value) for value in content]
    return mask_numbers(content) if isinstance(content, str) else content
