"""The checks for banks, and for other organisations that callers pretend to be."""

import re
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText
from ringback.alerting.wording.rules.lexicons import read_cues, read_organisations, read_words

_NAMED_BANK = re.compile(
    r"(?<!\w)[A-Z0-9][\w&'-]{0,30}\s(?:[A-Z][\w&'-]{0,30}\s){0,2}(?:Bank|BANK|Building\sSociety|Credit\sUnion)(?!\w)"
    r"|(?<!\w)Bank\sof\s(?:the\s)?[A-Z]"
)
_IN_PLACE = frozenset({"in", "near", "around", "across", "outside", "of", "and"})
_PLACE_AFTER = frozenset({"police", "town", "road", "area", "station"})
_LONGEST_APART = 12


def find_organisations(folded: FoldedText, *, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    """Banks and other imitated organisations, by name or as "your bank".

    Args:
        folded: The text.
        exempt: Places of the force's own name, for plain words that are names only by their capital.
    """
    organisations = read_organisations()
    for cues in (organisations.names, read_cues("impersonated.txt")):
        for match in folded.matches(cues):
            yield make_fault("organisation", folded.text, *folded.original(match.at, match.until))
    for match in folded.matches(read_cues("banks.txt")):
        following = match.tokens[match.last + 1].word if match.last + 1 < len(match.tokens) else ""
        if following not in read_words("banks_after.txt"):
            yield make_fault("organisation", folded.text, *folded.original(match.at, match.until))
    for found in _NAMED_BANK.finditer(folded.cased):
        if folded.plain[found.end() : found.end() + _LONGEST_APART].split()[:1] not in (["holiday"], ["holidays"]):
            yield make_fault("organisation", folded.text, *folded.original(found.start(), found.end()))
    yield from _find_plain_words(folded, exempt)


def _find_plain_words(folded: FoldedText, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    organisations, tokens = read_organisations(), folded.tokens
    for place, token in enumerate(tokens):
        if token.word.removesuffix("s") not in organisations.words and token.word not in organisations.words:
            continue
        before = tokens[place - 1].word if place else ""
        after = tokens[place + 1].word if place + 1 < len(tokens) else ""
        imitated = before in read_words("imitation.txt")
        capital = folded.cased[token.at].isupper() and place > 0 and not token.ends_before
        in_place = before in _IN_PLACE or after in _PLACE_AFTER
        inside = any(at <= token.at < until for at, until in exempt)
        if inside or in_place:
            continue
        if (capital and (imitated or token.word not in {"three", "wise", "orange"})) or (
            imitated and (token.word in organisations.said or (capital and token.word in organisations.words))
        ):
            yield make_fault("organisation", folded.text, *folded.original(token.at, token.until))
