"""Phone numbers as reporters write them, read with ringback's own reader."""

import re
from dataclasses import dataclass, replace

from ringback.numbers.cleaning import clean_number
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number

# A UK mobile with eight digits after its 07, where there should be nine; with a plus, and without.
_SHORT_ABROAD = re.compile(r"440?(7[0-9]{8})")
_SHORT_AT_HOME = re.compile(r"(?:0|00440?)(7[0-9]{8})")


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number as typed, and in E.164.

    Attributes:
        typed: As typed.
        e164: "" where it cannot be read, can be read as several numbers, or says that none was shown.
        fault: `unreadable_number` or `unclear_number`; "" where it was read, or says that none was shown.
        one_short: Its digits, 44 in front, where it is a UK mobile with one digit missing; else None. Only
            `read_called_number` looks for it.
    """

    typed: str
    e164: str
    fault: str = ""
    one_short: int | None = None


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


def read_called_number(typed: str, plan: DialPlan) -> TypedNumber:
    """Read the number that was called. A UK mobile with one digit missing is no fault: it can still be tied to calls.

    >>> read_called_number("07700 90012", DialPlan())
    TypedNumber(typed='07700 90012', e164='', fault='', one_short=44770090012)
    """
    found = read_typed_number(typed, plan)
    if found.fault != "unreadable_number":
        return found
    one_short = _find_one_short(typed, plan)
    return found if one_short is None else replace(found, fault="", one_short=one_short)


def _find_one_short(typed: str, plan: DialPlan) -> int | None:
    dialled = clean_number(typed)
    if dialled.plus:
        found = _SHORT_ABROAD.fullmatch(dialled.digits)
    else:
        found = _SHORT_AT_HOME.fullmatch(dialled.digits)
        if found and not dialled.digits.startswith("00") and plan.home_regions[0] != "GB":
            # Without its country's code it is dialled at home, and home is elsewhere.
            return None
    return int(f"44{found[1]}") if found else None
