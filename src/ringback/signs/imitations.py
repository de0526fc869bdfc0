"""Imitations: addresses that are made to look like an organisation's own.

They are recognised by how they are made, not by who owns them: organisations have addresses that nobody has listed. An
imitation makes a reader see a real address at the beginning of another, look-alike letters, a name with a spelling
slip, or a name with words around it. A name alone with another ending (costco.ca) is not an imitation.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, product

from ringback.signs.domains import (
    PUBLIC,
    is_public,
    is_rented,
    is_theirs,
    official_domains,
    open_host,
    read_organisations,
    registered,
    suffix_length,
)
from ringback.signs.spelling import is_one_slip
from ringback.text.confusables import fold_character
from ringback.text.data_files import kept_for_now, kept_with_data
from ringback.text.wordlists import read_words

_LONGEST_HOST = 253
_LONGEST_LABEL = 63
_SHORTEST_PART = 4  # letters of a name that is searched inside a word; shorter names only as whole words
_SHORTEST_ANYWHERE = 6  # letters of a name that is searched among meaningless letters, and with slips
_FEW_LETTERS = 3
_DIGITS = {"0": "o", "1": "li", "3": "e", "4": "a", "5": "s", "6": "b", "7": "t", "8": "b", "9": "g"}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"), ("ii", "u"), ("lt", "k"))
_MOST_READINGS = 256
# Plain names that no other word becomes by a spelling slip.
_SELDOM_MISSPELT = ("nationwide", "postoffice", "starling", "halifax", "outlook")


class How(StrEnum):
    """How an address is made to look like another."""

    inside = "inside"  # the name with words around it, or before another address
    begins = "begins"  # a real address, and then another one
    spelt = "spelt"  # the name with a letter changed
    letters = "letters"  # letters of other alphabets


@dataclass(frozen=True, slots=True)
class Imitation:
    """What a host is made to look like.

    Attributes:
        name: The name or address that a reader is made to see.
        how: How it is made.
    """

    name: str
    how: How


@kept_for_now(4096)
def find_imitation(host: str) -> Imitation | None:
    """What a host is made to look like; None for no imitation, and for a host of a known organisation.

    >>> find_imitation("royalmail.parcel-fee.example")
    Imitation(name='royalmail', how=<How.inside: 'inside'>)
    >>> find_imitation("barclays.co.uk.verify.example").name, find_imitation("rnicrosoft.example").how.value
    ('barclays.co.uk', 'spelt')
    >>> find_imitation("costco.ca"), find_imitation("norton.example"), find_imitation("evri.link")
    (None, None, None)
    """
    host = host[:_LONGEST_HOST]
    if is_theirs(host) or is_rented(host) or open_host(host) == host:
        return None
    shown = read_letters(host)
    if shown != host:
        if is_theirs(shown):
            return Imitation(shown, How.letters)
        found = _in_plain(shown, lured=True) or _alone(shown)
        return Imitation(found.name, How.letters) if found else None
    return _in_plain(host)


def read_letters(host: str) -> str:
    """A host as a reader sees it: letters of other alphabets become those that they look like, punycode is decoded."""
    shown = [_decoded(label) if label.startswith("xn--") else label for label in host.split(".")]
    joined = unicodedata.normalize("NFKC", ".".join(shown))
    return "".join(fold_character(one) for one in joined).lower()


def _decoded(label: str) -> str:
    """What a label in punycode shows; unchanged if it is not valid punycode."""
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def is_name(word: str) -> bool:
    """Whether a word is the name of an organisation and not also a plain word."""
    return word in _names() and word not in read_words("signs/plain_names.txt")


def bears_name(word: str) -> bool:
    """Whether a word is the name of an organisation, even if it is a plain word too."""
    return word in _names()


def imitated_name(words: str) -> str:
    """The organisation in a sender's name, given as letters and digits run together; '' for none."""
    if words in _names():
        return words
    found = _in_words([words], lured=False)
    return found.name if found else ""


@kept_with_data(1)
def _names() -> frozenset[str]:
    """Every name that criminals put into addresses, as one word."""
    run = (name.replace(" ", "") for name in read_organisations())
    return frozenset(name for name in run if len(name) > 2 and not name.isdigit()) | read_words(
        "signs/imitated_names.txt"
    )


