"""Phone numbers as reporters write them, read with ringback's own reader."""

from dataclasses import dataclass, replace

from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number as typed, and in E.164.

    Attributes:
        typed: As typed.
        e164: "" where it cannot be read, can be read as several numbers, or says that none was shown.
        fault: `unreadable_number` or `unclear_number`; "" where it was read, or says that none was shown.
    """

    typed: str
    e164: str
    fault: str = ""


def read_typed_number(typed: str, plan: DialPlan) -> TypedNumber:
    """Read what somebody typed. A number without a country's code is one of the first home region if it can be.

    Whoever tells us a number tells it as they would dial it; a panel's digits may be anything.

    >>> read_typed_number("020 7946 0123", DialPlan()).e164
    '+442079460123'
    """
    parsed = read_number(typed, plan)
    options = parsed.options
    if parsed.reason == "withheld":
        # It was told that no number was shown: nothing about that is unreadable.
        return TypedNumber(typed, "")
    if len(options) > 1:
        home = plan.home_regions[0]
        at_home = [one for one in options if one.region == home]
        if not at_home:
            at_home = list(read_number(typed, replace(plan, bare_international=False)).options)
        options = tuple(at_home)
    if len(options) == 1:
        return TypedNumber(typed, options[0].e164)
    return TypedNumber(typed, "", "unclear_number" if options else "unreadable_number")
