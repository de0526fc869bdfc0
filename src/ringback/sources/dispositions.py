"""Words for how a call ended where nobody answered, in the languages that panels are written in."""

from ringback.schemas import ANSWERED

_WORDS = """
    noanswer noanswered notanswered unanswered missed nopickup busy userbusy failed fail failure cancel canceled
    cancelled canceledbycaller originatorcancel congestion chanunavail rejected callrejected declined denied unreachable
    notreachable timeout norespons noresponse nouserresponse noroutedestination unallocatednumber subscriberabsent
    invalidnumber invalidnumberformat recoveryontimerexpire destinationoutoforder abandoned abandon drop dropped
    nocontesta nocontestada ocupado ocupada naoatendida naoatende rejeitada besetzt keineantwort nichtangenommen
    nichterreichbar abgelehnt occupe sansreponse nonrepondu echec refuse zanyato netotveta otmenen mesgul cevapsiz
    cevapyok occupato nonrisposto rifiutato bezet geenantwoord nieodebrane zajety
"""
UNANSWERED = frozenset(_WORDS.split())


def plain_word(word: str) -> str:
    """A disposition without what panels put between its words.

    >>> plain_word("NO ANSWER"), plain_word("no_answer"), plain_word("No-Answer")
    ('noanswer', 'noanswer', 'noanswer')
    """
    return "".join(one for one in word.casefold() if one.isalpha())


def says_unanswered(word: str) -> bool:
    """Whether a disposition surely says that nobody answered.

    >>> says_unanswered("NO ANSWER"), says_unanswered("ANSWERED"), says_unanswered("COMPLETED")
    (True, False, False)
    """
    return plain_word(word) in UNANSWERED


def says_answered(word: str, answered: frozenset[str] = frozenset(ANSWERED)) -> bool:
    """Whether a disposition says that somebody answered.

    Args:
        word: As seized.
        answered: The words for it, in capitals.
    """
    return word.strip().upper() in answered
