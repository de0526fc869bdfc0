"""Local time as tables agrees with the time-zone database itself."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.engine.time_zones import day_start, local_days, zone_offsets
from ringback.stages.figures import QUARTER_S
from tiers import examples

# Half-hour clock changes, half-hour offsets, a day that never was, and a zone that dropped its summer time.
ZONES = [
    "UTC",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Sao_Paulo",
]
# Local times are naive by definition.
YEARS = st.datetimes(datetime.fromisoformat("1969-02-01"), datetime.fromisoformat("2100-12-01"))


@cache
def stretches(zone):
    return zone_offsets(zone).to_pylist()


def look_up(zone, local):
    place = bisect_right(stretches(zone), local, key=lambda row: row["from_local"]) - 1
    row = stretches(zone)[place]
    assert row["from_local"] <= local < row["until_local"]
    return row["offset_s"], row["reading"]


def expected(zone, local):
    """What zoneinfo says: the first pass of an hour that comes twice, the offset before one that never comes."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    reading = "plain" if first == second else "repeated" if first > second else "skipped"
    return first.total_seconds(), reading


@pytest.mark.parametrize("zone", ZONES)
def test_stretches_leave_no_gap_and_do_not_overlap(zone):
    rows = stretches(zone)
    assert rows[0]["from_local"] < datetime.fromisoformat("1000-01-01")
    assert rows[-1]["until_local"] > datetime.fromisoformat("9999-01-01")
    assert all(row["from_local"] < row["until_local"] for row in rows)
    assert all(one["until_local"] == other["from_local"] for one, other in pairwise(rows))


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=examples(40), deadline=None)
@given(local=YEARS)
def test_any_local_time_is_read_as_the_time_zone_database_reads_it(zone, local):
    assert look_up(zone, local) == expected(zone, local)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_local_times_around_a_change_are_read_as_the_time_zone_database_reads_them(zone, data):
    edges = [row["from_local"] for row in stretches(zone)[1:]] or [datetime.fromisoformat("2021-01-01")]
    near = st.timedeltas(timedelta(hours=-3), timedelta(hours=3)) | st.sampled_from(
        [timedelta(seconds=-1), timedelta(microseconds=-1), timedelta(0), timedelta(seconds=1)]
    )
    local = data.draw(st.sampled_from(edges)) + data.draw(near)
    assert look_up(zone, local) == expected(zone, local)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=examples(40), deadline=None)
@given(timestamp=YEARS)
def test_a_moment_outside_the_repeated_hour_comes_back_as_itself(zone, timestamp):
    local = timestamp.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    offset, reading = look_up(zone, local.replace(tzinfo=None))
    assert reading != "skipped"
    if local.fold == 0:
        assert local.replace(tzinfo=None) - timedelta(seconds=offset) == timestamp


def test_londons_changes_of_2021_are_the_known_ones():
    rows = [row for row in stretches("Europe/London") if row["from_local"].year == 2021]
    assert [(str(row["from_local"]), row["offset_s"], row["reading"]) for row in rows] == [
        ("2021-03-28 01:00:00", 0, "skipped"),
        ("2021-03-28 02:00:00", 3600, "plain"),
        ("2021-10-31 01:00:00", 3600, "repeated"),
        ("2021-10-31 02:00:00", 0, "plain"),
    ]


def test_a_zone_without_changes_is_one_stretch():
    assert [(row["offset_s"], row["reading"]) for row in stretches("Asia/Kolkata")] == [(19_800, "plain")]


@pytest.mark.parametrize("zone", ZONES)
def test_days_cover_a_period_without_gap_or_overlap(zone):
    first_at, until_at = day_start(zone, date(2021, 1, 1)), day_start(zone, date(2022, 1, 1))
    rows = local_days(zone, first_at, until_at).to_pylist()
    assert rows[0]["from_at"] == first_at
    assert rows[-1]["until_at"] >= until_at
    assert [row["day"] for row in rows[:365]] == [
        (date(2021, 1, 1) + timedelta(days=count)).isoformat() for count in range(365)
    ]
    assert all(one["until_at"] == other["from_at"] for one, other in pairwise(rows))
    for row in rows:
        assert row["from_at"].astimezone(ZoneInfo(zone)).date().isoformat() == row["day"]
        last = row["until_at"] - timedelta(microseconds=1)
        assert last.astimezone(ZoneInfo(zone)).date().isoformat() == row["day"]


def test_days_of_a_clock_change_are_shorter_and_longer():
    rows = local_days("Europe/London", datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)).to_pylist()
    odd = {row["day"]: row["until_at"] - row["from_at"] for row in rows}
    odd = {day: length // timedelta(hours=1) for day, length in odd.items() if length != timedelta(days=1)}
    assert odd == {"2021-03-28": 23, "2021-10-31": 25}


def test_a_day_whose_midnight_never_comes_starts_with_the_change():
    assert day_start("America/Sao_Paulo", date(2018, 11, 4)) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_no_zones_day_begins_within_a_quarter_of_an_hour():
    timestamps = [datetime(year, month, 1, tzinfo=UTC) for year in range(1980, 2041) for month in range(1, 13)]
    for name in available_timezones():
        zone = ZoneInfo(name)
        offsets = {timestamp.astimezone(zone).utcoffset() for timestamp in timestamps}
        assert all(offset % timedelta(seconds=QUARTER_S) == timedelta(0) for offset in offsets), name
