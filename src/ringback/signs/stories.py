"""Scams that are well known: what has to come together for one, in data/signs/stories.toml."""

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ringback.signs.cues import CueFile, parse_cues
from ringback.signs.facts import Fact
from ringback.signs.findings import Finding
from ringback.signs.words import Words
from ringback.text.wordlists import read_content

_MARKS = ("sign:", "cue:", "ask:", "fact:", "genuine:")
WITHIN = 60  # words
_FIELDS = {"decisive", "reason", "all", "none", "source"}


@dataclass(frozen=True, slots=True)
class Story:
    """One known scam.

    Attributes:
        name: Its key in the file.
        reason: In plain English.
        source: The public warning.
        needed: Of each group, one entry has to be there.
        excluded: None of these may be.
        decisive: Whether, with pressure and a way to do harm, it is enough by itself.
    """

    name: str
    reason: str
    source: str
    needed: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]
    decisive: bool = False


@lru_cache(maxsize=1)
def read_stories() -> tuple[Story, ...]:
    """The stories of the file.

    Raises:
        ValueError: A story that is not complete; it names the story and the field.
    """
    return parse_stories(read_content("signs/stories.toml"))


def parse_stories(text: str) -> tuple[Story, ...]:
    """Stories out of the text of a file.

    Raises:
        ValueError: A story that is not complete; it names the story and the field.
    """
    stories = []
    for name, held in tomllib.loads(text).items():
        for field in ("reason", "all", "source"):
            if not held.get(field):
                raise ValueError(f"stories: {name} has no {field}")
        if unknown := set(held) - _FIELDS:
            raise ValueError(f"stories: {name} has an unknown field: {', '.join(sorted(unknown))}")
        needed = tuple(tuple(group) for group in held["all"])
        decisive = bool(held.get("decisive"))
        stories.append(Story(name, held["reason"], held["source"], needed, tuple(held.get("none", ())), decisive))
    return tuple(stories)


def find_stories(words: Words, findings: Sequence[Finding], facts: Sequence[Fact]) -> list[Story]:
    """The stories that a message tells: what makes one up has to stand within `WITHIN` words."""
    there = _marks(words, findings, facts)
    for match in _phrases().find(words):
        there.setdefault(match.cue.group, []).append(match.first)

    def places(entry: str) -> list[int]:
        marked = entry.startswith(_MARKS) or entry == "link"
        return there.get(entry if marked else _group(entry), [])

    return [story for story in read_stories() if _is_told(story, places)]


def _is_told(story: Story, places: Callable[[str], list[int]]) -> bool:
    if any(map(places, story.excluded)):
        return False
    groups = [sorted({place for entry in group for place in places(entry)}) for group in story.needed]
    if not all(groups):
        return False
    # From each place of the first kind on: is there one of every other kind near it?
    return any(all(any(abs(place - start) <= WITHIN for place in group) for group in groups[1:]) for start in groups[0])


def _marks(words: Words, findings: Iterable[Finding], facts: Iterable[Fact]) -> dict[str, list[int]]:
    """Mark to the tokens where it stands; what is no part of the text stands at the beginning."""
    starts = [token.at for token in words.tokens]
    marks: dict[str, list[int]] = {}

    def add(mark: str, at: int) -> None:
        marks.setdefault(mark, []).append(max(0, bisect_right(starts, at) - 1))

    for one in findings:
        if one.name == "genuine":
            add(f"genuine:{one.group}", one.at)
        elif one.name == one.group:
            add(f"ask:{one.name}", one.at)
        else:
            add(f"sign:{one.name}", one.at)
            add(f"cue:{one.name}.{one.group}", one.at)
    for fact in facts:
        add(f"fact:{fact.name}", fact.at)
        if fact.name in {"link_unknown", "link_look_alike", "link_shortener"}:
            add("link", fact.at)
    return marks


@lru_cache(maxsize=1)
def _phrases() -> CueFile:
    """All phrases of all stories, each as a group of its own."""
    lines: dict[str, None] = {}
    for story in read_stories():
        for entry in (*(one for group in story.needed for one in group), *story.excluded):
            if not entry.startswith(_MARKS) and entry != "link":
                lines[f"[{_group(entry)}]"] = None
                lines[entry] = None
    return parse_cues(tuple(lines), name="stories")


@lru_cache(maxsize=4096)
def _group(entry: str) -> str:
    return "".join(one if one.isalpha() and one.isascii() else "_" for one in entry.lower())
