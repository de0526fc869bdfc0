"""Short ways through the stages that read calls, over the number book and London's stretches of 2021."""

from collections import Counter
from datetime import datetime
from functools import cache
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from ringback import schemas as t
from ringback.ingest.call_parser import read_connected, read_legs, unclear
from ringback.ingest.talk_times import said_answered
from ringback.ingest.timestamps import TimestampReader, read_talk_seconds
from ringback.stages.ambiguous_numbers import dialling_habits, disambiguated
from ringback.stages.calls import adjusted_rows, decided_rows
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


def parse_rows(raw_rows, *, readings=READINGS, stretches=LONDON_2021, first_at=FIRST_AT, until_at=UNTIL_AT):
    """PARSED_CALLS of raw calls, as they come: times and talk times really read, numbers as the book has them."""
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
    review = pc.or_(unclear(ambiguous, legs, timestamps, first_at=first_at, until_at=until_at), inbound)
    names = ("started_at", "started_reading", "duration_s", "leg", "connected", "inbound", "needs_review")
    said = said_answered(ends, frozenset(t.ANSWERED))
    read = (timestamps, how, seconds, legs, read_connected(seconds, said), inbound, review)
    columns = [column.to_pylist() for column in read]
    return [
        _parsed_row(row, book, row_id=row_id, **dict(zip(names, values, strict=True)))
        for row_id, (row, *values) in enumerate(zip(raw_rows, *columns, strict=True))
    ]


def _parsed_row(row, book, **values):
    called, shown = (book[row.get(name) or ""] for name in ("called_number", "presentation_number"))
    presentation = None if shown["ambiguous"] else shown["e164"]
    return {
        **{name: row.get(name) for name in _CARRIED},
        **{f"called_{name}": called[name] for name in ("kind", "region", "how", "ambiguous", "reason")},
        "called_raw": called["raw"],
        "called_number": called["e164"],
        "presentation_number": presentation,
        "organisation": next((one["organisation"] for one in ORGANISATIONS if one["e164"] == presentation), None),
        "duplicate_key": hash((row.get("call_id") or "", row.get("account") or "", values["started_at"])),
        **values,
    }


def repeated_keys(parsed):
    """REPEATED_KEYS of PARSED_CALLS."""
    counted = Counter(row["duplicate_key"] for row in parsed)
    return [{"duplicate_key": key} for key, rows in counted.items() if rows > 1]


def disambiguate(run, rows, *, readings=READINGS, options=OPTIONS):
    """One row per account and called text of raw calls: how its number is read in the end."""
    parsed = parse_rows(rows, readings=readings)
    tables = {t.PARSED_CALLS: parsed, t.DIALLING_HABITS: habits(run, parsed), t.READING_OPTIONS: options}
    distinct = {(row["account"] or "", row["called_raw"]): with_plus(row) for row in run(_disambiguated(), tables)}
    return [
        {"account": account, "raw": raw, "e164": row["called_number"], "disambiguated": row["called_disambiguated"]}
        | {name: row[f"called_{name}"] for name in ("kind", "region", "how", "ambiguous", "reason")}
        for (account, raw), row in distinct.items()
    ]


def habits(run, parsed):
    """DIALLING_HABITS of PARSED_CALLS."""
    return run(_habits(), {t.PARSED_CALLS: parsed})


def decide(run, rows, *, own=(), first_at=FIRST_AT, until_at=UNTIL_AT):
    """DECIDED_ROWS of raw calls, in the order of their origin."""
    parsed = parse_rows(rows, first_at=first_at, until_at=until_at)
    tables = {t.PARSED_CALLS: parsed, t.REPEATED_KEYS: repeated_keys(parsed), t.READING_OPTIONS: OPTIONS}
    tables |= {t.DIALLING_HABITS: habits(run, parsed), t.OWN_NUMBERS: own}
    tables |= {t.ADJUSTED_ROWS: run(_adjusted_rows(first_at, until_at), tables)}
    found = run(_decided_rows(), tables)
    return [with_plus(row) for row in sorted(found, key=itemgetter("exhibit", "origin_table", "origin_row"))]


@cache
def _habits():
    return dialling_habits(*unbound(t.PARSED_CALLS))


@cache
def _disambiguated():
    return disambiguated(*unbound(t.PARSED_CALLS, t.DIALLING_HABITS, t.READING_OPTIONS))


@cache
def _adjusted_rows(first_at, until_at):
    tables = (t.PARSED_CALLS, t.REPEATED_KEYS, t.DIALLING_HABITS, t.READING_OPTIONS, t.OWN_NUMBERS)
    return adjusted_rows(*unbound(*tables), first_at=first_at, until_at=until_at)


@cache
def _decided_rows():
    return decided_rows(*unbound(t.PARSED_CALLS, t.ADJUSTED_ROWS))


def reasons(rows):
    """Why each row is no call, None where it is."""
    return [row["rejected"] for row in rows]
