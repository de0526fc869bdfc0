"""Somebody who keeps every publication works out no count, and no change between two, of 1 to 9."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ringback.publishing.known_figures import choose_figures, count_organisations, count_over_time
from ringback.publishing.suppression import STEP, round_down, round_total

SMALL = set(range(1, STEP))
FIRST = date(2022, 11, 1)
COUNTS = st.integers(0, 60) | st.integers(0, 10_000_000)


def publish(days):
    """What is published of calls on these days, which are all the days that there are: the total, and the rows."""
    dated = {FIRST + timedelta(place): calls for place, calls in enumerate(days) if calls}
    told = count_over_time(dated, first=FIRST, last=FIRST + timedelta(len(days) - 1))
    return told["total"], tuple(map(tuple, told["rows"]))


@pytest.mark.parametrize(("days", "most"), [(1, 120), (2, 60), (3, 32)])
def test_an_attacker_who_tries_every_possible_seizure_works_out_no_small_count_and_no_small_change(days, most):
    # Every seizure that there could be, by what would be published of it: the attacker's whole knowledge.
    worlds = defaultdict(list)
    for counts in product(range(most), repeat=days):
        worlds[publish(counts)].append(counts)
    asked = [lambda world, place=place: world[place] for place in range(days)]
    asked += [sum, lambda world: sum(world[1:])]
    # Publications at the edge of what was tried out are left away: some seizures that look the same are missing.
    whole = [found for found in worlds.values() if all(round_down(max(world)) + STEP <= most for world in found)]
    assert len(whole) >= 5
    for ask in asked:
        possible = [{ask(world) for world in found} for found in whole]
        assert not [one for one in possible if one <= SMALL]
        ends = {(min(one), max(one)) for one in possible}
        for before, after in product(ends, repeat=2):
            # Of seizures on two days nothing ties one to the other, so every pair of them is possible.
            least, greatest = after[0] - before[1], after[1] - before[0]
            assert not 1 <= least <= greatest < STEP
            assert not -STEP < least <= greatest <= -1


@given(st.lists(COUNTS, min_size=1, max_size=12), st.lists(st.integers(-9, 9), min_size=1, max_size=8), st.data())
def test_a_small_change_looks_like_no_change_or_like_a_change_by_ten(start, changes, data):
    for change in changes:
        place = data.draw(st.integers(0, len(start) - 1))
        changed = [*start]
        changed[place] = max(0, changed[place] + change)
        before, after = publish(start), publish(changed)
        rows, later = dict(before[1]), dict(after[1])
        seen = [after[0] - before[0], *(later.get(day, 0) - rows.get(day, 0) for day in {*rows, *later})]
        assert {abs(one) for one in seen} <= {0, STEP}
        start = changed


@given(st.lists(st.tuples(COUNTS, st.integers(0, 9)), min_size=1, max_size=15))
def test_counts_within_the_same_ten_are_published_as_the_same(pairs):
    names = [f"Organisation {place:02}" for place in range(len(pairs))]
    organisations = [{"organisation": name, "calls": one} for name, (one, _other) in zip(names, pairs, strict=True)]
    others = [
        {"organisation": name, "calls": round_down(one) + other}
        for name, (one, other) in zip(names, pairs, strict=True)
    ]
    assert count_organisations(organisations) == count_organisations(others)
    keys = ("calls_total", "uk_calls", "numbers_to_alert")
    one_run, other_run = (
        [{"key": key, "value": one["calls"], "definition": "", "period": "", "rule": ""} for key, one in made]
        for made in (zip(keys, organisations, strict=False), zip(keys, others, strict=False))
    )
    assert choose_figures(one_run, most=10**8) == choose_figures(other_run, most=10**8)


@given(st.lists(COUNTS, min_size=1, max_size=40), st.integers(0, 200))
def test_every_shown_count_is_a_multiple_of_ten_and_no_first_or_last_row_tells_of_few_calls(days, quiet):
    assume(any(days))
    total, rows = publish([*([3] * quiet), *days])
    assert all(calls % STEP == 0 for _day, calls in [("", total), *rows])
    if rows:
        assert rows[0][1]
        assert rows[-1][1]


def test_a_total_that_would_give_its_parts_away_is_shown_ten_lower():
    assert publish((9, 9)) == (0, ())
    assert publish((19, 19))[0] == 20
    assert publish((12, 12)) == (20, (("2022-11-01", 10), ("2022-11-02", 10)))
    assert round_total(109, [100], of=1) == 100


def test_a_part_is_not_shown_above_a_whole_that_was_lowered():
    one = {"key": "uk_calls", "value": 38, "definition": "", "period": "", "rule": ""}
    told = choose_figures([one | {"key": "calls_total"}, one, one | {"key": "accounts_total"}], most=20)
    assert [one["at_least"] for one in told] == [20, 20, 30]


def test_a_long_life_is_counted_by_the_month():
    told = count_over_time(
        {date(2021, 1, 3): 6, date(2021, 1, 9): 6, date(2021, 4, 1): 20, date(2021, 6, 1): 9},
        first=date(2020, 12, 1), last=date(2022, 11, 24),
    )  # fmt: skip
    assert told == {
        "by": "month", "rows": [["2021-01-01", 10], ["2021-02-01", 0], ["2021-03-01", 0], ["2021-04-01", 20]],
        "total": 40,
    }  # fmt: skip


def test_organisations_with_few_calls_are_not_named_and_not_pooled():
    entries = [{"organisation": name, "calls": calls} for name, calls in (("A", 9), ("B", 1), ("C", 25), ("D", 10))]
    assert count_organisations(entries) == [
        {"organisation": "C", "at_least": 20}, {"organisation": "D", "at_least": 10},
    ]  # fmt: skip


def test_what_is_not_known_is_not_nought():
    one = {"key": "numbers_to_alert", "value": None, "definition": "", "period": "", "rule": ""}
    assert [one["at_least"] for one in choose_figures([one, one | {"key": "uk_calls", "value": 0}], most=0)] == [
        0,
        None,
    ]
    assert [one["key"] for one in choose_figures([one | {"key": "revenue_gbp", "value": 5_000}], most=0)] == []
