"""Cues: phrases that show a sign or an ask, in data files that people can read and extend.

A file has groups. `[deadline] It gives you little time.` begins a group: its name, and the reason that people read.
Then there is one phrase per line:

    (act|reply) (now|today)     one of these, then one of those
    (the|) account              an alternative may be nothing
    within <n> (hours|days)     <n> a number, <money> an amount, <url> a link, <phone>, <email>
    your ... (locked|frozen)    ... up to four words of the same sentence
    refund*                     any word with this beginning; * alone is any one word
    ~ share (this|the) code     does not count where it is denied just before ("never share this code")
    pay now !! on the app       does not count where the words after !! are within eight words of it

A phrase has to begin with a word or alternatives. `#` begins a comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from ringback.signs.spelling import HEADING
from ringback.signs.words import Words
from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_lines, read_words

_CHOICE = re.compile(r"\(([^()]*)\)")
_DENIED_WITHIN = 8
_UNLESS_WITHIN = 8
_GAP = r"(?:[^ .]+ ){0,4}"


@dataclass(frozen=True, slots=True)
class Cue:
    """One phrase.

    Attributes:
        group: The group it belongs to.
        written: The line in the file.
        pattern: Pattern to match in `Words.line`, from the first word on.
        deniable: Whether it does not count where it is denied.
        unless: Words nearby that cancel it; None for none.
    """

    group: str
    written: str
    pattern: re.Pattern[str]
    deniable: bool
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found: its cue, and its first and last token."""

    cue: Cue
    first: int
    last: int


@dataclass(frozen=True)
class CueFile:
    """The cues of one file.

    Attributes:
        reasons: Group to its reason as people read it; '' if it has none.
        by_first: First word of a phrase to the cues that may begin with it.
        by_stem: The same for phrases of whose first word only the beginning is given.
    """

    reasons: dict[str, str]
    by_first: dict[str, tuple[Cue, ...]]
    by_stem: dict[str, tuple[Cue, ...]]

    def _beginning(self, word: str) -> Iterator[Cue]:
        yield from self.by_first.get(word, ())
        for length in self._stem_lengths:
            yield from self.by_stem.get(word[:length], ())

    @cached_property
    def _stem_lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(stem) for stem in self.by_stem}))

    def find(self, words: Words) -> Iterator[Match]:
        """Every place where a phrase is found, in order."""
        tokens, line = words.tokens, words.line
        for first, token in enumerate(tokens):
            for cue in self._beginning(token.word):
                found = cue.pattern.match(line, words.start_of(first))
                if found is None:
                    continue
                last = words.token_at(found.end() - 2)
                if cue.deniable and _is_denied(words, first):
                    continue
                if cue.unless and _taken_back(words, cue.unless, first, last):
                    continue
                yield Match(cue, first, last)


@kept_with_data(16)
def read_cue_file(name: str) -> CueFile:
    """The cues of `data/signs/cues/NAME.txt`.

    Raises:
        ValueError: A line is not a cue; the message names file and line.
    """
    return parse_cues(read_lines(f"signs/cues/{name}.txt"), name=name)


def parse_cues(lines: tuple[str, ...], *, name: str) -> CueFile:
    """Read cues from the lines of a file.

    Raises:
        ValueError: A line is not a cue; the message names file and line.

    >>> found = parse_cues(("[hurry] It hurries you.", "(act|reply) now"), name="x").find(Words("Act now!"))
    >>> [match.cue.group for match in found]
    ['hurry']
    """
    reasons: dict[str, str] = {}
    by_first: dict[str, list[Cue]] = {}
    group = ""
    for line in lines:
        if heading := HEADING.match(line):
            group = heading[1]
            reasons[group] = heading[2]
            continue
        if not group:
            raise ValueError(f"{name}: {line!r} stands before any [group]")
        for first, cue in _parse_line(line, group, name):
            by_first.setdefault(first, []).append(cue)
    stems = {first[:-1]: tuple(cues) for first, cues in by_first.items() if first.endswith("*")}
    return CueFile(reasons, {first: tuple(cues) for first, cues in by_first.items() if first[-1] != "*"}, stems)


def _parse_line(line: str, group: str, name: str) -> Iterator[tuple[str, Cue]]:
    body, _, taken_back = line.partition("!!")
    deniable = body.startswith("~")
    elements = _elements(body.removeprefix("~").strip())
    if not elements:
        raise ValueError(f"{name}: {line!r} has no words")
    pattern = re.compile("".join(_compiled(choices) for choices in elements))
    unless = (
        re.compile(r"(?<= )" + "".join(_compiled(one) for one in _elements(taken_back.strip()))) if taken_back else None
    )
    cue = Cue(group, line, pattern, deniable, unless)
    firsts = set(_first_words(elements))
    if not firsts or firsts & {"*", "..."}:
        raise ValueError(f"{name}: {line!r} has to begin with a word")
    for first in sorted(firsts):
        yield first, cue


def _elements(body: str) -> list[tuple[str, ...]]:
    """The elements of a phrase in order, each as its alternatives."""
    elements: list[tuple[str, ...]] = []
    for place, piece in enumerate(_CHOICE.split(body.replace("'", ""))):
        if place % 2:
            elements.append(tuple(" ".join(choice.split()) for choice in piece.split("|")))
        else:
            elements.extend((word,) for word in piece.split())
    return elements


def _compiled(choices: tuple[str, ...]) -> str:
    shown = [_compiled_words(choice) for choice in choices if choice]
    pattern = shown[0] if len(shown) == 1 else f"(?:{'|'.join(sorted(shown, key=len, reverse=True))})"
    return f"(?:{pattern})?" if "" in choices else pattern


def _compiled_words(choice: str) -> str:
    return "".join(_compiled_word(word) for word in choice.split())


def _compiled_word(word: str) -> str:
    if word == "...":
        return _GAP
    if word == "*":
        return r"[^ .]+ "
    if word.endswith("*"):
        return re.escape(word[:-1]) + r"[a-z0-9]* "
    return re.escape(word) + " "


def _first_words(elements: list[tuple[str, ...]]) -> Iterator[str]:
    for choices in elements:
        yield from (choice.split()[0] for choice in choices if choice)
        if "" not in choices:
            return


def _is_denied(words: Words, first: int) -> bool:
    for place in range(first - 1, max(-1, first - 1 - _DENIED_WITHIN), -1):
        word = words.tokens[place].word
        if word == ".":
            return False
        if word in read_words("signs/negators.txt"):
            return True
    return False


def _taken_back(words: Words, unless: re.Pattern[str], first: int, last: int) -> bool:
    start = words.start_of(max(0, first - _UNLESS_WITHIN))
    until = min(len(words.tokens) - 1, last + _UNLESS_WITHIN)
    end = words.start_of(until) + len(words.tokens[until].word) + 1
    return unless.search(words.line, start - 1 if start else 0, end) is not None


def expansions(body: str, most: int = 64) -> list[str]:
    """Some of the phrases that a line stands for. For tests, and for people who write cues."""
    found = []
    for chosen in product(*_elements(body.partition("!!")[0].removeprefix("~").strip())):
        found.append(" ".join(part for part in chosen if part))
        if len(found) >= most:
            break
    return found
