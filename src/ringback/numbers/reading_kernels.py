"""Texts read in every way that a dial plan allows, by one compiled loop over a column."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled
from ringback.numbers.cleaning_kernels import MOST_BYTES, MOST_DIGITS, Bytes, dial
from ringback.numbers.plan.calling_codes import NO_NUMBER, UNSURE
from ringback.numbers.plan.lookup_kernels import LookupTable, outcome_of
from ringback.numbers.reader import REASONS

_TENS = 10 ** np.arange(MOST_DIGITS + 1, dtype=np.int64)
_SHORTEST = 7  # fewer digits without a plus are a short code
_LONGEST_E164 = 15
_NONE = -1
_EMPTY, _TOO_SHORT, _SHORT_CODE, _TOO_LONG, _INVALID = map(
    REASONS.index, ("empty", "too_short", "short_code", "too_long", "invalid")
)


# One way of reading digits without a plus. Digits are two numbers: their value, and how many they are.
WAY = np.dtype(
    [
        ("how", np.int64),  # index in the dial plan's `hows`
        ("taken", np.int64),  # digits that have to stand in front, with more behind them, and are taken off
        ("taken_length", np.int64),
        ("barred", np.int64),  # digits that may not stand in front
        ("barred_length", np.int64),
        ("no_zero", np.bool_),  # whether a nought may not either
        ("front", np.int64),  # digits that are put in front of what is left
        ("front_length", np.int64),
    ]
)


def make_way(how: int, *, taken: str = "", barred: str = "", no_zero: bool = False, front: str = "") -> tuple[int, ...]:
    """The fields of a `WAY`."""
    return how, *prefix_of(taken), *prefix_of(barred), no_zero, *prefix_of(front)


def prefix_of(digits: str) -> tuple[int, int]:
    """Digits as their value and how many they are."""
    return int(digits or "0"), len(digits)


class WayTable(NamedTuple):
    """What the loop asks of a dial plan.

    Attributes:
        ways: Ways of reading digits without a plus, in the plan's order, of `WAY`.
        plus: Index of `plus` in the plan's `hows`.
        open_behind: Prefixes of digits without a plus that are left open, shape (prefixes, 2).
        open_bare: Whether all digits without a plus are left open.
    """

    ways: NDArray[np.void]
    plus: int
    open_behind: NDArray[np.int64]
    open_bare: bool


class Codes(NamedTuple):
    """Readings of a column as codes, shape (n,) each; `NO_NUMBER` or -1 for none.

    Attributes:
        numbers: The preferred reading's E.164 without its plus; 0 when unread.
        outcomes: Its kind and region, an index of the number plan's outcomes.
        hows: How it was read.
        reasons: Why it could not be read, an index of `REASONS`.
        ambiguous: Whether other readings give another number.
        open: Whether the text has to be read with care; the rest says nothing then.
    """

    numbers: NDArray[np.int64]
    outcomes: NDArray[np.int16]
    hows: NDArray[np.int16]
    reasons: NDArray[np.int16]
    ambiguous: NDArray[np.bool_]
    open: NDArray[np.bool_]


@compiled
def read_texts(data: Bytes, bounds: NDArray[np.int32], ways: WayTable, table: LookupTable) -> Codes:
    """The readings of the texts of a column.

    Args:
        data: Their bytes, UTF-8.
        bounds: Where each begins, and where the last ends, shape (n + 1,).
        ways: How digits are read.
        table: The number plan.
    """
    rows = len(bounds) - 1
    numbers, outcomes = np.zeros(rows, np.int64), np.full(rows, NO_NUMBER, np.int16)
    hows, reasons = np.full(rows, _NONE, np.int16), np.full(rows, _NONE, np.int16)
    ambiguous, left_open = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    spare = np.empty(MOST_BYTES, np.uint8)
    for row in range(rows):
        if bounds[row] == bounds[row + 1]:
            reasons[row] = _EMPTY
            continue
        known, plus, digits, length = dial(data, bounds[row], bounds[row + 1], spare)
        if not known:
            left_open[row] = True
        elif plus:
            outcome = _outcome(digits, length, table)
            if outcome >= 0:
                numbers[row], outcomes[row], hows[row] = digits, outcome, ways.plus
            left_open[row] = outcome == UNSURE
        elif length >= _SHORTEST:
            left_open[row] = ways.open_bare
            for at in range(len(ways.open_behind)):
                left_open[row] |= _starts(digits, length, ways.open_behind[at, 0], ways.open_behind[at, 1])
            for way in range(len(ways.ways)):
                number, size = _go(digits, length, ways.ways[way])
                outcome = _outcome(number, size, table) if size else NO_NUMBER
                if outcome == UNSURE:
                    left_open[row] = True
                elif outcome >= 0 and hows[row] == _NONE:
                    numbers[row], outcomes[row], hows[row] = number, outcome, ways.ways[way].how
                elif outcome >= 0 and number != numbers[row]:
                    ambiguous[row] = True
        if hows[row] == _NONE and not left_open[row]:
            reasons[row] = _reason(plus, digits, length)
    return Codes(numbers, outcomes, hows, reasons, ambiguous, left_open)


@compiled
def list_options(
    data: Bytes, bounds: NDArray[np.int32], rows: NDArray[np.int64], ways: WayTable, table: LookupTable
) -> NDArray[np.int64]:
    """Row, rank from 1, number, outcome and how of each reading of ambiguous texts, the first way to a number only.

    Args:
        data: Bytes of the column's texts, UTF-8.
        bounds: Where each begins, and where the last ends.
        rows: Which of them.
        ways: How digits are read.
        table: The number plan.

    Returns:
        Shape (options, 5).
    """
    options = np.empty((len(rows) * len(ways.ways), 5), np.int64)
    spare = np.empty(MOST_BYTES, np.uint8)
    found = 0
    for row in rows:
        _known, _plus, digits, length = dial(data, bounds[row], bounds[row + 1], spare)
        first = found
        for way in range(len(ways.ways)):
            number, size = _go(digits, length, ways.ways[way])
            outcome = _outcome(number, size, table) if size else NO_NUMBER
            if outcome >= 0 and not (options[first:found, 2] == number).any():
                options[found, 0], options[found, 1], options[found, 2] = row, found - first + 1, number
                options[found, 3], options[found, 4] = outcome, ways.ways[way].how
                found += 1
    return options[:found]


@compiled
def _go(digits: int, length: int, way: np.record) -> tuple[int, int]:
    """The international number to which one way leads, and how many digits it has; 0 where it cannot be gone."""
    if way.no_zero and digits < _TENS[length - 1]:
        return 0, 0
    if way.barred_length and _starts(digits, length, way.barred, way.barred_length):
        return 0, 0
    if way.taken_length:
        if not _starts(digits, length, way.taken, way.taken_length):
            return 0, 0
        length -= way.taken_length
        digits -= way.taken * _TENS[length]
    if length + way.front_length <= MOST_DIGITS:
        # A national number that begins with noughts has them behind the calling code.
        digits += way.front * _TENS[length]
    return digits, length + way.front_length


@compiled
def _outcome(digits: int, length: int, table: LookupTable) -> int:
    """What an international number is; phonenumbers has to say it of one with more digits than the plan holds."""
    if length > MOST_DIGITS:
        return UNSURE
    # No calling code begins with a nought.
    return outcome_of(table, digits, length) if digits >= _TENS[length - 1] else NO_NUMBER


@compiled
def _starts(digits: int, length: int, prefix: int, prefix_length: int) -> bool:
    """Whether digits begin with a prefix and go on behind it."""
    if length <= prefix_length:
        return False
    behind = _TENS[length - prefix_length]
    return bool(prefix * behind <= digits < (prefix + 1) * behind)


@compiled
def _reason(plus: bool, digits: int, length: int) -> int:
    """Why digits make no number: the same as `parse` has for it."""
    if length < (5 if plus else 3):
        return _TOO_SHORT
    if not plus and length < _SHORTEST:
        return _SHORT_CODE
    prefix = 0
    if not plus:
        if digits // _TENS[length - 3] == 11:
            prefix = 3
        elif digits < _TENS[length - 2]:
            prefix = 2
        elif digits < _TENS[length - 1]:
            prefix = 1
    return _TOO_LONG if length - prefix > _LONGEST_E164 else _INVALID
