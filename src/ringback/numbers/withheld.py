"""Texts that say, in the place of a number, that the caller's was withheld."""

import re

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled

_WITHHELD = frozenset(
    (
        "anonymous",
        "blocked",
        "hidden",
        "private",
        "restricted",
        "suppressed",
        "unavailable",
        "unknown",
        "withheld",
    )
)
_AROUND_WITHHELD = frozenset(
    (
        "number",
        "caller",
        "callerid",
        "id",
        "cli",
        "name",
        "call",
        "calling",
        "line",
        "party",
        "user",
        "the",
        "is",
    )
)
_NO_CALLER = frozenset({("no", "caller", "id"), ("no", "callerid"), ("nocallerid",), ("no", "number")})
_WORD = re.compile(r"[^\W\d_]+")

# For the loop a word is one number, of five bits a letter.
_LETTER_BITS, _LONGEST_WORD = 5, 12
_MOST_WORDS = 3  # of `_NO_CALLER`
_A, _Z, _AT, _ZERO, _NINE = b"az@09"


def is_withheld(text: str) -> bool:
    """Whether a text, or what stands before its `@`, says that a number is withheld.

    >>> is_withheld("caller id blocked"), is_withheld("anonymous@anonymous.invalid"), is_withheld("nobody")
    (True, True, False)

    Args:
        text: In small letters.
    """
    caller = text.partition("@")[0]
    words = tuple(_WORD.findall(caller))
    if not words or any(character.isdigit() for character in caller):
        return False
    known = _WITHHELD.intersection(words) and _WITHHELD.union(_AROUND_WITHHELD).issuperset(words)
    return bool(known) or words in _NO_CALLER


def _code(word: str) -> int:
    code = 0
    for letter in word.encode():
        code = code << _LETTER_BITS | (letter - _A + 1)
    return code


_WITHHELD_CODES = np.array(sorted(map(_code, _WITHHELD)), np.int64)
_AROUND_CODES = np.array(sorted(map(_code, _AROUND_WITHHELD)), np.int64)
_NO_CALLER_CODES = np.array(
    [[*map(_code, words), *[0] * (_MOST_WORDS - len(words))] for words in sorted(_NO_CALLER)], np.int64
)


@compiled
def says_withheld(text: NDArray[np.uint8], start: int, end: int) -> bool:
    """What `is_withheld` says of ASCII bytes.

    >>> text = np.frombuffer(b"no caller id", np.uint8)
    >>> says_withheld(text, 0, 12), says_withheld(text, 0, 9)
    (True, False)
    """
    words, withheld, strange = 0, False, False
    first, second, third = 0, 0, 0
    word, length = 0, 0
    for at in range(start, end + 1):
        byte = text[at] if at < end else np.uint8(_AT)
        if _A <= byte <= _Z:
            word = word << _LETTER_BITS | (int(byte) - _A + 1)
            length += 1
            continue
        if _ZERO <= byte <= _NINE:
            return False
        if length:
            word = -1 if length > _LONGEST_WORD else word
            withheld |= _is_among(word, _WITHHELD_CODES)
            strange |= not _is_among(word, _WITHHELD_CODES) and not _is_among(word, _AROUND_CODES)
            words += 1
            if words == 1:
                first = word
            elif words == 2:
                second = word
            elif words == _MOST_WORDS:
                third = word
            word, length = 0, 0
        if byte == _AT:
            break
    if withheld and not strange:
        return True
    for row in range(len(_NO_CALLER_CODES)):
        no_caller = _NO_CALLER_CODES[row]
        if words <= _MOST_WORDS and first == no_caller[0] and second == no_caller[1] and third == no_caller[2]:
            return words > 0
    return False


@compiled
def _is_among(word: int, codes: NDArray[np.int64]) -> bool:
    for code in codes:  # noqa: SIM110 - no generator can be compiled
        if code == word:
            return True
    return False
