"""Advice on what to do next: statements in data/signs/advice.toml, each with its public source. Staff can edit them."""

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
# The statement that says how to reach one's bank.
_BANK = "ring_159"


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
    for section, names in (("asks", set(Ask)), ("bands", {str(band) for band in Band}), ("happened", set())):
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


def choose_advice(band: Band, asks: Iterable[str], happened: Iterable[str] = ()) -> tuple[Advice, ...]:
    """The statements that fit, most urgent first: for what has happened, then for the band, then for what was asked.

    Of what has happened, that for which the bank has to be rung comes first, in whatever order it was told.
    """
    held = read_advice()
    keys: list[str] = []
    told = [held["happened"][name]["advice"] for name in happened]
    for advice in sorted(told, key=lambda one: _BANK not in one):
        keys += advice
    if band is Band.likely:
        keys += held["bands"][band]
        for ask in (ask for ask in held["asks"] if ask in set(asks)):
            keys += held["asks"][ask]
    else:
        for ask in (ask for ask in held["asks"] if ask in set(asks)):
            keys += held["asks"][ask]
        keys += held["bands"][band]
    statements = held["statements"]
    return tuple(Advice(key, statements[key]["text"], statements[key]["source"]) for key in dict.fromkeys(keys))
