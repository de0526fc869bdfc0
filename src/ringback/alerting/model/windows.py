"""Windows: when texts may be sent. People type local time; UTC is stored. Pure.

When clocks go back, an hour comes twice, and its times mean the first pass. When they go forward, an hour is skipped,
and a window cannot begin or end in it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ringback.alerting.model.batch_content import BatchContent, Window
from ringback.errors import RingbackError

LONGEST = timedelta(days=31)
# A date further ahead, or before these days, has a mistyped year.
_FIRST_DAY, _FURTHEST = date(2000, 1, 1), timedelta(days=2 * 366)
USUAL_QUIET = ("20:00", "09:00")
_CLOCK = r"([01]?\d|2[0-4])[:.]([0-5]\d)"
_DAY_FORM = re.compile(rf"(today|tomorrow|\d{{4}}-\d\d-\d\d)[ T]+{_CLOCK}\s*(?:-|–|to)\s*{_CLOCK}", re.IGNORECASE)
_NOW_FORM = re.compile(r"now\s*\+\s*(\d{1,3})\s*(h|m)", re.IGNORECASE)
_QUIET_FORM = re.compile(rf"{_CLOCK}\s*(?:-|–|to)\s*{_CLOCK}")
_FORMS = '"2022-11-24 09:00-19:00", "today 09:00-19:00", "tomorrow 09:00-19:00" or "now+2h"'
# An even spread ends a little early, since the last texts may need a second attempt.
_RESERVE_S, _RESERVE_SHARE = 300.0, 0.1


def parse_windows(texts: Sequence[str], *, now: datetime, zone: str) -> tuple[Window, ...]:
    """Parse windows as people type them, in order. All faults are reported at once.

    Args:
        texts: Each a day and two local times, or "now+2h".
        now: The time, aware.
        zone: The time zone of the texts, such as Europe/London.

    Raises:
        RingbackError: `windows_bad`: a text that is no window, a time that the clocks skip, a window that is over or
            more than two years ahead, or two that overlap.

    >>> (found,) = parse_windows(["2022-07-01 09:00-19:00"], now=datetime(2022, 6, 1, tzinfo=UTC), zone="Europe/London")
    >>> found.until_at
    datetime.datetime(2022, 7, 1, 18, 0, tzinfo=datetime.timezone.utc)
    """
    windows, faults = [], []
    for text in texts:
        try:
            window = _parse_one(text.strip(), now, ZoneInfo(zone))
        except ValueError as error:
            faults.append(f'"{text}": {error}')
        except OverflowError:
            # Only an absurd machine clock leads here.
            faults.append(f'"{text}": lies outside the calendar; look at the year, and at this machine\'s clock')
        else:
            windows.append(window)
            if window.until_at <= now:
                faults.append(f'"{text}" is over')
    windows.sort(key=lambda one: one.first_at)
    for before, after in pairwise(windows):
        if after.first_at < before.until_at:
            faults.append(f"{in_words(before, zone)} and {in_words(after, zone)} overlap")
    if not texts:
        faults.append(f"none was given; say one as {_FORMS}")
    if faults:
        raise RingbackError("windows_bad", problems="; ".join(faults))
    return tuple(windows)


def _parse_one(text: str, now: datetime, zone: ZoneInfo) -> Window:
    if found := _NOW_FORM.fullmatch(text):
        length = timedelta(**{"hours" if found[2].lower() == "h" else "minutes": int(found[1])})
        begin = now.astimezone(UTC).replace(microsecond=0)
        return _checked(Window(begin, begin + length))
    found = _DAY_FORM.fullmatch(text)
    if not found:
        raise ValueError(f"is not a window such as {_FORMS}")
    day = _parse_day(found[1].lower(), now.astimezone(zone).date())
    return _checked(Window(_to_utc(day, found[2], found[3], zone), _to_utc(day, found[4], found[5], zone)))


def _parse_day(text: str, today: date) -> date:
    if text in ("today", "tomorrow"):
        return today + timedelta(days=text == "tomorrow")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None
    if day < _FIRST_DAY:
        raise ValueError(f"lies before the year {_FIRST_DAY.year}; look at the year")
    # Compared as a difference: two years from today may lie beyond the calendar's end.
    if day - today > _FURTHEST:
        raise ValueError("lies more than two years ahead; look at the year")
    return day


def _checked(window: Window) -> Window:
    if window.until_at <= window.first_at:
        raise ValueError("ends before it begins; a window past midnight is typed as two")
    if window.until_at - window.first_at > LONGEST:
        raise ValueError(f"is longer than {LONGEST.days} days")
    return window


def _to_utc(day: date, hour: str, minute: str, zone: ZoneInfo) -> datetime:
    hours, minutes = int(hour), int(minute)
    if hours == 24:
        if minutes:
            raise ValueError("there is no time after 24:00")
        day, hours = day + timedelta(days=1), 0
    local = datetime.combine(day, time(hours, minutes), zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"{local:%H:%M} does not come on {day}: the clocks go forward")
    return at


def parse_quiet(text: str) -> tuple[str, str]:
    """Quiet hours "20:00-09:00" as two local times; "none" as two empty ones.

    Raises:
        RingbackError: `windows_bad`.

    >>> parse_quiet("20:00-9:00"), parse_quiet("none")
    (('20:00', '09:00'), ('', ''))
    """
    if text.strip().lower() == "none":
        return "", ""
    found = _QUIET_FORM.fullmatch(text.strip())
    if not found or "24" in (found[1], found[3]):
        raise RingbackError("windows_bad", problems=f'"{text}" is not quiet hours such as "20:00-09:00" or "none"')
    begin, end = f"{int(found[1]):02}:{found[2]}", f"{int(found[3]):02}:{found[4]}"
    if begin == end:
        raise RingbackError("windows_bad", problems=f'quiet hours "{text}" never end')
    return begin, end


def is_quieter(quiet_from: str, quiet_until: str) -> bool:
    """Whether quiet hours cover all of the usual ones.

    >>> is_quieter("19:00", "10:00"), is_quieter("22:00", "07:00"), is_quieter("", "")
    (True, False, False)
    """
    return _quiet_minutes(*USUAL_QUIET) <= _quiet_minutes(quiet_from, quiet_until)


def _quiet_minutes(quiet_from: str, quiet_until: str) -> set[int]:
    """The quiet minutes of a day, as numbers from 0."""
    if not quiet_from:
        return set()
    begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in (quiet_from, quiet_until))
    return set(range(begin, end)) if begin < end else {*range(begin, 24 * 60), *range(end)}


def cut_quiet(
    windows: Sequence[Window], *, quiet_from: str, quiet_until: str, zone: str
) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    """Cut the quiet hours out of windows.

    Args:
        windows: In order.
        quiet_from: Local time "20:00" from which nothing is sent; '' for no quiet hours.
        quiet_until: Local time until which nothing is sent; it may lie past midnight.
        zone: The time zone of the quiet hours.

    Returns:
        The windows that are left, and the stretches cut off, each in order.
    """
    if not quiet_from:
        return tuple(windows), ()
    left: list[Window] = []
    cut: list[Window] = []
    for window in windows:
        at = window.first_at
        for quiet in _quiet_stretches(window, quiet_from, quiet_until, ZoneInfo(zone)):
            begin, end = max(quiet.first_at, at), min(quiet.until_at, window.until_at)
            if begin >= end:
                continue
            if at < begin:
                left.append(Window(at, begin))
            cut.append(Window(begin, end))
            at = end
        if at < window.until_at:
            left.append(Window(at, window.until_at))
    return tuple(left), tuple(cut)


def _quiet_stretches(window: Window, quiet_from: str, quiet_until: str, zone: ZoneInfo) -> Iterator[Window]:
    begin, end = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    day = window.first_at.astimezone(zone).date() - timedelta(days=1)
    last = window.until_at.astimezone(zone).date()
    while day <= last:
        end_day = day if begin < end else day + timedelta(days=1)
        # In the hour that comes twice, quiet begins in the first pass and ends in the second: longer, never shorter.
        starts = datetime.combine(day, begin, zone).astimezone(UTC)
        ends = datetime.combine(end_day, end, zone).replace(fold=1).astimezone(UTC)
        yield Window(starts, ends)
        day += timedelta(days=1)


def open_window(windows: Sequence[Window], now: datetime) -> Window | None:
    """The window that is open now, or None."""
    return next((one for one in windows if one.first_at <= now < one.until_at), None)


def next_open(windows: Sequence[Window], now: datetime) -> datetime | None:
    """When sending may go on: now if in a window, else when the next one begins; None if all are over."""
    return next((max(one.first_at, now) for one in windows if one.until_at > now), None)


def seconds_left(windows: Sequence[Window], now: datetime) -> float:
    """Seconds of windows still to come, including the rest of an open one."""
    return sum(max(0.0, (one.until_at - max(one.first_at, now)).total_seconds()) for one in windows)


def rate_now(content: BatchContent, *, left: int, now: datetime) -> float:
    """The target rate now, in requests a second; 0 if all windows are over or no alert is left.

    An even spread keeps a reserve at the end (a tenth of the time left, at most five minutes) for texts that need a
    second attempt.

    Args:
        content: The batch's content: its windows, pace and highest rate.
        left: Alerts that still have to be handed over.
        now: The time.
    """
    return _rate(content.windows, now, left=left, per_second=content.per_second, pace=content.pace)


def _rate(windows: Sequence[Window], now: datetime, *, left: int, per_second: float, pace: str) -> float:
    seconds = seconds_left(windows, now)
    if seconds <= 0 or left <= 0:
        return 0.0
    if pace == "fast":
        return per_second
    return min(per_second, left / (seconds - min(_RESERVE_S, seconds * _RESERVE_SHARE)))


def capacity(windows: Sequence[Window], now: datetime, *, per_second: float, daily_limit: int) -> int:
    """How many texts fit into the windows still to come, under the rate and the limit of each UTC day."""
    return sum(count for _begin, _seconds, count in _day_parts(windows, now, per_second, daily_limit))


def _day_parts(
    windows: Sequence[Window], now: datetime, per_second: float, daily_limit: int
) -> Iterator[tuple[datetime, float, int]]:
    """Windows still to come, split at UTC midnights: start of each stretch, its seconds, how many texts fit."""
    used: dict[date, int] = {}
    for window in windows:
        at = max(window.first_at, now)
        while at < window.until_at:
            day = at.astimezone(UTC).date()
            midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
            seconds = (min(midnight, window.until_at) - at).total_seconds()
            fits = min(int(seconds * per_second), daily_limit - used.get(day, 0))
            used[day] = used.get(day, 0) + fits
            yield at, seconds, fits
            at = min(midnight, window.until_at)


def expected_end(content: BatchContent, now: datetime) -> datetime | None:
    """When the last text of a batch would leave if sending began now; None if the windows are too short."""
    windows, daily = content.windows, content.daily_limit
    if capacity(windows, now, per_second=content.per_second, daily_limit=daily) < content.texts:
        return None
    left, rate = content.texts, rate_now(content, left=content.texts, now=now)
    for begin, seconds, fits in _day_parts(windows, now, rate, daily):
        if left <= fits:
            return begin + timedelta(seconds=min(seconds, left / rate) if left else 0)
        left -= fits
    return windows[-1].until_at


def check_capacity(
    windows: Sequence[Window], now: datetime, *, texts: int, per_second: float, daily_limit: int
) -> None:
    """Check that all texts fit into the windows.

    Raises:
        RingbackError: `windows_short`, with the hours that are missing.
    """
    fits = capacity(windows, now, per_second=per_second, daily_limit=daily_limit)
    if fits < texts:
        hours = (texts - fits) / per_second / 3600
        missing = f"{hours:.1f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"
        raise RingbackError(
            "windows_short", fits=f"{fits:,}", texts=f"{texts:,}", missing=missing, rate=f"{per_second:g}",
            daily=f"{daily_limit:,}",
        )  # fmt: skip


def in_words(window: Window, zone: str) -> str:
    """A window in local time.

    >>> in_words(Window(datetime(2022, 7, 1, 8, tzinfo=UTC), datetime(2022, 7, 1, 18, 30, tzinfo=UTC)), "Europe/London")
    'Friday 1 July 2022, 09:00 to 19:30 BST'
    """
    begin, end = (moment.astimezone(ZoneInfo(zone)) for moment in (window.first_at, window.until_at))
    form = "%H:%M" if not (begin.second or end.second) else "%H:%M:%S"
    last = f"{end:{form}}" if end.date() == begin.date() else f"{end:%A} {end.day} {end:%B %Y}, {end:{form}}"
    name = f" {begin.tzname()}" if begin.tzname() != end.tzname() else ""
    return f"{begin:%A} {begin.day} {begin:%B %Y}, {begin:{form}}{name} to {last} {end.tzname()}"
