"""Short ways through the stages that read calls, over the number book and London's stretches of 2021."""

from collections import Counter
from datetime import datetime
from functools import cache
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc
from ringback.ingest.running_counts import CallCounter
from ringback.stages.ambiguous_numbers import EVIDENCE_NUMBERS, account_habits, settled_calls, settled_readings

from ringback import schemas as t
from ringback.engine.time_zones import local_days
from ringback.ingest.call_parser import read_connected, read_legs, read_plain
from ringback.ingest.talk_times import said_answered
from ringback.ingest.timestamps import TimestampReader, read_talk_seconds
from ringback.stages.calls import call_rows, examined_rows, marked_rows, repetitions
from ringback.stages.rules import A_MINUTE
from stages.literal_tables import FIRST_AT, UNTIL_AT, arrow, unbound, with_plus
from stages.number_book import OPTIONS, ORGANISATIONS, READINGS

_STRETCHES = [
    ("2020-10-25 02:00", "2021-03-28 01:00", 0, "plain"),
    ("2021-03-28 01:00", "2021-03-28 02:00", 0, "skipped"),
    ("2021-03-28 02:00", "2021-10-31 01:00", 3600, "plain"),
    ("2021-10-31 01:00", "2021-10-31 02:00", 3600, "repeated"),
    ("2021-10-31 02:00", "2022-03-27 01:00", 0, "plain"),
]
LONDON_2021 = arrow(
    t.ZONE_OFFSETS,
    [
        {
            "from_local": datetime.fromisoformat(first),
            "until_local": datetime.fromisoformat(until),
            "offset_s": seconds,
            "reading": reading,
        }
        for first, until, seconds, reading in _STRETCHES
    ],
)
_CARRIED = (*(column.name for column in t.ORIGIN), "call_id", "account", "disposition")


def read_times(*texts):
    """(moment, how it came about) of each text, in London in 2021."""
    timestamps, readings = TimestampReader(LONDON_2021).read(pa.array(texts, pa.string()))
    return list(zip(timestamps.to_pylist(), readings.to_pylist(), strict=True))


def read_rows(raw_rows, *, readings=READINGS, stretches=LONDON_2021, first_at=FIRST_AT, until_at=UNTIL_AT):
    """READ_CALLS of raw calls, as they come: times and talk times really read, numbers as the book has them."""
    book = {row["raw"]: row for row in readings}
    timestamps, how = TimestampReader(stretches).read(pa.array([row["started_at"] for row in raw_rows], pa.string()))
    seconds = read_talk_seconds(pa.array([row["duration"] for row in raw_rows], pa.string()))
    legs, ends = (
        pa.array([row.get(name) for row in raw_rows], pa.string()).dictionary_encode()
        for name in ("leg", "disposition")
    )
    legs = read_legs(legs)
    ambiguous = pa.array([book[row.get("called_number") or ""]["ambiguous"] for row in raw_rows], pa.bool_())
    inbound = pa.array([row.get("direction") == "inbound" for row in raw_rows], pa.bool_())
    plain = pc.and_not(read_plain(ambiguous, legs, timestamps, first_at=first_at, until_at=until_at), inbound)
    names = ("started_at", "started_reading", "duration_s", "leg", "connected", "inbound", "plain")
    said = said_answered(ends, frozenset(t.ANSWERED))
    read = (timestamps, how, seconds, legs, read_connected(seconds, said), inbound, plain)
    columns = [column.to_pylist() for column in read]
    return [
        _read_row(row, book, place=place, **dict(zip(names, values, strict=True)))
        for place, (row, *values) in enumerate(zip(raw_rows, *columns, strict=True))
    ]


def _read_row(row, book, **values):
    called, shown = (book[row.get(name) or ""] for name in ("called_number", "presentation_number"))
    presentation = None if shown["ambiguous"] else shown["e164"]
    return {
        **{name: row.get(name) for name in _CARRIED},
        **{f"called_{name}": called[name] for name in ("kind", "region", "how", "ambiguous", "reason")},
        "called_raw": called["raw"],
        "called_number": called["e164"],
        "presentation_number": presentation,
        "organisation": next((one["organisation"] for one in ORGANISATIONS if one["e164"] == presentation), None),
        "look": hash((row.get("call_id") or "", row.get("account") or "", values["started_at"])),
        **values,
    }


def unclear_calls(read):
    """UNCLEAR_CALLS of READ_CALLS."""
    return [row for row in read if not row["plain"]]


def long_rows(read, over_s=60):
    """LONG_ROWS of READ_CALLS, for a rule of so many seconds."""
    return [
        {name: row[name] for name in t.LONG_ROWS.names}
        for row in read
        if row["plain"] and row["connected"] and row["called_region"] == "GB" and (row["duration_s"] or 0) > over_s
    ]


def called_legs(read):
    """CALLED_LEGS of READ_CALLS."""
    legs = [row for row in read if row["leg"] == "b" and row["call_id"] is not None and not row["inbound"]]
    return [{name: row[name] for name in t.CALLED_LEGS.names} for row in legs]


