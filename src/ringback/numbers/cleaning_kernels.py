"""Raw texts to dialled digits: what `cleaning.clean_number` gives, for the texts that are plainly digits.

Most of a seizure is digits, typing habits around them, or one of a few wrappings: a compiled loop takes them off.
Every other text is left open, for `clean_number` to read by itself.
"""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled

# Digits that an int64 holds whatever they are.
MOST_DIGITS = 18
# Longer texts are left open too.
MOST_BYTES = 120
# Texts up to this length are looked at as a whole first.
_SHORT = 24
_OTHER, _SEPARATOR, _DOT = range(3)
_ZERO, _PLUS, _AT, _OPENED, _CLOSED = b"0+@<>"
_NO_BREAK = b"\xc2\xa0"  # a blank that does not break
_NO_WIDTH = b"\xe2\x80\x8b"  # a blank without width
# Full-width digits and the full-width plus are three bytes each: these two, and one that tells which.
_WIDE, _WIDE_TOO, _WIDE_PLUS, _WIDE_ZERO = 0xEF, 0xBC, 0x8B, 0x90
# No UK number begins with a nought, so that with it and without it the same number is meant.
_UK_WITH_ZERO, _UK_WITH_ZERO_APART = b"+44(0)", b"+44 (0)"
_ZERO_IN_BRACKETS = 3
_SIP, _TEL = b"sip:", b"tel:"
_HIDING_CODES = (b"*67", b"*82", b"*31#", b"#31#")

Bytes = NDArray[np.uint8]
# Whether the text was read; whether a plus stood in front; its digits as one number, and how many they are.
Dialled = tuple[bool, bool, int, int]


def _kinds() -> Bytes:
    kinds = np.full(256, _OTHER, np.uint8)
    kinds[list(b" -/")] = _SEPARATOR
    kinds[ord(".")] = _DOT
    return kinds


_KINDS = _kinds()


@compiled
def dial(data: Bytes, start: int, end: int, spare: Bytes) -> Dialled:
    """The digits of one text; not read where it is more than digits, usual separators and one usual wrapping.

    >>> data = np.frombuffer(b"07700 900123 sip:+442079460001@pbx ask Ann", np.uint8)
    >>> spare = np.empty(MOST_BYTES, np.uint8)
    >>> dial(data, 0, 12, spare), dial(data, 13, 34, spare), dial(data, 35, 42, spare)[0]
    ((True, False, 7700900123, 11), (True, True, 442079460001, 12), False)

    Args:
        data: The bytes of texts in UTF-8.
        start: Where this one begins.
        end: Where it ends.
        spare: Room for `MOST_BYTES`.
    """
    plus = start < end and data[start] == _PLUS
    if end - start <= _SHORT:
        # Nearly all are digits with separators among them: there is no branch that the processor could guess wrong.
        digits, length, strange = 0, 0, False
        for at in range(start + plus, end):
            digit = data[at] - np.uint8(_ZERO)
            told = digit < np.uint8(10)
            digits = digits * (1 + 9 * told) + digit * told
            length += told
            strange |= not (told or _KINDS[data[at]] == _SEPARATOR)
        if not strange and 0 < length <= MOST_DIGITS:
            return True, plus, digits, length
    found = _dial_typed(data, start, end, False)
    if found[0] or end - start > MOST_BYTES:
        return found
    end = _narrow(data, start, end, spare)
    start, end = _unwrap(spare, end)
    return _dial_typed(spare, start, end, True)


@compiled
def _dial_typed(data: Bytes, start: int, end: int, dots: bool) -> Dialled:
    """Digits with separators among them, and a plus in front if anywhere."""
    digits, length, at = 0, 0, start
    plus = start < end and data[start] == _PLUS
    if plus:
        at += 1
    while at < end:
        byte = data[at]
        if _ZERO <= byte < _ZERO + 10:
            digits = digits * 10 + (int(byte) - _ZERO)
            length += 1
            at += 1
            if length > MOST_DIGITS:
                break
        elif _KINDS[byte] == _SEPARATOR or (dots and _KINDS[byte] == _DOT):
            at += 1
        elif _begins(data, at, end, _NO_BREAK):
            at += len(_NO_BREAK)
        elif _begins(data, at, end, _NO_WIDTH):
            at += len(_NO_WIDTH)
        else:
            break
    known = at >= end and 0 < length <= MOST_DIGITS
    return known, plus, digits, length


