"""A clock that runs faster than the machine's by a stated factor: every wait shrinks in proportion."""

import time
from datetime import UTC, datetime, timedelta


class FastClock:
    """Time since `base` passes `factor` times as fast. Processes that share base and factor share the time.

    Args:
        base: Where the fast time starts, aware UTC. It is also what the machine's clock said at `started`.
        factor: Seconds of this clock in a second of the machine.
        started: time.time() of the machine at the moment `base`.
    """

    def __init__(self, factor: float, *, base: datetime | None = None, started: float | None = None) -> None:
        self.factor = factor
        self.started = time.time() if started is None else started
        self.base = base or datetime.fromtimestamp(self.started, UTC)

    def now(self) -> datetime:
        return self.base + timedelta(seconds=(time.time() - self.started) * self.factor)

    def elapsed(self) -> float:
        return time.monotonic() * self.factor

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds) / self.factor)

    def machine_seconds(self, seconds: float) -> float:
        return seconds / self.factor
