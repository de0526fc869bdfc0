"""Times of the synthetic seizure: the rhythm of the calls, and London's local time.

Timestamps are whole seconds since 1970 in UTC. London's rule (an hour ahead from the last Sunday of March to the last
Sunday of October, at 01:00 UTC) is written out here; the tests compare it with the time-zone data.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic.pools import Ints

TIME_ZONE: Final = "Europe/London"
FIRST_DAY: Final = "2020-12-01"
LAST_DAY: Final = "2022-11-24"
DAY_S: Final = 86_400


def timestamp(year: int, month: int, day: int, hour: int = 0) -> int:
    """A UTC time as seconds since 1970.

    >>> timestamp(1970, 1, 2)
    86400
    """
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


SITE_OPENED: Final = timestamp(2020, 12, 1)
CALLS_FROM: Final = timestamp(2021, 7, 1)
CALLS_UNTIL: Final = timestamp(2022, 9, 1)
LAST_ACCOUNT: Final = timestamp(2022, 8, 22)
BEFORE_SITE_FROM: Final = timestamp(2020, 9, 1)
BEFORE_SITE_UNTIL: Final = timestamp(2020, 11, 28)
# The hour of 31 October 2021 in which London's clocks showed each local time for the second time.
REPEATED_FROM: Final = timestamp(2021, 10, 31, 1)
REPEATED_UNTIL: Final = timestamp(2021, 10, 31, 2)

# Calls in each hour of a London day, and on each day of the week from Monday, relative to the busiest.
_HOURS: Final = (3, 2, 1, 1, 1, 2, 4, 10, 35, 80, 100, 100, 85, 80, 95, 100, 90, 75, 60, 45, 30, 20, 10, 5)
_DAYS: Final = (1.0, 1.0, 0.98, 0.97, 0.9, 0.45, 0.3)


def _last_sunday(year: int, month: int) -> int:
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return timestamp(sunday.year, sunday.month, sunday.day, 1)


def london_offset(timestamps: Ints) -> Ints:
    """How many seconds London's clocks were ahead of UTC, 2020 to 2022.

    >>> london_offset(np.array([timestamp(2021, 7, 1), timestamp(2021, 12, 1)])).tolist()
    [3600, 0]
    """
    ahead = np.zeros(timestamps.shape, dtype=bool)
    for year in (2020, 2021, 2022):
        ahead |= (timestamps >= _last_sunday(year, 3)) & (timestamps < _last_sunday(year, 10))
    return np.where(ahead, 3600, 0).astype(np.int64)


def as_first_pass(timestamps: Ints) -> Ints:
    """The timestamps that a reader gets from their local times: a repeated hour is read as its first pass.

    >>> int(as_first_pass(np.array([REPEATED_FROM]))[0]) == REPEATED_FROM - 3600
    True
    """
    second_pass = np.zeros(timestamps.shape, dtype=bool)
    for year in (2020, 2021, 2022):
        back = _last_sunday(year, 10)
        second_pass |= (timestamps >= back) & (timestamps < back + 3600)
    return np.where(second_pass, timestamps - 3600, timestamps)


def _texts(at: Ints, *, unit: str = "s") -> NDArray[np.str_]:
    return np.datetime_as_string(at.astype("datetime64[s]"), unit=unit)  # type: ignore[call-overload, no-any-return]


def local_texts(timestamps: Ints) -> list[str]:
    """Timestamps as London's clocks showed them: "YYYY-MM-DD HH:MM:SS"."""
    if len(timestamps) == 0:
        return []
    texts = np.ascontiguousarray(_texts(timestamps + london_offset(timestamps)))
    letters = texts.view("U1").reshape(len(texts), -1)
    letters[:, 10] = " "
    written: list[str] = texts.tolist()
    return written


def utc_text(timestamp_s: int) -> str:
    """A timestamp as "YYYY-MM-DDTHH:MM:SSZ".

    >>> utc_text(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(timestamp_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The cumulative share of all calls, from 0 to 1, by each full hour.

    Attributes:
        hours: Timestamps, one per hour.
        done: Share of all calls made before each of them.
    """

    hours: NDArray[np.float64]
    done: NDArray[np.float64]

    def share(self, timestamps: Ints) -> NDArray[np.float64]:
        """The share of all calls made before each timestamp."""
        return np.interp(timestamps.astype(np.float64), self.hours, self.done)

    def timestamp(self, shares: NDArray[np.float64]) -> Ints:
        """The timestamp by which each share of all calls was made."""
        return np.interp(shares, self.done, self.hours).astype(np.int64)


def calling_rhythm() -> Rhythm:
    """The rhythm from July 2021 to August 2022: working days and hours in London, and steady growth."""
    hours = np.arange(CALLS_FROM, CALLS_UNTIL + 1, 3600, dtype=np.int64)
    local = hours[:-1] + london_offset(hours[:-1])
    days = local // DAY_S
    # 1 January 1970 was a Thursday, the fourth day of its week.
    weight = np.array(_HOURS, dtype=float)[local % DAY_S // 3600] * np.array(_DAYS)[(days + 3) % 7]
    grown = weight * (1.0 + (hours[:-1] - CALLS_FROM) / (CALLS_UNTIL - CALLS_FROM))
    done = np.concatenate([[0.0], np.cumsum(grown)])
    return Rhythm(hours.astype(np.float64), done / done[-1])
