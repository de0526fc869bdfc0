"""Dispositions: words and codes that say whether somebody answered a call, in the languages of panels."""

import re
from collections.abc import Iterable

from ringback.schemas import ANSWERED

_WORDS = """
    noanswer noanswered notanswered unanswered missed nopickup busy userbusy failed fail failure cancel canceled
    cancelled canceledbycaller originatorcancel congestion chanunavail rejected callrejected declined denied unreachable
    notreachable timeout norespons noresponse nouserresponse noroutedestination unallocatednumber subscriberabsent
    invalidnumber invalidnumberformat recoveryontimerexpire destinationoutoforder abandoned abandon drop dropped
    nocontesta nocontestada ocupado ocupada naoatendida naoatende rejeitada besetzt keineantwort nichtangenommen
    nichterreichbar abgelehnt occupe sansreponse nonrepondu echec refuse zanyato netotveta otmenen mesgul cevapsiz
    cevapyok occupato nonrisposto rifiutato bezet geenantwoord nieodebrane zajety
    нетответа неотвечен неотвечено занято занят отклонен отклонён пропущен пропущенный недоступен отменен отменён сбой
    未接 未接通 无应答 無應答 占线 忙线 拒接
"""
UNANSWERED = frozenset(_WORDS.split())
# Codes of how calls end, each only beside the one for an answer: 16 of Q.850, 200 of SIP.
_CODES = {
    "16": frozenset(map(str, (1, 3, 17, 18, 19, 20, 21, 27, 28, 34, 38, 41, 42, 102, 127))),
    "200": frozenset(map(str, range(400, 700))),
}
# Of a column that asks whether somebody answered.
_ASKS = re.compile(r"answered|connected|picked_?up|success", re.IGNORECASE)
_ASKS_NOT = re.compile(r"missed|un_?answered|no_?answer", re.IGNORECASE)
_YES, _NO = ("1", "true", "yes", "y", "t", "ja", "si", "oui"), ("0", "false", "no", "n", "f", "nein", "non")


def plain_word(word: str) -> str:
    """A disposition in small letters, without the marks between its words.

    >>> plain_word("NO ANSWER"), plain_word("no_answer"), plain_word("No-Answer")
    ('noanswer', 'noanswer', 'noanswer')
    """
    return "".join(one for one in word.casefold() if one.isalpha())


def says_unanswered(word: str) -> bool:
    """Whether a disposition certainly says that nobody answered.

    >>> says_unanswered("NO ANSWER"), says_unanswered("ANSWERED"), says_unanswered("COMPLETED")
    (True, False, False)
    """
    return plain_word(word) in UNANSWERED


def says_nobody_answered(words: Iterable[str]) -> frozenset[str]:
    """The words and codes of a column that certainly say that nobody answered.

    >>> sorted(says_nobody_answered(["16", "17", "19"])), sorted(says_nobody_answered(["1", "2", "17"]))
    (['17', '19'], [])
    """
    words = list(words)
    every = {word.strip() for word in words}
    codes = frozenset().union(*(listed for answer, listed in _CODES.items() if answer in every))
    return frozenset(word for word in words if says_unanswered(word) or word.strip() in codes)


def told_answers(column: str, word: str) -> str:
    """The disposition for a yes or no in a column that says whether somebody answered; other words unchanged.

    >>> told_answers("is_answered", "1"), told_answers("answered", "false"), told_answers("missed_call", "true")
    ('ANSWERED', 'NO ANSWER', 'NO ANSWER')
    """
    asks_not = bool(_ASKS_NOT.search(column))
    plain = word.strip().casefold()
    if plain not in _YES + _NO or not (asks_not or _ASKS.search(column)):
        return word
    return "ANSWERED" if (plain in _YES) != asks_not else "NO ANSWER"


def says_answered(word: str, answered: frozenset[str] = frozenset(ANSWERED)) -> bool:
    """Whether a disposition says that somebody answered.

    Args:
        word: As seized.
        answered: The words for it, in capitals.
    """
    return word.strip().upper() in answered
