"""The frame of a chart: a plot with an axis below and one on the left."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ringback.reporting.drawing import AXIS, GRID, LAID_OUT, Picture
from ringback.reporting.letters import width_of

# Pixels: the edge of the picture, marks at an axis, and from the axis to its labels and its title.
_EDGE, _RIGHT_EDGE, _TOP_EDGE = 2, 14, 4
_MARK, _TO_LABEL = 5, 7
_BELOW, _TITLE_BELOW = 27, 24
# Half of a label stands above its mark.
_ABOVE = 8
# This near the end of an axis, a label is aligned so that it does not stick out.
_FLUSH = 24
# A line of one pixel is sharp at half pixels.
_SHARP = 0.5


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis: 0 at its beginning, 1 at its end."""

    place: float
    label: str


@dataclass(slots=True)
class Plot:
    """A picture with axes, to be drawn into; `wide` and `high` are the plot's size in pixels."""

    picture: Picture
    wide: float
    high: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The pixels of a place, given as shares of both axes."""
        return x * self.wide, (1 - y) * self.high


def plot(
    width: int,
    high: int,
    *,
    below: Sequence[Tick],
    left: Sequence[Tick],
    title: str = "",
    left_title: str = "",
    head: int = 0,
    over: int = 0,
    upright: bool = False,
) -> Plot:
    """Lay out a picture of this width, and draw its axes.

    Args:
        width: Pixels of the whole.
        high: Pixels of the plot.
        below: Labels of the lower axis.
        left: Labels of the left axis.
        title: What the lower axis shows; "" where that needs no word.
        left_title: What the left axis shows.
        head: Pixels above the plot, for what stands there.
        over: Pixels that the drawing sticks out on the right.
        upright: Draw vertical lines at the labels of the lower axis too.
    """
    labels = math.ceil(max(width_of(tick.label, LAID_OUT) for tick in left))
    margin = _EDGE + labels + _TO_LABEL + (_TITLE_BELOW if left_title else 0)
    wide = width - margin - _RIGHT_EDGE - over
    top = _TOP_EDGE + (head or math.ceil(max(0, *(_ABOVE - (1 - tick.place) * high for tick in left))))
    height = top + high + _BELOW + (_TITLE_BELOW if title else 0)
    found = Plot(Picture(width, height, margin, top), wide, high)
    _draw_axes(found, below, left, upright=upright)
    if title:
        found.picture.text((wide / 2 + _SHARP, high + _SHARP + 20 + _TITLE_BELOW), title, anchor="middle")
    if left_title:
        place = (_SHARP - _TO_LABEL - labels - 11, high / 2 + _SHARP)
        found.picture.text(place, left_title, anchor="middle", turned=True)
    return found


def _draw_axes(found: Plot, below: Sequence[Tick], left: Sequence[Tick], *, upright: bool) -> None:
    picture, wide, high = found.picture, found.wide, found.high
    rows = [(round((1 - tick.place) * high) + _SHARP, tick) for tick in left]
    columns = [(math.floor(tick.place * wide + 0.5) + _SHARP, tick) for tick in below]
    if upright:
        for x, _tick in columns:
            picture.line((x, _SHARP), (x, high + _SHARP), GRID)
    for y, _tick in rows:
        picture.line((_SHARP, y), (wide + _SHARP, y), GRID)
    for x, _tick in columns:
        picture.line((x, high + _SHARP), (x, high + _MARK + _SHARP), AXIS)
    for y, tick in rows:
        picture.line((_SHARP - _MARK, y), (_SHARP, y), AXIS)
        at = (_SHARP - _TO_LABEL, (1 - tick.place) * high + 5 + _SHARP)
        picture.text(at, tick.label, anchor="end")
    picture.line((_SHARP, high + _SHARP), (wide + _SHARP, high + _SHARP), AXIS)
    picture.line((_SHARP, _SHARP), (_SHARP, high + _SHARP), AXIS)
    for tick in below:
        x = tick.place * wide
        anchor = "start" if x < _FLUSH else "end" if wide - x < _FLUSH else "middle"
        picture.text((x + _SHARP, high + 20 + _SHARP), tick.label, anchor=anchor)


def round_step(most: float, count: int = 5) -> int:
    """The step between about `count` round numbers from 0 to `most`: 1, 2 or 5 times a power of ten, never below 1.

    >>> round_step(29_990), round_step(12), round_step(1)
    (5000, 2, 1)
    """
    raw = most / count
    power = 10.0 ** math.floor(math.log10(raw))
    rest = raw / power
    factor = 10 if rest >= math.sqrt(50) else 5 if rest >= math.sqrt(10) else 2 if rest >= math.sqrt(2) else 1
    return max(1, round(factor * power))


def count_ticks(reach: float, step: int) -> list[Tick]:
    """Labels at every step from 0 to `reach`, the end of the axis."""
    return [Tick(value / reach, f"{value:,}") for value in range(0, math.floor(reach + 1e-9) + 1, step)]
