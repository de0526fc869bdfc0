"""Which way a call went: what panels call the calls that people made to an account, and those that it made itself."""

import pyarrow as pa

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
# Words that say nothing else, wherever they stand.
SURELY_INBOUND = frozenset(("inbound", "incoming", "ib", "entrante", "eingehend", "entrant", "inkomend"))
INBOUND, OUTBOUND = frozenset(_INBOUND.split()), frozenset(_OUTBOUND.split())


def told_directions(texts: pa.DictionaryArray, inbound: frozenset[str]) -> pa.DictionaryArray:
    """Directions with `inbound` for every word of a call that reached an account; others stay as seized.

    >>> texts = pa.array(["Incoming", "outbound", None]).dictionary_encode()
    >>> told_directions(texts, INBOUND).to_pylist()
    ['inbound', 'outbound', None]
    """
    words = ["inbound" if word.strip().lower() in inbound else word for word in texts.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(texts.indices).dictionary_encode()


def surely_inbound(word: str) -> bool:
    """Whether a word means an inbound call whatever column it stands in.

    >>> surely_inbound("Incoming"), surely_inbound("in")
    (True, False)
    """
    return word.strip().lower() in SURELY_INBOUND


def is_known(word: str, inbound: frozenset[str]) -> bool:
    """Whether a word for a direction is understood."""
    plain = word.strip().lower()
    return plain in inbound or plain in OUTBOUND or plain == "inbound"
