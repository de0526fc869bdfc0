"""The checks that look for phrases: what is asked, promised or feared."""

import re
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import MASK, FoldedText, Match, sentence_around
from ringback.alerting.wording.rules.lexicons import read_cues, read_emoji, read_lines
from ringback.alerting.wording.rules.negation import is_denied

_FILES = (
    ("links.txt", "link"),
    ("attachments.txt", "attachment"),
    ("calls.txt", "phone_number"),
    ("details.txt", "asks_details"),
    ("details_asks.txt", "asks_details"),
    ("money.txt", "asks_money"),
    ("remote.txt", "remote_control"),
    ("pressure.txt", "pressure"),
    ("losses.txt", "loss"),
    ("amounts.txt", "loss"),
    ("victims.txt", "victim"),
)
_PAIRS = (
    ("brought_things.txt", "brought_places.txt", "attachment"),
    ("asked_verbs.txt", "asked_sums.txt", "loss"),
)
_ALWAYS_DENIABLE = frozenset({"details.txt"})
_OWN_REFERENCES = ("yourreference", "thereference")
_AMOUNT = re.compile(r"[£$€¥₹₿](?=\s?[\d.,]|\b)|\b\d[\d.,]{0,20}\s?(?:k|grand|quid|pounds?|euros?|dollars?|pence)\b")
_CURRENCY = re.compile(r"[£$€¥₹₿]")
_SHOUTS = re.compile(r"[!?]\s?![!?\s]{0,20}|!\s?[!?]{1,20}")
_ELSEWHERE = frozenset({"on", "at"})
_CONDITIONS = frozenset({"if", "whether", "unless", "when", "anything", "what", "whatever", "nothing"})
_NEAR = 4  # words
_LONG_CAPITALS = 5
_MOST_SINGLE_SHOUTS = 2


def find_phrases(folded: FoldedText) -> Iterator[Fault]:
    """Links in words, calls, asks, pressure, losses and victims: every phrase that the lists name."""
    for name, code in _FILES:
        asked: list[Match] = []
        denied: list[Match] = []
        for match in folded.matches(read_cues(name)):
            deniable = name in _ALWAYS_DENIABLE or match.deniable
            (denied if deniable and is_denied(match) else asked).append(match)
        for match in asked:
            # "When you were born", denied, denies "you were born" too.
            deniable = name in _ALWAYS_DENIABLE or match.deniable
            inside = deniable and any(one.at <= match.at and match.until <= one.until for one in denied)
            if not inside and not (code == "asks_details" and _is_own_reference(folded, match)):
                yield _fault(code, folded, match)


def _is_own_reference(folded: FoldedText, match: Match) -> bool:
    """Whether it is the alert's own reference that may be typed in: "enter your reference on our page"."""
    tokens, following = match.tokens, match.tokens[match.last + 1 : match.last + 1 + _NEAR]
    if tokens[match.last].word in {"your", "the", "this"}:
        words = [token.word for token in following]
        masked = bool(following) and MASK in folded.plain[match.until : following[0].at]
        return masked or words[:1] == ["reference"] or words[:2] == ["alert", "reference"]
    if match.phrase.startswith(_OWN_REFERENCES):
        masked = MASK in folded.plain[match.at : match.until]
        return masked or any(token.word in {"page", "website"} for token in following)
    return False


def find_forms(folded: FoldedText) -> Iterator[Fault]:
    """Forms to fill in, unless they are said to be on a website or at a station."""
    cues = read_cues("forms.txt")
    for match in folded.matches(cues):
        following = match.tokens[match.last + 1 : match.last + 2]
        elsewhere = bool(following) and following[0].word in _ELSEWHERE and not following[0].ends_before
        if not elsewhere and not is_denied(match):
            yield _fault("attachment", folded, match)


def find_pairs(folded: FoldedText) -> Iterator[Fault]:
    """Phrases that are a fault only together, in one sentence: "tell us" and "the cost", "a photo" and "this text"."""
    for first, second, code in _PAIRS:
        seconds = list(folded.matches(read_cues(second)))
        for match in folded.matches(read_cues(first)) if seconds else ():
            begin, end = sentence_around(match)
            at, until = match.tokens[begin].at, match.tokens[end - 1].until
            inside = [one for one in seconds if at <= one.at and one.until <= until]
            if inside and not is_denied(match) and not any(map(is_denied, inside)):
                yield _fault(code, folded, match)


