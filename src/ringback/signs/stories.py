"""Known scams ("stories"): data/signs/stories.toml says which findings must occur together for each."""

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ringback.signs.cues import CueFile, parse_cues
from ringback.signs.facts import Fact
from ringback.signs.findings import Finding
from ringback.signs.words import Words
from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_content

_MARKS = ("sign:", "cue:", "ask:", "fact:", "genuine:")
WITHIN = 60  # words
_FIELDS = {"decisive", "reason", "all", "none", "source"}


@dataclass(frozen=True, slots=True)
class Story:
    """One known scam.

    Attributes:
        name: Its key in the file.
        reason: The reason in plain English.
        source: The public warning about it.
        needed: Groups of entries; at least one entry of each group has to be found.
        excluded: None of these may be found.
        decisive: Whether it is enough by itself, together with pressure and a way to do harm.
    """

    name: str
    reason: str
    source: str
    needed: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]
    decisive: bool = False


@kept_with_data(1)
def read_stories() -> tuple[Story, ...]:
    """The stories of the file.

    Raises:
        ValueError: A story is incomplete; the message names the story and the field.
    """
    return parse_stories(read_content("signs/stories.toml"))


def parse_stories(text: str) -> tuple[Story, ...]:
    """Read stories from the text of a file.

    Raises:
        ValueError: A story is incomplete; the message names the story and the field.
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
    """The stories that a message tells. The findings of one story have to be within `WITHIN` words."""
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
    # For each place of the first group: is there a place of every other group near it?
    return any(all(any(abs(place - start) <= WITHIN for place in group) for group in groups[1:]) for start in groups[0])


def _marks(words: Words, findings: Iterable[Finding], facts: Iterable[Fact]) -> dict[str, list[int]]:
    """Entry to the tokens where it was found; a fact that is not about the text counts at the beginning."""
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


@kept_with_data(1)
def _phrases() -> CueFile:
    """All phrases of all stories, each as a group of its own."""
    lines: dict[str, None] = {}
    for story in read_stories():
        for entry in (*(one for group in story.needed for one in group), *story.excluded):
            if not entry.startswith(_MARKS) and entry != "link":
                lines[f"[{_group(entry)}]"] = None
                lines[entry] = None
    return parse_cues(tuple(lines), name="stories")


@kept_with_data(4096)
def _group(entry: str) -> str:
    return "".join(one if one.isalpha() and one.isascii() else "_" for one in entry.lower())
