"""Looks up many numbers in the number plan, by a compiled loop."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import phonenumbers
from numpy.typing import NDArray

from ringback.jit import compiled
from ringback.numbers.plan.calling_codes import NO_NUMBER, UNSURE
from ringback.numbers.plan.intervals import LONGEST, LONGEST_CODE, NumberPlan, lengths_of

# 14 of the 52 bits of a float's fraction are used: a million entries, and most numbers need no search.
_BITS_LEFT_OUT = 52 - 14
_ROUNDED_AT_MOST = 64  # half of what lies between neighbouring floats below 10**18
_TENS = 10 ** np.arange(LONGEST + 1, dtype=np.int64)


class LookupTable(NamedTuple):
    """A number plan as a compiled loop takes it.

    Numbers whose floats have the same first bits lie together, mostly in one interval or a few. To search all intervals
    for each number would take several times as long.

    Attributes:
        starts: First number of each interval, ascending, shape (intervals,).
        lengths: How many digits the numbers of each interval have.
        outcomes: Outcome of each interval: an index of the plan's outcomes, `NO_NUMBER`, `UNSURE` or `TRUNK_DIGIT`.
        places: For each value of the first bits, the first and last interval of its numbers, shape (bits, 2).
        first: The value of the first bits at which `places` begins.
        code_lengths: By the first three digits of a number, how many of them are its calling code; shape (1000,).
        longest: By the same, the most digits that the number can have.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int8]
    outcomes: NDArray[np.int16]
    places: NDArray[np.int32]
    first: int
    code_lengths: NDArray[np.int8]
    longest: NDArray[np.int8]


@lru_cache(maxsize=8)
def lookup_table(plan: NumberPlan) -> LookupTable:
    """The table of a plan."""
    first, last = (int(_bits(np.array([number]))[0]) for number in (1, 10**LONGEST))
    bounds = np.arange(first, last + 2, dtype=np.int64) << _BITS_LEFT_OUT
    numbers = np.ceil(bounds.view(np.float64)).astype(np.int64)
    # A large integer may be rounded up to a float that has the next first bits.
    places = np.empty((len(numbers) - 1, 2), np.int32)
    places[:, 0] = _begun(plan.starts, numbers[:-1] - _ROUNDED_AT_MOST) - 1
    places[:, 1] = _begun(plan.starts, numbers[1:]) - 1
    places[0, 0], places[-1, 1] = 0, len(plan.starts) - 1  # these also stand for all numbers beyond
    starts, outcomes = np.array(plan.starts, np.int64), np.array(plan.outcome_codes, np.int16)
    return LookupTable(starts, lengths_of(starts), outcomes, places, first, _code_lengths(), np.array(plan.longest))


def _begun(starts: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many intervals begin at or before each number; both ascending. Searching few among many is faster."""
    first = np.searchsorted(numbers, starts, side="left")
    return np.cumsum(np.bincount(first, minlength=len(numbers) + 1)[: len(numbers)])


def with_ranges(plan: NumberPlan, ranges: Sequence[tuple[int, int, int]]) -> NumberPlan:
    """The plan with another outcome for those numbers of some ranges that were `NO_NUMBER`.

    Args:
        plan: The number plan.
        ranges: First number, last number and outcome of each range.
    """
    edges = [edge for first, last, _outcome in ranges for edge in (first, last + 1)]
    starts = np.sort(np.concatenate([plan.starts, np.array(edges, np.int64)]))
    # `np.unique` would load a package first.
    starts = starts[np.append(True, starts[1:] != starts[:-1])]
    outcomes = plan.outcome_codes[np.searchsorted(plan.starts, starts, side="right") - 1]
    for first, last, outcome in ranges:
        outcomes[(starts >= first) & (starts <= last) & (outcomes == NO_NUMBER)] = outcome
    return NumberPlan(starts, outcomes, plan.outcomes, plan.longest)


def look_up(plan: NumberPlan, digits: NDArray[np.int64], lengths: NDArray[np.int8]) -> NDArray[np.int16]:
    """What phonenumbers makes of `+` and these digits.

    >>> from ringback.numbers.plan import number_plan
    >>> plan = number_plan()
    >>> found = look_up(plan, np.array([442079460123, 442079]), np.array([12, 6], np.int8))
    >>> plan.outcomes[found[0]], int(found[1])
    (('landline', 'GB'), -1)

    Args:
        plan: The number plan.
        digits: International numbers without their plus, shape (n,); the leading digit is never 0.
        lengths: How many digits each has, shape (n,), 1 to 18.

    Returns:
        Shape (n,). An index of the plan's outcomes where phonenumbers finds a valid number whose E.164 is exactly
        these digits; `NO_NUMBER` where it finds no valid number; `TRUNK_DIGIT` where it finds one without the digit
        behind the calling code; `UNSURE` where phonenumbers has to be asked: it would take off other digits or
        rewrite them, or the digits do not have the given length of 1 to 18.
    """
    return _look_up(lookup_table(plan), np.array(digits, np.int64), np.array(lengths, np.int8))


@compiled
def _look_up(table: LookupTable, digits: NDArray[np.int64], lengths: NDArray[np.int8]) -> NDArray[np.int16]:
    outcomes = np.empty(len(digits), np.int16)
    for row in range(len(digits)):
        outcomes[row] = outcome_of(table, digits[row], lengths[row])
    return outcomes


@compiled
def outcome_of(table: LookupTable, digits: int, length: int) -> int:
    """What `look_up` gives for one number."""
    bits = int(np.float64(digits).view(np.int64) >> _BITS_LEFT_OUT) - table.first
    bits = min(max(bits, 0), len(table.places) - 1)
    low, high = int(table.places[bits, 0]), int(table.places[bits, 1])
    while low < high:
        middle = (low + high + 1) >> 1
        if table.starts[middle] <= digits:
            low = middle
        else:
            high = middle - 1
    return int(table.outcomes[low]) if table.lengths[low] == length else UNSURE


@compiled
def without_trunk_digit(table: LookupTable, digits: int, length: int) -> tuple[int, int]:
    """A number with the outcome `TRUNK_DIGIT`, without the digit behind its calling code; and the outcome of that."""
    behind = length - int(table.code_lengths[digits // _TENS[length - LONGEST_CODE]])
    number = digits // _TENS[behind] * _TENS[behind - 1] + digits % _TENS[behind - 1]
    outcome = outcome_of(table, number, length - 1)
    return number, outcome if outcome >= 0 else UNSURE


def _code_lengths() -> NDArray[np.int8]:
    lengths = np.zeros(10**LONGEST_CODE, np.int8)
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        digits = str(code)
        width = 10 ** (LONGEST_CODE - len(digits))
        lengths[code * width : (code + 1) * width] = len(digits)
    return lengths


def _bits(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    return digits.astype(np.float64).view(np.int64) >> _BITS_LEFT_OUT
