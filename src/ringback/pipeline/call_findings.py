"""Findings about how calls were read: units of talk times, words that nobody understands, tables that gave nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringback.sources.fields.directions import INBOUND, is_known
from ringback.sources.fields.dispositions import says_answered, says_nobody_answered

# From this share of bad rows on, a wrong reading is likelier than a messy panel.
ALARMING_SHARE = 0.1
# Rejected lines that were never data, and so are no sign of a wrong reading.
_NO_ROWS = ("before_header", "repeated_header", "type_line")
_MOST_TOLD = 8
_INBOUND_TABLE = re.compile(r"inbound|incoming|eingehend|entrant|inkomend|closer", re.IGNORECASE)
_LIKE_RINGING = 0.5
_FEWEST = 3
_TOO_MANY = 0.05


def find_reading_alarms(notes: Mapping[str, Mapping[str, Any]], *, answered: frozenset[str], told: bool) -> list[str]:
    """Alarms about how calls were read, exhibit by exhibit: calls are doubtful, or people may be missing.

    Args:
        notes: The notes on reading: exhibit to its facts.
        answered: Dispositions that mean answered, in capitals.
        told: Whether case.toml names those words; if so, every other word means not answered.
    """
    alarms: list[str] = []
    if not any(note["rows"].get("calls") for note in notes.values()):
        alarms.append("no exhibit holds a call: the tables that the mapping names for calls have no rows")
    read = {shape for note in notes.values() for table, shape in note["shapes"].items() if _was_read(note, table)}
    for note in notes.values():
        if note["set_aside"]:
            continue
        for words in (
            *_nothing(note),
            *_rejected(note),
            *_passed_over(note, read),
            *_talk_times(note),
            *_dispositions(note["dispositions"], answered, told=told),
            *_left_out(note),
            *_directions(note),
            *_times(note["times"], bool(note["dispositions"])),
            *_legs(note["legs"]),
        ):
            alarms.append(f"exhibit {note['exhibit']}: {words}")
    return alarms


def _listed(counted: Sequence[tuple[str, int]]) -> str:
    """Words and their counts of rows; only the first `_MOST_TOLD`."""
    return ", ".join(f"{word!r} ({rows:,})" for word, rows in counted[:_MOST_TOLD])


def _was_read(note: Mapping[str, Any], table: str) -> bool:
    return table in note["tables"] and table not in note["passed_over"]


def _nothing(note: Mapping[str, Any]) -> Iterator[str]:
    for table, role in note["empty"]:
        yield (
            f"by its name, {table} holds {role}, but no row of it could be read; look at the file, and name its format"
            f" in case.toml: [exhibits.{note['exhibit']}] format = ..."
        )
    if note["one_table"] and not note["tables"] and not note["empty"]:
        yield "nothing in it could be read; look at the file, and set it aside if it holds no tables"


def _rejected(note: Mapping[str, Any]) -> Iterator[str]:
    for role, reasons in note["rejected"].items():
        counted = {reason: count for reason, count in reasons.items() if reason not in _NO_ROWS}
        bad, seen = sum(counted.values()), note["seen"].get(role, 0)
        if bad and bad >= ALARMING_SHARE * seen:
            why = ", ".join(f"{count:,} {reason}" for reason, count in sorted(counted.items()))
            yield (
                f"{bad:,} of {seen:,} rows of {role} could not be read ({why}); the table unread_rows names them: check"
                " delimiter, encoding and header in case.toml"
            )


def _passed_over(note: Mapping[str, Any], read: set[str]) -> Iterator[str]:
    for table in note["passed_over"]:
        if note["shapes"].get(table) in read:
            yield (
                f"{table} has the same columns as a table that was read, and was passed over; if it holds more of the"
                " same, name it in case.toml: table = [..., ...]"
            )


def _talk_times(note: Mapping[str, Any]) -> Iterator[str]:
    for one in note["talk_times"]:
        where = f"talk times of {one['table']}.{one['column']}"
        if one["doubt"] == "too_long":
            yield (
                f"{where} were read as {one['unit']}, but then half of the calls are longer than two hours; name their"
                " unit in case.toml: [tables.calls] duration_unit"
            )
        elif one["doubt"] == "too_short":
            yield (
                f"{where} were read as {one['unit']}, but then no call lasts four minutes; if they are minutes, say"
                ' so in case.toml: [tables.calls] duration_unit; otherwise set it to "seconds"'
            )
        elif one["doubt"] == "no_seconds":
            yield (
                f"{where} are hours, minutes and seconds, but none has any seconds; a spreadsheet may have misread"
                " minutes and seconds: look at them"
            )
        if one["unclear"]:
            yield (
                f"{where}: in {one['unclear']:,} values a point or comma may stand before a fraction or between"
                " thousands, so they were not read; say which in case.toml: [tables.calls] decimal_mark"
            )
        if one["contrary"]:
            yield (
                f"{where} are written in two ways: in {one['contrary']:,} values a point or comma means something"
                " else than in the others; name the decimal mark in case.toml: [tables.calls] decimal_mark"
            )


def _dispositions(counted: list[list[Any]], answered: frozenset[str], *, told: bool) -> Iterator[str]:
    unanswered = says_nobody_answered(word for word, _talked, _silent in counted)
    unknown = [
        (word, talked)
        for word, talked, _silent in counted
        if talked and not told and not says_answered(word, answered) and word not in unanswered
    ]
    if unknown:
        words = _listed(unknown)
        yield (
            f"calls with talk time have dispositions that are not known, and count as not answered: {words}; name"
            " those that mean answered in case.toml: [tables.calls] answered = [...]"
        )
    if words := _ringing(counted):
        yield f"{words}; the talk time seems to include the ringing: find the column that does not"


def _ringing(counted: list[list[Any]]) -> str:
    """How many of the calls that surely nobody answered have talk time, in words; '' if that is few."""
    unanswered = says_nobody_answered(word for word, _talked, _silent in counted)
    rows = [(talked, silent) for word, talked, silent in counted if word in unanswered]
    talked, every = sum(one for one, _ in rows), sum(map(sum, rows))
    if talked < _FEWEST or talked < _LIKE_RINGING * every:
        return ""
    return f"{talked:,} of {every:,} calls that nobody answered have a talk time"


def _left_out(note: Mapping[str, Any]) -> Iterator[str]:
    for table, column, counted in note["other_endings"]:
        if words := _ringing(counted):
            yield (
                f"by {table}.{column}, which the mapping leaves out, {words}; the talk time seems to include the"
                f' ringing: name the column in case.toml, columns = {{ disposition = "{column}" }}, and find a talk'
                " time that does not"
            )


def _directions(note: Mapping[str, Any]) -> Iterator[str]:
    rows: dict[str, int] = dict(note["directions"])
    every, inbound = sum(rows.values()), rows.get("inbound", 0)
    unknown = [(word, count) for word, count in rows.items() if not is_known(word, INBOUND)]
    if unknown:
        words = _listed(unknown)
        yield (
            f"directions that are not known were taken as calls by accounts: {words}; name those that mean inbound"
            " in case.toml: [tables.calls] inbound = [...]"
        )
    for table, column, count in note["other_directions"]:
        yield (
            f"by {table}.{column}, which the mapping leaves out, {count:,} calls are inbound, but they were taken as"
            f' calls by accounts; name the column in case.toml: columns = {{ direction = "{column}" }}, or [] if it'
            " means something else"
        )
    for table in note["call_tables"]:
        if _INBOUND_TABLE.search(table) and not inbound:
            yield (
                f"by its name, {table} holds inbound calls, but they were taken as calls by accounts; if they are"
                " inbound, set the table aside, or leave it out of [tables.calls] table in case.toml"
            )
    if inbound > every / 2:
        yield (
            f"{inbound:,} of {every:,} calls are inbound and were left out; a switch may call the accounts' own calls"
            " inbound: if this one does, say so in case.toml: [tables.calls] inbound = []"
        )


def _times(counted: Mapping[str, int], ended_in_words: bool) -> Iterator[str]:
    ended, too_long = counted.get("ended", 0), counted.get("too_long", 0)
    if too_long >= _FEWEST and too_long >= _TOO_MANY * ended:
        yield (
            f"{too_long:,} of {ended:,} talk times are longer than their whole call, from start to end; look at the"
            " column of talk times and at its unit: [tables.calls] duration_unit in case.toml"
        )
    answers, at_start = counted.get("answers", 0), counted.get("at_start", 0)
    if not ended_in_words and at_start >= _FEWEST and at_start >= _TOO_MANY * answers:
        yield (
            f"{at_start:,} of {answers:,} answers are at the start of the call, and nothing says how calls ended; if"
            " nobody answered these, their talk time is ringing: name a disposition, or leave answered_at out"
        )


def _legs(counted: list[list[Any]]) -> Iterator[str]:
    unknown = [(word, rows) for word, rows in counted if word not in ("a", "b")]
    if unknown:
        words = _listed(unknown)
        yield (
            f"legs that are neither a nor b were taken as calls to people: {words}; leave the column out if it means"
            " something else: columns = { leg = [] }"
        )
