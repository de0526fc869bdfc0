"""The pictures of the report: each function takes plain data and makes a chart with its finding in words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from ringback.reporting.axes import Tick, count_ticks, plot, round_step
from ringback.reporting.drawing import (
    DARK,
    LAID_OUT,
    LIGHT,
    MID,
    MUTED,
    PLAIN,
    SIGNAL,
    WIDE,
    Chart,
    Picture,
    stretch,
    text_limit,
    text_width,
    thin,
)
from ringback.reporting.funnel import FunnelStep
from ringback.reporting.letters import cut_text, width_of
from ringback.reporting.regions import NOT_PLACES, region_name
from ringback.reporting.wording import counted, percent, say_day, share

__all__ = [
    "Chart",
    "FunnelStep",
    "account_shares",
    "calls_by_day",
    "calls_by_region",
    "funnel",
    "organisations",
    "peak_minutes",
    "ranked",
]
_MOST_DAYS = 800  # with more days, a line of days is noise, so months are drawn


# Pixels from the edges of a picture to the bars in it.
_LEFT, _RIGHT, _TOP, _BOTTOM = 3, 14, 4, 4
# Pixels from the top of one bar to the next: with names above the bars, and beside them.
_STACKED, _BESIDE = 50, 26
_MOST_EDGED, _FULL_DAYS = 120, 90
_LEGEND = 34
_SEEN_S = 50  # seconds that the bar of a minute covers; the rest is the gap


@dataclass(frozen=True, slots=True)
class _Bar:
    name: str
    count: int
    label: str
    fill: str

    @property
    def edge(self) -> str:
        return MUTED if self.fill == PLAIN else self.fill


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


def _draw_stacked(bars: Sequence[_Bar], width: int, *, root: bool) -> Picture:
    """Horizontal bars with their names above them, which leaves room for long names."""
    reach, wide = _reach_of(bars, width - 16, root=root), width - _LEFT - _RIGHT
    picture = Picture(width, _STACKED * len(bars) + _TOP + _BOTTOM, _LEFT, _TOP)
    for place, bar in enumerate(bars):
        length = wide * (bar.count / reach) ** (0.5 if root else 1)
        picture.box(0, _STACKED * place + 24.5, length, 19, fill=bar.fill, edge=bar.edge)
        picture.text((length + 6, _STACKED * place + 40), _cut(bar.label, width - 20), bold=True)
        picture.text((0, _STACKED * place + 21), _cut(bar.name, width - 20))
    return picture


def _draw_bars(bars: Sequence[_Bar], width: int) -> Picture:
    """Horizontal bars with their names on the left, or above where there is little room."""
    if width < WIDE:
        return _draw_stacked(bars, width, root=False)
    names = min(200, int(max(text_width(bar.name) for bar in bars)) + 4)
    reach = _reach_of(bars, width - names - 24)
    said = [_cut(bar.name, names) for bar in bars]
    left = _LEFT + math.ceil(max(width_of(name, LAID_OUT) for name in said)) + 5
    picture = Picture(width, _BESIDE * len(bars) + _TOP + _BOTTOM, left, _TOP)
    for place, (bar, name) in enumerate(zip(bars, said, strict=True)):
        length = (width - left - _RIGHT) * bar.count / reach
        picture.text((-5.5, _BESIDE * place + 18), name, anchor="end")
        picture.box(0, _BESIDE * place + 4.5, length, 17, fill=bar.fill, edge=bar.edge)
        picture.text((length + 6, _BESIDE * place + 18), bar.label)
    return picture


def _cut(text: str, width: float) -> str:
    return cut_text(text, LAID_OUT, text_limit(width))


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


def ranked(key: str, title: str, rows: Sequence[tuple[str, int]]) -> Chart:
    """Picture counts as they are, without shares, total or others: rows of name and count, most first."""
    bars = [_Bar(name, count, f"{count:,}", MID) for name, count in rows]
    return Chart(key, title, f"{rows[0][0]} has the most.", draw=partial(_draw_bars, bars))


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


def _draw_days(points: Sequence[tuple[date, int, int]], bucket: str, width: int) -> Picture:
    starts = [point[0] for point in points]
    span = (starts[-1] - starts[0]).days
    by_month = bucket == "month" or len(starts) > _FULL_DAYS
    ticks = thin([day for day in starts if day.day == 1] if by_month else starts, 7 if width >= WIDE else 3)

    def place(day: date) -> float:
        return (day - starts[0]).days / span if span else 0.5

    step, reach = _round_reach(max(point[1] for point in points))
    below = [Tick(place(day), f"{day:%b %Y}" if by_month else f"{day.day} {day:%b %Y}") for day in ticks]
    high = 260 if width >= WIDE else 200
    # The darker edge sets the pale area off from white paper. With many days it would be a thicket.
    edged = 1 < len(points) <= _MOST_EDGED
    found = plot(width, high, below=below, left=count_ticks(reach, step), head=_LEGEND, over=int(edged))
    every = [found.at(place(day), calls / reach) for day, calls, _uk in points]
    uk = [found.at(place(day), british / reach) for day, _calls, british in points]
    picture = found.picture
    picture.area(every, floor=high, fill=LIGHT)
    if edged:
        picture.curve(every, color=MID, thick=1)
    picture.area(uk, floor=high, fill=DARK)
    if len(points) == 1:
        picture.dot(every[0], radius=2.74, fill=LIGHT)
        picture.dot(uk[0], radius=2.74, fill=DARK)
    for x, fill, name in ((0, LIGHT, "All calls"), (85, DARK, "UK calls")):
        picture.box(x + 3, 3 - _LEGEND, 10, 10, fill=fill)
        picture.text((x + 20, 13 - _LEGEND), name)
    return picture


def _round_reach(most: int) -> tuple[int, int]:
    """The step of an axis for counts up to `most`, and its end, a multiple of the step."""
    step = round_step(most)
    reach = math.ceil(most / step) * step
    # A longer axis may need a longer step.
    while (longer := round_step(reach)) != step:
        step, reach = longer, math.ceil(most / longer) * longer
    return step, reach


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
) -> Picture:
    at, most = peak
    first, last = ordered[0][0], ordered[-1][0]
    seen = timedelta(seconds=_SEEN_S)
    span, reach = last - first + seen, most * 1.15
    ticks = _minute_ticks(first, last, 9 if width >= WIDE else 4)
    found = plot(
        width,
        240 if width >= WIDE else 190,
        below=[Tick((minute - first) / span, f"{minute:%H:%M}") for minute in ticks],
        left=count_ticks(reach, round_step(reach)),
        title=axis_title,
    )
    for minute, people in ordered:
        x, y = found.at((minute - first) / span, people / reach)
        found.picture.box(x, y, found.wide * (seen / span), found.high - y, fill=SIGNAL if minute == at else MID)
    place = (at - first) / max(last - first, timedelta(minutes=1))
    side = "start" if place < 0.25 else "end" if place > 0.75 else "middle"
    x, y = found.at((at - first) / span, most / reach)
    said = f"{counted(most, 'person', 'people')} at {at:%H:%M}"
    found.picture.text((x, y - 4), said, anchor=side, bold=True, fill=SIGNAL)
    return found.picture


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
    """The first point that reaches a level; nothing is interpolated between points."""
    return next((point for point in points if point[axis] >= level - 1e-9), points[-1])


def _draw_shares(
    points: Sequence[tuple[float, float]], marked: tuple[float, float], said: list[str], width: int
) -> Picture:
    quarters = [Tick(n / 4, f"{25 * n}%") for n in range(5)]
    found = plot(
        width,
        280 if width >= WIDE else 220,
        below=quarters,
        left=quarters,
        title="Accounts, busiest first",
        left_title="Share of calls",
        over=2 if marked[0] < 0.95 else 5,
        upright=True,
    )
    line = [found.at(*point) for point in points]
    found.picture.area(line, floor=found.high, fill=LIGHT)
    found.picture.curve(line, color=DARK, thick=2)
    x, y = found.at(*marked)
    found.picture.dot((x, y), radius=4.74, fill=SIGNAL)
    beside, anchor = (-10, "end") if marked[0] > 0.5 else (10, "start")
    found.picture.text((x + beside, y + (-21 if marked[1] < 0.3 else 19)), said, anchor=anchor, bold=True)
    return found.picture
