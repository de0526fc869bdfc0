"""Token buckets: what passes, when the next may, whom an address stands for, and how many are remembered."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.web.kernel.limits import Limit, Limits, source_of
from still_clock import StillClock
from tiers import examples


@pytest.fixture
def clock():
    return StillClock()


def limits_of(clock, burst=2, per_second=0.5, **options):
    return Limits({"it": Limit(burst, per_second), "other": Limit(1, 1)}, clock=clock, **options)


def test_a_burst_passes_and_then_as_much_as_comes_in(clock):
    limits = limits_of(clock)
    assert [limits.wait_s("it", "a") for _time in range(4)] == [0, 0, 2, 2]
    clock.sleep(1)
    assert limits.wait_s("it", "a") == 1
    clock.sleep(1)
    assert [limits.wait_s("it", "a") for _time in range(2)] == [0, 2]
    clock.sleep(3600)
    assert [limits.wait_s("it", "a") for _time in range(3)] == [0, 0, 2]


def test_sources_and_limits_do_not_share(clock):
    limits = limits_of(clock)
    assert [limits.wait_s("other", "a"), limits.wait_s("other", "a")] == [0, 1]
    assert [limits.wait_s("other", "b"), limits.wait_s("it", "a")] == [0, 0]


def test_a_clock_that_goes_back_takes_nothing_away(clock):
    limits = limits_of(clock)
    limits.wait_s("it", "a")
    clock.moment = clock.moment.replace(year=2021)
    assert [limits.wait_s("it", "a") for _time in range(2)] == [0, 2]


def test_the_quietest_is_forgotten_first(clock):
    limits = limits_of(clock, burst=1, per_second=0.001, most_sources=3)
    for source in "abcabd":
        limits.wait_s("it", source)
    assert len(limits) == 3
    # c was forgotten, and a, b and d are known.
    assert [limits.wait_s("it", source) > 0 for source in "abd"] == [True] * 3
    assert limits.wait_s("it", "c") == 0


def test_a_flood_of_sources_takes_no_more_room_than_there_is(clock):
    limits = limits_of(clock, most_sources=100)
    for number in range(5000):
        limits.wait_s("it", str(number))
    assert len(limits) == 100


def test_threads_together_get_no_more_than_the_burst(clock):
    limits = limits_of(clock, burst=500, per_second=0.001)
    passed = []

    def ask():
        passed.extend(limits.wait_s("it", "a") == 0 for _time in range(400))

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(passed), sum(passed)) == (3200, 500)


@settings(max_examples=examples(200), deadline=None)
@given(
    st.integers(1, 20),
    st.floats(0.01, 10),
    st.lists(st.floats(0, 30), min_size=1, max_size=60),
)
def test_over_any_time_no_more_passes_than_the_limit_says(burst, per_second, pauses):
    clock = StillClock()
    limits = limits_of(clock, burst, per_second)
    passed = 0
    for pause in pauses:
        clock.sleep(pause)
        wait_s = limits.wait_s("it", "a")
        passed += wait_s == 0
        assert wait_s >= 0
    # The clock counts whole microseconds.
    assert passed <= burst + (clock.elapsed() + 1e-3) * per_second + 1e-6


def test_whoever_waits_as_long_as_told_may_pass(clock):
    limits = limits_of(clock, burst=1, per_second=0.3)
    limits.wait_s("it", "a")
    clock.sleep(limits.wait_s("it", "a"))
    assert limits.wait_s("it", "a") == 0


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8:1:2::5]:4711", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        (None, "unknown"),
        ("<script>", "unknown"),
        ("x" * 100_000, "unknown"),
    ],
)
def test_whom_an_address_stands_for(address, source):
    assert source_of(address) == source
