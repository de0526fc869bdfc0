"""The stand-in's time: another clock that can be pushed on, and a timetable of what is due."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from ringback.clock import Clock

# Of the machine: a clock that somebody moves by hand may hold that no time need pass.
_SHORTEST_WAIT_S = 0.001


class PushedClock:
    """A clock that shows what another one shows, plus what it has been pushed on by. Waits end early when it is pushed.

    Args:
        clock: The clock underneath.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pushed_s = 0.0
        self.changed = threading.Condition()
        self._closed = False

    def now(self) -> datetime:
        """The time of day, aware, UTC."""
        return self._clock.now() + timedelta(seconds=self._pushed_s)

    def elapsed(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return self._clock.elapsed() + self._pushed_s

    def machine_seconds(self, seconds: float) -> float:
        """How many seconds of the machine that is."""
        return self._clock.machine_seconds(seconds)

    def advance(self, seconds: float) -> None:
        """Push the time on. Seconds, not below nought."""
        if seconds < 0:
            raise ValueError("time is pushed on, never back")
        with self.changed:
            self._pushed_s += seconds
            self.changed.notify_all()

    def close(self) -> None:
        """End every wait, now and later."""
        with self.changed:
            self._closed = True
            self.changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait that many seconds of this clock; False when it was closed meanwhile."""
        due = self.elapsed() + seconds
        with self.changed:
            while not self._closed and (left := due - self.elapsed()) > 0:
                self.changed.wait(max(self.machine_seconds(left), _SHORTEST_WAIT_S))
            return not self._closed


class Timetable:
    """Runs each thing when it is due, one after another, in a thread of its own.

    Args:
        clock: Whose time counts.
    """

    def __init__(self, clock: PushedClock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._closed = False
        self._busy = False
        self._thread = threading.Thread(target=self._run, name="notify-standin-timetable", daemon=True)
        self._thread.start()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run that, so many seconds of the clock from now. It must be quick."""
        with self._clock.changed:
            first = self._due[0] if self._due else None
            heapq.heappush(self._due, (self._clock.elapsed() + seconds, next(self._order), action))
            if self._due[0] is not first:
                self._clock.changed.notify_all()

    def seconds_left(self) -> float | None:
        """Seconds until something is due; None when nothing will be."""
        with self._clock.changed:
            return self._due[0][0] - self._clock.elapsed() if self._due else None

    def settle(self) -> None:
        """Wait until all that is due by now has run."""
        with self._clock.changed:
            self._clock.changed.wait_for(lambda: self._closed or not (self._busy or self._is_due()))

    def _is_due(self) -> bool:
        return bool(self._due) and self._due[0][0] <= self._clock.elapsed()

    def close(self) -> None:
        """Run nothing more."""
        with self._clock.changed:
            self._closed = True
            self._clock.changed.notify_all()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (action := self._next()) is not None:
            action()

    def _shorten(self, seconds: float) -> float:
        return max(self._clock.machine_seconds(seconds), _SHORTEST_WAIT_S)

    def _next(self) -> Callable[[], None] | None:
        with self._clock.changed:
            self._busy = False
            while not self._closed:
                if self._is_due():
                    self._busy = True
                    return heapq.heappop(self._due)[2]
                self._clock.changed.notify_all()
                left = self._due[0][0] - self._clock.elapsed() if self._due else None
                self._clock.changed.wait(None if left is None else self._shorten(left))
            return None
