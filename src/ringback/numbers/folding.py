"""Bytes of a raw text to plain characters: what `cleaning.fold_text` gives, for the usual characters.

Blanks, dashes and digits come in many forms. Tables that `fold_text` itself has filled give the plain form of those
whose UTF-8 begins with 0xC2, 0xE2 0x80 or 0xEF 0xBC. A text with any other non-ASCII character is left open.
"""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled
from ringback.numbers.cleaning import fold_text

Bytes = NDArray[np.uint8]
# Kinds of characters: those that a text has decide which steps it needs.
DIGIT, PLUS, SEPARATOR, DOT, COMMA, BRACKET, ANGLE, COLON, HIDING, QUOTE, LETTER, OTHER = (
    1 << bit for bit in range(12)
)
_KINDS_OF = {
    b"0123456789": DIGIT,
    b"+": PLUS,
    b" -/": SEPARATOR,
    b".": DOT,
    b",": COMMA,
    b"()[]": BRACKET,
    b"<>": ANGLE,
    b":": COLON,
    b"*#": HIDING,
    b"\"'`=": QUOTE,
    b"abcdefghijklmnopqrstuvwxyz": LETTER,
}
# What a character becomes where it has no plain form: it is dropped, or its text is left open.
_GONE, _OPEN = 0xFE, 0xFF
_FIRST_OF_TWO, _FIRST_OF_GENERAL, _SECOND_OF_GENERAL, _FIRST_OF_WIDE, _SECOND_OF_WIDE = 0xC2, 0xE2, 0x80, 0xEF, 0xBC
_LAST_ASCII, _CONTINUED, _PLACES = 0x7F, 0x80, 64
_BLANK = ord(" ")


def _kinds() -> NDArray[np.int64]:
    kinds = np.full(256, OTHER, np.int64)
    for characters, kind in _KINDS_OF.items():
        kinds[list(characters)] = kind
    return kinds


def _small_and_plain() -> Bytes:
    """The plain form of each ASCII character, letters in lower case."""
    return np.array([ord(_alone(chr(code)).lower()) for code in range(_LAST_ASCII + 1)], np.uint8)


def _plain_forms(first: int) -> Bytes:
    """The plain forms of 64 characters from `first` on: ASCII characters, `_GONE`, or `_OPEN` for anything else."""
    folded = [_alone(chr(first + place)) for place in range(_PLACES)]
    plain = [ord(one.lower()) if len(one) == 1 and one.isascii() else _OPEN for one in folded]
    return np.array([_GONE if not one else code for one, code in zip(folded, plain, strict=True)], np.uint8)


def _alone(character: str) -> str:
    """One character folded, between letters: `fold_text` strips blanks at the ends of a text."""
    return fold_text(f"x{character}x")[1:-1]


_KINDS, _ASCII = _kinds(), _small_and_plain()
_LATIN, _GENERAL, _WIDE = _plain_forms(0x80), _plain_forms(0x2000), _plain_forms(0xFF00)


@compiled
def fold(data: Bytes, start: int, end: int, plain: Bytes) -> tuple[int, int]:
    """Write a text in plain lower-case ASCII; returns its length, and the kinds of its characters as bits.

    The length is -1 where the text has other characters.

    >>> data, plain = np.frombuffer("０７７００ 900123\\u200b X".encode(), np.uint8), np.empty(60, np.uint8)
    >>> plain[: fold(data, 0, len(data), plain)[0]].tobytes()
    b'07700 900123 x'

    Args:
        data: Bytes of UTF-8.
        start: Where the text begins.
        end: Where it ends.
        plain: Space for as many bytes as the text has.
    """
    size, kinds, at = 0, 0, start
    while at < end:
        byte = data[at]
        if byte <= _LAST_ASCII:
            plain[size] = _ASCII[byte]
            kinds |= _KINDS[_ASCII[byte]]
            size += 1
            at += 1
            continue
        folded = np.uint8(_OPEN)
        if byte == _FIRST_OF_TWO and at + 1 < end:
            folded = _LATIN[data[at + 1] - _CONTINUED]
            at += 2
        elif byte == _FIRST_OF_GENERAL and at + 2 < end and data[at + 1] == _SECOND_OF_GENERAL:
            folded = _GENERAL[data[at + 2] - _CONTINUED]
            at += 3
        elif byte == _FIRST_OF_WIDE and at + 2 < end and data[at + 1] == _SECOND_OF_WIDE:
            folded = _WIDE[data[at + 2] - _CONTINUED]
            at += 3
        if folded == _OPEN:
            return -1, 0
        if folded != _GONE:
            plain[size] = folded
            kinds |= _KINDS[folded]
            size += 1
    return size, kinds


@compiled
def kinds_in(plain: Bytes, start: int, end: int) -> int:
    """Which kinds of characters a plain text has, as bits."""
    kinds = 0
    for at in range(start, end):
        kinds |= _KINDS[plain[at]]
    return kinds


@compiled
def strip(plain: Bytes, start: int, end: int) -> tuple[int, int]:
    """Where a plain text begins and ends without the blanks around it."""
    while start < end and plain[start] == _BLANK:
        start += 1
    while start < end and plain[end - 1] == _BLANK:
        end -= 1
    return start, end
