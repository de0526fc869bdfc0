"""Matching words against cue lines such as "(tap|click) here", without expanding them into all their phrases.

A line is a sequence of pieces, each with its choices. Matching keeps places in lines: the next piece, and the rest of a
half-read choice. Words are read one by one, and blanks do not matter: "cli ck he re" is "click here".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

NUMBER = "9"  # stands for any number, in cues and in the words compared with them

_CHOICE = re.compile(r"\(([^()]*)\)")
_SQUEEZED_OUT = re.compile(r"[^\w<>]+")
_SIGN = re.compile(r"[^a-z]")
_MOST_STARTED = 2000  # words whose places are cached: texts of a case are much alike


@dataclass(frozen=True, slots=True, eq=False)
class CueLine:
    """A line of cues.

    Attributes:
        pieces: The choices of each piece, without blanks; '' if the piece may be left out.
        ends_from: Index of the first piece from which all may be left out.
        deniable: Whether the phrase is fine if denied.
    """

    pieces: tuple[tuple[str, ...], ...]
    ends_from: int
    deniable: bool


class Place(NamedTuple):
    """A place in a line, up to which it has been read.

    Attributes:
        line: The line.
        piece: The next piece.
        rest: The rest of the choice that is being read.
    """

    line: CueLine
    piece: int
    rest: str

    @property
    def is_end(self) -> bool:
        """Whether a whole phrase has been read."""
        return not self.rest and self.piece >= self.line.ends_from


def read_cue_line(line: str) -> CueLine:
    """Parse a line in the syntax of the files.

    >>> read_cue_line("~(tap|click) here").pieces
    (('click', 'tap'), ('here',))
    """
    pieces = _CHOICE.split(line.removeprefix("~"))  # every second piece was in brackets
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    squeezed = [tuple(sorted({_squeezed(one) for one in several})) for several in choices]
    kept = [several for several in squeezed if several != ("",)]
    ends_from = len(kept)
    while ends_from and "" in kept[ends_from - 1]:
        ends_from -= 1
    return CueLine(tuple(kept), ends_from, line.startswith("~"))


class Cues:
    """Phrases to look for, as cue lines.

    Args:
        lines: The lines, in the syntax of the files.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = [read_cue_line(line) for line in dict.fromkeys(lines)]
        self._started: dict[str, list[Place]] = {}
        self._openings: dict[str, list[Place]] = {}
        for line in self.lines:
            for place in _choices_at(Place(line, 0, "")):
                for opening in {place.rest[:1], place.rest[:2]}:
                    self._openings.setdefault(opening, []).append(place)

    def start(self, word: str) -> list[Place]:
        """The places in the lines after a first word; none if no phrase begins with it."""
        known = self._started.get(word)
        if known is None:
            # Choices of one letter are indexed by it, longer ones by their first two.
            places = self._openings.get(word[:2], [])
            if len(word) > 1:
                places = places + [one for one in self._openings.get(word[:1], ()) if len(one.rest) == 1]
            known = _read_on(places, word)
            if len(self._started) < _MOST_STARTED:
                self._started[word] = known
        return known

    def go_on(self, places: list[Place], word: str) -> list[Place]:
        """The places after one more word."""
        return _read_on(places, word)

    def holds(self, letters: str) -> bool:
        """Whether these letters are a whole phrase."""
        return any(place.is_end for place in self.start(letters))

    def starred(self, written: str) -> str:
        """The phrase that fits a starred word, with one letter for each sign ("v*ctim"); '' for none."""
        shape = re.compile(_SIGN.sub("[a-z]", written))
        said = _SIGN.split(written)[0]
        reached = {(place, said + place.rest) for place in self.start(said)}
        while reached:
            ahead: set[tuple[Place, str]] = set()
            for place, phrase in reached:
                ended = place._replace(rest="")
                if ended.is_end and shape.fullmatch(phrase):
                    return phrase
                if len(phrase) < len(written):
                    ahead |= {(one, phrase + one.rest) for one in _choices_at(ended)}
            reached = ahead
        return ""


def is_deniable(places: list[Place]) -> bool:
    """Whether the phrase is fine if denied. Every line that it ends must allow that."""
    return all(place.line.deniable for place in places if place.is_end)


def _read_on(places: Iterable[Place], word: str) -> list[Place]:
    found: dict[Place, None] = {}
    open_ones = [(place, word) for place in places]
    while open_ones:
        place, letters = open_ones.pop()
        if place.rest:
            if place.rest.startswith(letters):
                found[Place(place.line, place.piece, place.rest[len(letters) :])] = None
            elif letters.startswith(place.rest):
                open_ones.append((Place(place.line, place.piece, ""), letters[len(place.rest) :]))
            continue
        open_ones += [
            (one, letters) for one in _choices_at(place) if one.rest.startswith(letters) or letters.startswith(one.rest)
        ]
    return list(found)


def _choices_at(place: Place) -> list[Place]:
    """The places that may follow the end of a choice, including those after pieces that may be left out."""
    found: list[Place] = []
    piece = place.piece
    while piece < len(place.line.pieces):
        choices = place.line.pieces[piece]
        piece += 1
        found += [Place(place.line, piece, choice) for choice in choices if choice]
        if "" not in choices:
            break
    return found


def _squeezed(choice: str) -> str:
    return _SQUEEZED_OUT.sub("", choice).replace("<n>", NUMBER)
