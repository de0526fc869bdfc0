"""The pace: one for all batches and processes of a sender."""

from datetime import UTC, datetime, timedelta

import pytest

from ringback.records.db import writing
from ringback.records.rate_limits import pause, take_slots

NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def connection(records_engine):
    with writing(records_engine).begin() as connection:
        yield connection


def take(connection, seconds, wanted, *, per_second=50.0, daily=250_000, sender="notify"):
    now = NOON + timedelta(seconds=seconds)
    return take_slots(connection, sender, now=now, wanted=wanted, per_second=per_second, daily_limit=daily)


def test_slots_come_at_the_rate_and_tell_when_the_next_one_does(connection):
    first = take(connection, 0, 16)
    assert (first.requests, first.next_at) == (1, NOON + timedelta(milliseconds=20))
    early = take(connection, 0.019, 16)
    assert (early.requests, early.why) == (0, "pace")
    assert take(connection, 0.1, 16).requests == 5


def test_over_a_minute_no_more_than_the_rate(connection):
    got = sum(take(connection, step / 1000, 16).requests for step in range(0, 60_000, 7))
    assert got == 3000


def test_at_most_a_second_of_lost_time_is_made_up(connection):
    take(connection, 0, 1)
    assert take(connection, 3600, 1000).requests == 51


def test_a_pause_holds_for_all_batches_and_the_longer_one_counts(connection):
    take(connection, 0, 1)
    pause(connection, "notify", until=NOON + timedelta(seconds=10), why="slower")
    pause(connection, "notify", until=NOON + timedelta(seconds=5), why="shorter")
    held = take(connection, 9, 5)
    assert (held.requests, held.next_at, held.why) == (0, NOON + timedelta(seconds=10), "slower")
    assert take(connection, 9, 1, sender="outbox").requests == 1
    assert take(connection, 10, 5).requests == 5


def test_the_daily_limit_is_of_the_utc_day(connection):
    take(connection, 0, 1, daily=3)
    assert take(connection, 1, 16, daily=3).requests == 2
    over = take(connection, 2, 16, daily=3)
    assert (over.requests, over.next_at, over.why) == (
        0, datetime(2022, 11, 25, tzinfo=UTC), "the daily limit is reached",
    )  # fmt: skip
    assert take(connection, 12 * 3600, 2, daily=3).requests == 2
