"""Local time as two small tables, so that stages need neither a clock nor a time-zone database."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pyarrow as pa

_FIRST, _LAST = datetime(1969, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
_BEGINNING, _END = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - local by definition


@cache
def zone_offsets(time_zone: str) -> pa.Table:
    """The stretches of local time with one offset from UTC: ZONE_OFFSETS, without gaps or overlap.

    An hour that happens twice is read as its first pass; an hour that never happens, by the offset before it.
    """
    zone = ZoneInfo(time_zone)
    rows: list[tuple[datetime, datetime, int, str]] = []
    start = _BEGINNING
    for timestamp, before, after in _transitions(zone):
        plain_end, next_start = timestamp + min(before, after), timestamp + max(before, after)
        rows.append((start, plain_end, _seconds(before), "plain"))
        rows.append((plain_end, next_start, _seconds(before), "repeated" if after < before else "skipped"))
        start = next_start
    rows.append((start, _END, _seconds(_offset(zone, _LAST)), "plain"))
    columns = list(zip(*rows, strict=True))
    timestamps = pa.timestamp("us")
    return pa.table(
        {
            "from_local": pa.array(columns[0], timestamps),
            "until_local": pa.array(columns[1], timestamps),
            "offset_s": pa.array(columns[2], pa.int64()),
            "reading": pa.array(columns[3], pa.string()),
        }
    )


@cache
def local_days(time_zone: str, first_at: datetime, until_at: datetime) -> pa.Table:
    """The local days of a period, each with its first moment and the first after it: LOCAL_DAYS."""
    zone = ZoneInfo(time_zone)
    first, last = first_at.astimezone(zone).date(), until_at.astimezone(zone).date()
    days = [first + timedelta(days=count) for count in range((last - first).days + 2)]
    starts = [day_start(time_zone, day) for day in days]
    utc = pa.timestamp("us", "UTC")
    pairs = list(pairwise(starts))
    return pa.table(
        {
            "day": pa.array([day.isoformat() for day in days[:-1]], pa.string()),
            "from_at": pa.array([pair[0] for pair in pairs], utc),
            "until_at": pa.array([pair[1] for pair in pairs], utc),
        }
    )


def day_start(time_zone: str, day: date) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def _transitions(zone: ZoneInfo) -> list[tuple[datetime, timedelta, timedelta]]:
    """Every change of offset: its moment (UTC, naive), the offset before and the offset after."""
    found = []
    step = timedelta(days=7)
    low, before = _FIRST, _offset(zone, _FIRST)
    while low < _LAST:
        high = low + step
        after = _offset(zone, high)
        if before != after:
            found.append(_bisect(zone, low, high))
        low, before = high, after
    return found


def _bisect(zone: ZoneInfo, low: datetime, high: datetime) -> tuple[datetime, timedelta, timedelta]:
    before, after = _offset(zone, low), _offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high.replace(tzinfo=None), before, after


def _offset(zone: ZoneInfo, timestamp: datetime) -> timedelta:
    return timestamp.astimezone(zone).utcoffset() or timedelta(0)


def _seconds(offset: timedelta) -> int:
    return int(offset.total_seconds())
