"""How a chart is drawn: one palette, one look, and from a Vega-Lite specification to inline SVG."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import vl_convert
from markupsafe import escape

T = TypeVar("T")
Spec = dict[str, Any]
WIDE, NARROW = 720, 340  # pixels: a desktop or A4 column, and a phone's
# Text colours have at least 4.5:1 on white; the blues differ in lightness and so hold in black and white.
INK, MUTED, DARK, MID, LIGHT, SIGNAL = "#1a1a1a", "#4b5563", "#17466e", "#2f74ab", "#a3c1da", "#9a3b00"
PLAIN = "white"  # a bar with an outline only
# The letters are those of whoever opens the page, and some (DejaVu Sans) are wider than Arial: a chart is laid out for
# letters of one size and drawn with smaller ones, so that no label is cut.
_LAID_OUT, _DRAWN = 16, 13  # pixels
_LETTER = 8.6  # pixels that one letter as drawn takes up: the average of a wide font, and a little more
_TEXT = {"labelFontSize": _LAID_OUT, "labelColor": INK}
_CONFIG: Spec = {
    "font": "Arial, Helvetica, sans-serif",
    "background": "white",
    "padding": {"left": 2, "right": 14, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "text": {"fontSize": _LAID_OUT, "fill": INK},
    "axis": {
        **_TEXT,
        "titleFontSize": _LAID_OUT,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "gridColor": "#e2e5e9",
        "domainColor": "#8a929b",
        "tickColor": "#8a929b",
    },
    "legend": {**_TEXT, "title": None, "orient": "top", "symbolType": "square", "symbolStrokeWidth": 1},
}


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture.

    Attributes:
        key: Short name, unique in a page.
        title: Heading.
        finding: What the picture shows, in a sentence; or, with nothing to show, the sentence that says so.
        columns: Headings of the data table.
        rows: The data in full, already in words.
        draw: Width in pixels -> a Vega-Lite specification; None where there is nothing to draw.
    """

    key: str
    title: str
    finding: str
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    draw: Callable[[int], Spec] | None = None

    def svg(self, width: int = WIDE) -> str:
        """Draw inline SVG of this width in pixels, with the finding as its text; '' with nothing to draw."""
        return "" if self.draw is None else _svg(self.draw(width), f"{self.title}. {self.finding}")


def chart_png(svg: str) -> bytes:
    """Turn a chart's SVG into a PNG picture at twice its size."""
    return bytes(vl_convert.svg_to_png(svg, scale=2))


def _svg(spec: Spec, words: str) -> str:
    sized = {"autosize": {"type": "fit-x", "contains": "padding"}, **spec, "config": _CONFIG}
    drawn: str = vl_convert.vegalite_to_svg(sized, allowed_base_urls=[])
    head, _, body = drawn.partition(">")
    body = body.replace(f'font-size="{_LAID_OUT}px"', f'font-size="{_DRAWN}px"')
    size = " ".join(re.findall(r'\b(?:width|height|viewBox)="[^"]*"', head))
    # The parts of a picture that is read out as one sentence need no names of their own.
    naming = re.compile(r' (?:role|class|pointer-events|aria-[a-z]+)="[^"]*"')
    body = re.sub(r"<[a-z][^<>]*>", lambda tag: naming.sub("", tag[0]), body)
    said = escape(words)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{said}"><title>{said}</title>{body}'


def milliseconds(moment: date | datetime) -> int:
    """Count from 1970 as if local time were UTC: the time zone of this machine must not move anything.

    >>> milliseconds(date(1970, 1, 2))
    86400000
    """
    return int(datetime(*moment.timetuple()[:6], tzinfo=UTC).timestamp() * 1000)


def time_encoding(field: str, ticks: Sequence[date | datetime], form: str, title: str | None = None) -> Spec:
    """Lay local times, as `milliseconds` counts them, along x with labels at `ticks` only."""
    axis = {
        "values": [milliseconds(tick) for tick in ticks],
        "format": form,
        "grid": False,
        "title": title,
        "labelFlush": 24,
        "labelOverlap": False,
    }
    return {"field": field, "type": "temporal", "scale": {"type": "utc", "nice": False}, "axis": axis}


def count_encoding(field: str, *, most: float | None = None) -> Spec:
    """Lay whole counts along y, with labels at round values."""
    axis = {"format": ",d", "tickCount": 5, "tickMinStep": 1, "title": None}
    scale = {} if most is None else {"scale": {"domain": [0, most], "nice": False}}
    return {"field": field, "type": "quantitative", "axis": axis, **scale}


def as_given(field: str) -> Spec:
    """Take colours from the data as they are."""
    return {"field": field, "type": "nominal", "scale": None}


def thin(moments: Sequence[T], most: int) -> list[T]:
    """Keep every so-many-th, the first one included, so that at most `most` remain."""
    return list(moments[:: max(1, math.ceil(len(moments) / most))])


def text_limit(width: float) -> float:
    """The width, as it is laid out, beyond which a text would not fit into these pixels as it is drawn."""
    return width * _LAID_OUT / _DRAWN


def text_width(text: str) -> float:
    """Estimate the pixels that a text takes up: a little too many rather than too few."""
    return len(text) * _LETTER


def stretch(width: float, bars: Sequence[tuple[float, str]]) -> float:
    """Tell how many times the longest bar a scale has to reach for every bar to leave room for its label.

    Args:
        width: Pixels for bar and label together.
        bars: Length of each bar, as a part of the longest (0 to 1), and the label at its end.

    >>> round(stretch(300, [(1, "x" * 10), (0.1, "x" * 20)]), 2)
    1.46
    """
    room = [(width - text_width(label) - 8) / part for part, label in bars if part > 0]
    return width / max(min([width, *room]), width * 0.25)
