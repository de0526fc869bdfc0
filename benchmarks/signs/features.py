"""Features of every text of a source, made once and kept for a run."""

from functools import lru_cache

from ringback.signs.detectors import find_asks, find_genuine, find_signs
from ringback.signs.facts import find_facts
from ringback.signs.features import make_features
from ringback.signs.stories import find_stories
from ringback.signs.turns import silent_places
from ringback.signs.words import Words
from signs.corpora import Item, load


def features_of(item: Item) -> dict[str, float]:
    """The features of one text, as the check makes them."""
    call = item.kind == "call"
    words = Words(item.text[:20_000], silent=silent_places(item.text) if call else ())
    findings = [*find_signs(words, call=call), *find_asks(words), *find_genuine(words)]
    facts = find_facts(words)
    return make_features(words, findings, facts, find_stories(words, findings, facts))


def words_of(item: Item) -> int:
    """How many words of a text count."""
    words = Words(item.text[:20_000], silent=silent_places(item.text) if item.kind == "call" else ())
    return sum(token.word.isalpha() for token in words.tokens)


@lru_cache(maxsize=32)
def counts(source: str) -> tuple[int, ...]:
    """How many words each of those texts has."""
    return tuple(words_of(item) for item in load(source) if item.scam is not None)


@lru_cache(maxsize=32)
def features(source: str) -> tuple[dict[str, float], ...]:
    """The features of all texts of a source that are scams or genuine, in its order."""
    return tuple(features_of(item) for item in load(source) if item.scam is not None)


def answers(source: str) -> list[bool]:
    """Whether each of those texts is a scam."""
    return [bool(item.scam) for item in load(source) if item.scam is not None]
