"""Words for the direction of a call: inbound (to an account) or outbound (made by it), in the languages of panels."""

import re

_INBOUND = """
    inbound in incoming i ib received terminating terminated mt did
    entrante eingehend ankommend entrant inkomend binnenkomend ingresso ricevuta vhodyashchiy vhodjashhij gelen
    przychodzace
"""
# Calls between an account's own telephones count as made: whose number was called is asked apart.
_OUTBOUND = """
    outbound out outgoing o ob originating originated mo dialed dialled outbound-api outbound-dial trunking-terminating
    saliente ausgehend abgehend sortant uitgaand uscita effettuata iskhodyashchiy ishodjashhij giden wychodzace
    local internal intern interno interne
"""
_PIECES = re.compile(r"[^a-z]+")
# Words that say nothing else, wherever they stand.
SURELY_INBOUND = frozenset(("inbound", "incoming", "ib", "entrante", "eingehend", "entrant", "inkomend"))
INBOUND, OUTBOUND = frozenset(_INBOUND.split()), frozenset(_OUTBOUND.split())


def is_inbound(word: str, inbound: frozenset[str] = INBOUND) -> bool:
    """Whether a word, or the first of several words, means inbound.

    >>> is_inbound("Incoming"), is_inbound("Inbound Dial"), is_inbound("Outgoing API")
    (True, True, False)

    Args:
        word: As seized.
        inbound: The words for inbound, in small letters.
    """
    plain = word.strip().lower()
    return plain in inbound or (_first(plain) in SURELY_INBOUND and _first(plain) in inbound)


def _first(word: str) -> str:
    return _PIECES.split(word, maxsplit=1)[0]


def surely_inbound(word: str) -> bool:
    """Whether a word means an inbound call in any column.

    >>> surely_inbound("Incoming"), surely_inbound("in")
    (True, False)
    """
    return is_inbound(word, SURELY_INBOUND)


def is_known(word: str, inbound: frozenset[str]) -> bool:
    """Whether a word for a direction is known."""
    plain = word.strip().lower()
    return is_inbound(word, inbound) or plain in OUTBOUND or _first(plain) in OUTBOUND or plain == "inbound"
