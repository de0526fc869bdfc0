"""The check for threats: nothing may follow from not answering.

A sentence about people who do not answer, ignore a text or stay silent must say plainly that nothing comes of it.
Anything else counts as a threat.
"""

from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText, Match, sentence_around
from ringback.alerting.wording.rules.lexicons import read_cues

_SPEAKERS = frozenset({"we", "us", "i", "officers", "police", "staff"})  # not people who ignore us
_CONDITIONS = frozenset(
    {"if", "who", "whoever", "unless", "should", "when", "those", "that", "anyone", "anybody", "people", "everyone"}
    | {"because", "as", "since", "where", "or", "they", "until", "till", "by", "for", "without", "whose", "households"}
)
_CONDITIONAL_OPENINGS = (
    *("donot", "dont", "does", "did", "have", "has", "will", "wont", "would", "should", "can", "you", "they"),
    *("fail", "refuse", "decline", "neglect", "omit", "never", "notyet"),
)
_MOST_BETWEEN = 4
_TAKING_BACK = frozenset({"but", "unless", "except", "excepting", "however", "otherwise", "twice", "yet"})
_ABOUT_A_CALL = frozenset({"call", "calls", "phone", "them", "criminals", "caller", "callers", "him", "her"})


def find_threats(folded: FoldedText) -> Iterator[Fault]:
    """Sentences in which something follows from not answering."""
    for match in folded.matches(read_cues("silences.txt")):
        begin, end = sentence_around(match)
        if _is_about_readers(match, begin) and not _is_harmless(folded, match, begin, end):
            yield make_fault("pressure", folded.text, *folded.original(match.at, match.until))


def _is_about_readers(match: Match, begin: int) -> bool:
    """Whether the readers are those who do not answer: not "we do not call", nor "if you did not take the call"."""
    tokens = match.tokens
    after = {token.word for token in tokens[match.last + 1 : match.last + 4]}
    if not match.phrase.startswith(_CONDITIONAL_OPENINGS):
        return True
    if after & _ABOUT_A_CALL:
        return False
    before = [token.word for token in tokens[max(begin, match.first - _MOST_BETWEEN) : match.first]]
    if before and before[-1] in _SPEAKERS:
        return False
    return tokens[match.first].word in _CONDITIONS or not _CONDITIONS.isdisjoint(before)


def _is_harmless(folded: FoldedText, match: Match, begin: int, end: int) -> bool:
    """Whether the sentence says that nothing comes of it, without taking that back."""
    at, until = match.tokens[begin].at, match.tokens[end - 1].until
    if any(token.word in _TAKING_BACK for token in match.tokens[begin:end]):
        return False
    found = (one for one in folded.matches(read_cues("harmless.txt")) if at <= one.at and one.until <= until)
    return any(one.until <= match.at or one.until > match.until for one in found)
