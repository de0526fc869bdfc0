"""What the number plan said about each number that a text may mean: for `ringback number --plan`."""

from typing import Any

from ringback.cli.terminal import out
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import mask_number
from ringback.numbers.plan import METADATA_VERSION, number_plan
from ringback.numbers.reader import numbers_looked_up


def plan_lookups(raw: str, plan: DialPlan, *, show: bool) -> dict[str, Any]:
    """The intervals that decided about a text, as plain values; their edges only where numbers may be shown."""
    looked_up = numbers_looked_up(raw, plan)
    intervals = [(digits, number_plan().explain(digits)) for digits in looked_up]
    return {
        "metadata": METADATA_VERSION,
        "intervals": [
            {
                "number": f"+{digits}" if show else mask_number(f"+{digits}"),
                "first": f"+{interval.first}" if show else None,
                "last": f"+{interval.last}" if show else None,
                "size": interval.size,
                "kind": interval.kind,
                "region": interval.region,
                "unsure": interval.unsure,
                "drama": looked_up[digits] and not interval.kind and not interval.unsure,
            }
            for digits, interval in intervals
        ],
    }


def print_lookups(lookups: dict[str, Any]) -> None:
    """One line for each number that was looked up."""
    for interval in lookups["intervals"]:
        if interval["unsure"]:
            verdict = f"phonenumbers is asked: {interval['unsure']}"
        elif interval["kind"]:
            verdict = f"{interval['kind']}, {interval['region']}"
        else:
            allowed = ", but one of Ofcom's for drama, which the dial plan allows"
            verdict = f"no number{allowed if interval['drama'] else ''}"
        edges = f" from {interval['first']} to {interval['last']}" if interval["first"] else ""
        out.print(
            f"    {interval['number']} is one of {interval['size']:,}{edges}: {verdict}"
            f" (metadata {lookups['metadata']})",
            markup=False,
        )
