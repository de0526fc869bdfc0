"""Alert references: printed in each text, typed in by its reader to check it. They say nothing about anybody.

A reference is ten random letters and a check letter, printed BCDF-GHJK-MNZ. Its alphabet is the 19 consonants without L
and Y. It has no vowels, so that no words appear; no digits, so that a phone never takes it for a number to ring; no two
letters that print alike. 19 is a prime, so one weighted sum finds every single mistyped letter and every swap of two.

Pure: no records, no files, no clock.
"""

import secrets
from collections.abc import Callable
from typing import Final

from ringback.keys import CaseKey, KeyRing

ALPHABET: Final = "BCDFGHJKMNPQRSTVWXZ"
RANDOM_LETTERS: Final = 10
LENGTH: Final = RANDOM_LETTERS + 1
# The number of references: 19 to the power of 10, or 42.5 bits.
POSSIBLE: Final = len(ALPHABET) ** RANDOM_LETTERS
# Reserved for previews and the public page; never issued.
SAMPLE: Final = "BCDFGHJKMNZ"

_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_GROUP = 4
# Characters that a reader may type for a letter. No reference contains them, so each can mean only one letter.
_LOOK_ALIKES = str.maketrans({"U": "V", "2": "Z", "5": "S", "6": "G", "8": "B"})
_LONGEST_TYPED = 80


def new_reference(random_bytes: Callable[[int], bytes] | None = None) -> str:
    """Draw a new reference, in canonical form. All are equally likely, except that `SAMPLE` is never drawn.

    Args:
        random_bytes: The source of random bytes; None for `secrets.token_bytes`.
    """
    draw = random_bytes or secrets.token_bytes
    while True:
        # 43 bits hold every reference. Larger draws are thrown away, so that no reference is likelier than another.
        number = int.from_bytes(draw(6), "big") >> 5
        if number < POSSIBLE:
            reference = _with_check(_letters(number))
            if reference != SAMPLE:
                return reference


def show(reference: str) -> str:
    """The printed form of a reference.

    >>> show(SAMPLE)
    'BCDF-GHJK-MNZ'
    """
    return "-".join(reference[start : start + _GROUP] for start in range(0, len(reference), _GROUP))


def read(text: str) -> str | None:
    """The canonical form of a typed reference, or None if it is none (most likely a typing mistake).

    Case, blanks, dashes and other signs do not matter. A digit that looks like a letter counts as that letter.

    >>> read(" bcdf ghjk-mn2 ")
    'BCDFGHJKMNZ'
    >>> read("BCDF-GHJK-NMZ") is None
    True
    """
    if len(text) > _LONGEST_TYPED:
        return None
    letters = "".join(one for one in text if one.isalnum()).upper().translate(_LOOK_ALIKES)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return letters if _weighted_sum(letters) == 0 else None


def check_digest(key: CaseKey | KeyRing, reference: str, last_four: str) -> str:
    """The keyed digest stored for a reference and the last four digits of its number, under the newest key.

    Args:
        key: A key, or a ring, of which the newest key is used.
        reference: In canonical form.
        last_four: Four digits, "0123".
    """
    newest = key.newest if isinstance(key, KeyRing) else key
    return newest.keyed("check", f"{reference}|{last_four}")


def check_digests(ring: KeyRing, reference: str, last_four: str) -> list[str]:
    """The same digest under every key, newest first: the records may hold an alert under any of them."""
    return ring.keyed("check", f"{reference}|{last_four}")


def _letters(number: int) -> str:
    letters = ""
    for _place in range(RANDOM_LETTERS):
        number, value = divmod(number, len(ALPHABET))
        letters += ALPHABET[value]
    return letters


def _with_check(letters: str) -> str:
    # The check letter has weight 1 and makes the sum of the whole reference 0.
    return letters + ALPHABET[-_weighted_sum(letters + ALPHABET[0]) % len(ALPHABET)]


def _weighted_sum(letters: str) -> int:
    """Sum of letter values times weights 11, 10, ..., 1. The weights differ and none is 0 modulo 19."""
    return sum((LENGTH - place) * _VALUE[letter] for place, letter in enumerate(letters)) % len(ALPHABET)
