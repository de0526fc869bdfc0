"""Raw texts to dialled digits by compiled loops, with the same results as `cleaning.clean_number`.

Most texts of a seizure are digits with separators, which one pass recognises. Other texts are folded and unwrapped as
in `clean_number`. Texts with unusual characters or of unusual length, and addresses with a context or percent signs,
are left open for it.
"""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled
from ringback.numbers.folding import (
    ANGLE,
    BRACKET,
    COLON,
    DOT,
    HIDING,
    LETTER,
    QUOTE,
    SEPARATOR,
    Bytes,
    fold,
    kinds_in,
    strip,
)
from ringback.numbers.reader import REASONS
from ringback.numbers.withheld_kernel import says_withheld
from ringback.numbers.wrappings import (
    EATEN,
    NOT_SCIENTIFIC,
    ZERO_IN_BRACKETS,
    close_up,
    cut_extension,
    find_zero,
    read_address,
    read_scientific,
    skip_hiding_codes,
    unbracket,
    unquote,
)

# Any number of this many digits fits an int64. Of a longer number only the first digits are kept.
MOST_DIGITS = 18
# Longer texts are left open.
MOST_BYTES = 120
# Texts up to this length take the fast pass first.
_SHORT = 24
_LETTERS = ord("A")
_ZERO, _DOT, _PLUS_SIGN = b"0.+"
_CLOSED_BRACKETS = b")]"
# Outcomes of a text besides the index of a reason: it has digits, or it is left open.
DIALLED, OPEN = -1, -2
_EMPTY, _WITHHELD, _EATEN, _NO_NUMBER = map(
    REASONS.index, ("empty", "withheld", "eaten_by_spreadsheet", "not_a_number")
)
_NOTHING_DIALLED = SEPARATOR | DOT | BRACKET
_DECIMAL_ZEROS = 2
# The outcome: `DIALLED`, `OPEN` or the index of a reason; whether a plus stood in front; the digits as one number, at
# most the first `MOST_DIGITS`; the count of all digits; and digits and count again without a zero that stood in
# brackets after a country code, with a count of 0 where there was none.
Dialled = tuple[int, bool, int, int, int, int]


def _flags(characters: bytes) -> NDArray[np.bool_]:
    flags = np.zeros(256, np.bool_)
    flags[list(characters)] = True
    return flags


_SKIPPED, _MARKS = _flags(b" -/()[]"), _flags(b".,")
# Kinds of characters of short texts, as bits.
_DIGIT, _PLUS, _SEPARATOR, _BRACKET, _OTHER = 1, 2, 4, 8, 16


def _short_kinds() -> NDArray[np.int64]:
    kinds = np.full(256, _OTHER, np.int64)
    for characters, kind in (
        (b"0123456789", _DIGIT),
        (b"+", _PLUS),
        (b" -/\t\n\v\f\r", _SEPARATOR),
        (b"()[]", _BRACKET),
    ):
        kinds[list(characters)] = kind
    return kinds


_SHORT_KINDS = _short_kinds()


@compiled
def dial(data: Bytes, start: int, end: int, spare: Bytes) -> Dialled:
    """The digits of one text.

    >>> data = np.frombuffer(b"07700 900123 +44(0)2079460001 ask Ann", np.uint8)
    >>> spare = np.empty(MOST_BYTES, np.uint8)
    >>> dial(data, 0, 12, spare), dial(data, 13, 29, spare)
    ((-1, False, 7700900123, 11, 0, 0), (-1, True, 4402079460001, 13, 442079460001, 12))
    >>> REASONS[dial(data, 30, 37, spare)[0]]
    'not_a_number'

    Args:
        data: The bytes of texts in UTF-8.
        start: Where this one begins.
        end: Where it ends; it has at least one byte.
        spare: Scratch space of `MOST_BYTES` bytes.
    """
    if end - start <= _SHORT and data[start] < _LETTERS:
        # Nearly all are digits with separators. The pass has no branches that the processor could guess wrong.
        digits, length, pluses, kinds, odd = 0, 0, 0, 0, False
        for at in range(start, end):
            kind = _SHORT_KINDS[data[at]]
            told = kind & _DIGIT
            digits = digits * (1 + 9 * told) + (int(data[at]) - _ZERO) * told
            plus = kind >> 1 & 1
            odd |= plus > (length == 0)
            length += told
            pluses += plus
            kinds |= kind
        odd |= pluses > 1 or kinds >= _OTHER or (kinds >= _BRACKET and _has_zero_in_brackets(data, start, end))
        if not odd and 0 < length <= MOST_DIGITS:
            return DIALLED, pluses == 1, digits, length, 0, 0
    if end - start > MOST_BYTES:
        return OPEN, False, 0, 0, 0, 0
    size, kinds = fold(data, start, end, spare)
    return _dial_plain(spare, size, kinds) if size >= 0 else (OPEN, False, 0, 0, 0, 0)