@kept_with_data(1)
def _own_labels() -> frozenset[str]:
    """The labels before the ending in organisations' domains: dhlparcel, just-eat."""
    return frozenset(registered(one).split(".")[0] for one in official_domains() if "." in one and not is_public(one))


@kept_with_data(1)
def _own_names() -> tuple[str, ...]:
    """Names that nothing else has, longest first."""
    own = _names() - read_words("signs/plain_names.txt")
    return tuple(sorted(own, key=lambda one: (-len(one), one)))


def _in_plain(host: str, *, lured: bool = False) -> Imitation | None:
    """What a host in plain letters is made to look like; `lured`: its letters were already a trick."""
    labels = host.split(".")
    service = open_host(host)
    if service and service != host:
        before, own = labels[: -service.count(".") - 1], ""
    elif is_public(host):
        return None
    else:
        length = suffix_length(host)
        before, own = labels[: -length - 1], labels[-length - 1] if len(labels) > length else ""
    if found := _beginning(labels, len(before), own):
        return found
    if own and (own in _names() or own in _own_labels()):
        return None  # the name alone, with any ending: many organisations have such addresses
    words = [word for label in before for word in re.split(r"[-_]", label) if word]
    own_words = [word for word in re.split(r"[-_]", own) if word]
    lured = lured or any(word in read_words("signs/lure_words.txt") for word in (*words, *own_words))
    if found := _in_words([*own_words, *words], lured=lured):
        return found
    for label in (own, *before):
        # A name taken apart: royal-mail, bar-clays.
        joined = re.sub(r"[-_]", "", label)
        if joined != label and (found := _in_words([joined], lured=lured)):
            return found
    return None


def _alone(host: str) -> Imitation | None:
    """The name that a host consists of, with any ending."""
    labels = host.split(".")
    length = suffix_length(host)
    own = labels[-length - 1] if len(labels) > length else ""
    return Imitation(own, How.letters) if own in _names() else None


def _beginning(labels: list[str], before: int, own: str) -> Imitation | None:
    """A real address that is not the end of the host: barclays.co.uk.verify.example, hsbc-co-uk.example."""
    owned = official_domains()
    for first in range(before):
        for last in range(len(labels) - 1, first + 1, -1):
            address = ".".join(labels[first:last])
            if address in owned or address in PUBLIC:
                return Imitation(address, How.begins)
    if ".".join(labels[before : before + 2]) in PUBLIC and len(labels) > before + 2:
        return Imitation(".".join(labels[before : before + 2]), How.begins)  # gov.uk.com
    # With hyphens instead of dots, or a hyphen after the real address; the real ending is left out.
    parts = [part for label in labels[:before] for part in re.split(r"[-_]", label)]
    if own:
        parts += re.split(r"[-_]", own)
    for first in range(len(parts)):
        for last in range(min(len(parts), first + 4), first + 1, -1):
            address = ".".join(parts[first:last])
            if len(parts[first]) > 2 and (address in owned or address in PUBLIC):
                return Imitation(parts[first], How.inside)
    return None


def _in_words(words: list[str], *, lured: bool) -> Imitation | None:
    """The name in the words of a host; `lured`: one of the words is one that criminals add."""
    plain = read_words("signs/plain_names.txt")
    for word in words:
        if word in _names() and (lured or word not in plain):
            return Imitation(word, How.inside)
    for word in words:
        if found := _run_together(word):
            return found
    for word in words:
        if found := _changed(word):
            return found
    return None


def _run_together(word: str) -> Imitation | None:
    """A name run together with words before or after it: barclayslogin, myevri, bootsvoucher.

    Names with words that no criminal needs (disneyonice, barclaysus) may well be their organisation's own.
    """
    if not _SHORTEST_PART < len(word) <= _LONGEST_LABEL or _is_word(word):
        return None
    for name in _held(word):
        before, _, behind = word.partition(name)
        if not before and behind in read_words("signs/own_words.txt"):
            continue
        made_of_words = _is_made_of_words(before) and _is_made_of_words(behind)
        if name in read_words("signs/plain_names.txt"):
            if made_of_words and (_is_lure(before) or _is_lure(behind)):
                return Imitation(name, How.inside)
        elif made_of_words or (len(name) >= _SHORTEST_ANYWHERE and _has_lure(before, behind)):
            return Imitation(name, How.inside)
    return None


