"""Whether a message is in English. A message in another language is not judged."""

from ringback.signs.spelling import known_words
from ringback.signs.words import Words
from ringback.text.wordlists import read_words

_FEWEST = 5  # words; with fewer, the language cannot be told
_KNOWN = 0.45
_COMMON = 0.12


def is_english(words: Words) -> bool:
    """Whether enough of its words are usual in English messages.

    >>> is_english(Words("Your parcel could not be delivered today, please pay the fee"))
    True
    >>> is_english(Words("Ihr Paket konnte heute leider nicht zugestellt werden, bitte zahlen"))
    False
    """
    said = [token.word for token in words.tokens if token.word.isalpha()]
    lower = [token.word for token in words.tokens if token.word.isalpha() and not token.capital]
    judged = lower if len(lower) >= _FEWEST else said
    if not said:
        # Text in another alphabet has no words here; digits and pictures alone show nothing.
        return sum(one.isalpha() and not one.isascii() for one in words.folded) < _FEWEST
    if len(judged) < _FEWEST:
        return True
    known = sum(word in known_words() for word in judged)
    common = sum(word in read_words("wording/english_words.txt") for word in judged)
    return known >= _KNOWN * len(judged) and common >= _COMMON * len(judged)
