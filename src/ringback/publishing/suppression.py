"""Which counts the public may read: each is rounded down to a multiple of ten, and nothing finer can be worked out.

A count that is shown as 120 lies anywhere from 120 to 129, and one under ten is only "fewer than 10", which may be
none. So a reader knows each count to ten consecutive values at best, and the difference of two, on one page or on two
pages of different days, to no fewer: a count or a change of 1 to 9 cannot be worked out. It holds without looking at
what was published before, and while no total says more about its parts than they say themselves: see `tells_more`.
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


def tells_more(total: int, parts: Iterable[int], *, of: int) -> bool:
    """Whether a total that is shown tells more about one of its parts than the part itself.

    Two parts that are shown as "fewer than 10" tell nothing; beside a total of 10, both are at least 1. Then the parts
    must not be shown.

    >>> tells_more(10, [0, 0], of=2), tells_more(10, [0, 0], of=3)
    (True, False)

    Args:
        total: The total, rounded down.
        parts: The parts that are shown, rounded down.
        of: How many parts there may be, those that are not shown among them.
    """
    # What is left over once each part has what it is shown with. A part can be shown as it is and be the least or the
    # most of its ten values only while the others can hold all of that, or none of it.
    return total - sum(parts) > (STEP - 1) * (of - 1)
