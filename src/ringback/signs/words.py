"""A message as its reader sees it: words and marks in order, each with its place in the original text.

Tricks to evade filters are undone here, once for all detectors: letters of other alphabets, invisible characters,
letters set apart, digits in place of letters, dots inside words, spelling slips. Every token knows its place in the
original, so every quote is literally there.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ringback.signs.links import is_address, link_pattern
from ringback.signs.spelling import is_known, join_letters, mend_word, undo_leet
from ringback.text.confusables import fold_character
from ringback.text.data_files import kept_for_now, kept_with_data

URL, EMAIL, PHONE, MONEY, NUMBER, STOP = "<url>", "<email>", "<phone>", "<money>", "<n>", "."

# Every part has a longest length, so that a message of nothing but dashes takes no longer than another one.
_PARTS = r"""
      (?P<email>[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,20})
    | (?P<url>LINK)
    | (?P<money>(?:[£$€]|gbp\s?|ngn\s?|usd\s?|eur\s?)\d[\d,]{0,30}(?:\.\d{1,30})?(?:k|m|bn)?\b
        |\b\d[\d,]{0,30}(?:\.\d{1,30})?\s?(?:pounds?|quid|gbp|dollars|euros?|btc|usdt|naira|p\b))
    | (?P<phone>(?<![\w.])\+?\(?\d(?:[ ().-]{0,2}\d){8,14}(?!\w))
    | (?P<number>\d[\d,.:/]*(?:st|nd|rd|th|am|pm|%|k)?(?![a-z@$|]))
    | (?P<word>[a-z0-9@$|!€]{0,60}[a-z][a-z0-9@$|€]*(?:['][a-z]+)*)
    | (?P<stop>[.!?;:\n]|\s[-–—]\s)
    """
_KINDS = {"email": EMAIL, "url": URL, "money": MONEY, "phone": PHONE, "number": NUMBER, "stop": STOP}
_DOTTED = re.compile(r"(?<![\w.])(?:[a-z]{1,9}[.·*_~^]){1,6}[a-z]{1,9}(?![\w.]|\s?/)")
_ODD = re.compile(r"[0-9@$|!€]")
_CHUNK = re.compile(r"[A-Za-z0-9@$|!€'’]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark.

    Attributes:
        word: The word in small letters, without apostrophes; or `<url>`, `<email>`, `<phone>`, `<money>`, `<n>`, `.`.
        at: Where it begins in the original text.
        until: Where it ends there.
        capital: Whether it begins with a capital.
    """

    word: str
    at: int
    until: int
    capital: bool = False


class Words:
    """A message, split into words.

    Args:
        text: The original.
        silent: Places (at, until) whose words do not count: what the called person says in a call.
    """

    def __init__(self, text: str, *, silent: tuple[tuple[int, int], ...] = ()) -> None:
        self.text = text
        self._silent = silent

    @cached_property
    def _folded(self) -> tuple[str, list[int] | None]:
        """The text as a reader sees it, and the original place of each character; None if nothing moved."""
        if self.text.isascii() and self.text.isprintable():
            return self.text, None
        cased: list[str] = []
        origins: list[int] = []
        for place, character in enumerate(self.text):
            for folded in "\n" if character == "\n" else fold_character(character):
                cased.append(folded)
                origins.append(place)
        return "".join(cased), origins

    @property
    def folded(self) -> str:
        """The text with look-alike letters made plain, and without invisible characters."""
        return self._folded[0]

    def original(self, at: int, until: int) -> tuple[int, int]:
        """The place in the original of a place in `folded`."""
        origins = self._folded[1]
        if until <= at:
            return (0, 0)
        return (at, until) if origins is None else (origins[at], origins[until - 1] + 1)

    def with_tokens(self, tokens: list[Token]) -> "Words":
        """The same message with other tokens."""
        other = Words(self.text, silent=self._silent)
        other.__dict__["tokens"] = tokens
        return other

    @cached_property
    def tokens(self) -> list[Token]:
        """Every word and mark, in order."""
        return list(self._read())

    def _read(self) -> Iterator[Token]:
        cased = self.folded
        plain = "".join(one.lower()[:1] for one in cased) if not cased.isascii() else cased.lower()
        spans = list(_spans(plain, cased))
        last = 0
        for word, at, until in join_letters(spans, plain):
            start, end = self.original(at, until)
            if start < last:
                continue  # one character that folds into several words, such as a fraction
            last = end
            if any(first <= start < last for first, last in self._silent):
                continue
            yield Token(word, start, end, cased[at].isupper())

    @cached_property
    def line(self) -> str:
        """All words with one blank around each, for patterns to search."""
        return " " + " ".join(token.word for token in self.tokens) + " "

    @cached_property
    def _starts(self) -> list[int]:
        starts, place = [], 1
        for token in self.tokens:
            starts.append(place)
            place += len(token.word) + 1
        return starts

    def token_at(self, place: int) -> int:
        """Index of the token at a place of `line`."""
        return bisect_right(self._starts, place) - 1

    def start_of(self, token: int) -> int:
        """Where a token begins in `line`."""
        return self._starts[token]

    def quote(self, first: int, last: int) -> tuple[int, int, str]:
        """The place of the tokens first to last in the original, and the text there."""
        at, until = self.tokens[first].at, self.tokens[last].until
        return at, until, self.text[at:until]


@kept_with_data(1)
def _token() -> re.Pattern[str]:
    return re.compile(_PARTS.replace("LINK", link_pattern()), re.VERBOSE)


def _spans(plain: str, cased: str) -> Iterator[tuple[str, int, int]]:
    """(word or mark, at, until) in the folded text; `cased` is the same text with its capitals."""
    whole = {found.start(): found for found in _DOTTED.finditer(plain) if _hides_a_word(found[0])}
    skip = 0
    for found in _token().finditer(plain):
        if found.start() < skip:
            continue
        if hidden := whole.get(found.start()):
            skip = hidden.end()
            yield mend_word(re.sub(r"[^a-z]", "", hidden[0])), hidden.start(), hidden.end()
            continue
        kind = found.lastgroup or ""
        if kind == "url" and _names_a_shop(cased, found):
            yield re.sub(r"[^a-z0-9]", "", found[0]), found.start(), found.end()
            continue
        if kind == "url" and not is_address(found[0]):
            skip = found.start() + found[0].index(".")
            yield _read_word(found[0][: skip - found.start()]), found.start(), skip
            yield STOP, skip, skip + 1
            # The text after the full stop is read as a word of its own.
            for word in re.finditer(r"[a-z0-9']+", found[0][skip + 1 - found.start() :]):
                yield _read_word(word[0]), skip + 1 + word.start(), skip + 1 + word.end()
            skip = found.end()
        elif kind == "stop" and found[0] == "\n" and not _ends_sentence(cased, found.end()):
            continue  # a line break in the middle of a sentence
        elif kind == "word":
            yield _read_word(found[0]), found.start(), found.end()
        elif kind == "number" and not found[0][-1].isalnum() and found[0][-1] != "%":
            until = found.start() + len(found[0].rstrip(",.:/"))
            yield NUMBER, found.start(), until
            yield STOP, until, found.end()
        else:
            yield _KINDS[kind], found.start(), found.end()


def _names_a_shop(cased: str, found: re.Match[str]) -> bool:
    """Whether an address in capitals only says where a card was used ("£20 at ASOS.COM"), and is not a link."""
    written = cased[found.start() : found.end()]
    return written.isupper() and ":" not in written and not written.startswith("WWW") and "/" not in written[:-3]


def _ends_sentence(cased: str, until: int) -> bool:
    """Whether a line break before this place ends a sentence: another break, a capital or nothing follows."""
    following = cased[until : until + 3].lstrip(" \t")
    return not following or not (following[0].islower() or following[0].isdigit())


@kept_for_now(8192)
def _read_word(written: str) -> str:
    word = written.replace("'", "")
    if _ODD.search(word):
        word = undo_leet(word)
    return mend_word(word)


@kept_for_now(2048)
def _hides_a_word(written: str) -> bool:
    """Whether letters with marks between them make one known word, and are no web address."""
    parts = re.split(r"[^a-z]", written)
    together = "".join(parts)
    return len(together) > 3 and is_known(together) and not all(is_known(part) for part in parts if len(part) > 1)
