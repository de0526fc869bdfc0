"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class StillClock:
    """Waiting moves it, too, so that nothing sleeps."""

    def __init__(self, start=datetime(2022, 11, 24, 10, 0, tzinfo=UTC)) -> None:
        self.moment = start
        self.start = start

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return (self.moment - self.start).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=max(0.0, seconds))

    def machine_seconds(self, seconds: float) -> float:
        return seconds * 0.0
