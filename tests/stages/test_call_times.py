"""When a call started: text as seized, in the case's time zone or its own, to UTC."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.literal_tables import raw_call
from stages.reading_calls import decide, read_times, reasons

SUMMER_AT = datetime(2021, 8, 2, 9, 30, 15, tzinfo=UTC)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "started", "reading"),
    [
        ("2021-01-04 10:30:15", "2021-01-04 10:30:15", "plain"),
        ("2021-08-02 10:30:15", "2021-08-02 09:30:15", "plain"),
        ("2021-08-02T10:30:15", "2021-08-02 09:30:15", "plain"),
        ("  2021-08-02 10:30:15  ", "2021-08-02 09:30:15", "plain"),
        ("2021-08-02 10:30", "2021-08-02 09:30:00", "plain"),
    ],
)
def test_a_time_without_a_zone_is_local_to_the_case(text, started, reading):
    (found,) = read_times(text)
    assert found == (utc(started), reading)


@pytest.mark.parametrize(
    "text",
    [
        "2021-08-02T09:30:15Z",
        "2021-08-02 09:30:15 Z",
        "2021-08-02T10:30:15+01:00",
        "2021-08-02 10:30:15 +0100",
        "2021-08-02T05:30:15-04:00",
        "2021-08-02T15:00:15+05:30",
        "2021-08-02T06:00:15-03:30",
    ],
)
def test_a_time_with_a_zone_is_taken_at_its_word(text):
    (found,) = read_times(text)
    assert found == (SUMMER_AT, "zoned")


def test_the_repeated_hour_is_read_as_its_first_pass_and_says_so():
    before, first, last, after = read_times(
        "2021-10-31 00:59:59", "2021-10-31 01:00:00", "2021-10-31 01:59:59", "2021-10-31 02:00:00"
    )
    assert before == (utc("2021-10-30 23:59:59"), "plain")
    assert first == (utc("2021-10-31 00:00:00"), "repeated")
    assert last == (utc("2021-10-31 00:59:59"), "repeated")
    assert after == (utc("2021-10-31 02:00:00"), "plain")


def test_the_skipped_hour_is_read_by_the_offset_before_it_and_says_so():
    first, last, after = read_times("2021-03-28 01:00:00", "2021-03-28 01:59:59", "2021-03-28 02:00:00")
    assert first == (utc("2021-03-28 01:00:00"), "skipped")
    assert last == (utc("2021-03-28 01:59:59"), "skipped")
    assert after == (utc("2021-03-28 01:00:00"), "plain")


def test_a_zone_in_the_text_leaves_nothing_repeated():
    first, second = read_times("2021-10-31 01:30:00+01:00", "2021-10-31 01:30:00Z")
    assert first == (utc("2021-10-31 00:30:00"), "zoned")
    assert second == (utc("2021-10-31 01:30:00"), "zoned")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00Z",
        "2021-02-30 10:00:00",
        "2021-02-30T10:00:00+01:00",
        "2021-08-02 25:00:00",
        "2021-08-02 10:60:00",
        "2021-08-02",
        "02/08/2021 10:00:00",
        "1627898400",
        "2021-08-02 10:00:00 BST",
        "2021-08-02 10:00:00; DROP TABLE calls",
        "yesterday",
    ],
)
def test_what_is_no_time_has_neither_start_nor_reading(text):
    (found,) = read_times(text)
    assert found == (None, None)


def test_fractions_of_a_second_are_kept():
    local, zoned = read_times("2021-08-02 10:30:15.250", "2021-08-02T09:30:15.25Z")
    assert local[0] == zoned[0] == SUMMER_AT.replace(microsecond=250_000)


def test_a_row_whose_time_cannot_be_read_is_no_call(run):
    rows = [raw_call(1, started_at="0000-00-00 00:00:00"), raw_call(2, started_at=None), raw_call(3)]
    assert reasons(decide(run, rows)) == ["bad_time", "bad_time", None]


def test_the_life_of_the_site_begins_and_ends_at_local_midnight(run):
    # The whole of July 2021 in London, an hour ahead of UTC.
    july = {"first_at": utc("2021-06-30 23:00:00"), "until_at": utc("2021-07-31 23:00:00")}
    texts = {
        "2021-06-30 23:59:59.999": "outside_period",
        "2021-07-01 00:00:00": None,
        "2021-06-30T23:00:00Z": None,
        "2021-06-30T22:59:59Z": "outside_period",
        "2021-07-31 23:59:59.999": None,
        "2021-08-01 00:00:00": "outside_period",
        "2021-07-31T22:59:59Z": None,
        "2021-07-31T23:00:00Z": "outside_period",
    }
    rows = [raw_call(row, started_at=text) for row, text in enumerate(texts)]
    assert dict(zip(texts, reasons(decide(run, rows, **july)), strict=True)) == texts


TEXTS = st.one_of(
    st.integers(1899, 2200).map(lambda year: f"{year}-12-31 23:59:59"),
    st.integers(1900, 2201).map(lambda year: f"{year}-01-01T00:00:00"),
    st.datetimes().map(lambda moment: moment.isoformat("T", "seconds")),
    st.sampled_from(
        ["2021-08-02 10:30:15"] * 4 + ["2021-02-30 10:30:15", "2021-08-02 10:30+01", "2021-08-02 24:00:00"]
    ),
    st.sampled_from(["", None, "0000-00-00 00:00:00", "2021-08-02 10:30", "2021-08-02 10:30:1\u0661", "soon"]),
)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=80))
def test_a_column_of_times_is_what_each_of_them_is(texts):
    assert read_times(*texts) == [read_times(text)[0] for text in texts]
    # What stands alone is read by a pattern, and not by Arrow.
    assert [at for at, _how in read_times(*texts)] == [read_times(f"{text or ''} ")[0][0] for text in texts]
