"""The names in the fields of a wording: the force and the website.

Inside these names capitals and place names are no fault. So a field must hold a plain name: few words, plain letters,
and no word from the lists of pressure and requests.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText
from ringback.alerting.wording.rules.lexicons import read_lines, read_words

_FORM = re.compile(r"(?:[^\W\d_]+|&)(?:[ \u00a0'-](?:[^\W\d_]+|&)){0,9}")
_MOST_CHARACTERS = 70
_LETTERS = re.compile(r"[a-z]+")
_LISTS = (
    "pressure.txt",
    "calls.txt",
    "details.txt",
    "details_asks.txt",
    "money.txt",
    "remote.txt",
    "replies.txt",
    "losses.txt",
    "victims.txt",
    "links.txt",
    "attachments.txt",
    "amounts.txt",
)
_SHORTEST = 3


def find_unfit_names(text: str, *, force: str, website: str) -> Iterator[Fault]:
    """Fields that hold anything but a plain name.

    Args:
        text: The whole text.
        force: The police force that writes.
        website: The website, named in words.
    """
    for name in (force, website):
        if name.strip() and not is_name(name):
            yield make_fault("not_a_name", text, 0, 0, shown=f'"{name}"')


def find_own_names(folded: FoldedText, *, force: str, website: str) -> list[tuple[int, int]]:
    """Places of the names of the force and its website, where capitals and place names are no fault."""
    institutions = read_words("institutions.txt")
    named = [name for name in (force, website) if not institutions.isdisjoint(name.lower().split())]
    named += [force] if force.isupper() and force.isalpha() else []
    return [place for name in named if is_name(name) for place in folded.find_phrase(name)]


def is_name(name: str) -> bool:
    """Whether a field holds a short name without any word that could carry a message.

    >>> is_name("Dyfed-Powys Police"), is_name("the Example Police website"), is_name("POLICE WARNING FINAL")
    (True, True, False)
    """
    if len(name) > _MOST_CHARACTERS or _FORM.fullmatch(name.strip()) is None:
        return False
    return _telling_words().isdisjoint(FoldedText(name).plain.replace("'", "").replace("-", " ").split())


@lru_cache(maxsize=1)
def _telling_words() -> frozenset[str]:
    """The words of the lists, except joining words and words of institutions' names."""
    lines = (line.removeprefix("~") for name in _LISTS for line in read_lines(name))
    words = frozenset(word for line in lines for word in _LETTERS.findall(line) if len(word) >= _SHORTEST)
    return words - read_words("institutions.txt") - read_words("own_names.txt")