@compiled
def _narrow(data: Bytes, start: int, end: int, narrow: Bytes) -> int:
    """Write a text with full-width digits and plus signs as ASCII, and without the UK's `(0)`; gives its length."""
    size, at, skipped = 0, start, end
    if end - start > len(_UK_WITH_ZERO) and _begins(data, start, end, _UK_WITH_ZERO):
        skipped = start + len(_UK_WITH_ZERO) - _ZERO_IN_BRACKETS
    elif end - start > len(_UK_WITH_ZERO_APART) and _begins(data, start, end, _UK_WITH_ZERO_APART):
        skipped = start + len(_UK_WITH_ZERO_APART) - _ZERO_IN_BRACKETS
    while at < end:
        byte = data[at]
        if at == skipped:
            at += _ZERO_IN_BRACKETS
            continue
        if byte == _WIDE and at + 2 < end and data[at + 1] == _WIDE_TOO:
            third = data[at + 2]
            if third == _WIDE_PLUS:
                byte, at = np.uint8(_PLUS), at + 2
            elif _WIDE_ZERO <= third < _WIDE_ZERO + 10:
                byte, at = np.uint8(third - _WIDE_ZERO + _ZERO), at + 2
        narrow[size] = byte
        size += 1
        at += 1
    return size


@compiled
def _unwrap(text: Bytes, end: int) -> tuple[int, int]:
    """Where a text begins and ends without angle brackets, SIP or tel address, hiding code and decimal zero."""
    start = 0
    opened, closed = _count(text, start, end, _OPENED), _count(text, start, end, _CLOSED)
    bracketed = opened == 1 and closed == 1 and text[end - 1] == _CLOSED
    if bracketed:
        start = _find(text, start, end, _OPENED) + 1
        end = max(start, end - 1)
    if bracketed or (opened == 0 and closed == 0):
        host = _find(text, start, end, _AT)
        # Without a host it may be a host alone, whose digits are a machine's address: left to be read with care.
        if _goes_on_behind(text, start, end, _SIP) and host < end:
            start, end = start + len(_SIP), host
        if _goes_on_behind(text, start, end, _TEL):
            start += len(_TEL)
    for code in _HIDING_CODES:
        if _goes_on_behind(text, start, end, code):
            start += len(code)
    # `.0` and `.00` behind the only dot: what a spreadsheet puts behind a number.
    dot = _find(text, start, end, ord("."))
    if dot < end and _count(text, start, end, ord(".")) == 1:
        zeros = _count(text, dot + 1, end, _ZERO)
        if 1 <= zeros <= 2 and dot + 1 + zeros == end:
            end = dot
    return start, end


@compiled
def _begins(data: Bytes, start: int, end: int, mark: bytes) -> bool:
    if end - start < len(mark):
        return False
    for step in range(len(mark)):  # noqa: SIM110 - no generator can be compiled
        if data[start + step] != mark[step]:
            return False
    return True


@compiled
def _goes_on_behind(data: Bytes, start: int, end: int, mark: bytes) -> bool:
    return end - start > len(mark) and _begins(data, start, end, mark)


@compiled
def _find(data: Bytes, start: int, end: int, mark: int) -> int:
    """The first such byte; the end where there is none."""
    for at in range(start, end):
        if data[at] == mark:
            return at
    return end


@compiled
def _count(data: Bytes, start: int, end: int, mark: int) -> int:
    count = 0
    for at in range(start, end):
        if data[at] == mark:
            count += 1
    return count
