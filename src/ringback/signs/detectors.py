"""Finds the five signs, the asks, and what genuine senders write: every finding with its quote and its cue."""

from collections.abc import Iterator
from datetime import date

from ringback.signs.calendar import calendar_cues
from ringback.signs.cues import CueFile, Match, read_cue_file
from ringback.signs.findings import Finding, Sign, without_overlaps
from ringback.signs.senders import find_senders, mark_organisations
from ringback.signs.words import Words
from ringback.text.phrases import Phrase

_SENDER_REASON = Phrase("It gives the name of who sent it.")


def find_signs(words: Words, *, call: bool = False, today: date | None = None, calendar: str = "") -> list[Finding]:
    """Findings of the five signs.

    Args:
        words: The message.
        call: Whether it is a call: a call is not signed, and a colon in it names no sender.
        today: The day, for events of the calendar; None for events of the whole year.
        calendar: A calendar of the unit's own, as TOML text.
    """
    found: list[Finding] = []
    for sign in (Sign.urgency, Sign.emotion, Sign.scarcity, Sign.current_events):
        found += _findings(words, read_cue_file(sign), sign)
    found += _findings(words, calendar_cues(today, more=calendar), Sign.current_events)
    found += find_authority(words, call=call)
    return without_overlaps(found)


def find_authority(words: Words, *, call: bool) -> Iterator[Finding]:
    """Findings of claims to be, or to speak for, an organisation or an official."""
    marked = mark_organisations(words)
    yield from _findings(marked, read_cue_file(Sign.authority), Sign.authority)
    for first, last, group in find_senders(marked, call=call):
        at, until, quote = marked.quote(first, last)
        yield Finding(Sign.authority, group, _SENDER_REASON, quote, at, until, "<org> at the beginning or end")


def find_asks(words: Words) -> list[Finding]:
    """Findings of what the reader is asked to do."""
    return without_overlaps(
        [
            Finding(one.group, one.group, one.reason, one.quote, one.at, one.until, one.cue)
            for one in _findings(words, read_cue_file("asks"), "asks")
        ]
    )


def find_genuine(words: Words) -> list[Finding]:
    """Findings of what genuine senders write. They are weighed, and prove nothing."""
    return list(_findings(words, read_cue_file("genuine"), "genuine"))


def _findings(words: Words, cues: CueFile, name: str) -> Iterator[Finding]:
    for match in cues.find(words):
        yield _finding(words, cues, name, match)


def _finding(words: Words, cues: CueFile, name: str, match: Match) -> Finding:
    first, last = match.first, match.last
    while last > first and words.tokens[last].word == ".":
        last -= 1
    at, until, quote = words.quote(first, last)
    return Finding(str(name), match.cue.group, cues.reasons[match.cue.group], quote, at, until, match.cue.written)
