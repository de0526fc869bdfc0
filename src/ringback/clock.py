"""The clock: tells the time and waits. It is passed down, so that a test can run it faster."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the program sees it. One of its seconds need not be a second of the machine."""

    def now(self) -> datetime:
        """The current time: aware, UTC. An administrator of the machine can set it back."""
        ...

    def elapsed(self) -> float:
        """Seconds since some fixed time; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def machine_seconds(self, seconds: float) -> float:
        """Convert to seconds of the machine, for time-outs that a library counts itself."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time: aware, UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since some fixed time."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))

    def machine_seconds(self, seconds: float) -> float:
        """The same seconds."""
        return seconds
