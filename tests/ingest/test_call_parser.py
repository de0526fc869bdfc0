"""What parsing makes of the rows of call tables, and what is saved of it."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringback import schemas as t
from ringback.engine.store import RunStore
from ringback.engine.time_zones import zone_offsets
from ringback.ingest.call_parser import CallTexts, first_row
from ringback.ingest.timestamps import TimestampReader
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan

UK, DUTCH, AMBIGUOUS = "07700 900001", "+31 20 794 6000", "304" + "5550123"
FIRST_AT, UNTIL_AT = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
# Leg, identifier, called number, talk time, disposition, start; and whether the row needs a review.
ROWS = [
    (None, "1", UK, "61", "ANSWERED", "2021-08-02 10:00:00", False),
    (None, None, UK, "61", None, "2021-08-02 10:00:00", False),
    (None, "4", UK, None, "ANSWERED", "2021-08-02 10:00:00", False),
    (None, "5", DUTCH, "600", "ANSWERED", "2021-08-02 10:00:00", False),
    (None, "6", None, "600", "ANSWERED", "2021-08-02 10:00:00", False),
    (" B ", "7", UK, "61", "ANSWERED", "2021-08-02 10:00:00", False),
    ("A", "8", UK, "61", "ANSWERED", "2021-08-02 10:00:00", True),
    ("b", "9", UK, "61", "ANSWERED", "2020-08-02 10:00:00", True),
    (None, "10", UK, "61", "ANSWERED", "some day", True),
    (None, "11", UK, "61", "ANSWERED", None, True),
    (None, "12", AMBIGUOUS, "61", "ANSWERED", "2021-08-02 10:00:00", True),
]
COLUMNS = ("leg", "call_id", "called_number", "duration", "disposition", "started_at")


def raw_calls(rows):
    values = dict(zip(COLUMNS, zip(*(row[:6] for row in rows), strict=True), strict=True)) if rows else {}
    given = {name: list(values.get(name, ())) for name in COLUMNS}
    given |= {name: [None] * len(rows) for name in ("direction", "country_code", "answered_at", "ended_at")}
    given |= {"exhibit": ["EX-002"] * len(rows), "origin_table": ["calls"] * len(rows)}
    given |= {"origin_row": list(range(1, len(rows) + 1)), "origin_byte": [None] * len(rows)}
    given |= {"account": ["ann"] * len(rows), "presentation_number": ["02079460001"] * len(rows)}
    schema = {column.name: pa.int64() if column.type == "int64" else pa.string() for column in t.RAW_CALLS.columns}
    return pa.table({name: pa.array(given[name], type_) for name, type_ in schema.items()})


@pytest.fixture(scope="module")
def numbers():
    return ColumnReader(DialPlan())


def parser(numbers):
    timestamps = TimestampReader(zone_offsets("Europe/London"))
    return CallTexts(numbers, timestamps, first_at=FIRST_AT, until_at=UNTIL_AT)


def save(store, numbers, *batches):
    """PARSED_CALLS and SEEN_OPTIONS of batches of rows."""
    with parser(numbers).saving(store, "EX-002") as writer:
        for batch in batches:
            writer.write_table(raw_calls(batch))
    return [pq.read_table(store.path(f"{table.name}.EX-002")) for table in (t.PARSED_CALLS, t.SEEN_OPTIONS)]


@pytest.mark.parametrize("cut", [0, 1, 7, len(ROWS)])
def test_every_row_is_parsed_and_has_its_id(tmp_path, numbers, cut):
    calls, options = save(RunStore(tmp_path / "run"), numbers, ROWS[:cut], ROWS[cut:])
    assert calls["row_id"].to_pylist() == [first_row("EX-002") + row for row in range(len(ROWS))]
    assert calls["needs_review"].to_pylist() == [row[6] for row in ROWS]
    assert calls["leg"].to_pylist()[5:8] == ["b", "a", "b"]
    assert set(options["raw"].to_pylist()) == {AMBIGUOUS}


def test_a_call_that_reached_an_account_needs_a_review(numbers):
    rows = raw_calls(ROWS[:2])
    place = rows.schema.get_field_index("direction")
    rows = rows.set_column(place, "direction", pa.array(["inbound", None], pa.string()))
    calls, _options = parser(numbers).read(rows, 0)
    assert calls["inbound"].to_pylist() == calls["needs_review"].to_pylist() == [True, False]


def test_an_exhibit_without_calls_saves_tables_without_rows(tmp_path, numbers):
    assert [table.num_rows for table in save(RunStore(tmp_path / "run"), numbers)] == [0, 0]


def test_columns_that_always_have_a_value_are_written_as_such(tmp_path, numbers):
    calls, _options = save(RunStore(tmp_path / "run"), numbers, ROWS)
    assert {field.name for field in calls.schema if not field.nullable} == {
        "exhibit",
        "row_id",
        "called_raw",
        "called_ambiguous",
        "connected",
        "inbound",
        "needs_review",
        "duplicate_key",
    }
