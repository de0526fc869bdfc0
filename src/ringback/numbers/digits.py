"""Whole columns of raw texts to dialled digits: what `text.clean_number` gives, for the texts that are plainly digits.

Most of a seizure is digits, typing habits around them, or one of a few wrappings. These are taken off by whole arrays.
Every other text is left open, for `clean_number` to read by itself.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Digits that an int64 holds whatever they are.
MOST_DIGITS = 18
_DIGIT, _SEPARATOR, _PLUS, _OTHER = range(4)
_INVISIBLE = (b"\xc2\xa0", b"\xe2\x80\x8b")  # a blank that does not break, a blank without width
_FULL_WIDTH, _WIDE_PLUS, _WIDE_ZERO = b"\xef\xbc", 0x8B, 0x90
# No UK number begins with a nought, so that with it and without it the same number is meant.
_UK_WITH_ZERO = (b"+44(0)", b"+44 (0)")
_SCHEMES = (b"sip:", b"tel:")
_HIDING_CODES = (b"*67", b"*82", b"*31#", b"#31#")

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DialledColumn:
    """The digits of each text of a column, shape (n,) each.

    Attributes:
        known: Whether the text was read here; the rest says something only where it was.
        plus: Whether the number was written with a plus in front.
        digits: The digits as one number; zeros in front are told by `lengths` alone.
        lengths: How many digits, 1 to 18.
    """

    known: Flags
    plus: Flags
    digits: NDArray[np.int64]
    lengths: NDArray[np.int64]


def dial_column(raw: pa.StringArray) -> DialledColumn:
    """The digits of each text; not known where it is more than digits, usual separators and one usual wrapping.

    >>> found = dial_column(pa.array(["07700 900123", "sip:+442079460001@pbx", "ask Ann"]))
    >>> found.digits.tolist(), found.lengths.tolist(), found.plus.tolist(), found.known.tolist()
    ([7700900123, 442079460001, 0], [11, 12, 0], [False, True, False], [True, True, False])

    Args:
        raw: Texts as seized, none of them null.
    """
    found = _read_digits(raw, _TYPED)
    wrapped = np.flatnonzero(~found.known)
    if wrapped.size:
        inner = _read_digits(_unwrapped(raw.take(pa.array(wrapped))), _TYPED_WITH_DOTS)
        for whole, part in (
            (found.known, inner.known),
            (found.plus, inner.plus),
            (found.digits, inner.digits),
            (found.lengths, inner.lengths),
        ):
            whole[wrapped] = part
    return found


def _classes(separators: bytes) -> Bytes:
    table = np.full(256, _OTHER, np.uint8)
    table[ord("0") : ord("9") + 1] = _DIGIT
    table[ord("+")] = _PLUS
    table[list(separators)] = _SEPARATOR
    return table


_TYPED = _classes(b" -/")
_TYPED_WITH_DOTS = _classes(b" -/.")


def _buffers(texts: pa.StringArray) -> tuple[Bytes, Places]:
    """The bytes of all texts, and where each begins, with the end of the last."""
    _validity, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    if data_buffer is None:
        return np.empty(0, np.uint8), offsets - offsets[0]
    data = np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]


def _read_digits(texts: pa.StringArray, classes: Bytes) -> DialledColumn:
    data, bounds = _buffers(texts)
    starts, ends = bounds[:-1], bounds[1:]
    kinds = classes[data]
    _hide_invisible(data, kinds)
    plus = np.zeros(len(texts), bool)
    filled = np.flatnonzero(ends > starts)
    plus[filled] = kinds[starts[filled]] == _PLUS
    kinds[starts[plus]] = _SEPARATOR  # a plus anywhere else is no plus in front
    is_digit = kinds == _DIGIT
    before = np.zeros(data.size + 1, np.int32)
    np.cumsum(is_digit, out=before[1:])
    lengths = (before[ends] - before[starts]).astype(np.int64)
    known = (lengths >= 1) & (lengths <= MOST_DIGITS)
    odd = np.flatnonzero(kinds >= _PLUS)
    known[np.searchsorted(ends, odd, side="right")] = False
    digit_bounds = np.append(before[starts], before[-1:]).astype(np.int32)
    pieces = pa.StringArray.from_buffers(len(texts), pa.py_buffer(digit_bounds), pa.py_buffer(data[is_digit]))
    digits = np.zeros(len(texts), np.int64)
    digits[known] = pieces.filter(pa.array(known)).cast(pa.int64()).to_numpy()
    lengths[~known] = 0
    return DialledColumn(known, plus & known, digits, lengths)


def _hide_invisible(data: Bytes, kinds: Bytes) -> None:
    for mark in _INVISIBLE:
        places = np.flatnonzero(data[: data.size - len(mark) + 1] == mark[0])
        for step, byte in enumerate(mark[1:], 1):
            places = places[data[places + step] == byte]
        for step in range(len(mark)):
            kinds[places + step] = _SEPARATOR


def _unwrapped(texts: pa.StringArray) -> pa.StringArray:
    """The texts without angle brackets, SIP and tel addresses, hiding codes and a decimal zero, where plain to see."""
    data, bounds = _narrowed(*_buffers(texts))
    starts, ends = bounds[:-1].copy(), bounds[1:].copy()
    in_brackets, without_brackets = _bracketed(data, starts, ends)
    starts[in_brackets] = _first_behind(data, ord("<"), starts)[in_brackets] + 1
    ends[in_brackets] -= 1
    for scheme in _SCHEMES:
        found = _begins(data, starts, ends, scheme) & (in_brackets | without_brackets)
        starts[found] += len(scheme)
        if scheme == b"sip:":
            # Without a host it may be a host alone, whose digits are a machine's address: left to be read with care.
            hosts = _first_behind(data, ord("@"), starts)
            whole = found & (hosts < ends)
            ends[whole] = hosts[whole]
            starts[found & ~whole] -= len(scheme)
    for code in _HIDING_CODES:
        found = _begins(data, starts, ends, code)
        starts[found] += len(code)
    _cut_decimal_zeros(data, starts, ends)
    pieces = np.empty(2 * len(texts) + 1, np.int32)
    pieces[0:-1:2], pieces[1::2], pieces[-1] = starts, np.maximum(starts, ends), data.size
    array = pa.StringArray.from_buffers(2 * len(texts), pa.py_buffer(pieces), pa.py_buffer(data.tobytes()))
    return array.take(pa.array(np.arange(0, 2 * len(texts), 2)))


def _narrowed(data: Bytes, bounds: Places) -> tuple[Bytes, Places]:
    """Full-width digits and plus signs as ASCII; and the UK's `(0)` gone, which nobody dials behind +44."""
    data, kept = data.copy(), np.ones(data.size, bool)
    wide = np.flatnonzero(data[:-2] == _FULL_WIDTH[0])
    wide = wide[data[wide + 1] == _FULL_WIDTH[1]]
    third = data[wide + 2]
    is_plus, is_digit = third == _WIDE_PLUS, (third >= _WIDE_ZERO) & (third < _WIDE_ZERO + 10)
    data[wide[is_digit] + 2] = third[is_digit] - _WIDE_ZERO + ord("0")
    data[wide[is_plus] + 2] = ord("+")
    kept[wide[is_digit | is_plus]] = kept[wide[is_digit | is_plus] + 1] = False
    starts, ends = bounds[:-1], bounds[1:]
    for head in _UK_WITH_ZERO:
        zero = starts[_begins(data, starts, ends, head)] + len(head)
        for step in range(1, 4):
            kept[zero - step] = False
    before = np.zeros(data.size + 1, np.int64)
    np.cumsum(kept, out=before[1:])
    return data[kept], before[bounds]


