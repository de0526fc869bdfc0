"""Advice on what to do next: statements in data/signs/advice.toml, each with its public source. Staff can edit them."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ringback.signs.findings import Ask
from ringback.signs.verdict import Band
from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_content

# What pages say beside the statements that go with a band, an ask, or what has happened.
PAGE_ADVICE = "public/advice.toml"
# The statement that says how to reach one's bank, and the number in it. One list says the number once.
RING_BANK = "ring_159"
_BANKS_NUMBER = re.compile(r"\b159\b")


@dataclass(frozen=True, slots=True)
class Advice:
    """One statement.

    Attributes:
        key: Its name in the file.
        text: The advice, in plain English.
        source: Address of the public page that says so.
    """

    key: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What advice depends on beside the band.

    Attributes:
        asks: What is asked for.
        happened: What has happened already.
        stories: Names of the known scams that are told.
        words: The words that were read or chosen, in small letters: whom they name.
        call: Whether it is about a call that somebody remembers.
    """

    asks: frozenset[str] = frozenset()
    happened: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    call: bool = False


@kept_with_data(1)
def read_advice() -> dict[str, Any]:
    """The content of the file: `statements` by key, and which of them go with a band, an ask, or what has happened.

    Raises:
        ValueError: All faults at once: a dead reference, an ask or band without advice, a statement without source.
    """
    held = tomllib.loads(read_content("signs/advice.toml"))
    if faults := find_faults(held):
        raise ValueError("; ".join(faults))
    return held


@kept_with_data(1)
def read_statements() -> dict[str, dict[str, str]]:
    """All statements by key, each with `text` and `source`: those of the check of messages, and what pages add.

    Raises:
        ValueError: A statement has no source, or a key stands in both files.
    """
    shared: dict[str, dict[str, str]] = read_advice()["statements"]
    own: dict[str, dict[str, str]] = tomllib.loads(read_content(PAGE_ADVICE))["statements"]
    if twice := sorted(set(shared) & set(own)):
        raise ValueError(f"{PAGE_ADVICE}: also in signs/advice.toml: {', '.join(twice)}")
    for key, one in own.items():
        if not one.get("text") or not str(one.get("source", "")).startswith("https://"):
            raise ValueError(f"{PAGE_ADVICE}: statement {key} has no text, or no source that is a web page")
    return shared | own


def find_faults(held: dict[str, Any]) -> list[str]:
    """All faults of the file, in words."""
    statements = held.get("statements", {})
    faults = [
        f"statement {key} has no {field}"
        for key, one in statements.items()
        for field in ("text", "source")
        if not one.get(field)
    ]
    faults += [
        f"statement {key} has a source that is not a web page"
        for key, one in statements.items()
        if not str(one.get("source", "")).startswith("https://")
    ]
    faults += [
        f"happened.{name} has no {field}"
        for name, one in held.get("happened", {}).items()
        for field in ("question", "advice")
        if not (isinstance(one, dict) and one.get(field))
    ]
    used: set[str] = set()
    bands = {str(band) for band in Band}
    sections: dict[str, set[str]] = {
        "asks": set(Ask),
        "bands": bands,
        "happened": set(),
        "stories": set(),
        "named": set(),
    }
    # Releases of before have no advice of their own on calls.
    for section, names in (sections | ({"calls": bands} if "calls" in held else {})).items():
        groups = held.get(section, {})
        faults += [f"there is no advice for {section}.{name}" for name in sorted(names - set(groups))]
        faults += [f"{section}.{name} is not known" for name in sorted(set(groups) - names) if names]
        for name, keys in groups.items():
            listed = keys.get("advice", []) if isinstance(keys, dict) else keys
            faults += [
                f"{section}.{name} refers to {key}, which is not there" for key in listed if key not in statements
            ]
            used |= set(listed)
    return faults + [f"statement {key} is used nowhere" for key in sorted(set(statements) - used)]


def things_that_happen() -> dict[str, str]:
    """Key of what may have happened already to the question that asks for it."""
    return {name: one["question"] for name, one in read_advice()["happened"].items()}


def choose_advice(band: Band, situation: Situation) -> tuple[Advice, ...]:
    """The statements that fit, most urgent first: for what has happened, known scams, the band, and what was asked.

    The first statement on a known scam comes before all others: somebody may be on the way to the door.
    Of what has happened, that for which the bank has to be rung comes first, in whatever order it was told. The bank's
    number is said once.
    """
    held = read_advice()
    stories, named = held.get("stories", {}), held.get("named", {})
    told = [stories[story] for story in situation.stories if story in stories and band is not Band.no_signs]
    keys = [key for story in told for key in story[:1]]
    keys += _for_what_happened(situation.happened)
    keys += [key for story in told for key in story[1:]]
    asked = [key for ask in held["asks"] if ask in situation.asks for key in held["asks"][ask]]
    if Ask.bank_details in situation.asks:
        asked += [key for name in named if name in situation.words for key in named[name]]
    # What to do about messages is of no use after a call.
    first = held.get("calls", held["bands"])[band] if situation.call else held["bands"][band]
    keys += [*first, *asked] if situation.call or band is Band.likely else [*asked, *first]
    return _statements(keys)


def choose_urgent_advice(happened: Iterable[str]) -> tuple[Advice, ...]:
    """The statements for what has happened already, and no others: nothing else is known."""
    return _statements(_for_what_happened(happened))


def _for_what_happened(happened: Iterable[str]) -> list[str]:
    held = read_advice()["happened"]
    told = sorted((held[name]["advice"] for name in happened), key=lambda one: RING_BANK not in one)
    return [key for advice in told for key in advice]


def _statements(keys: Iterable[str]) -> tuple[Advice, ...]:
    """The statements of these keys, each once, and of those with the bank's number only the first."""
    statements = read_advice()["statements"]
    found = [Advice(key, statements[key]["text"], statements[key]["source"]) for key in dict.fromkeys(keys)]
    of_bank = [one for one in found if _BANKS_NUMBER.search(one.text)]
    return tuple(one for one in found if one not in of_bank[1:])