def _has_lure(before: str, behind: str) -> bool:
    """Whether the letters around a name are only a few, as in a slip, or contain a word that criminals add."""
    if len(before) + len(behind) <= _FEW_LETTERS:
        return True
    lures = (lure for lure in read_words("signs/lure_words.txt") if len(lure) >= _SHORTEST_PART)
    return any(lure in before or lure in behind for lure in lures)


def _held(word: str) -> Iterator[str]:
    """The names that are part of a word, longest first."""
    names = _names()
    for length in range(min(len(word) - 1, _longest_name()), _SHORTEST_PART - 1, -1):
        for place in range(len(word) - length + 1):
            if word[place : place + length] in names:
                yield word[place : place + length]


@kept_with_data(1)
def _longest_name() -> int:
    return max(map(len, _names()))


def _is_lure(word: str) -> bool:
    return word in read_words("signs/lure_words.txt")


@kept_for_now(4096)
def _is_made_of_words(run: str) -> bool:
    """Whether a run of letters is empty, digits, or a sequence of words that are usual around names in addresses."""
    if not run or run.isdigit():
        return True
    known = _words_around()
    return any(
        (run[:length] in known or run[:length].isdigit()) and _is_made_of_words(run[length:])
        for length in range(len(run), 0, -1)
    )


@kept_with_data(1)
def _words_around() -> frozenset[str]:
    return read_words("signs/lure_words.txt") | read_words("signs/around_words.txt")


def _changed(word: str) -> Imitation | None:
    """The name that is one slip away from a word, or from the word without words that criminals add."""
    if not _SHORTEST_PART <= len(word) <= _LONGEST_LABEL or _is_word(word):
        return None
    for core in _cores(word):
        for reading in _readings(core):
            if reading == core:
                continue
            if (len(reading) >= _SHORTEST_PART and is_name(reading)) or _is_digited(core, reading):
                return Imitation(reading, How.spelt)
            if (found := _run_together(reading)) and is_name(found.name):
                return Imitation(found.name, How.spelt)
        if not _is_word(core) and (name := _near(core)):
            return Imitation(name, How.spelt)
    return None


def _is_digited(word: str, reading: str) -> bool:
    """Whether a word is a name with digits for letters, as no word or surname has: app1e, n0rton."""
    return len(reading) > _SHORTEST_PART and reading in _names() and not word.isalpha()


def _is_word(word: str) -> bool:
    """Whether a word is an ordinary word, and not a slip."""
    known = ("signs/known_words.txt", "signs/near_words.txt", "wording/english_words.txt", "wording/first_names.txt")
    return word in _names() or any(word in read_words(name) for name in known)


def _cores(word: str) -> Iterator[str]:
    """A word, and the word without words before or after it that criminals add."""
    yield word
    around = _words_around()
    for length in range(len(word) - _SHORTEST_PART, 1, -1):
        if word[:length] in around or word[:length].isdigit():
            yield word[length:]
        if word[-length:] in around or word[-length:].isdigit():
            yield word[:-length]


def _readings(word: str) -> Iterator[str]:
    """How a word reads at a glance: digits as letters, two letters as one. The word itself is among the readings."""
    choices = [(one, *_DIGITS.get(one, "")) for one in word]
    for chosen in islice(product(*(reversed(one) for one in choices)), _MOST_READINGS):
        yield "".join(chosen)
    for pair, letter in _PAIRS:
        if pair in word:
            yield word.replace(pair, letter)
            yield word.replace(pair, letter, 1)


@kept_for_now(4096)
def _near(word: str) -> str:
    """The name that is one slip away from a word: one letter more, less or changed, or two letters swapped."""
    for name in (*_own_names(), *_SELDOM_MISSPELT):
        if len(name) < _SHORTEST_PART or abs(len(word) - len(name)) > 1 or word == name:
            continue
        if len(name) < _SHORTEST_ANYWHERE:
            if _has_doubled(word, name):
                return name
        elif is_one_slip(word, name):
            return name
    return ""


def _has_doubled(word: str, name: str) -> bool:
    """Whether a word is a name with one letter written twice."""
    return len(word) == len(name) + 1 and any(
        word[place] == word[place + 1] and word[:place] + word[place + 1 :] == name for place in range(len(name))
    )
