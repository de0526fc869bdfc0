"""Leases: one holder at a time, and an older holder is recognised by its fence."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from ringback.errors import RingbackError
from ringback.records.alert_tables import batches
from ringback.records.db import writing
from ringback.records.leases import LeaseLost, check_lease, find_holder, release_lease, renew_lease, take_lease

NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)
LASTS = timedelta(seconds=45)


@pytest.fixture
def connection(records_engine):
    with writing(records_engine).begin() as connection:
        row = {
            "kind": "alerts",
            "state": "approved",
            "content": "{}",
            "hash": "x",
            "planned_by": "a",
            "planned_at": NOON,
        }
        connection.execute(insert(batches).values(id="B-001", **row))
        yield connection


def take(connection, holder, seconds):
    return take_lease(connection, "B-001", holder=holder, now=NOON + timedelta(seconds=seconds), lasts=LASTS)


def test_a_second_process_waits_until_the_first_lease_is_over(connection):
    assert take(connection, "one", 0).fence == 1
    assert take(connection, "two", 44) is None
    assert find_holder(connection, "B-001", NOON + timedelta(seconds=44)).holder == "one"
    assert take(connection, "two", 45).fence == 2


def test_a_lease_that_ran_out_is_lost_even_when_nobody_took_it(connection):
    lease = take(connection, "one", 0)
    check_lease(connection, lease, now=NOON + timedelta(seconds=44))
    with pytest.raises(LeaseLost, match="ran out"):
        renew_lease(connection, lease, now=NOON + timedelta(seconds=45), lasts=LASTS)


def test_an_older_fence_is_refused_whatever_its_holder_believes(connection):
    first = take(connection, "one", 0)
    take(connection, "two", 50)
    with pytest.raises(LeaseLost, match="took the lease over"):
        check_lease(connection, first, now=NOON + timedelta(seconds=51))


def test_renewing_holds_it_longer_and_releasing_frees_it_at_once(connection):
    lease = renew_lease(connection, take(connection, "one", 0), now=NOON + timedelta(seconds=40), lasts=LASTS)
    assert take(connection, "two", 80) is None
    release_lease(connection, lease, now=NOON + timedelta(seconds=81))
    assert take(connection, "two", 81).fence == 2


def test_a_late_release_does_not_take_anothers_lease_away(connection):
    first = take(connection, "one", 0)
    take(connection, "two", 50)
    release_lease(connection, first, now=NOON + timedelta(seconds=51))
    assert find_holder(connection, "B-001", NOON + timedelta(seconds=51)).holder == "two"


def test_a_clock_that_went_back_is_an_error(connection):
    lease = take(connection, "one", 0)
    check_lease(connection, lease, now=NOON - timedelta(seconds=1))
    with pytest.raises(RingbackError) as caught:
        check_lease(connection, lease, now=NOON - timedelta(seconds=3))
    assert caught.value.code == "clock_went_back"
    with pytest.raises(RingbackError):
        take(connection, "two", -3600)
