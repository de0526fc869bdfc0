"""Status codes: given to a reporter once, so that they can ask what became of their report. Stored as keyed digests.

Twelve random characters, printed in fours: CDFH-JKM2-3467. The alphabet has no vowels, and of characters that look or
sound alike only one. Digits among them make it unlike the reference of a text.
"""

import secrets

from ringback.keys import KeyRing

ALPHABET = "CDFHJKMNPRTVWX234679"
LENGTH = 12
_GROUP = 4
_LOOK_ALIKES = str.maketrans({"U": "V", "Z": "2", "G": "6"})
_PURPOSE = "report-status"


def new_status_code() -> str:
    """Draw a code, in canonical form. There are 20 to the power of 12, or 52 bits."""
    return "".join(secrets.choice(ALPHABET) for _one in range(LENGTH))


def show(code: str) -> str:
    """The printed form.

    >>> show("CDFHJKM23467")
    'CDFH-JKM2-3467'
    """
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read(typed: str) -> str | None:
    """The canonical form of what was typed, or None if it is no code.

    >>> read(" cdfh jkmz-3467")
    'CDFHJKM23467'
    """
    if len(typed) > 80:
        return None
    found = "".join(one for one in typed if one.isalnum()).upper().translate(_LOOK_ALIKES)
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None


def status_digest(ring: KeyRing, code: str) -> str:
    """The digest that is stored for a code in canonical form."""
    return ring.newest.keyed(_PURPOSE, code)


def status_digests(ring: KeyRing, code: str) -> list[str]:
    """The same under every key, newest first."""
    return ring.keyed(_PURPOSE, code)
