"""Which counts the public may read: each is rounded down to a multiple of ten, and nothing finer can be worked out.

A count that is shown as 120 lies anywhere from 120 to 129, and one under ten is only "fewer than 10", which may be
none. So a reader knows each count to ten consecutive values at best, and the difference of two, on one page or on two
pages of different days, to no fewer: a count or a change of 1 to 9 cannot be worked out. It holds without looking at
what was published before, and while no total says more about its parts than they say themselves: see `round_total`.
"""

from collections.abc import Iterable

STEP = 10
"""Counts are shown as multiples of this, and none below it is shown."""


def round_down(count: int) -> int:
    """A count as it may be shown; 0 stands for "fewer than 10".

    >>> round_down(129), round_down(10), round_down(9), round_down(0)
    (120, 10, 0, 0)
    """
    return count - count % STEP


def round_total(total: int, parts: Iterable[int], *, of: int) -> int:
    """A total as it may be shown beside its parts: rounded down, and telling no more about a part than the part itself.

    Two parts that are shown as "fewer than 10" tell nothing; beside a total of 10, both would be at least 1. So where
    nearly all parts lie at the end of their tens, the total is shown ten lower. With many parts that hardly ever is.

    >>> round_total(18, [0, 0], of=2), round_total(18, [0, 0], of=3), round_total(31, [20, 10], of=2)
    (0, 10, 30)

    Args:
        total: The total.
        parts: The parts as they are shown.
        of: How many parts there may be, those that are not shown among them.
    """
    # Any one part can be the least of its ten values while the others, at most nine each above theirs, hold the rest.
    return round_down(min(total, sum(parts) + (STEP - 1) * (of - 1)))
