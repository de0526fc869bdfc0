"""Rows with the same key as groups, by compiled loops: counted, and a few values of each."""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import ODD, compiled

NO_GROUP = -1
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@compiled
def add_codes(keys: Numbers, codes: NDArray[np.int32], count: int) -> None:
    """Make keys tell apart what they do and one code more, in place.

    >>> keys = np.array([0, 1, 1])
    >>> add_codes(keys, np.array([-1, -1, 0], np.int32), 2)
    >>> keys.tolist()
    [0, 2, 3]

    Args:
        keys: A key for each row, shape (n,).
        codes: A code for each row, from -1, shape (n,).
        count: How many codes there can be.
    """
    for row in range(len(keys)):
        keys[row] = keys[row] * count + codes[row] + 1


@compiled
def add_flags(keys: Numbers, flags: Flags) -> None:
    """Make keys tell apart what they do and a flag more, in place."""
    for row in range(len(keys)):
        keys[row] = keys[row] * 2 + flags[row]


@compiled
def last_starts(starts: Numbers, timestamps: Numbers) -> Numbers:
    """The place of the last start that is not after each moment; -1 where all are.

    >>> last_starts(np.array([10, 20, 30]), np.array([25, 29, 10, 9, 31])).tolist()
    [1, 1, 0, -1, 2]

    Args:
        starts: Ascending.
        timestamps: Quick to look up where those beside one another are close.
    """
    places = np.empty(len(timestamps), np.int64)
    at = -1
    for row in range(len(timestamps)):
        timestamp = timestamps[row]
        if not ((at < 0 or starts[at] <= timestamp) and (at + 1 == len(starts) or timestamp < starts[at + 1])):
            at = np.searchsorted(starts, timestamp, side="right") - 1
        places[row] = at
    return places


@compiled
def group_rows(keys: Numbers, wanted: Flags) -> tuple[Numbers, Numbers]:
    """The group of each row, and the first row of each group.

    >>> groups, firsts = group_rows(np.array([7, 5, 7, 9]), np.array([True, True, True, False]))
    >>> groups.tolist(), firsts.tolist()
    ([0, 1, 0, -1], [0, 1])

    Args:
        keys: Rows with the same key are one group, shape (n,).
        wanted: The other rows are in none, shape (n,).

    Returns:
        `NO_GROUP` or a number from 0 for each row, by the groups' first rows, shape (n,); and these, shape (groups,).
    """
    size = 2
    while size < 2 * len(keys):
        size *= 2
    # Where a key's group is; on another key's place, the next free one is taken.
    places = np.full(size, NO_GROUP, np.int64)
    groups, firsts = np.full(len(keys), NO_GROUP, np.int64), np.empty(len(keys), np.int64)
    found = 0
    for row in range(len(keys)):
        if not wanted[row]:
            continue
        if row and groups[row - 1] != NO_GROUP and keys[row - 1] == keys[row]:
            groups[row] = groups[row - 1]
            continue
        mixed = keys[row] * ODD
        at = (mixed ^ (mixed >> 32)) & (size - 1)
        while places[at] != NO_GROUP and keys[firsts[places[at]]] != keys[row]:
            at = (at + 1) & (size - 1)
        if places[at] == NO_GROUP:
            places[at] = found
            firsts[found] = row
            found += 1
        groups[row] = places[at]
    return groups, firsts[:found]


@compiled
def sum_up(groups: Numbers, firsts: Numbers, flags: Flags, timestamps: Numbers) -> Numbers:
    """Of each group: its rows, those with the flag, the least moment and the greatest; shape (4, groups).

    >>> sum_up(np.array([0, -1, 0]), np.array([0]), np.array([True, True, False]), np.array([30, 10, 20])).tolist()
    [[2], [1], [20], [30]]
    """
    sums = np.zeros((4, len(firsts)), np.int64)
    sums[2], sums[3] = timestamps[firsts], timestamps[firsts]
    for row in range(len(groups)):
        group = groups[row]
        if group != NO_GROUP:
            sums[0, group] += 1
            sums[1, group] += flags[row]
            sums[2, group] = min(sums[2, group], timestamps[row])
            sums[3, group] = max(sums[3, group], timestamps[row])
    return sums


@compiled
def few_of_each(groups: Numbers, count: int, values: Numbers, most: int) -> Numbers:
    """The rows that hold the first distinct values of each group, so many at most.

    >>> few_of_each(np.array([0, 0, 0, 1, 0]), 2, np.array([8, 8, 7, 8, 6]), 2).tolist()
    [0, 2, 3]

    Args:
        groups: What `group_rows` gave.
        count: How many groups there are.
        values: The value of each row, shape (n,).
        most: Values of each group, at most.
    """
    held, sizes = np.empty((count, most), np.int64), np.zeros(count, np.int64)
    rows = np.empty(min(len(groups), count * most), np.int64)
    found = 0
    for row in range(len(groups)):
        group = groups[row]
        if group == NO_GROUP or sizes[group] == most:
            continue
        known = False
        for place in range(sizes[group]):
            known |= held[group, place] == values[row]
        if not known:
            held[group, sizes[group]] = values[row]
            sizes[group] += 1
            rows[found] = row
            found += 1
    return rows[:found]