def find_deeds(folded: FoldedText) -> Iterator[Fault]:
    """What the reader is said to have done for a caller; "if you told them anything" says nothing of the kind."""
    for match in folded.matches(read_cues("deeds.txt")):
        before = match.tokens[max(0, match.first - _NEAR) : match.first]
        conditional = any(token.word in _CONDITIONS for token in before)
        if not conditional and not is_denied(match):
            yield _fault("victim", folded, match)


def find_inside(folded: FoldedText) -> Iterator[Fault]:
    """Words that count also inside a longer one, as in "fallenvictim"."""
    for line in read_lines("inside.txt"):
        code, word = line.split()
        for at, until in folded.find_inside(word):
            yield make_fault(code, folded.text, *folded.original(at, until))


def find_replies(folded: FoldedText, *, takes_replies: bool) -> Iterator[Fault]:
    """Asks for a reply: only a reply word that the sender takes may be asked for."""
    cues = read_cues("replies.txt")
    for match in folded.matches(cues):
        if match.deniable and is_denied(match):
            continue
        if not (takes_replies and _asks_for_reply_word(match)):
            yield _fault("asks_reply", folded, match)


def find_emoji(folded: FoldedText) -> Iterator[Fault]:
    """Pictures that shout, or that point to a telephone or a link."""
    for place, character in enumerate(folded.text):
        if code := read_emoji().get(character):
            yield make_fault(code, folded.text, place, place + 1)


def find_amounts(folded: FoldedText) -> Iterator[Fault]:
    """Amounts of money, in any currency."""
    for pattern in (_CURRENCY, _AMOUNT):
        for found in pattern.finditer(folded.plain):
            yield make_fault("loss", folded.text, *folded.original(found.start(), found.end()))


def find_shouting(folded: FoldedText, *, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    """Exclamation marks piled up, and words in capitals.

    Args:
        folded: The text.
        exempt: Places of names that may be in capitals.
    """
    for found in _SHOUTS.finditer(folded.plain):
        yield make_fault("pressure", folded.text, *folded.original(found.start(), found.end()))
    singles = [place for place, character in enumerate(folded.plain) if character == "!"]
    if len(singles) > _MOST_SINGLE_SHOUTS:
        yield make_fault("pressure", folded.text, *folded.original(singles[-1], singles[-1] + 1))
    yield from _find_capitals(folded, exempt)


def _find_capitals(folded: FoldedText, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    run: list[tuple[int, int]] = []
    for token in [*folded.tokens, None]:
        shown = "" if token is None else folded.cased[token.at : token.until].replace("'", "")
        inside = token is not None and any(at <= token.at < until for at, until in exempt)
        if (
            token is not None
            and shown.isalpha()
            and shown.isupper()
            and not inside
            and shown.lower() not in _reply_words()
        ):
            run.append((token.at, token.until))
            continue
        words = [(at, until) for at, until in run if until - at > 1]
        longest = max((until - at for at, until in words), default=0)
        if longest >= _LONG_CAPITALS or len(words) > 2 or (len(words) > 1 and longest == _LONG_CAPITALS - 1):
            yield make_fault("pressure", folded.text, *folded.original(run[0][0], run[-1][1]))
        run = []


def _reply_words() -> frozenset[str]:
    return frozenset(" ".join(read_lines("reply_words.txt")).split())


def _asks_for_reply_word(match: Match) -> bool:
    words = read_cues("reply_words.txt")
    if match.phrase.endswith(tuple(line.replace(" ", "") for line in read_lines("reply_words.txt"))):
        return True
    following = [token.word for token in match.tokens[match.last + 1 : match.last + 6]]
    while following and following[0] in {"with", "by", "the", "word", "words", "texting", "sending"}:
        following.pop(0)
    if any(words.holds("".join(following[:count])) for count in (1, 2)):
        return True
    before = [token.word for token in match.tokens[max(0, match.first - 3) : match.first]]
    if not before or before.pop() not in {"in", "a"}:  # "CHECK in reply"
        return False
    return any(words.holds("".join(before[-count:])) for count in (1, 2))


def _fault(code: str, folded: FoldedText, match: Match) -> Fault:
    return make_fault(code, folded.text, *folded.original(match.at, match.until))