def _bracketed(data: Bytes, starts: Places, ends: Places) -> tuple[Flags, Flags]:
    """Which texts end with `>` and have just one pair of angle brackets; and which have no such bracket at all."""
    opened, closed = (_count(data, ord(mark), ends) for mark in "<>")
    last = np.zeros(len(ends), bool)
    filled = np.flatnonzero(ends > starts)
    last[filled] = data[ends[filled] - 1] == ord(">")
    return last & (opened == 1) & (closed == 1), (opened == 0) & (closed == 0)


def _count(data: Bytes, mark: int, ends: Places) -> Places:
    return np.bincount(np.searchsorted(ends, np.flatnonzero(data == mark), side="right"), minlength=len(ends))


def _first_behind(data: Bytes, mark: int, starts: Places) -> Places:
    """Place of the first such byte at or behind each start; a place behind all bytes where there is none."""
    places = np.append(np.flatnonzero(data == mark), data.size)
    first: Places = places[np.searchsorted(places, starts)]
    return first


def _begins(data: Bytes, starts: Places, ends: Places, mark: bytes) -> Flags:
    found = ends - starts > len(mark)
    for step, byte in enumerate(mark):
        at = np.flatnonzero(found)
        found[at] = data[starts[at] + step] == byte
    return found


def _cut_decimal_zeros(data: Bytes, starts: Places, ends: Places) -> None:
    """Take `.0` and `.00` off texts whose only dot it is: what a spreadsheet puts behind a number."""
    dots = np.append(np.flatnonzero(data == ord(".")), [data.size, data.size])
    at = np.searchsorted(dots, starts)
    only = (dots[at] < ends) & (dots[np.minimum(at + 1, dots.size - 1)] >= ends)
    places = dots[at]
    for zeros in (1, 2):
        found = np.flatnonzero(only & (places == ends - 1 - zeros))
        for step in range(zeros):
            found = found[data[places[found] + 1 + step] == ord("0")]
        ends[found] = places[found]
        only[found] = False
