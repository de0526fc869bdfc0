"""Splits the transcript of a call by speaker. The called person's own words do not count."""

import re
from dataclasses import dataclass

from ringback.text.wordlists import read_words

# "Caller: ..." at the beginning of a line, or after a stop in an unbroken transcript.
_LABEL = re.compile(
    r"(?:^|(?<=\n)|(?<=[.!?…] )|(?<=[.!?…]  ))[ \t]*\[?([A-Z][A-Za-z.'’ ]{0,30}?|[A-Z]{1,12}|[AB])\]?[ \t]{0,2}:(?=\s)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person says without interruption.

    Attributes:
        speaker: The label as written.
        at: Where the label begins.
        said_at: Where the words begin.
        until: Where they end.
        called: Whether it is the called person.
    """

    speaker: str
    at: int
    said_at: int
    until: int
    called: bool


def read_turns(text: str) -> list[Turn]:
    """The turns of a transcript; none if it has no labels of speakers.

    The label shows the called person ("You", "Customer"). If no label is known, the first speaker is taken to be the
    called person if they only greet, and else the caller.

    >>> [turn.called for turn in read_turns("Caller: This is your bank.\\nYou: Really?")]
    [False, True]
    """
    labels = list(_LABEL.finditer(text))
    names = [re.sub(r"[^a-z ]", "", label[1].lower()).strip() for label in labels]
    speakers = list(dict.fromkeys(names))
    if len(labels) < 2 or (len(speakers) > 4 and len(speakers) * 2 > len(labels)):
        return []
    called = _called(speakers, names, labels, text)
    ends = [label.start() for label in labels[1:]] + [len(text)]
    return [
        Turn(label[1], label.start(), label.end(), end, name in called)
        for label, name, end in zip(labels, names, ends, strict=True)
    ]


def silent_places(text: str) -> tuple[tuple[int, int], ...]:
    """Places (at, until) of a transcript that do not count: the labels, and the called person's words."""
    places = []
    for turn in read_turns(text):
        places.append((turn.at, turn.until if turn.called else turn.said_at))
    return tuple(places)


def _called(speakers: list[str], names: list[str], labels: list[re.Match[str]], text: str) -> set[str]:
    people = read_words("signs/called_people.txt")
    callers = read_words("signs/callers.txt")
    called = {one for one in speakers if one in people or (one.split() and one.split()[-1] in people)}
    called -= {one for one in called if one in callers}
    if called and len(called) < len(speakers):
        return called
    known_callers = {one for one in speakers if any(word in callers for word in one.split())}
    if known_callers:
        return {one for one in speakers if one not in known_callers}
    if len(speakers) != 2:
        return set()
    # No label is known: the called person says hello first, or says less.
    first_words = text[labels[0].end() : labels[1].start()].split()
    if len(first_words) <= 3:
        return {names[0]}
    said = dict.fromkeys(speakers, 0)
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for name, label, end in zip(names, labels, ends, strict=True):
        said[name] += end - label.end()
    return {min(speakers, key=lambda one: (said[one], speakers.index(one) == 0))}
