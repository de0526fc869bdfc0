"""A slow batch and a fast one at one provider: each keeps its own pace, and neither starves the other."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ringback.alerting.delivery.rate import BatchPace
from ringback.records.db import create_records, writing

# Waits.
pytestmark = pytest.mark.slow

NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)
# The shortest turn of a sender.
TURN_S = 0.05


@pytest.fixture
def connection(tmp_path):
    engine = create_records(tmp_path / "records.sqlite")
    with writing(engine).begin() as connection:
        yield connection
    engine.dispose()


def simulate(connection, rates, *, minutes=10.0, provider_rate=49.0):
    """Times of the requests of each batch. If several ask at the same time, the first named asks first."""
    paces, asks_at = {name: BatchPace() for name in rates}, dict.fromkeys(rates, NOON)
    started, until = {name: [] for name in rates}, NOON + timedelta(minutes=minutes)
    while True:
        name = min(rates, key=asks_at.__getitem__)
        now = asks_at[name]
        if now >= until:
            return started
        grant = paces[name].take(
            connection, "notify", now=now, wanted=16, rate=rates[name], provider_rate=provider_rate,
            daily_limit=250_000,
        )  # fmt: skip
        started[name] += [now] * grant.requests
        asks_at[name] = max(grant.next_at, now + timedelta(seconds=TURN_S))


@pytest.mark.parametrize("order", [("fast", "slow"), pytest.param(("slow", "fast"), marks=pytest.mark.slow)])
def test_a_slow_and_a_fast_batch_do_not_disturb_each_other(connection, order):
    rates = {"fast": 49.0, "slow": 0.01}
    started = simulate(connection, {name: rates[name] for name in order})
    assert len(started["slow"]) == 6
    assert 29_350 <= len(started["fast"]) <= 29_400
    gaps = {(after - before).total_seconds() for before, after in pairwise(started["slow"])}
    assert all(99.0 <= gap <= 101.0 for gap in gaps)


def test_several_slow_batches_get_their_turns_beside_a_fast_one(connection):
    slow = {f"slow {place}": 0.05 for place in range(5)}
    started = simulate(connection, {"fast": 49.0} | slow, minutes=5)
    assert {len(started[name]) for name in slow} == {15}
    assert len(started["fast"]) >= 49 * 300 - 5 * 15 - 60


@pytest.mark.slow
def test_all_batches_together_keep_to_the_providers_limit_a_minute(connection):
    rates = {"fast": 49.0, "other": 49.0} | {f"even {place}": 5.0 for place in range(4)}
    started = simulate(connection, rates, minutes=4)
    seconds = Counter(int((one - NOON).total_seconds()) for moments in started.values() for one in moments)
    for begin in range(180):
        assert sum(seconds[begin + place] for place in range(60)) <= 3000
    assert sum(seconds.values()) >= 49 * 240 - 60


def test_a_changed_pace_counts_from_the_last_request(connection):
    pace = BatchPace()

    def take(seconds, rate):
        return pace.take(
            connection, "notify", now=NOON + timedelta(seconds=seconds), wanted=16, rate=rate, provider_rate=49.0,
            daily_limit=250_000,
        )  # fmt: skip

    assert take(0, 0.01).requests == 1
    assert take(50, 0.01).requests == 0
    # The same moment, at a pace that is twice as fast.
    assert take(50, 0.02).requests == 1
