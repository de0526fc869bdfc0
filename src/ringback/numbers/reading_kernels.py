"""Reads the texts of a column in every way that a dial plan allows, by one compiled loop."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled
from ringback.numbers.cleaning_kernels import DIALLED, MOST_BYTES, MOST_DIGITS, OPEN, dial
from ringback.numbers.folding import Bytes
from ringback.numbers.plan.calling_codes import NO_NUMBER, TRUNK_DIGIT, UNSURE
from ringback.numbers.plan.intervals import ENDLESS, LONGEST_CODE
from ringback.numbers.plan.lookup_kernels import LookupTable, outcome_of, without_trunk_digit
from ringback.numbers.reader import REASONS

_TENS = 10 ** np.arange(MOST_DIGITS + 1, dtype=np.int64)
_SHORTEST = 7  # fewer digits without a plus are a short code
_LONGEST_E164 = 15
_NONE = -1
_EMPTY, _TOO_SHORT, _SHORT_CODE, _TOO_LONG, _INVALID = map(
    REASONS.index, ("empty", "too_short", "short_code", "too_long", "invalid")
)


# One way of reading digits without a plus. Digits are stored as two numbers: their value and their count.
WAY = np.dtype(
    [
        ("how", np.int64),  # index in the dial plan's `hows`
        ("taken", np.int64),  # digits that have to stand in front of others, and are taken off
        ("taken_length", np.int64),
        ("trunk", np.int64),  # digits that have to stand in front, and that phonenumbers has to take off
        ("trunk_length", np.int64),
        ("barred", np.int64),  # digits that may not stand in front
        ("barred_length", np.int64),
        ("front", np.int64),  # the calling code of a home region, put in front of the rest
        ("front_length", np.int64),
        ("longest", np.int64),  # the most digits that a number of this calling code can have
    ]
)


def make_way(
    how: int, *, taken: str = "", trunk: str = "", barred: str = "", front: str = "", longest: int = ENDLESS
) -> tuple[int, ...]:
    """The fields of a `WAY`."""
    return how, *prefix_of(taken), *prefix_of(trunk), *prefix_of(barred), *prefix_of(front), longest


def prefix_of(digits: str) -> tuple[int, int]:
    """Digits as their value and their count."""
    return int(digits or "0"), len(digits)


class WayTable(NamedTuple):
    """What the loop has to know of a dial plan.

    Attributes:
        ways: Ways of reading digits without a plus, in the plan's order, of `WAY`.
        plus: Index of `plus` in the plan's `hows`.
        open_behind: Digits without a plus are left open where they have one of these prefixes, shape (prefixes, 2).
    """

    ways: NDArray[np.void]
    plus: int
    open_behind: NDArray[np.int64]


class Codes(NamedTuple):
    """Readings of a column as codes, shape (n,) each; `NO_NUMBER` or -1 for none.

    Attributes:
        numbers: The preferred reading's E.164 without its plus; 0 when unread.
        outcomes: Its kind and region, an index of the number plan's outcomes.
        hows: How it was read.
        reasons: Why it could not be read, an index of `REASONS`.
        ambiguous: Whether other readings give another number.
        open: Whether `NumberReader` has to read the text; the other fields mean nothing then.
        dialled: The digits of ambiguous texts and their count, shape (n, 2); for other texts anything.
    """

    numbers: NDArray[np.int64]
    outcomes: NDArray[np.int16]
    hows: NDArray[np.int16]
    reasons: NDArray[np.int16]
    ambiguous: NDArray[np.bool_]
    open: NDArray[np.bool_]
    dialled: NDArray[np.int64]


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
    dialled = np.empty((rows, 2), np.int64)
    spare = np.empty(MOST_BYTES, np.uint8)
    for row in range(rows):
        if bounds[row] == bounds[row + 1]:
            reasons[row] = _EMPTY
            continue
        state, plus, digits, length, rest, rest_length = dial(data, bounds[row], bounds[row + 1], spare)
        while state == DIALLED:
            if length > MOST_DIGITS:
                left_open[row] = rest_length > 0 or _may_be_long(plus, digits, length, ways, table)
            elif plus:
                number, outcome = digits, _outcome(digits, length, table)
                if outcome == TRUNK_DIGIT:
                    number, outcome = without_trunk_digit(table, digits, length)
                if outcome >= 0:
                    numbers[row], outcomes[row], hows[row] = number, outcome, ways.plus
                left_open[row] = outcome == UNSURE
            elif length >= _SHORTEST:
                for at in range(len(ways.open_behind)):
                    left_open[row] |= _starts(digits, length, ways.open_behind[at, 0], ways.open_behind[at, 1])
                for way in range(len(ways.ways)):
                    number, size = _go(digits, length, ways.ways[way])
                    outcome = _outcome(number, size, table) if size else NO_NUMBER
                    if outcome == TRUNK_DIGIT or (outcome >= 0 and ways.ways[way].trunk_length):
                        number, outcome = _behind_trunk(number, size, outcome, ways.ways[way], table)
                    if outcome == UNSURE:
                        left_open[row] = True
                    elif outcome >= 0 and hows[row] == _NONE:
                        numbers[row], outcomes[row], hows[row] = number, outcome, ways.ways[way].how
                    elif outcome >= 0 and number != numbers[row]:
                        ambiguous[row] = True
                        dialled[row, 0], dialled[row, 1] = digits, length
            if not rest_length or hows[row] != _NONE or left_open[row]:
                break
            # With the bracketed zero there is no number: try without it.
            digits, length, rest_length = rest, rest_length, 0
        if state == OPEN:
            left_open[row] = True
        elif state != DIALLED:
            reasons[row] = state
        elif hows[row] == _NONE and not left_open[row]:
            reasons[row] = _reason(plus, digits, length)
    return Codes(numbers, outcomes, hows, reasons, ambiguous, left_open, dialled)


@compiled
def list_options(dialled: NDArray[np.int64], ways: WayTable, table: LookupTable) -> NDArray[np.int64]:
    """Each reading of ambiguous texts: text, rank from 1, number, outcome and how. Each number is listed once.

    Args:
        dialled: Their digits and the count of these, shape (n, 2).
        ways: How digits are read.
        table: The number plan.

    Returns:
        Shape (options, 5). A text is given as its row in `dialled`.
    """
    options = np.empty((len(dialled) * len(ways.ways), 5), np.int64)
    found = 0
    for text in range(len(dialled)):
        digits, length = dialled[text, 0], dialled[text, 1]
        first = found
        for at in range(len(ways.ways)):
            number, size = _go(digits, length, ways.ways[at])
            outcome = _outcome(number, size, table) if size else NO_NUMBER
            if outcome == TRUNK_DIGIT or (outcome >= 0 and ways.ways[at].trunk_length):
                number, outcome = _behind_trunk(number, size, outcome, ways.ways[at], table)
            known = outcome < 0
            for before in range(first, found):
                known |= options[before, 2] == number
            if not known:
                options[found, 0], options[found, 1], options[found, 2] = text, found - first + 1, number
                options[found, 3], options[found, 4] = outcome, ways.ways[at].how
                found += 1
    return options[:found]


@compiled
def _go(digits: int, length: int, way: np.record) -> tuple[int, int]:
    """The international number that one way gives, and its count of digits: 0 where the way does not apply."""
    if way.barred_length and _starts(digits, length, way.barred, way.barred_length):
        return 0, 0
    if way.trunk_length and not _starts(digits, length, way.trunk, way.trunk_length):
        return 0, 0
    if way.taken_length:
        if not _starts(digits, length, way.taken, way.taken_length):
            return 0, 0
        length -= way.taken_length
        digits -= way.taken * _TENS[length]
    if length + way.front_length > way.longest:
        return 0, 0
    if length + way.front_length <= MOST_DIGITS:
        # A national number keeps its leading zeros behind the calling code.
        digits += way.front * _TENS[length]
    return digits, length + way.front_length


@compiled
def _outcome(digits: int, length: int, table: LookupTable) -> int:
    """The outcome of an international number; `UNSURE` where it has more digits than the plan holds."""
    if length > MOST_DIGITS:
        return UNSURE
    # No calling code begins with a zero.
    return outcome_of(table, digits, length) if digits >= _TENS[length - 1] else NO_NUMBER


@compiled
def _behind_trunk(digits: int, length: int, outcome: int, way: np.record, table: LookupTable) -> tuple[int, int]:
    """The number of one way and its outcome, where the number has a trunk digit, or the way requires one."""
    # At home, numbers with the trunk prefix have a way of their own, and that way takes no others.
    if way.front_length and (outcome == TRUNK_DIGIT) != (way.trunk_length > 0):
        return digits, NO_NUMBER
    return without_trunk_digit(table, digits, length)


@compiled
def _may_be_long(plus: bool, digits: int, length: int, ways: WayTable, table: LookupTable) -> bool:
    """Whether a number of more than `MOST_DIGITS` is left to phonenumbers, judged by its first digits and length."""
    if plus:
        code = digits // _TENS[MOST_DIGITS - LONGEST_CODE]
        return bool(digits >= _TENS[MOST_DIGITS - 1] and length <= table.longest[code])
    unsure, beyond = False, length - MOST_DIGITS
    for at in range(len(ways.open_behind)):
        unsure |= _starts(digits, length - beyond, ways.open_behind[at, 0], ways.open_behind[at, 1])
    for at in range(len(ways.ways)):
        way = ways.ways[at]
        first, size = _go(digits, length - beyond, way)
        if not size:
            continue
        whole = size + beyond
        if way.front_length:
            unsure |= whole <= way.longest
        elif first >= _TENS[size - 1]:
            unsure |= whole <= max(MOST_DIGITS, table.longest[first // _TENS[size - LONGEST_CODE]])
    return unsure


@compiled
def _starts(digits: int, length: int, prefix: int, prefix_length: int) -> bool:
    """Whether digits begin with a prefix and go on behind it."""
    if length <= prefix_length:
        return False
    behind = _TENS[length - prefix_length]
    return bool(prefix * behind <= digits < (prefix + 1) * behind)


@compiled
def _reason(plus: bool, digits: int, length: int) -> int:
    """Why digits make no number: the same reason that `reader` gives."""
    if length > MOST_DIGITS:
        return _TOO_LONG
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
