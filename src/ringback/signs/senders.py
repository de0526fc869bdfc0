"""Finds names of organisations in a message, and which of them say who the message is from."""

from collections.abc import Iterator

from ringback.numbers.organisations import organisation_names
from ringback.signs.domains import plain_name
from ringback.signs.words import STOP, Token, Words
from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_lines, read_words

ORGANISATION = "<org>"
_FIRST, _LAST = 3, 2  # a name within so many tokens of the beginning or end of a message is its sender's
_MOST_SENDER_WORDS = 4


@kept_with_data(1)
def _names() -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word of a name to the names that begin with it, longest first."""
    names: dict[str, set[tuple[str, ...]]] = {}
    written = [*read_lines("signs/organisation_names.txt"), *organisation_names()]
    for name in written:
        plain = plain_name(name).split()
        if plain:
            names.setdefault(plain[0], set()).add(tuple(plain))
    return {first: tuple(sorted(ones, key=lambda one: (-len(one), one))) for first, ones in names.items()}


def mark_organisations(words: Words) -> Words:
    """The message with each name of an organisation as one token, `<org>`."""
    tokens = words.tokens
    marked: list[Token] = []
    place = 0
    while place < len(tokens):
        length = _name_at(tokens, place)
        if length:
            last = tokens[place + length - 1]
            marked.append(Token(ORGANISATION, tokens[place].at, last.until, capital=True))
            place += length
        else:
            marked.append(tokens[place])
            place += 1
    return words.with_tokens(marked)


def _name_at(tokens: list[Token], place: int) -> int:
    """Number of tokens of the name that begins here; 0 for no name."""
    for name in _names().get(tokens[place].word, ()):
        length = len(name)
        found = tokens[place : place + length]
        if tuple(token.word for token in found) == name and (
            found[0].capital or length > 1 or name[0] not in read_words("signs/names_with_capital.txt")
        ):
            return length
    return 0


def find_senders(words: Words, *, call: bool) -> Iterator[tuple[int, int, str]]:
    """Tokens (first, last, group) of `mark_organisations` that say who the message is from.

    These are a name at the very beginning or end, and the words before the first colon.
    """
    tokens = words.tokens
    shown = [place for place, token in enumerate(tokens) if token.word != STOP]
    if not shown:
        return
    edge = set(shown[:_FIRST]) | (set() if call else set(shown[-_LAST:]))
    for place in shown:
        token = tokens[place]
        if token.word == ORGANISATION and place in edge:
            yield place, place, "sender"
    if not call:
        yield from _before_colon(words)


def _before_colon(words: Words) -> Iterator[tuple[int, int, str]]:
    tokens = words.tokens
    for place, token in enumerate(tokens[: _MOST_SENDER_WORDS + 1]):
        if token.word != STOP:
            continue
        named = tokens[:place]
        if (
            place
            and words.text[token.at : token.until].startswith(":")
            and all(one.capital for one in named)
            and not any(one.word in read_words("signs/not_senders.txt") for one in named)
        ):
            yield 0, place - 1, "sender"
        return
