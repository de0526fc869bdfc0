"""The word lists of the checks: the files of data/wording, each read once.

A file of cues has one phrase per line: `(a|b)` is a or b, `(a|)` is a or nothing, `<n>` is any number. A `~` in front
means that the phrase is fine if denied ("we never send links"). `#` begins a comment line.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ringback.alerting.wording.rules.cue_lines import Cues
from ringback.numbers.organisations import organisation_numbers
from ringback.text import wordlists

_NOT_IMITATED = frozenset({"police", "charity"})  # these help people, and may be named
_BRACKETED = re.compile(r"\s*\([^)]*\)")


@lru_cache(maxsize=64)
def read_cues(name: str) -> Cues:
    """The cues of a file of data/wording."""
    return Cues(read_lines(name))


def read_lines(name: str) -> tuple[str, ...]:
    """The lines of a file of data/wording, without its comments."""
    return wordlists.read_lines(f"wording/{name}")


def read_words(name: str) -> frozenset[str]:
    """All words of a file of data/wording."""
    return wordlists.read_words(f"wording/{name}")


@lru_cache(maxsize=16)
def read_sections(name: str) -> dict[str, frozenset[str]]:
    """The words under each [heading] of a file of data/wording."""
    sections: dict[str, set[str]] = {}
    heading = ""
    for line in read_lines(name):
        if line.startswith("["):
            heading = line.strip("[]")
        else:
            sections.setdefault(heading, set()).update(line.split())
    return {name: frozenset(words) for name, words in sections.items()}


@lru_cache(maxsize=1)
def read_emoji() -> dict[str, str]:
    """Each emoji of emoji.txt, and the code of its fault."""
    pairs = (line.split() for line in read_lines("emoji.txt"))
    return {chr(int(code, 16)): fault for fault, code in pairs}


@dataclass(frozen=True, slots=True)
class OrganisationNames:
    """Names of organisations that callers pretend to be.

    Attributes:
        names: Names that mean nothing else.
        words: Plain words that are names if they begin with a capital.
        after_from: Those of `words` that are names in small letters too, after "from" and the like.
    """

    names: Cues
    words: frozenset[str]
    after_from: frozenset[str]


@lru_cache(maxsize=1)
def read_organisations() -> OrganisationNames:
    """The organisations of organisations.csv and of organisations_more.txt."""
    names: list[str] = []
    words: set[str] = set()
    after_from: set[str] = set()
    skipped: set[str] = set()
    for line in read_lines("organisations_more.txt"):
        kind, colon, rest = line.partition(": ")
        if not colon:
            names.append(line)
        elif kind == "skip":
            skipped.add(rest)
        else:
            words.add(rest)
            after_from |= {rest} if kind == "word*" else set()
    table = organisation_numbers()
    for name, sector in zip(table["organisation"].to_pylist(), table["sector"].to_pylist(), strict=True):
        if name not in skipped and sector not in _NOT_IMITATED:
            whole = _BRACKETED.sub("", name).lower()
            names += [whole, whole.removesuffix(" uk")]
    return OrganisationNames(Cues(names), frozenset(words), frozenset(after_from))
