"""Finds the start of the call: the earliest time that every row has."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import floor

from ringback.schema_matching.column_profile import Column, pairs
from ringback.schema_matching.scoring import Candidate, Choice, choose, percent

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")


def choose_start(columns: Sequence[Column], talk: Column | None = None) -> Choice:
    """The column of the start.

    Args:
        columns: The columns of a table that may be calls.
        talk: Its column of talk times, if one was found.
    """
    times = [column for column in columns if column.timestamps.share >= 0.9 and not column.timestamps.date_alone]
    apart = [column.name for column in columns if column.timestamps.date_alone] if any(map(_is_clock, columns)) else []
    return choose("started_at", [_start(column, times, apart, talk) for column in times], same=_same(times))


def _is_clock(column: Column) -> bool:
    """Whether a column holds times of day alone. Some must be in the evening: early times could be durations."""
    if column.share(_CLOCK.fullmatch) < 0.9:
        return False
    hours = {int(value[:2]) for value in column.counts if _CLOCK.fullmatch(value)}
    return max(hours) >= 18 and len(hours) >= 6


def _start(column: Column, times: list[Column], dates_apart: list[str], talk: Column | None) -> Candidate:
    one = Candidate(column)
    found = column.timestamps
    held = sum(at is not None for at in found.at) / max(1, len(found.at))
    form = {None: "ISO times", "epoch": "seconds since 1970", "epoch_ms": "milliseconds since 1970"}
    named = form.get(found.time_format, f"times in the form {found.time_format}")
    one.note(3.5, f"{percent(held)} of the sampled rows have {named}")
    if held < 0.8:
        one.note(-3.0, "many rows have none: an answer or an end, not a start")
    if found.doubtful:
        one.note(-5.0, "day and month could be the other way round")
    _note_names(one)
    if dates_apart:
        one.note(-4.0, f"but {dates_apart[0]} and a time of day beside it may be the start")
    if _in_one_hour(found.at):
        one.note(-4.0, "nearly all are in one hour of the day, as from a nightly job")
    for other in times:
        # Fractions of a second are from when a row was written, and do not show which time came first.
        both = [(floor(a), floor(b)) for a, b in pairs(found.at, other.timestamps.at)]
        if other is column or len(both) < 5:
            continue
        apart = sum(a != b for a, b in both) / len(both)
        before = sum(a <= b for a, b in both) / len(both)
        if sum((a - b) % 3600 == 0 for a, b in both) >= 0.97 * len(both) or apart < 0.02:
            if found.time_format == "epoch":
                one.note(1.0, f"the same times as {other.name}, in UTC by definition")
            elif apart >= 0.02 and other.timestamps.time_format != "epoch":
                one.note(-3.0, f"whole hours apart from {other.name}: which is in the case's time zone?")
        elif before >= 0.97:
            one.note(2.5, f"never later than {other.name}")
        elif before <= 0.03 or sum(a >= b for a, b in both) >= 0.97 * len(both):
            one.note(-2.5, f"never earlier than {other.name}")
            if talk is not None and _is_later_where_answered(column, other, talk):
                one.note(-3.0, f"the same as {other.name} where nobody talked, and later elsewhere: the answer")
    known = [at for at in found.at if at is not None]
    rising = sum(a <= b for a, b in pairwise(known)) / max(1, len(known) - 1)
    if rising >= 0.8 or rising <= 0.2:
        one.note(1.0, "it follows the order of the rows")
    return one


def _is_later_where_answered(column: Column, other: Column, talk: Column) -> bool:
    """Whether a column holds answer times, with the start filled in where nobody answered."""
    rows = [
        (floor(late) - floor(early), seconds)
        for late, early, seconds in zip(column.timestamps.at, other.timestamps.at, talk.seconds, strict=True)
        if late is not None and early is not None and seconds is not None
    ]
    silent = [apart for apart, seconds in rows if seconds == 0]
    talked = [apart for apart, seconds in rows if seconds > 0]
    if len(silent) < 5 or len(talked) < 5:
        return False
    return silent.count(0) >= 0.95 * len(silent) and sum(apart > 0 for apart in talked) >= 0.9 * len(talked)


def _in_one_hour(found: Sequence[float | None]) -> bool:
    """Whether times of several days are all in one hour of the day: people call at all hours."""
    known = [at for at in found if at is not None]
    hours = Counter(at // 3600 % 24 for at in known)
    days = {at // 86_400 for at in known}
    return len(known) >= 20 and len(days) >= 5 and max(hours.values()) >= 0.9 * len(known)


def _note_names(one: Candidate) -> None:
    hints = one.column.hints
    for hint, points in (("start", 1.5), ("later", -2.0), ("end", -1.5), ("answer", -1.5), ("date", 0.5)):
        if hint in hints:
            words = "a start" if hint == "start" else "" if hint == "date" else "something other than a start"
            one.note(points * hints[hint], f"its name speaks of {words}" if words else "")
            return


def _same(times: list[Column]) -> frozenset[str]:
    """Names of columns that hold the same times, or the same but for whole hours (a time zone)."""
    names = set()
    for at, one in enumerate(times):
        for other in times[at + 1 :]:
            both = pairs(one.timestamps.at, other.timestamps.at)
            if len(both) >= 5 and sum((a - b) % 3600 == 0 for a, b in both) >= 0.97 * len(both):
                names |= {one.name, other.name}
    return frozenset(names)
