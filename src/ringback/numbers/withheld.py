"""Texts that stand in place of a number, and say that the caller withheld it."""

import re

WITHHELD = frozenset(
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
AROUND_WITHHELD = frozenset(
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
NO_CALLER = frozenset({("no", "caller", "id"), ("no", "callerid"), ("nocallerid",), ("no", "number")})
_WORD = re.compile(r"[^\W\d_]+")


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
    known = WITHHELD.intersection(words) and WITHHELD.union(AROUND_WITHHELD).issuperset(words)
    return bool(known) or words in NO_CALLER
