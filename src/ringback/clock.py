"""The clock: what time it is, and waiting. It is passed down, so that a test may run it faster."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the program sees it. One second of it need not be a second of the machine."""

    def now(self) -> datetime:
        """The time of day: aware, UTC. It can be set back by whoever runs the machine."""
        ...

    def elapsed(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def machine_seconds(self, seconds: float) -> float:
        """How many seconds of the machine that is: for time-outs that a library counts itself."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time of day: aware, UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))

    def machine_seconds(self, seconds: float) -> float:
        """The same seconds."""
        return seconds
