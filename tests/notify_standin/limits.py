"""How much may be sent: a token bucket for each type of key, and a number for each UTC day."""

import math
from datetime import date, datetime

_SECONDS = 60
_CAPACITY_AT_MOST = 1000


class TokenBucket:
    """Every request takes a token, a denied one too, so that hammering an empty bucket keeps it empty.

    Only whole tokens are put back, and the time that they stand for is what counts as used.

    Args:
        limit: Requests a minute.

    >>> from datetime import UTC, datetime
    >>> bucket = TokenBucket(60)
    >>> noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    >>> sum(bucket.take(noon) for _ in range(100))
    20
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.capacity = min(math.ceil(limit / 3) + 1, _CAPACITY_AT_MOST)
        self._per_second = limit / _SECONDS
        self._tokens = self.capacity
        self._filled_at: float | None = None

    def take(self, now: datetime) -> bool:
        """Take a token; whether the request may go on."""
        moment = now.timestamp()
        if self._filled_at is None:
            self._filled_at = moment
        refill = math.floor(max(moment - self._filled_at, 0.0) * self._per_second)
        self._tokens = max(min(self._tokens + refill, self.capacity) - 1, 0)
        self._filled_at += refill / self._per_second
        return self._tokens >= 1

    def empty(self) -> None:
        """Take all that is there."""
        self._tokens = 0


class DailyCount:
    """How many texts were accepted on each UTC day."""

    def __init__(self) -> None:
        self._days: dict[date, int] = {}

    def count(self, now: datetime) -> int:
        """Those of this day."""
        return self._days.get(now.date(), 0)

    def add(self, now: datetime) -> None:
        """One more."""
        self._days[now.date()] = self.count(now) + 1