def repeated_looks(read):
    """REPEATED_LOOKS of READ_CALLS."""
    counted = Counter(row["look"] for row in read)
    return [{"look": look} for look, rows in counted.items() if rows > 1]


def counts(read, days):
    """PLAIN_TALLY, PLAIN_DAYS, PLAIN_ACCOUNTS and HABIT_EXAMPLES of READ_CALLS, as the run counts them: in batches.

    Args:
        read: READ_CALLS.
        days: LOCAL_DAYS.
    """
    counter = CallCounter(over_s=A_MINUTE.over_s, local_days=days, examples=EVIDENCE_NUMBERS)
    found = {}
    for batch in (read[: len(read) // 2], read[len(read) // 2 :]):
        rows = arrow(t.READ_CALLS, batch)
        for table, counted in counter.count({name: rows[name].combine_chunks() for name in rows.column_names}).items():
            found.setdefault(table, []).extend(counted.to_pylist())
    return found


def habit_examples(read):
    """HABIT_EXAMPLES of READ_CALLS."""
    return counts(read, local_days("Europe/London", FIRST_AT, UNTIL_AT))[t.HABIT_EXAMPLES]


def settle(run, rows, *, readings=READINGS, options=OPTIONS):
    """One row per account and called text of raw calls: its reading after settling."""
    read = read_rows(rows, readings=readings)
    found = run(_settled_calls(), {t.READ_CALLS: read, t.SETTLED_READINGS: _settled(run, read, options)})
    distinct = {(row["account"] or "", row["called_raw"]): with_plus(row) for row in found}
    return [
        {"account": account, "raw": raw, "e164": row["called_number"], "settled": row["called_settled"]}
        | {name: row[f"called_{name}"] for name in ("kind", "region", "how", "ambiguous", "reason")}
        for (account, raw), row in distinct.items()
    ]


def _settled(run, read, options=OPTIONS):
    tables = {t.ACCOUNT_HABITS: run(_habits(), {t.HABIT_EXAMPLES: habit_examples(read)}), t.READING_OPTIONS: options}
    tables |= {t.UNCLEAR_CALLS: unclear_calls(read)}
    return run(_settled_readings(), tables)


def read_calls(run, rows, *, own=(), first_at=FIRST_AT, until_at=UNTIL_AT):
    """CALL_ROWS of raw calls, in the order of their origin."""
    read = read_rows(rows, first_at=first_at, until_at=until_at)
    tables = {t.READ_CALLS: read, t.SETTLED_READINGS: _settled(run, read), t.REPEATED_LOOKS: repeated_looks(read)}
    tables |= {t.UNCLEAR_CALLS: unclear_calls(read), t.CALLED_LEGS: called_legs(read)}
    tables |= {t.OWN_NUMBERS: own, t.REPETITIONS: run(_repetitions(first_at, until_at), tables)}
    tables |= {t.EXAMINED_ROWS: run(_examined_rows(first_at, until_at), tables)}
    tables |= {t.MARKED_ROWS: run(_marked_rows(), tables)}
    found = run(_call_rows(), tables)
    return [with_plus(row) for row in sorted(found, key=itemgetter("exhibit", "origin_table", "origin_row"))]


@cache
def _habits():
    return account_habits(*unbound(t.HABIT_EXAMPLES))


@cache
def _settled_readings():
    return settled_readings(*unbound(t.UNCLEAR_CALLS, t.ACCOUNT_HABITS, t.READING_OPTIONS))


@cache
def _settled_calls():
    return settled_calls(*unbound(t.READ_CALLS, t.SETTLED_READINGS))


@cache
def _repetitions(first_at, until_at):
    read, settled, looks = unbound(t.READ_CALLS, t.SETTLED_READINGS, t.REPEATED_LOOKS)
    return repetitions(read, repeated_looks=looks, settled_readings=settled, first_at=first_at, until_at=until_at)


@cache
def _examined_rows(first_at, until_at):
    names = ("settled_readings", "own_numbers", "repetitions")
    schemas = {schema.name: schema for schema in t.TABLES}
    tables = {name: unbound(schemas[name])[0] for name in names}
    return examined_rows(*unbound(t.UNCLEAR_CALLS, t.CALLED_LEGS), **tables, first_at=first_at, until_at=until_at)


@cache
def _call_rows():
    read, examined, marked = unbound(t.READ_CALLS, t.EXAMINED_ROWS, t.MARKED_ROWS)
    return call_rows(read, examined, marked_rows=marked)


@cache
def _marked_rows():
    read, again, own = unbound(t.READ_CALLS, t.REPETITIONS, t.OWN_NUMBERS)
    return marked_rows(read, repetitions=again, own_numbers=own)


def reasons(rows):
    """Why each row is no call, None where it is."""
    return [row["rejected"] for row in rows]
