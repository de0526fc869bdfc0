"""What reading saves of calls beside the calls: each table holds its own rows, whatever is null in them."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ringback.ingest.running_counts import CallCounter

from ringback import schemas as t
from ringback.engine.store import RunStore
from ringback.engine.time_zones import local_days, zone_offsets
from ringback.ingest import call_parser
from ringback.ingest.call_parser import SAVED, CallTexts, first_place
from ringback.ingest.timestamps import TimestampReader
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan

UK, DUTCH, AMBIGUOUS = "07700 900001", "+31 20 794 6000", "304" + "5550123"
FIRST_AT, UNTIL_AT = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
# Leg, identifier, called number, talk time, disposition, start; and the tables it is in beside read_calls.
ROWS = [
    (None, "1", UK, "61", "ANSWERED", "2021-08-02 10:00:00", "long_rows"),
    (None, None, UK, "61", None, "2021-08-02 10:00:00", "long_rows"),
    (None, "2", UK, "60", "ANSWERED", "2021-08-02 10:00:00", ""),
    (None, "3", UK, "61", "NO ANSWER", "2021-08-02 10:00:00", ""),
    (None, "4", UK, None, "ANSWERED", "2021-08-02 10:00:00", ""),
    (None, "5", DUTCH, "600", "ANSWERED", "2021-08-02 10:00:00", ""),
    (None, "6", None, "600", "ANSWERED", "2021-08-02 10:00:00", ""),
    (" B ", "7", UK, "61", "ANSWERED", "2021-08-02 10:00:00", "long_rows called_legs"),
    ("b", "", UK, "1", "ANSWERED", "2021-08-02 10:00:00", "called_legs"),
    ("b", None, UK, "1", "ANSWERED", "2021-08-02 10:00:00", ""),
    ("A", "8", UK, "61", "ANSWERED", "2021-08-02 10:00:00", "unclear_calls"),
    ("b", "9", UK, "61", "ANSWERED", "2020-08-02 10:00:00", "unclear_calls called_legs"),
    (None, "10", UK, "61", "ANSWERED", "some day", "unclear_calls"),
    (None, "11", UK, "61", "ANSWERED", None, "unclear_calls"),
    (None, "12", AMBIGUOUS, "61", "ANSWERED", "2021-08-02 10:00:00", "unclear_calls"),
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


def save(store, numbers, *batches, long_over_s=None):
    timestamps = TimestampReader(zone_offsets("Europe/London"))
    counter = CallCounter(over_s=60, local_days=local_days("Europe/London", FIRST_AT, UNTIL_AT), examples=5)
    texts = CallTexts(
        numbers, timestamps, counter, long_over_s=long_over_s or {"GB": 60}, first_at=FIRST_AT, until_at=UNTIL_AT
    )
    with texts.saving(store, "EX-002") as writer:
        for batch in batches:
            writer.write_table(raw_calls(batch))
    return {table: pq.read_table(store.path(f"{table.name}.EX-002")) for table in SAVED}


@pytest.mark.parametrize("cut", [0, 1, 7, len(ROWS)])
def test_each_table_holds_its_own_rows(tmp_path, numbers, cut):
    found = save(RunStore(tmp_path / "run"), numbers, ROWS[:cut], ROWS[cut:])
    calls = found[t.READ_CALLS]
    assert calls["place"].to_pylist() == [first_place("EX-002") + row for row in range(len(ROWS))]
    for table in (t.UNCLEAR_CALLS, t.LONG_ROWS):
        wanted = [place for place, row in enumerate(ROWS) if table.name in row[6].split()]
        assert found[table].to_pylist() == calls.select(table.names).take(wanted).to_pylist(), table.name
    wanted = [place for place, row in enumerate(ROWS) if "called_legs" in row[6]]
    assert found[t.CALLED_LEGS].to_pylist() == calls.select(t.CALLED_LEGS.names).take(wanted).to_pylist()
    assert [row["plain"] for row in calls.to_pylist()] == ["unclear_calls" not in row[6] for row in ROWS]


def test_every_region_has_its_own_least_length(tmp_path, numbers):
    found = save(RunStore(tmp_path / "run"), numbers, ROWS, long_over_s={"GB": 599, "NL": 599})
    (wanted,) = (row["place"] for row in found[t.READ_CALLS].to_pylist() if row["call_id"] == "5")
    assert found[t.LONG_ROWS]["place"].to_pylist() == [wanted]


def test_an_exhibit_without_calls_saves_tables_without_rows(tmp_path, numbers):
    found = save(RunStore(tmp_path / "run"), numbers)
    assert {table.name: rows.num_rows for table, rows in found.items()} == {table.name: 0 for table in SAVED}


def test_counts_are_those_of_the_plain_rows(tmp_path, numbers):
    found = save(RunStore(tmp_path / "run"), numbers, ROWS[:7], ROWS[7:])
    plain = [row for row in found[t.READ_CALLS].to_pylist() if row["plain"]]
    for table in (t.PLAIN_TALLY, t.PLAIN_DAYS, t.PLAIN_ACCOUNTS):
        rows = found[table].to_pylist()
        assert sum(row["calls"] for row in rows) == len(plain) == 10
    # Once for each batch, where both have some; of accounts batches are merged.
    assert [row["calls"] for row in found[t.PLAIN_DAYS].to_pylist()] == [7, 3]
    (account,), (day, _other) = (found[table].to_pylist() for table in (t.PLAIN_ACCOUNTS, t.PLAIN_DAYS))
    assert (account["account"], account["calls"], account["connected_calls"]) == ("ann", 10, 8)
    assert (day["day"], day["uk_calls"]) == ("2021-08-02", 5)
    answers = ("called_region", "called_reason", "connected", "read", "timed", "talked", "over_threshold")
    assert {tuple(row[name] for name in answers): row["calls"] for row in found[t.PLAIN_TALLY].to_pylist()[:5]} == {
        ("GB", None, True, True, True, True, True): 2,
        ("GB", None, True, True, True, True, False): 1,
        ("GB", None, False, True, True, True, True): 1,
        ("GB", None, False, True, False, False, False): 1,
        ("NL", None, True, True, True, True, True): 1,
    }


def test_examples_of_habits_are_a_few_bare_numbers_with_one_reading(tmp_path, numbers):
    bare = [f"44770090{number:04}" for number in (1, 2, 3, 3, 4, 5, 6, 7)]
    dialled = [*bare, f"+{bare[0]}", AMBIGUOUS, "", None]
    # Also rows that are no calls of their own tell how an account dials.
    rows = [("a", str(place), text, "61", "ANSWERED", "some day") for place, text in enumerate(dialled)]
    found = save(RunStore(tmp_path / "run"), numbers, rows, rows[:2])[t.HABIT_EXAMPLES].to_pylist()
    wanted = [1, 2, 3, 4, 5]
    assert [(row["account"], row["called_how"], row["called_number"]) for row in found] == [
        ("ann", "bare-international", int(f"44770090{number:04}")) for number in wanted
    ]


def test_counts_of_accounts_are_merged_over_a_few_batches(tmp_path, numbers, monkeypatch):
    monkeypatch.setattr(call_parser, "_MERGED_BATCHES", 2)
    rows = [*ROWS, (None, "13", "44" + "7700900001", "61", "ANSWERED", "2021-08-02 09:00:00", "")]
    found = save(RunStore(tmp_path / "run"), numbers, rows[-1:] + rows[:3], rows[3:7], rows[7:], [])
    whole = save(RunStore(tmp_path / "other"), numbers, rows[-1:] + rows)
    for table in (t.PLAIN_ACCOUNTS, t.HABIT_EXAMPLES):
        # Twice two batches, the last with nothing in it.
        assert found[table].num_rows == 2 * whole[table].num_rows > 0
    first, second = found[t.PLAIN_ACCOUNTS].to_pylist()
    (both,) = whole[t.PLAIN_ACCOUNTS].to_pylist()
    assert both == {
        "account": "ann",
        "calls": first["calls"] + second["calls"],
        "connected_calls": first["connected_calls"] + second["connected_calls"],
        "first_at": min(first["first_at"], second["first_at"]),
        "last_at": max(first["last_at"], second["last_at"]),
    }


def test_first_and_last_of_a_day_and_an_account_are_those_of_its_plain_rows(tmp_path, numbers):
    hours = ["2021-08-02 12:00:00", "2021-08-02 09:00:00", "2021-08-02 23:59:59", "2021-08-03 00:00:00", "some day"]
    rows = [(None, str(place), UK, "61", "ANSWERED", hour) for place, hour in enumerate(hours)]
    # A leg to the account's own phone is not plain.
    found = save(RunStore(tmp_path / "run"), numbers, [*rows, ("a", "9", UK, "61", "ANSWERED", "2021-08-02 01:00:00")])
    times = {
        table: [(row["first_at"].hour, row["last_at"].hour) for row in found[table].to_pylist()]
        for table in (t.PLAIN_DAYS, t.PLAIN_ACCOUNTS)
    }
    # In London an hour ahead of UTC.
    assert times == {t.PLAIN_DAYS: [(8, 22), (23, 23)], t.PLAIN_ACCOUNTS: [(8, 23)]}


def test_columns_that_always_have_a_value_are_written_as_such(tmp_path, numbers):
    schema = save(RunStore(tmp_path / "run"), numbers, ROWS)[t.READ_CALLS].schema
    assert {field.name for field in schema if not field.nullable} == {
        "exhibit",
        "place",
        "called_raw",
        "called_ambiguous",
        "connected",
        "plain",
        "look",
    }
