"""Outages: for so long, everything that is asked goes wrong in the same way. They follow one another."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notify_standin.clockwork import PushedClock, Timetable
from notify_standin.faults import Fault

KINDS = ("error_5xx", "read_timeout", "refuse")
_STATUSES = (500, 502, 503, 504)
_HOLD_S = 35.0


@dataclass(frozen=True)
class Outage:
    """One outage. All seconds are of the stand-in's clock.

    Attributes:
        seconds: How long it lasts.
        kind: "error_5xx": requests are answered with one; "read_timeout": requests are answered after `hold_s`, by when
            the client has gone; "refuse": connections are refused and open ones broken off.
        after_s: Seconds between the end of the outage before it (or now) and its start.
        with_row: Share of POSTs that make a row all the same: accepted in truth, whatever was answered.
        gets: Whether GETs fail as well; while connections are refused they always do.
        status: Of a 5xx: which one; None for any.
        hold_s: Of a read time-out: how long an answer takes.
    """

    seconds: float
    kind: str = "error_5xx"
    after_s: float = 0.0
    with_row: float = 0.0
    gets: bool = True
    status: int | None = None
    hold_s: float = _HOLD_S

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no outage {self.kind!r}; there are: {', '.join(KINDS)}")
        if self.seconds < 0 or self.after_s < 0 or not 0 <= self.with_row <= 1:
            raise ValueError("times are nought or more, and with_row is a share from 0 to 1")

    @classmethod
    def read(cls, value: "Outage | dict[str, Any]") -> "Outage":
        """An outage out of parsed JSON."""
        return value if isinstance(value, Outage) else cls(**value)


class Outages:
    """Those that were planned, and the fault that a request meets now.

    Args:
        clock: Whose time counts.
        timetable: What begins and ends the refusing of connections.
        random_source: Draws which POSTs make a row.

    Attributes:
        go_down: Called when connections are to be refused and open ones broken off.
        come_back: Called when they are to be taken again.
    """

    def __init__(self, clock: PushedClock, timetable: Timetable, random_source: random.Random) -> None:
        self._clock = clock
        self._timetable = timetable
        self._random = random_source
        self._planned: list[tuple[float, float, Outage]] = []
        self._times_ended = 0
        self.go_down: Callable[[], None] = lambda: None
        self.come_back: Callable[[], None] = lambda: None

    def plan(self, outages: list[Outage]) -> float:
        """They begin one after another, the first after those that are planned already; gives seconds to the end."""
        now = self._clock.elapsed()
        self._planned = [planned for planned in self._planned if planned[1] > now]
        end = max([now, *(planned[1] for planned in self._planned)])
        for outage in outages:
            start = end + outage.after_s
            end = start + outage.seconds
            self._planned.append((start, end, outage))
            if outage.kind == "refuse":
                self._turn_at(start - now, self.go_down)
                self._turn_at(end - now, self.come_back)
        return end - now

    def _turn_at(self, seconds: float, turn: Callable[[], None]) -> None:
        times_ended = self._times_ended

        def turn_unless_ended() -> None:
            # An outage that was ended early must not close or open the door later, in the midst of another one.
            if self._times_ended == times_ended:
                turn()

        if seconds <= 0:
            turn()
        else:
            self._timetable.after(seconds, turn_unless_ended)

    def end(self) -> None:
        """All is well from now on, and nothing is planned any more."""
        self._planned = []
        self._times_ended += 1
        self.come_back()

    def draw(self, method: str) -> Fault | None:
        """The fault of a request that arrives now; None where there is no outage, or where it leaves GETs alone."""
        now = self._clock.elapsed()
        outage = next((outage for start, end, outage in self._planned if start <= now < end), None)
        if outage is None or (method != "POST" and not outage.gets and outage.kind != "refuse"):
            return None
        status = outage.status or self._random.choice(_STATUSES)
        return Fault(self._name(outage, method), seconds=outage.hold_s, status=status, hold=False, outage=True)

    def _name(self, outage: Outage, method: str) -> str:
        if method != "POST":
            return {"error_5xx": "error_5xx", "read_timeout": "stall", "refuse": "reset"}[outage.kind]
        made = self._random.random() < outage.with_row
        if outage.kind == "refuse":
            # It came over a connection that was open: the row may be made before it breaks.
            return "reset_after" if made else "reset_before"
        if outage.kind == "read_timeout":
            return "stall_after" if made else "stall_before"
        return "error_5xx_with_row" if made else "error_5xx_before"
