"""Checks for single characters: invisible ones, and look-alikes of ordinary letters."""

import re
import unicodedata
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.text.confusables import is_hidden, is_mark, is_strange

_BRACES = re.compile(
    r"\{[^{}]{0,60}\}|\(\([^()]{0,60}\)\)|\[\[?[a-z_ ]{1,40}\]\]?|<[a-z_ ]{1,40}>|%\w{1,20}%|[{}]", re.IGNORECASE
)


def find_hidden(text: str) -> Iterator[Fault]:
    """Invisible characters, and combining marks that belong to no letter."""
    for place, character in enumerate(text):
        if is_hidden(character) or (is_mark(character) and not _composes(text, place)):
            name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
            yield make_fault("hidden_character", text, place, place + 1, shown=name)


def find_strange(text: str, *, english: bool) -> Iterator[Fault]:
    """Letters and digits of other alphabets. In a foreign text, only words that mix two alphabets."""
    for found in re.finditer(r"\w{1,60}", text):
        if english:
            strange = [place for place in range(found.start(), found.end()) if is_strange(text[place])]
            if strange:
                yield make_fault("strange_letter", text, strange[0], strange[-1] + 1)
        elif _mixes(found[0]):
            yield make_fault("strange_letter", text, found.start(), found.end())
    if english:
        # To a regular expression, enclosed and squared letters are symbols, not letters.
        for place, character in enumerate(text):
            if not character.isalnum() and is_strange(character):
                yield make_fault("strange_letter", text, place, place + 1)


def find_left_fields(text: str) -> Iterator[Fault]:
    """Fields that were not filled in."""
    for found in _BRACES.finditer(text):
        yield make_fault("field_left", text, found.start(), found.end())


def _composes(text: str, place: int) -> bool:
    before = text[place - 1 : place]
    return len(before) == 1 and len(unicodedata.normalize("NFC", before + text[place])) == 1


def _mixes(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    latin = [character for character in letters if unicodedata.name(character, "").startswith("LATIN")]
    return 0 < len(latin) < len(letters)
