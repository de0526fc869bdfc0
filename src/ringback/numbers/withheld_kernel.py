"""The compiled twin of `withheld`: whether ASCII bytes say that a number was withheld."""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled
from ringback.numbers.withheld import AROUND_WITHHELD, NO_CALLER, WITHHELD

# The loop holds a word as one number, with five bits for each letter.
_LETTER_BITS, _LONGEST_WORD = 5, 12
_MOST_WORDS = 3  # in an entry of `NO_CALLER`
_A, _Z, _AT, _ZERO, _NINE = b"az@09"


def _code(word: str) -> int:
    code = 0
    for letter in word.encode():
        code = code << _LETTER_BITS | (letter - _A + 1)
    return code


_WITHHELD_CODES = np.array(sorted(map(_code, WITHHELD)), np.int64)
_AROUND_CODES = np.array(sorted(map(_code, AROUND_WITHHELD)), np.int64)
_NO_CALLER_CODES = np.array(
    [[*map(_code, words), *[0] * (_MOST_WORDS - len(words))] for words in sorted(NO_CALLER)], np.int64
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
