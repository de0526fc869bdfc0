"""Whether a text denies a phrase: "we will never ask you to send your PIN", but not "send your PIN".

The denial must govern the phrase. No new clause may begin between the two. The only verbs between may be those of
asking, giving and the like, joined by "or", "to" or "you". In doubt, the phrase counts as not denied.
"""

from functools import lru_cache

from ringback.alerting.wording.rules.folded_text import Match, Token
from ringback.alerting.wording.rules.lexicons import read_sections

_JOINING = frozenset({"or", "nor", "to", "you", "ever", "not", "never", "will", "be", "need", "us", "anyone", "them"})
_NOUN_BEFORE = frozenset({"a", "an", "the", "this", "any", "by", "your", "our", "no", "for", "of", "in"})
_NOBODY = frozenset({"no", "nobody", "noone", "none", "neither"})
_AUXILIARIES = frozenset({"is", "are", "was", "were", "will", "would", "do", "does", "and", "or", "be", "ever"})
_ASKING = frozenset({"ask", "asks", "request", "require", "want"})
_MOST_BETWEEN = 16
_MOST_IN_LIST = 10
_MOST_BEFORE_VERB = 5  # of "no one from the police will ask"


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    return read_sections("negation.txt")


def is_denied(match: Match) -> bool:
    """Whether the sentence of a phrase denies it.

    >>> from ringback.alerting.wording.rules.cue_lines import Cues
    >>> from ringback.alerting.wording.rules.folded_text import FoldedText
    >>> def denied(text):
    ...     return [is_denied(match) for match in FoldedText(text).matches(Cues(["pin"]))]
    >>> denied("We never ask for a PIN. Never wait, send your PIN.")[:2]
    [True, False]
    """
    tokens = match.tokens
    begin, end = _sentence(tokens, match.first, match.last)
    if _is_voided(tokens, match.last, end):
        return False
    for place in range(match.first - 1, begin - 1, -1):
        if tokens[place].word in _lists()["negators"]:
            return _governs(tokens, place, match.first)
    return _denied_after(tokens, match.last, end)


def _sentence(tokens: list[Token], first: int, last: int) -> tuple[int, int]:
    begin = first
    while begin > 0 and not tokens[begin].ends_before and first - begin < _MOST_BETWEEN:
        begin -= 1
    end = last + 1
    while end < len(tokens) and not tokens[end].ends_before and end - last < _MOST_BETWEEN:
        end += 1
    return begin, end


def _is_voided(tokens: list[Token], last: int, end: int) -> bool:
    """Whether the denial is taken back: "... unless we have to", in the same sentence or the next."""
    voiders = _lists()["voiders"]
    return any(token.word in voiders for token in tokens[last + 1 : end + 1])


def _governs(tokens: list[Token], negator: int, target: int) -> bool:
    lists = _lists()
    if _is_double(tokens, negator):
        return False
    verbs, unknown = 0, 0
    nobody = tokens[negator].word in _NOBODY
    for place in range(negator + 1, target):
        word = tokens[place].word
        if word in lists["breakers"] or word in lists["inverters"]:
            return False
        is_verb = word in lists["verbs"] and (verbs == 0 or tokens[place - 1].word not in _NOUN_BEFORE)
        if is_verb:
            if verbs and not _is_joined(tokens, place, negator):
                return False
            verbs += 1
        elif word not in lists["fillers"]:
            unknown += 1
            if not verbs and (not nobody or unknown > _MOST_BEFORE_VERB):
                return False
    if verbs and tokens[target].word in lists["verbs"]:
        return tokens[target - 1].word in _NOUN_BEFORE or _is_joined(tokens, target, negator)
    return bool(verbs) or not unknown


def _is_double(tokens: list[Token], negator: int) -> bool:
    """Whether the denial is itself denied: "no reason not to"."""
    for place in range(negator - 1, max(negator - 4, -1), -1):
        if tokens[place + 1].comma_before or tokens[place + 1].ends_before:
            return False
        if tokens[place].word in _lists()["negators"]:
            return tokens[place + 1].word not in {"or", "and"} and tokens[negator - 1].word not in {"or", "and"}
    return False


def _is_joined(tokens: list[Token], place: int, negator: int) -> bool:
    """Whether a later verb belongs to the same denial: "never reply, click or send", "ask you to send"."""
    before = tokens[place - 1].word
    if before in _JOINING and not tokens[place].comma_before:
        return True
    if not tokens[place].comma_before and before != "and":
        # "Asked to share": a verb straight after a verb begins a new clause if it is an order.
        return False
    if not tokens[place].comma_before or place - negator >= _MOST_BETWEEN:
        return False
    if tokens[negator + 1].word in _ASKING:
        return _ends_in_or(tokens, place)
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    return following is not None and (following.word == "or" or following.comma_before)


def _ends_in_or(tokens: list[Token], place: int) -> bool:
    """Whether a list of verbs goes on to an "or": "never ask you to reply, share a code or pay"."""
    for after in range(place + 1, min(len(tokens) - 1, place + _MOST_IN_LIST)):
        if tokens[after].ends_before:
            return False
        if tokens[after].word == "or" and tokens[after + 1].word in _lists()["verbs"]:
            return True
    return False


def _denied_after(tokens: list[Token], last: int, end: int) -> bool:
    """Whether the denial comes after the phrase: "bank details are never asked for"."""
    lists = _lists()
    for place in range(last + 1, end):
        word = tokens[place].word
        if word in lists["negators"] and word not in _NOBODY:
            after = [token.word for token in tokens[place + 1 : min(end, place + 4)]]
            after = [one for one in after if one not in _AUXILIARIES and one != "been"]
            return bool(after) and after[0] in lists["verbs"]
        if word not in _AUXILIARIES and word not in lists["fillers"]:
            return False
    return False
