"""ringback number: what a number is, how it was read and whose it is."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ringback.cli.number_plan_trace import plan_lookups, print_lookups
from ringback.cli.options import JsonOption
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import mask_number
from ringback.numbers.organisations import find_organisation
from ringback.numbers.reader import read_number


def number(
    case: Annotated[
        Path | None, typer.Option("--case", help="Read by this case's dial plan; else the default one.", readable=False)
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the numbers in full; else masked.")] = False,
    with_plan: Annotated[
        bool, typer.Option("--plan", help="Show what the number plan says about each number that a text may mean.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read numbers from standard input, one a line: what they are, how they were read, whose they are."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case) if case else None
        plan = case_file.dial_plan() if case_file else DialPlan()
        answers = []
        for raw in numbers_from_input("ringback number"):
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


def numbers_from_input(command: str) -> Iterator[str]:
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
