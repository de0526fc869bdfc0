"""A text in normalised form, with the place of every character in the original.

The checks look at `plain` (folded, small letters) and at `cased` (folded, with capitals). To find "v i c-t.i m" and
"vic tim", they join neighbouring words, without the characters in between, and compare them with the phrases.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ringback.alerting.wording.rules.cue_lines import NUMBER, Cues, is_deniable
from ringback.alerting.wording.rules.lexicons import read_sections
from ringback.text.confusables import fold_character

MASK = "\x1a"  # replaces each character of the reference: no letter, no digit, no blank

_CHUNK = re.compile(r"[^\s\"',;:?()\[\]{}<>.\-_/\\*~^#%&=]+")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "€": "e", "|": "l"}
_LEET_I = str.maketrans(_LEET | {"1": "i", "!": "i"})
_LEET_L = str.maketrans(_LEET | {"1": "l", "!": "l", "6": "g"})
_ODD_IN_WORD = re.compile(r"[0-9@$€|!]")
_DIGITS = re.compile(r"[0-9]+")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_STARRED = re.compile(r"(?<![a-z0-9])([a-z]{1,30})(?:[*#%?^~_]{1,30}[a-z]{1,30}){1,3}")
_ENDS = frozenset(".!?;:(")
_LONGEST_TOGETHER = 40  # no phrase is longer


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Attributes:
        word: Small letters and digits.
        at: Where it begins in the plain text.
        until: Where it ends there.
        ends_before: Whether a sentence, or a clause, ended before it.
        comma_before: Whether a comma comes before it.
        begins: Whether it plainly begins a sentence: with a capital, after a full stop and a blank.
    """

    word: str
    at: int
    until: int
    ends_before: bool
    comma_before: bool
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found.

    Attributes:
        phrase: The phrase as in the cues, without blanks.
        tokens: The words in which it was found.
        first: Index of its first word in `tokens`.
        last: Index of its last word.
        deniable: Whether the phrase is fine if denied.
    """

    phrase: str
    tokens: list[Token]
    first: int
    last: int
    deniable: bool = False

    @property
    def at(self) -> int:
        """Where it begins in the plain text."""
        return self.tokens[self.first].at

    @property
    def until(self) -> int:
        """Where it ends there."""
        return self.tokens[self.last].until


class FoldedText:
    """A text, normalised for the checks.

    Args:
        text: The original.
        reference: The alert's reference, which is masked for the checks; '' for none.
    """

    def __init__(self, text: str, *, reference: str = "") -> None:
        self.text = text
        self._origins: list[int] = []
        cased: list[str] = []
        for place, character in enumerate(text):
            for folded in fold_character(character):
                cased.append(folded)
                self._origins.append(place)
        self.cased = "".join(cased)
        if reference:
            self.cased = _pattern_of(reference).sub(lambda found: MASK * len(found[0]), self.cased)
        # One capital may become two small characters. Only the first is kept, so that places stay the same.
        self.plain = "".join(character.lower()[:1] for character in self.cased)

    def original(self, at: int, until: int) -> tuple[int, int]:
        """The place in the original text for a place in the plain text."""
        return (self._origins[at], self._origins[until - 1] + 1) if until > at else (0, 0)

    def find_phrase(self, phrase: str) -> list[tuple[int, int]]:
        """The places of a phrase in the plain text, as (at, until)."""
        sought = FoldedText(phrase.strip()).plain
        if not sought:
            return []
        return [(found.start(), found.end()) for found in _pattern_of(sought).finditer(self.plain)]

    @cached_property
    def tokens(self) -> list[Token]:
        """The words of the plain text."""
        return _tokens(self.plain, self.cased)

    @cached_property
    def _streams(self) -> list[list[Token]]:
        streams = [self.tokens, _with_numbers(self.tokens)]
        streams += [_tokens(changed, self.cased) for changed in self._spellings[1:]]
        if _REPEATED.search(self.plain):
            streams += [_without_repeats(self.tokens, kept) for kept in (1, 2)]
        return streams

    @cached_property
    def _spellings(self) -> list[str]:
        """The plain text, and its variants with digits and signs replaced by the letters they may stand for."""
        spellings = [self.plain]
        if _ODD_IN_WORD.search(self.plain):
            spellings += [_CHUNK.sub(_leet_reader(table), self.plain) for table in (_LEET_I, _LEET_L)]
        return list(dict.fromkeys(spellings))

    def find_inside(self, word: str) -> Iterator[tuple[int, int]]:
        """The places of a word in the plain text, also inside longer words, as (at, until)."""
        for spelling in self._spellings:
            at = spelling.find(word)
            while at >= 0:
                yield at, at + len(word)
                at = spelling.find(word, at + len(word))

    def matches(self, cues: Cues) -> Iterator[Match]:
        """The longest match of the cues at each place where one begins."""
        for stream in self._streams:
            yield from _matches(stream, cues)
        yield from self._starred(cues)

    def _starred(self, cues: Cues) -> Iterator[Match]:
        """Matches of words with letters starred out: v*ctim."""
        for found in (found for spelling in self._spellings for found in _STARRED.finditer(spelling)):
            if phrase := cues.starred(found[0]):
                token = Token(phrase, found.start(), found.end(), ends_before=True, comma_before=False)
                yield Match(phrase, [token], 0, 0, is_deniable(cues.start(phrase)))


def sentence_around(match: Match) -> tuple[int, int]:
    """The sentence around a match: the index of its first word, and of the word after its last."""
    begin, end = match.first, match.last + 1
    while begin > 0 and not match.tokens[begin].ends_before:
        begin -= 1
    while end < len(match.tokens) and not match.tokens[end].ends_before:
        end += 1
    return begin, end


def _pattern_of(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])")


def _leet_reader(table: dict[int, str]) -> Callable[[re.Match[str]], str]:
    def read(found: re.Match[str]) -> str:
        chunk = found[0].rstrip("!")
        tail = found[0][len(chunk) :]
        lettered = len(chunk) == 1 or any(one.isalpha() for one in chunk)
        return (chunk.translate(table) if lettered else chunk) + tail

    return read


def _tokens(plain: str, cased: str) -> list[Token]:
    tokens: list[Token] = []
    at, gap = 0, 0
    while at < len(plain):
        if not plain[at].isalnum():
            at += 1
            continue
        until = at + 1
        while until < len(plain) and (plain[until].isalnum() or _is_apostrophe(plain, until)):
            until += 1
        between = plain[gap:at]
        ends = not _ENDS.isdisjoint(between) or " - " in between or "\n\n" in between
        word = plain[at:until].replace("'", "")
        begins = ends and until - at > 1 and between[-1:].isspace() and cased[at].isupper()
        tokens.append(Token(word, at, until, ends, "," in between, begins))
        at = gap = until
    return tokens


def _is_apostrophe(plain: str, at: int) -> bool:
    return plain[at] == "'" and plain[at - 1].isalnum() and plain[at + 1 : at + 2].isalnum()


def _with_numbers(tokens: list[Token]) -> list[Token]:
    """The words, with each number, in digits or words, replaced by the same digit."""
    shown: list[Token] = []
    words = read_sections("number_words.txt")["units"] | read_sections("number_words.txt")["big"]
    for token in tokens:
        number = token.word in words and not (token.word == "one" and shown and shown[-1].word == "no")
        word = NUMBER if number else _DIGITS.sub(NUMBER, token.word)
        if word == NUMBER and shown and shown[-1].word == NUMBER and not token.ends_before:
            last = shown.pop()
            shown.append(replace(last, until=token.until))
        else:
            shown.append(replace(token, word=word))
    return shown


def _without_repeats(tokens: list[Token], kept: int) -> list[Token]:
    """The words, with three or more of one letter in a row cut to `kept`: no English word has three."""
    return [replace(one, word=_REPEATED.sub(lambda found: found[1] * kept, one.word)) for one in tokens]


def _matches(tokens: list[Token], cues: Cues) -> Iterator[Match]:
    for first, token in enumerate(tokens):
        places, letters, longest = cues.start(token.word), token.word, None
        for last in range(first, min(len(tokens), first + _LONGEST_TOGETHER)):
            if last > first:
                if tokens[last].begins:
                    break
                places = cues.go_on(places, tokens[last].word)
                letters += tokens[last].word
            if not places:
                break
            if any(place.is_end for place in places):
                longest = Match(letters, tokens, first, last, is_deniable(places))
        if longest is not None:
            yield longest
