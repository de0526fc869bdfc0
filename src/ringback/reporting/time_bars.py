"""The picture of calls over time for the public: a bar for each day or month, of counts that were rounded down."""

import math
from collections.abc import Sequence
from datetime import date
from functools import partial

from ringback.reporting.axes import Tick, count_ticks, plot, round_step
from ringback.reporting.drawing import MID, MUTED, WIDE, Chart, Picture, thin

# What a bar covers of its place, and how high one is that stands for a few calls.
_COVERED, _FEW_PX = 0.8, 2


def calls_over_time(key: str, rows: Sequence[tuple[date, int]], *, by: str, least: int) -> Chart:
    """Picture calls a day or a month.

    Args:
        key: Its short name.
        rows: First day of each day or month, without gaps, and its calls; 0 for fewer than `least`.
        by: "day" or "month".
        least: The least count that is shown as such.
    """
    finding = f"Each bar is a {by}. A low grey bar stands for fewer than {least} calls."
    return Chart(key, f"Calls a {by}", finding, draw=partial(_draw, rows, by))


def _draw(rows: Sequence[tuple[date, int]], by: str, width: int) -> Picture:
    most = max(calls for _start, calls in rows)
    step = round_step(most)
    reach = math.ceil(most / step) * step
    step = round_step(reach)
    named = thin(range(len(rows)), 7 if width >= WIDE else 3)
    below = [Tick((place + 0.5) / len(rows), _name(rows[place][0], by)) for place in named]
    high = 240 if width >= WIDE else 190
    found = plot(width, high, below=below, left=count_ticks(reach, step))
    for place, (_start, calls) in enumerate(rows):
        x, y = found.at((place + (1 - _COVERED) / 2) / len(rows), calls / reach)
        wide = found.wide * _COVERED / len(rows)
        if calls:
            found.picture.box(x, y, wide, high - y, fill=MID)
        else:
            found.picture.box(x, high - _FEW_PX, wide, _FEW_PX, fill=MUTED)
    return found.picture


def _name(start: date, by: str) -> str:
    return f"{start:%b %Y}" if by == "month" else f"{start.day} {start:%b %Y}"
