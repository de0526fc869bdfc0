"""The throttle of log-ins, for each name and source: nobody keeps another person out by failing.

After a failure the same source waits for the same name; failures elsewhere hold up nobody. Whoever changes the source
with every try gains nothing without the password, for no answer tells whether it was right. Whoever has the password
could try out one-time codes. So failures with the right password are counted for the name as well. Once there were
many, places from which the person has never logged in wait for each other; places of before do not.
"""

import os
import socket
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ringback.alerting.staff.credentials import LONGEST_WAIT_S, wait_after
from ringback.keys import KeyRing
from ringback.records.check_slots import KeptSlot, SlotName, forget_slots, load_slots, save_slots
from ringback.records.staff import Transaction

# So many failures with the right password, since the last log-in, hold up nobody but their source.
FREE_FITTING = 20
_REMEMBERED = timedelta(days=90)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_OVERALL, _PLACE = "overall", "place"


@dataclass(frozen=True, slots=True)
class LogInThrottle:
    """Whom a name's failures hold up, as the records say.

    Attributes:
        own: Of this source: its failures since its last log-in, and when its next try counts.
        overall: Of the name: failures with the right password, and when the next try of a new place counts.
        known: Whether the person has logged in from this source before.
        names: What the three are called in the records.
    """

    own: KeptSlot
    overall: KeptSlot
    known: bool
    names: tuple[SlotName, SlotName, SlotName]

    @property
    def source_digest(self) -> str:
        """The source as a keyed digest, for the log: whoever looks sees which failures came from one place."""
        return self.names[0][1]

    def is_too_soon(self, begun_at: datetime) -> bool:
        """Whether a try that began then does not count, whatever it brings."""
        held_up = not self.known and self.overall.asked >= FREE_FITTING and _is_ahead(self.overall.next_at, begun_at)
        return held_up or (self.own.asked > 0 and _is_ahead(self.own.next_at, begun_at))


def load_throttle(connection: Transaction, ring: KeyRing, name: str, source: str) -> LogInThrottle:
    """The waits of a name, whether or not there is such an account, at one source.

    Args:
        connection: A transaction.
        ring: The case's keys: names and sources are kept as keyed digests.
        name: As it was typed.
        source: Where it was typed.
    """
    about, here = ring.newest.keyed("log-in", name), ring.newest.keyed("log-in source", source)
    names = ((about, here), (about, _OVERALL), (about, f"{_PLACE} {here}"))
    kept = load_slots(connection, names)
    fresh = KeptSlot(0, _LONG_AGO, booked=False)
    own, overall = kept.get(names[0], fresh), kept.get(names[1], fresh)
    return LogInThrottle(own, overall, names[2] in kept, names)


def save_failure(connection: Transaction, throttle: LogInThrottle, *, now: datetime, fits: bool) -> KeptSlot:
    """Note a failure that counted; returns how its source stands.

    Args:
        connection: A transaction that writes.
        throttle: As they were loaded in it.
        now: When.
        fits: Whether the password was right.
    """
    failures = throttle.own.asked + 1
    own = KeptSlot(failures, now + wait_after(failures), booked=False)
    overall = throttle.overall
    if fits:
        overall = KeptSlot(overall.asked + 1, now + timedelta(seconds=LONGEST_WAIT_S), booked=False)
    # Both are written either way: the work must not tell whether the password was right.
    save_slots(connection, {throttle.names[0]: own, throttle.names[1]: overall})
    return own


def save_success(connection: Transaction, throttle: LogInThrottle, *, now: datetime) -> None:
    """Note a log-in: its source is known from now on, and all counts begin anew."""
    forget_slots(connection, before=now - _REMEMBERED)
    anew = KeptSlot(0, now, booked=False)
    save_slots(
        connection,
        {throttle.names[0]: anew, throttle.names[1]: anew, throttle.names[2]: KeptSlot(1, now, booked=False)},
    )


def find_source() -> str:
    """Where a command is typed: machine, account and terminal; without a terminal the session of processes."""
    return f"{socket.gethostname()}/{os.getuid()}/{_find_terminal()}"


def _find_terminal() -> str:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        try:
            return os.ttyname(stream.fileno())
        except (OSError, ValueError, AttributeError):
            # Not a terminal, closed, or none at all.
            continue
    return f"session {os.getsid(0)}"


def _is_ahead(next_try_at: datetime, begun_at: datetime) -> bool:
    # A wait that is longer than any we set comes from a clock that was set back: nobody is locked out by that.
    return begun_at < next_try_at <= begun_at + timedelta(seconds=LONGEST_WAIT_S)
