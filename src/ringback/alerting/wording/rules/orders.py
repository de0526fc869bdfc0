"""The checks for what tells or asks the reader something: an alert says where to look, and wants nothing else.

Tricks have no end of words. Most of them come down to an order ("pass them on to us") or a question ("what year were
you born?"), so an order has to be one that an alert may give, and a question one that it may ask.
"""

from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import MASK, FoldedText, Token
from ringback.alerting.wording.rules.lexicons import read_cues, read_sections

_ASKED_AMONG = 3  # words at the beginning of a question
_JOINING = frozenset({"and", "or", "then"})


def find_orders(folded: FoldedText, *, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    """Orders to the reader, but for those of orders_fine.txt.

    Args:
        folded: The text.
        exempt: Places of the names of the force and of its website.
    """
    tokens = folded.tokens
    fine = {match.at for match in folded.matches(read_cues("orders_fine.txt"))}
    for begin, end in _sentences(tokens):
        for place in _order_places(folded, begin, end):
            at = tokens[place].at
            if at not in fine and not any(first <= at < last for first, last in exempt):
                until = tokens[min(place + 1, end - 1)].until
                yield make_fault("order", folded.text, *folded.original(at, until))


def find_questions(folded: FoldedText) -> Iterator[Fault]:
    """Questions about the reader: what is asked about this text, or the website, is no such question."""
    lists = read_sections("orders.txt")
    tokens = folded.tokens
    for begin, end in _sentences(tokens):
        after = tokens[end].at if end < len(tokens) else len(folded.plain)
        words = [token.word for token in tokens[begin:end]]
        asks = not lists["asking"].isdisjoint(words[:_ASKED_AMONG]) and not lists["reader"].isdisjoint(words)
        if "?" in folded.plain[tokens[end - 1].until : after] and asks and lists["fine"].isdisjoint(words):
            yield make_fault("order", folded.text, *folded.original(tokens[begin].at, tokens[end - 1].until))


def _sentences(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    begin = 0
    for place in range(1, len(tokens) + 1):
        if place == len(tokens) or tokens[place].ends_before:
            yield begin, place
            begin = place


def _order_places(folded: FoldedText, begin: int, end: int) -> Iterator[int]:
    """Places of the verbs of a sentence that are orders."""
    lists, tokens = read_sections("orders.txt"), folded.tokens
    first = _after_politeness(tokens, begin, end)
    if first < end and _is_order(folded, first, end):
        yield first
    held_back = False
    for place in range(begin + 1, end):
        word, before = tokens[place].word, tokens[place - 1].word
        held_back = held_back or before in lists["holding back"]
        if place == first or word not in lists["verbs"]:
            continue
        joined = before in _JOINING and _is_bare_verb(tokens[first].word) and not held_back
        opens = tokens[begin].word in lists["opening"] or _is_bare_verb(tokens[first].word)
        after_comma = (opens and not held_back and _follows_comma(tokens, begin, place)) or before == "so"
        if (joined or after_comma or before == "please") and _is_order(folded, place, end):
            yield place


def _after_politeness(tokens: list[Token], begin: int, end: int) -> int:
    place = begin
    while place < end and tokens[place].word in read_sections("orders.txt")["before"]:
        place += 1
    return place


def _follows_comma(tokens: list[Token], begin: int, place: int) -> bool:
    """Whether a comma is before a word, or before the politeness that leads to it."""
    at = place
    while at > begin and tokens[at - 1].word in read_sections("orders.txt")["before"] and not tokens[at].comma_before:
        at -= 1
    return tokens[at].comma_before


def _is_order(folded: FoldedText, place: int, end: int) -> bool:
    """Whether a verb is followed by what it is done to, or how: "pass them", not "pass marks"."""
    lists, tokens = read_sections("orders.txt"), folded.tokens
    if tokens[place].word not in lists["verbs"]:
        return False
    if place + 1 == end:
        return MASK not in folded.plain[tokens[place].until : tokens[place].until + 2]
    return tokens[place + 1].word in lists["after"] or tokens[place + 1].word.isdigit()


def _is_bare_verb(word: str) -> bool:
    """Whether a sentence that begins with this word gives an order, allowed or not."""
    return word in read_sections("orders.txt")["verbs"] or word in _ALLOWED_ORDERS


_ALLOWED_ORDERS = frozenset({"search", "look", "read", "see", "visit", "go", "find", "check", "show", "ask", "note"})
