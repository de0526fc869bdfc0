"""The pictures of the report: each function takes plain data and makes a chart with its finding in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from ringback.reporting.drawing import (
    DARK,
    LIGHT,
    MID,
    MUTED,
    PLAIN,
    SIGNAL,
    WIDE,
    Chart,
    Spec,
    as_given,
    chart_png,
    count_encoding,
    milliseconds,
    stretch,
    text_limit,
    text_width,
    thin,
    time_encoding,
)
from ringback.reporting.funnel import FunnelStep
from ringback.reporting.regions import NOT_PLACES, region_name
from ringback.reporting.wording import counted, percent, say_day, share

__all__ = [
    "Chart",
    "FunnelStep",
    "account_shares",
    "calls_by_day",
    "calls_by_region",
    "chart_png",
    "funnel",
    "organisations",
    "peak_minutes",
]
_MOST_DAYS = 800  # days beyond which a line of days is noise: months are drawn


@dataclass(frozen=True, slots=True)
class _Bar:
    name: str
    count: int
    label: str
    fill: str


def funnel(steps: Sequence[FunnelStep]) -> Chart:
    """Picture how the seized rows come down to the numbers to warn.

    Bars grow with the square root of the count: ten million beside seventy thousand stays readable.
    """
    title = "From seized rows to people to warn"
    if not steps or not steps[0].rows_in:
        return Chart("funnel", title, "There are no calls to count, so nobody fell out and nobody is left.")
    first, last = steps[0], steps[-1]
    finding = f"{first.rows_in:,} seized {first.unit} come down to {last.kept:,} {last.unit}"
    loss = max(steps, key=lambda step: step.rows_in - step.kept)
    if loss.rows_in > loss.kept:
        finding += f"; most fall out at “{loss.label}” ({loss.rows_in - loss.kept:,} of {loss.rows_in:,})"
    bars = [_Bar("Seized", first.rows_in, f"{first.rows_in:,} {first.unit}", LIGHT)]
    for step in steps:
        kept = f" ({share(step.kept, step.rows_in)})" if step.rows_in else ""
        bars.append(_Bar(step.label, step.kept, f"{step.kept:,} {step.unit}{kept}", MID))
    bars[-1] = replace(bars[-1], fill=DARK)
    return Chart("funnel", title, finding + ".", draw=partial(_draw_stacked, bars, root=True))


def _reach_of(bars: Sequence[_Bar], width: float, *, root: bool = False) -> float:
    """The count at the far end of the scale, so that every bar leaves room for its label."""
    most = max(bar.count for bar in bars)
    power = 2 if root else 1
    return most * stretch(width, [((bar.count / most) ** (1 / power), bar.label) for bar in bars]) ** power


def _bar_data(bars: Sequence[_Bar]) -> Spec:
    return {
        "values": [
            {"place": place, **asdict(bar), "edge": MUTED if bar.fill == PLAIN else bar.fill}
            for place, bar in enumerate(bars)
        ]
    }


def _draw_stacked(bars: Sequence[_Bar], width: int, *, root: bool) -> Spec:
    """Lying bars with their names above them: room for long names."""
    reach = _reach_of(bars, width - 16, root=root)
    scale = {"type": "sqrt" if root else "linear", "domain": [0, reach], "nice": False}
    x = {"field": "count", "type": "quantitative", "scale": scale, "axis": None}
    bar = {"type": "bar", "height": 19, "yOffset": 9, "strokeWidth": 1}
    text = {"type": "text", "align": "left", "limit": text_limit(width - 20)}
    count = {**text, "dx": 6, "dy": 10, "fontWeight": "bold"}
    return {
        "width": width,
        "height": 50 * len(bars),
        "data": _bar_data(bars),
        "encoding": {"y": {"field": "place", "type": "ordinal", "axis": None}},
        "layer": [
            {"mark": bar, "encoding": {"x": x, "fill": as_given("fill"), "stroke": as_given("edge")}},
            {"mark": count, "encoding": {"x": x, "text": {"field": "label"}}},
            {"mark": {**text, "dy": -9}, "encoding": {"x": {"value": 0}, "text": {"field": "name"}}},
        ],
    }


def _draw_bars(bars: Sequence[_Bar], width: int) -> Spec:
    """Lying bars with their names on the left; above them where there is little room."""
    if width < WIDE:
        return _draw_stacked(bars, width, root=False)
    names = min(200, int(max(text_width(bar.name) for bar in bars)) + 4)
    axis = {"title": None, "labelLimit": text_limit(names), "ticks": False, "domain": False, "labelPadding": 6}
    scale = {"domain": [0, _reach_of(bars, width - names - 24)], "nice": False}
    bar = {"type": "bar", "height": 17, "strokeWidth": 1}
    return {
        "width": width,
        "height": 26 * len(bars),
        "data": _bar_data(bars),
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "axis": axis},
            "x": {"field": "count", "type": "quantitative", "scale": scale, "axis": None},
        },
        "layer": [
            {"mark": bar, "encoding": {"fill": as_given("fill"), "stroke": as_given("edge")}},
            {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": {"text": {"field": "label"}}},
        ],
    }


def _top_bars(ranked: Sequence[tuple[str, int]], total: int, top: int) -> list[_Bar]:
    """The `top` busiest, then all others in one bar."""
    bars = [_Bar(name, calls, f"{calls:,} ({share(calls, total)})", MID) for name, calls in ranked[:top]]
    if rest := ranked[top:]:
        calls = sum(calls for _, calls in rest)
        bars.append(_Bar(f"Others ({len(rest):,})", calls, f"{calls:,} ({share(calls, total)})", LIGHT))
    return bars


def calls_by_region(regions: Sequence[Mapping[str, Any]], *, top: int = 12) -> Chart:
    """Picture where calls went: the `top` countries, all others in one bar, then what could not be placed."""
    title = "Calls by country"
    total = sum(entry["calls"] for entry in regions)
    if not total:
        return Chart("calls-by-region", title, "There are no calls to show by country.")
    calls_of = {str(entry["region"]): entry["calls"] for entry in regions}
    ranked = sorted(calls_of.items(), key=lambda entry: (-entry[1], entry[0]))
    places = [(region_name(code), calls) for code, calls in ranked if code not in NOT_PLACES]
    lost = [(name, calls_of[code]) for code, name in NOT_PLACES.items() if calls_of.get(code)]
    bars = _top_bars(places, total, top)
    bars += [_Bar(name, calls, f"{calls:,} ({share(calls, total)})", PLAIN) for name, calls in lost]
    said = [f"{share(calls, total)} went to {_with_article(name)}" for name, calls in places[:2]]
    if lost:
        said.append(f"{share(sum(calls for _, calls in lost), total)} could not be placed for certain")
    finding = f"{counted(total, 'call')} to {counted(len(places), 'country', 'countries')}: {', '.join(said)}."
    rows = [(name, f"{calls:,}", share(calls, total)) for name, calls in [*places, *lost]]
    columns = ("Country", "Calls", "Share of calls")
    return Chart("calls-by-region", title, finding, columns, rows, partial(_draw_bars, bars))


def _with_article(country: str) -> str:
    return f"the {country}" if country.startswith(("United ", "Netherlands", "Philippines")) else country


def organisations(entries: Sequence[Mapping[str, Any]], *, top: int = 15) -> Chart:
    """Picture whose numbers were shown: the `top` organisations, all others in one bar."""
    title = "Organisations imitated"
    total = sum(entry["calls"] for entry in entries)
    if not total:
        return Chart("organisations", title, "No call showed the number of a known organisation.")
    ranked = sorted(
        ((str(entry["organisation"]), int(entry["calls"])) for entry in entries), key=lambda e: (-e[1], e[0])
    )
    name, most = ranked[0]
    finding = (
        f"{counted(total, 'call')} showed a number of {counted(len(ranked), 'known organisation')};"
        f" {name} was imitated most, in {most:,} of them ({share(most, total)})."
    )
    rows = [(name, f"{calls:,}", share(calls, total)) for name, calls in ranked]
    columns = ("Organisation", "Calls", "Share of these calls")
    draw = partial(_draw_bars, _top_bars(ranked, total, top))
    return Chart("organisations", title, finding, columns, rows, draw)


def calls_by_day(days: Sequence[tuple[date, int, int]]) -> Chart:
    """Picture all calls and UK calls over time: rows of day, calls, UK calls."""
    total, uk_total = sum(day[1] for day in days), sum(day[2] for day in days)
    if not total:
        return Chart("calls-by-day", "Calls a day", "There are no calls to show.")
    bucket, points = _buckets(days)
    busiest, most, _ = max(days, key=lambda day: day[1])
    finding = (
        f"{counted(total, 'call')} on {counted(sum(day[1] > 0 for day in days), 'day')}, {uk_total:,} of"
        f" them to the UK ({share(uk_total, total)}). The busiest day was {say_day(busiest)}, with {most:,}."
    )
    rows = [(say_day(day), f"{calls:,}", f"{uk:,}", share(uk, calls)) for day, calls, uk in sorted(days)]
    columns = ("Day", "Calls", "UK calls", "UK share")
    draw = partial(_draw_days, points, bucket)
    return Chart("calls-by-day", f"Calls a {bucket}", finding, columns, rows, draw)


def _buckets(days: Sequence[tuple[date, int, int]]) -> tuple[str, list[tuple[date, int, int]]]:
    """Fill in days without calls (no line may bridge them); add up months where there are too many days."""
    known = {day: (calls, uk) for day, calls, uk in days}
    first, last = min(known), max(known)
    if (last - first).days <= _MOST_DAYS:
        every = [first + timedelta(n) for n in range((last - first).days + 1)]
        return "day", [(day, *known.get(day, (0, 0))) for day in every]
    from_month, to_month = (day.year * 12 + day.month - 1 for day in (first, last))
    sums = {date(n // 12, n % 12 + 1, 1): [0, 0] for n in range(from_month, to_month + 1)}
    for day, (calls, uk) in known.items():
        month = sums[day.replace(day=1)]
        month[0] += calls
        month[1] += uk
    return "month", [(month, calls, uk) for month, (calls, uk) in sums.items()]


def _draw_days(points: Sequence[tuple[date, int, int]], bucket: str, width: int) -> Spec:
    starts = [point[0] for point in points]
    by_month = bucket == "month" or len(starts) > 90
    ticks = thin([day for day in starts if day.day == 1] if by_month else starts, 7 if width >= WIDE else 3)
    names = ["All calls", "UK calls"]
    color = {"type": "nominal", "scale": {"domain": names, "range": [LIGHT, DARK]}}
    area = {"type": "area", "opacity": 1, "point": len(points) == 1}
    # The darker edge keeps the pale area apart from white paper; of many days it would be a thicket.
    edge = {"type": "line", "stroke": MID, "strokeWidth": 1}
    return {
        "width": width,
        "height": 260 if width >= WIDE else 200,
        "data": {"values": [{"t": milliseconds(day), "calls": calls, "uk": uk} for day, calls, uk in points]},
        "encoding": {"x": time_encoding("t", ticks, "%b %Y" if by_month else "%-d %b %Y")},
        "layer": [
            {"mark": area, "encoding": {"y": count_encoding("calls"), "color": {"datum": names[0], **color}}},
            *([{"mark": edge, "encoding": {"y": count_encoding("calls")}}] if len(points) <= 120 else []),
            {"mark": area, "encoding": {"y": count_encoding("uk"), "color": {"datum": names[1], **color}}},
        ],
    }


def peak_minutes(minutes: Sequence[tuple[datetime, int]], *, time_zone: str) -> Chart:
    """Picture the people called per minute around the peak: rows of local minute, people."""
    title = "People called per minute, around the peak"
    if not any(people for _, people in minutes):
        return Chart("peak", title, "There are no UK calls to show by the minute.")
    ordered = sorted(minutes)
    at, most = max(ordered, key=lambda minute: minute[1])
    people = counted(most, "person", "people")
    were = "was" if most == 1 else "were"
    finding = f"At the peak, at {at:%H:%M} on {say_day(at)}, {people} in the UK {were} being called in one minute."
    rows = [(f"{minute:%H:%M}, {say_day(minute)}", f"{count:,}") for minute, count in ordered]
    draw = partial(_draw_peak, ordered, (at, most), f"{say_day(at)}, {time_zone} time")
    return Chart("peak", title, finding, ("Minute", "People called"), rows, draw)


def _minute_ticks(first: datetime, last: datetime, most: int) -> list[datetime]:
    """Round times between two minutes, at most about `most` of them, and at least one."""
    span = min(int((last - first) / timedelta(minutes=1)) + 1, 1440)
    step = next(step for step in (1, 5, 10, 15, 20, 30, 60, 1440) if span / step <= most)
    every = [first + timedelta(minutes=n) for n in range(span)]
    return [minute for minute in every if (minute.hour * 60 + minute.minute) % step == 0] or every[:1]


def _draw_peak(
    ordered: Sequence[tuple[datetime, int]], peak: tuple[datetime, int], axis_title: str, width: int
) -> Spec:
    at, most = peak
    first, last = ordered[0][0], ordered[-1][0]
    ticks = _minute_ticks(first, last, 9 if width >= WIDE else 4)
    place = (at - first) / max(last - first, timedelta(minutes=1))
    side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    values = [
        {
            "t": milliseconds(m),
            "end": milliseconds(m) + 50_000,
            "people": n,
            "fill": SIGNAL if m == at else MID,
        }
        for m, n in ordered
    ]
    label = {"type": "text", "align": side, "dy": -9, "fontWeight": "bold", "fill": SIGNAL}
    said = f"{counted(most, 'person', 'people')} at {at:%H:%M}"
    return {
        "width": width,
        "height": 240 if width >= WIDE else 190,
        "data": {"values": values},
        "encoding": {
            "x": time_encoding("t", ticks, "%H:%M", axis_title),
            "y": count_encoding("people", most=most * 1.15),
        },
        "layer": [
            {
                "mark": "rect",
                "encoding": {"x2": {"field": "end"}, "y2": {"datum": 0}, "fill": as_given("fill")},
            },
            {
                "transform": [{"filter": f"datum.t == {milliseconds(at)}"}],
                "mark": label,
                "encoding": {"text": {"value": said}},
            },
        ],
    }


def account_shares(shares: Sequence[tuple[float, float]]) -> Chart:
    """Picture how few accounts made most calls.

    Args:
        shares: Rows of the share of accounts, busiest first, and the share of calls they made, 0 to 1.
    """
    title = "How few accounts made most of the calls"
    if not shares or not shares[-1][1]:
        return Chart("accounts", title, "No account made a call.")
    points = sorted({(0.0, 0.0), *shares})
    tenth = _reach(points, 0, 0.1)
    half = _reach(points, 1, 0.5)
    said = [f"{percent(tenth[0])} of accounts made", f"{percent(tenth[1])} of the calls"]
    finding = f"The busiest {' '.join(said)}; half of all calls came from the busiest {percent(half[0])}."
    levels = sorted({_reach(points, 0, n / 10) for n in range(1, 11)})
    rows = [(percent(accounts), percent(calls)) for accounts, calls in levels]
    columns = ("Accounts, busiest first", "Share of calls")
    return Chart("accounts", title, finding, columns, rows, partial(_draw_shares, points, tenth, said))


def _reach(points: Sequence[tuple[float, float]], axis: int, level: float) -> tuple[float, float]:
    """First given point that reaches a level: nothing is guessed between points."""
    return next((point for point in points if point[axis] >= level - 1e-9), points[-1])


def _draw_shares(
    points: Sequence[tuple[float, float]], marked: tuple[float, float], said: list[str], width: int
) -> Spec:
    axis = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]}
    side = {"align": "right", "dx": -10} if marked[0] > 0.5 else {"align": "left", "dx": 10}
    text = {"type": "text", **side, "dy": -26 if marked[1] < 0.3 else 14, "fontWeight": "bold"}
    dot = {"data": {"values": [{"x": marked[0], "y": marked[1]}]}}
    area = {"type": "area", "color": LIGHT, "opacity": 1, "line": {"color": DARK, "strokeWidth": 2}}
    point = {"type": "point", "filled": True, "size": 90, "color": SIGNAL, "opacity": 1}
    return {
        "width": width,
        "height": 280 if width >= WIDE else 220,
        "data": {"values": [{"x": accounts, "y": calls} for accounts, calls in points]},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "axis": {**axis, "title": "Accounts, busiest first"}},
            "y": {"field": "y", "type": "quantitative", "axis": {**axis, "title": "Share of calls"}},
        },
        "layer": [
            {"mark": area},
            {**dot, "mark": point},
            {**dot, "mark": text, "encoding": {"text": {"value": said}}},
        ],
    }
