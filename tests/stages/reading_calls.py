"""Short ways through the stages that read calls, over the number book and London's stretches of 2021."""

from datetime import datetime
from functools import cache

from ringback import schemas as t
from ringback.stages.calls import call_rows, timed_rows
from ringback.stages.settling import settled_readings
from stages.literal_tables import FIRST_AT, UNTIL_AT, unbound
from stages.number_book import OPTIONS, ORGANISATIONS, READINGS

_STRETCHES = [
    ("2020-10-25 02:00", "2021-03-28 01:00", 0, "plain"),
    ("2021-03-28 01:00", "2021-03-28 02:00", 0, "skipped"),
    ("2021-03-28 02:00", "2021-10-31 01:00", 3600, "plain"),
    ("2021-10-31 01:00", "2021-10-31 02:00", 3600, "repeated"),
    ("2021-10-31 02:00", "2022-03-27 01:00", 0, "plain"),
]
LONDON_2021 = [
    {
        "from_local": datetime.fromisoformat(first),
        "until_local": datetime.fromisoformat(until),
        "offset_s": seconds,
        "reading": reading,
    }
    for first, until, seconds, reading in _STRETCHES
]


def read_times(run, *texts):
    """The rows of `timed_rows`, one per text, in order."""
    rows = [
        {"exhibit": "EX-001", "origin_table": "calls", "origin_row": row, "started_at": text}
        for row, text in enumerate(texts)
    ]
    expression = timed_rows(*unbound(t.RAW_CALLS, t.ZONE_OFFSETS)).order_by("origin_row")
    return run(expression, {t.RAW_CALLS: rows, t.ZONE_OFFSETS: LONDON_2021})


def settle(run, rows, *, readings=READINGS, options=OPTIONS):
    """SETTLED_READINGS of raw calls."""
    return run(_settling(), {t.RAW_CALLS: rows, t.READINGS: readings, t.READING_OPTIONS: options})


def read_calls(run, rows, *, own=(), first_at=FIRST_AT, until_at=UNTIL_AT):
    """CALL_ROWS of raw calls, in the order of their origin."""
    tables = {
        t.ZONE_OFFSETS: LONDON_2021,
        t.SETTLED_READINGS: settle(run, rows),
        t.READINGS: READINGS,
        t.OWN_NUMBERS: own,
        t.ORGANISATION_NUMBERS: ORGANISATIONS,
    }
    return run(_reading(first_at, until_at), {t.RAW_CALLS: rows, **tables})


@cache
def _settling():
    return settled_readings(*unbound(t.RAW_CALLS, t.READINGS, t.READING_OPTIONS))


@cache
def _reading(first_at, until_at):
    names = ("zone_offsets", "settled_readings", "readings", "own_numbers", "organisation_numbers")
    schemas = {schema.name: schema for schema in t.TABLES}
    tables = {name: unbound(schemas[name])[0] for name in names}
    return call_rows(unbound(t.RAW_CALLS)[0], **tables, first_at=first_at, until_at=until_at)


def reasons(rows):
    """Why each row is no call, None where it is."""
    return [row["rejected"] for row in rows]
