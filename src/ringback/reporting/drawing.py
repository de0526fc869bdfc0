"""How a chart is drawn: one palette, one look, and inline SVG out of shapes and texts."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from markupsafe import escape

T = TypeVar("T")
WIDE, NARROW = 720, 340  # pixels: a desktop or A4 column, and a phone's
# Text colours have a contrast of at least 4.5:1 on white. The blues differ in lightness: they work in black and white.
INK, MUTED, DARK, MID, LIGHT, SIGNAL = "#1a1a1a", "#4b5563", "#17466e", "#2f74ab", "#a3c1da", "#9a3b00"
GRID, AXIS = "#e2e5e9", "#8a929b"
PLAIN = "white"  # a bar with an outline only
# The reader's fonts draw the letters, and some (DejaVu Sans) are wider than Arial. A chart is laid out for letters of
# one size and drawn with smaller ones, so that no label is cut.
LAID_OUT, DRAWN = 16, 13  # pixels
_LETTER = 8.6  # pixels that one letter as drawn takes up: the average of a wide font, and a little more
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture.

    Attributes:
        key: Short name, unique in a page.
        title: Heading.
        finding: One sentence: what the picture shows, or that there is nothing to show.
        columns: Headings of the data table.
        rows: The data in full, already in words.
        draw: Width in pixels -> the picture; None where there is nothing to draw.
    """

    key: str
    title: str
    finding: str
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    draw: "Callable[[int], Picture] | None" = None

    def svg(self, width: int = WIDE) -> str:
        """Draw inline SVG of this width in pixels, with the finding as its text; '' with nothing to draw."""
        return "" if self.draw is None else self.draw(width).svg(f"{self.title}. {self.finding}")


@dataclass(slots=True)
class Picture:
    """What is drawn, in order; places are pixels from the left and upper edge of the plot.

    Attributes:
        width: Width of the whole in pixels.
        height: Height of the whole.
        left: Pixels to the left edge of the plot.
        top: Pixels to its upper edge.
    """

    width: int
    height: int
    left: int
    top: int
    _shapes: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, wide: float, high: float, *, fill: str, edge: str = "") -> None:
        """Draw a rectangle."""
        stroke = f' stroke="{edge}" stroke-width="1"' if edge else ""
        self._shapes.append(
            f'<path d="M{_said(x)},{_said(y)}h{_said(wide)}v{_said(high)}h-{_said(wide)}Z" fill="{fill}"{stroke}/>'
        )

    def line(self, start: Point, end: Point, color: str) -> None:
        """Draw a thin straight line."""
        self._shapes.append(f'<path d="{_through([start, end])}" stroke="{color}" stroke-width="1"/>')

    def curve(self, points: Sequence[Point], *, color: str, thick: float) -> None:
        """Draw a line from point to point."""
        self._shapes.append(f'<path d="{_through(points)}" stroke="{color}" stroke-width="{thick}"/>')

    def area(self, points: Sequence[Point], *, floor: float, fill: str) -> None:
        """Fill what is between a line and the floor."""
        ends = [(points[-1][0], floor), (points[0][0], floor)]
        self._shapes.append(f'<path d="{_through([*points, *ends])}Z" fill="{fill}"/>')

    def dot(self, at: Point, *, radius: float, fill: str) -> None:
        """Draw a point."""
        self._shapes.append(f'<circle cx="{_said(at[0])}" cy="{_said(at[1])}" r="{radius}" fill="{fill}"/>')

    def text(
        self,
        at: Point,
        words: str | Sequence[str],
        *,
        anchor: str = "start",
        bold: bool = False,
        fill: str = INK,
        turned: bool = False,
    ) -> None:
        """Write words, or several lines of them.

        Args:
            at: Where the base of the first line is.
            words: The line, or the lines.
            anchor: Which part of the line is there: start, middle or end.
            bold: Heavy letters.
            fill: Colour.
            turned: Read from bottom to top.
        """
        lines = [words] if isinstance(words, str) else list(words)
        said = str(escape(lines[0]))
        if len(lines) > 1:
            spans = [f"<tspan>{said}</tspan>", *(f'<tspan x="0" dy="18">{escape(line)}</tspan>' for line in lines[1:])]
            said = "".join(spans)
        weight = ' font-weight="bold"' if bold else ""
        turn = " rotate(-90)" if turned else ""
        place = f"translate({_said(at[0])},{_said(at[1])}){turn}"
        self._shapes.append(f'<text text-anchor="{anchor}" transform="{place}"{weight} fill="{fill}">{said}</text>')

    def svg(self, words: str) -> str:
        """The picture as inline SVG, with the words for screen readers."""
        said, size = escape(words), f'width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width} {self.height}" role="img"'
            f' aria-label="{said}"><title>{said}</title><rect {size} fill="white"/>'
            f'<g fill="none" stroke-miterlimit="10" transform="translate({self.left},{self.top})"'
            f' font-family="Arial, Helvetica, sans-serif" font-size="{DRAWN}px">{"".join(self._shapes)}</g></svg>'
        )


def _said(number: float) -> str:
    """A number to a hundredth of a pixel, which is as exact as anybody sees.

    >>> _said(3.0), _said(2.345678), _said(-0.001)
    ('3', '2.35', '0')
    """
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _through(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_said(x)},{_said(y)}" for x, y in points)


def thin(moments: Sequence[T], most: int) -> list[T]:
    """Keep every n-th moment, starting with the first, so that at most `most` remain."""
    return list(moments[:: max(1, math.ceil(len(moments) / most))])


def text_limit(width: float) -> float:
    """The greatest width that a text may have as laid out, to fit into these pixels as drawn."""
    return width * LAID_OUT / DRAWN


def text_width(text: str) -> float:
    """Estimate the pixels that a text takes up: a little too many rather than too few."""
    return len(text) * _LETTER


def stretch(width: float, bars: Sequence[tuple[float, str]]) -> float:
    """How far a scale has to reach, in lengths of the longest bar, so that every bar leaves room for its label.

    Args:
        width: Pixels for bar and label together.
        bars: Length of each bar, as a part of the longest (0 to 1), and the label at its end.

    >>> round(stretch(300, [(1, "x" * 10), (0.1, "x" * 20)]), 2)
    1.46
    """
    room = [(width - text_width(label) - 8) / part for part, label in bars if part > 0]
    return width / max(min([width, *room]), width * 0.25)
