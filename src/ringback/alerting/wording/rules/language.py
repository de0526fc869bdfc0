"""Whether a sentence reads as English, by its commonest words."""

from collections.abc import Iterator
from functools import lru_cache

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText, Token
from ringback.alerting.wording.rules.lexicons import read_words

_SHORTEST = 4  # words; of fewer, only what is foreign counts
_KNOWN_SHARE = 0.45
_ENGLISH_SHARE = 0.6
_WINDOW = 5
_ONE_LETTER_WORDS = frozenset({"a", "i"})


@lru_cache(maxsize=1)
def _foreign() -> frozenset[str]:
    return read_words("foreign_words.txt") - read_words("english_words.txt")


def find_foreign(folded: FoldedText, *, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    """Sentences that do not read as English.

    Args:
        folded: The text.
        exempt: Places of the names of the force and of its website.
    """
    for sentence in _sentences(folded):
        words = _judged(folded, sentence, exempt)
        if _is_foreign(words):
            at, until = sentence[0].at, sentence[-1].until
            yield make_fault("not_english", folded.text, *folded.original(at, until))


def english_places(folded: FoldedText) -> list[tuple[int, int]]:
    """Places in the original text of the sentences that read as English."""
    places = []
    for sentence in _sentences(folded):
        words = [token.word for token in sentence if token.word.isalpha()]
        if words and sum(map(_is_known, words)) >= _ENGLISH_SHARE * len(words):
            places.append(folded.original(sentence[0].at, sentence[-1].until))
    return places


def _is_foreign(words: list[str]) -> bool:
    foreign = sum(word in _foreign() for word in words)
    known = sum(map(_is_known, words))
    if foreign >= 2 and foreign >= known:
        return True
    if foreign and not known and len(words) > 1:
        return True
    if len(words) >= _SHORTEST and known < _KNOWN_SHARE * len(words):
        return True
    windows = range(len(words) - _WINDOW + 1)
    return any(_is_foreign_window(words[start : start + _WINDOW]) for start in windows)


def _is_foreign_window(words: list[str]) -> bool:
    return not any(map(_is_known, words)) or (
        sum(word in _foreign() for word in words) > 2 and sum(map(_is_known, words)) < 2
    )


def _is_known(word: str) -> bool:
    if len(word) == 1:
        return word in _ONE_LETTER_WORDS
    words = read_words("english_words.txt")
    return word in words or (word.endswith("s") and word[:-1] in words)


def _sentences(folded: FoldedText) -> Iterator[list[Token]]:
    sentence: list[Token] = []
    for token in folded.tokens:
        if sentence and token.ends_before:
            yield sentence
            sentence = []
        sentence.append(token)
    if sentence:
        yield sentence


def _judged(folded: FoldedText, sentence: list[Token], exempt: list[tuple[int, int]]) -> list[str]:
    """The words that say something about the language: no numbers, no names."""
    capitals = sum(folded.cased[token.at].isupper() for token in sentence)
    names_count = capitals * 2 > len(sentence)  # where most begin with a capital, that makes no name
    words = []
    for place, token in enumerate(sentence):
        if not token.word.isalpha() or any(at <= token.at < until for at, until in exempt):
            continue
        if place and folded.cased[token.at].isupper() and not names_count and not _is_known(token.word):
            continue
        if len(token.word) > 1 or token.word in _ONE_LETTER_WORDS or token.word in _foreign():
            words.append(token.word)
    return words
