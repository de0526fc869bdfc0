"""Rows grouped by their keys: as dictionaries of plain Python group them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.ingest.group_kernels import NO_GROUP, add_codes, add_flags, few_of_each, group_rows, last_starts, sum_up

BOUNDED = settings(deadline=None)
# Few keys that meet, and any that may share a place with another.
KEYS = st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1), st.sampled_from([0, 2**32, 2**33, -(2**32)]))
ROWS = st.lists(st.tuples(KEYS, st.booleans(), st.booleans(), st.integers(-(10**15), 10**15)), max_size=200)


def columns(rows):
    keys, wanted, flags, timestamps = zip(*rows, strict=True) if rows else ((), (), (), ())
    return np.array(keys, np.int64), np.array(wanted, bool), np.array(flags, bool), np.array(timestamps, np.int64)


@BOUNDED
@given(ROWS)
def test_groups_are_those_of_plain_python(rows):
    keys, wanted, flags, timestamps = columns(rows)
    found = {}
    for place, (key, take, _flag, _timestamp) in enumerate(rows):
        if take:
            found.setdefault(key, []).append(place)
    groups, firsts = group_rows(keys, wanted)
    assert firsts.tolist() == [places[0] for places in found.values()]
    numbers = {place: number for number, places in enumerate(found.values()) for place in places}
    assert groups.tolist() == [numbers.get(place, NO_GROUP) for place in range(len(rows))]
    assert sum_up(groups, firsts, flags, timestamps).tolist() == [
        [len(places) for places in found.values()],
        [sum(rows[place][2] for place in places) for places in found.values()],
        [min(rows[place][3] for place in places) for places in found.values()],
        [max(rows[place][3] for place in places) for places in found.values()],
    ]


@BOUNDED
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 8)), max_size=100), st.integers(1, 6))
def test_few_of_each_are_its_first_distinct_values(rows, most):
    keys, wanted, values = (
        np.array([row[place] for row in rows], kind) for place, kind in ((0, int), (1, bool), (2, int))
    )
    groups, firsts = group_rows(keys, wanted)
    held, kept = {}, []
    for place, (key, take, value) in enumerate(rows):
        known = held.setdefault(key, [])
        if take and value not in known and len(known) < most:
            known.append(value)
            kept.append(place)
    assert few_of_each(groups, len(firsts), values, most).tolist() == kept


@pytest.mark.parametrize("rows", [0, 1, 2, 70_000])
def test_every_size_has_room_for_all_its_keys(rows):
    groups, firsts = group_rows(np.arange(rows), np.ones(rows, bool))
    assert groups.tolist() == firsts.tolist() == list(range(rows))


@BOUNDED
@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 3), st.booleans()), max_size=60))
def test_keys_tell_apart_what_was_added_to_them(rows):
    first, second, flags = (
        np.array([row[place] for row in rows], kind) for place, kind in ((0, np.int32), (1, np.int32), (2, bool))
    )
    keys = first.astype(np.int64)
    add_codes(keys, second, 5)
    add_flags(keys, flags)
    assert len(set(zip(keys.tolist(), rows, strict=True))) == len(set(keys.tolist())) == len(set(rows))


@BOUNDED
@given(st.lists(st.integers(-50, 50), max_size=12, unique=True), st.lists(st.integers(-60, 60), max_size=60))
def test_the_last_start_is_found_in_whatever_order(starts, timestamps):
    starts = sorted(starts)
    found = last_starts(np.array(starts, np.int64), np.array(timestamps, np.int64))
    assert found.tolist() == [sum(start <= timestamp for start in starts) - 1 for timestamp in timestamps]
