"""The check for numbers written in letters that look like digits: I-O-I, OI2I 496, lOl."""

import re
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText

# Letters that pass for digits: O and I by themselves, S, B, Z and G only among digits.
_CLUSTER = r"(?<![^\W_])[OoIil|!0-9SBZGsbzgq]{1,20}(?![^\W_])"
_APART = r"[\s.\-/,*_'+~:;\"=]{1,3}"
_RUN = re.compile(rf"{_CLUSTER}(?:{_APART}{_CLUSTER}){{0,30}}")
_PART = re.compile(r"[^\s.\-/,*_'+~:;\"=]+")
_PLAIN = re.compile(r"[OoIil|!0-9]+")
_AMONG_DIGITS = re.compile(r"(?:[OoIil|0-9]*[0-9OI][OoIil|0-9]*[SBZGq]?)+[0-9OoIl|]+|[SBZG][0OI1-9l|]{2,}")
_SHORTEST = 3


def find_lettered(folded: FoldedText) -> Iterator[Fault]:
    """Runs of three and more signs that are all digits, or letters that look like them."""
    for run in _RUN.finditer(folded.cased):
        for at, until in _stretches(run):
            parts = _PART.findall(folded.cased[at:until])
            if _is_number(parts):
                yield make_fault("phone_number", folded.text, *folded.original(at, until))


def _stretches(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The longest stretches of a run whose every part can pass for digits."""
    at = until = -1
    for part in _PART.finditer(run[0]):
        if _PLAIN.fullmatch(part[0]) or _AMONG_DIGITS.fullmatch(part[0]):
            at = part.start() if at < 0 else at
            until = part.end()
        elif at >= 0:
            yield run.start() + at, run.start() + until
            at = -1
    if at >= 0:
        yield run.start() + at, run.start() + until


def _is_number(parts: list[str]) -> bool:
    if sum(map(len, parts)) < _SHORTEST or all(part.isdigit() for part in parts):
        return False  # digits alone are judged as digits
    lettered = [part for part in parts if not part.isdigit()]
    if any(_is_odd(part) for part in lettered):
        return True
    # "I" is a word of its own, once; one letter after the other is not how anybody writes.
    return sum(len(part) == 1 for part in parts) >= _SHORTEST and len(lettered) > 1


def _is_odd(part: str) -> bool:
    """Whether a part of two and more signs is no word: a capital inside it, or letters and digits mixed."""
    if len(part) == 1:
        return False
    mixed = any(one.isdigit() for one in part)
    return (mixed and any(one in "OoIil|!" for one in part)) or any(one in "OI|" for one in part[1:])
