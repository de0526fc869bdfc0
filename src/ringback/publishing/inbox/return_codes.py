"""Return codes: they open a report that is not sent yet, and are shown to whoever saves it. Nothing else opens it.

A code is 19 random letters and a check letter, printed BCDF-GHJK-MNPQ-RSTV-WXZB, in the alphabet of references: no
vowels, no digits, no two letters that print alike. 19 to the power of 19 codes are 80.7 bits.

Pure: no files, no clock.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from ringback.alerting.model.references import ALPHABET

RANDOM_LETTERS: Final = 19
LENGTH: Final = RANDOM_LETTERS + 1
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_GROUP = 4
# Characters that a reader may type for a letter. No code contains them.
_LOOK_ALIKES = str.maketrans({"U": "V", "2": "Z", "5": "S", "6": "G", "8": "B"})
_LONGEST_TYPED = 80
# Logarithm of the rounds of scrypt: 1 MiB, and about 3 ms. Each page of a report takes it once.
_COST, _BLOCK = 10, 8


@dataclass(frozen=True, slots=True)
class DraftKeys:
    """What is derived from a code; none of it leads back to the code or to the others.

    Attributes:
        id: Names the draft in the inbox: 32 hexadecimal digits.
        key: Encrypts it: 32 bytes.
        seed: What its status code is drawn from: 32 bytes. So a report that is sent twice has one status code.
    """

    id: str
    key: bytes
    seed: bytes


def new_code() -> str:
    """Draw a code, in canonical form."""
    letters = "".join(secrets.choice(ALPHABET) for _place in range(RANDOM_LETTERS))
    return letters + ALPHABET[-_weighted_sum(letters + ALPHABET[0]) % len(ALPHABET)]


def show(code: str) -> str:
    """The printed form.

    >>> show("BCDFGHJKMNPQRSTVWXZB")
    'BCDF-GHJK-MNPQ-RSTV-WXZB'
    """
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read(typed: str) -> str | None:
    """The canonical form of what was typed, or None if it is no code (most likely a typing mistake).

    >>> code = new_code()
    >>> read(show(code).lower()) == code, read(code[:-1])
    (True, None)
    """
    if len(typed) > _LONGEST_TYPED:
        return None
    letters = "".join(one for one in typed if one.isalnum()).upper().translate(_LOOK_ALIKES)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return letters if _weighted_sum(letters) == 0 else None


def derive(code: str, *, secret: bytes) -> DraftKeys:
    """What a code stands for in one inbox. It takes as long for a code that nobody has.

    Args:
        code: In canonical form.
        secret: The inbox's own.
    """
    rounds = 2**_COST
    whole = hashlib.scrypt(
        code.encode(), salt=secret, n=rounds, r=_BLOCK, p=1, maxmem=2 * 128 * _BLOCK * rounds, dklen=32
    )
    one, two, three = (hmac.digest(whole, purpose, "sha256") for purpose in (b"draft id", b"draft key", b"status code"))
    return DraftKeys(one.hex()[:32], two, three)


def _weighted_sum(letters: str) -> int:
    """Sum of letter values times weights: from the end 1, 2, ..., 18, and again.

    None is 0 modulo 19, and two that stand together differ: so every single mistyped letter is found, and every swap of
    neighbours.
    """
    most = len(ALPHABET) - 1
    weighted = ((1 + place % most) * _VALUE[letter] for place, letter in enumerate(reversed(letters)))
    return sum(weighted) % len(ALPHABET)