@compiled
def _has_zero_in_brackets(data: Bytes, start: int, end: int) -> bool:
    """Whether a zero may stand alone in brackets: whether a zero is the last character before a closing bracket."""
    before, found = 0, False
    for at in range(start, end):
        byte = data[at]
        found |= before == _ZERO and (byte == _CLOSED_BRACKETS[0] or byte == _CLOSED_BRACKETS[1])
        before = before if _SHORT_KINDS[byte] == _SEPARATOR else byte
    return found


@compiled
def _dial_plain(text: Bytes, size: int, kinds: int) -> Dialled:
    """The digits of a text in plain lower-case characters; the text is changed in place."""
    start, end = strip(text, 0, size)
    if kinds & ANGLE:
        start, end = unbracket(text, start, end)
    if kinds & COLON:
        start, end, known = read_address(text, start, end)
        if not known:
            return OPEN, False, 0, 0, 0, 0
    if kinds & QUOTE:
        start, end = unquote(text, start, end)
    if kinds & (ANGLE | COLON | QUOTE):
        kinds = kinds_in(text, start, end)
    if not kinds & ~_NOTHING_DIALLED:
        return _EMPTY, False, 0, 0, 0, 0
    if kinds & LETTER:
        if says_withheld(text, start, end):
            return _WITHHELD, False, 0, 0, 0, 0
        found, digits, length = read_scientific(text, start, end, MOST_DIGITS)
        if found == EATEN:
            return _EATEN, False, 0, 0, 0, 0
        if found != NOT_SCIENTIFIC:
            return (DIALLED, False, digits, length, 0, 0) if length <= MOST_DIGITS else (OPEN, False, 0, 0, 0, 0)
    if kinds & (LETTER | HIDING | BRACKET):
        end = close_up(text, start, end)
    if kinds & HIDING:
        start = skip_hiding_codes(text, start, end)
    if kinds & (LETTER | HIDING):
        end = cut_extension(text, start, end)
    zero = find_zero(text, start, end) if kinds & BRACKET else end
    outcome, plus, digits, length = _digits_of(text, start, end, end)
    if outcome != DIALLED or zero == end:
        return outcome, plus, digits, length, 0, 0
    _outcome, _plus, rest, rest_length = _digits_of(text, start, end, zero)
    return outcome, plus, digits, length, rest, rest_length


@compiled
def _digits_of(text: Bytes, start: int, end: int, skipped: int) -> tuple[int, bool, int, int]:
    """The digits of a text, with a plus or without: separators, brackets and a spreadsheet's decimal zeros are skipped.

    Args:
        text: Plain characters.
        start: Where it begins.
        end: Where it ends.
        skipped: Where a bracketed zero to be left out begins; the end where there is none.
    """
    plus, digits, length = False, 0, 0
    dots, commas, behind, zeros = 0, 0, 0, True
    for at in range(start, end):
        byte = text[at]
        if skipped <= at < skipped + ZERO_IN_BRACKETS:
            continue
        if _ZERO <= byte < _ZERO + 10:
            if length < MOST_DIGITS:
                digits = digits * 10 + (int(byte) - _ZERO)
            length += 1
            behind += 1
            zeros &= byte == _ZERO
        elif _MARKS[byte]:
            dots += byte == _DOT
            commas += byte != _DOT
            behind, zeros = 0, True
        elif byte == _PLUS_SIGN and length == 0 and not plus:
            plus = True
        elif not _SKIPPED[byte]:
            return _NO_NUMBER, False, 0, 0
    if dots + commas == 1 and zeros and 1 <= behind <= _DECIMAL_ZEROS and behind < length:
        known = DIALLED if length <= MOST_DIGITS else OPEN
        return known, plus, digits // 10**behind, length - behind
    if commas or length == 0:
        return _NO_NUMBER, False, 0, 0
    return DIALLED, plus, digits, length
