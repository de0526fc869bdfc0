"""The check for numbers written with letters that look like digits: I-O-I, OI2I 496, lOl."""

import re
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText

# Letters that pass for digits: O and I always; S, B, Z and G only among digits.
_CLUSTER = r"(?<![^\W_])[OoIil|!0-9SBZGsbzgq]{1,20}(?![^\W_])"
_APART = r"[\s.\-/,*_'+~:;\"=]{1,3}"
_RUN = re.compile(rf"{_CLUSTER}(?:{_APART}{_CLUSTER}){{0,30}}")
_PIECE = re.compile(r"[^\s.\-/,*_'+~:;\"=]+")
_PLAIN = re.compile(r"[OoIil|!0-9]+")
_AMONG_DIGITS = re.compile(r"(?:[OoIil|0-9]*[0-9OI][OoIil|0-9]*[SBZGq]?)+[0-9OoIl|]+|[SBZG][0OI1-9l|]{2,}")
_SHORTEST = 3


def find_lettered(folded: FoldedText) -> Iterator[Fault]:
    """Runs of three or more characters that are digits, or letters that look like digits."""
    for run in _RUN.finditer(folded.cased):
        for at, until in _stretches(run):
            pieces = _PIECE.findall(folded.cased[at:until])
            if _is_number(pieces):
                yield make_fault("phone_number", folded.text, *folded.original(at, until))


def _stretches(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The longest stretches of a run in which every piece can pass for digits."""
    at = until = -1
    for piece in _PIECE.finditer(run[0]):
        if _PLAIN.fullmatch(piece[0]) or _AMONG_DIGITS.fullmatch(piece[0]):
            at = piece.start() if at < 0 else at
            until = piece.end()
        elif at >= 0:
            yield run.start() + at, run.start() + until
            at = -1
    if at >= 0:
        yield run.start() + at, run.start() + until


def _is_number(pieces: list[str]) -> bool:
    if sum(map(len, pieces)) < _SHORTEST or all(piece.isdigit() for piece in pieces):
        return False  # digits alone are judged as digits
    lettered = [piece for piece in pieces if not piece.isdigit()]
    if any(_is_odd(piece) for piece in lettered):
        return True
    # A single "I" is a word. Several single letters in a row are not normal writing.
    return sum(len(piece) == 1 for piece in pieces) >= _SHORTEST and len(lettered) > 1


def _is_odd(piece: str) -> bool:
    """Whether a piece of two or more characters is no word: it has a capital inside, or mixes letters and digits."""
    if len(piece) == 1:
        return False
    mixed = any(one.isdigit() for one in piece)
    return (mixed and any(one in "OoIil|!" for one in piece)) or any(one in "OI|" for one in piece[1:])
