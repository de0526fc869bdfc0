"""The provider's pace: when the next request may start. One row per sender, shared by all batches and processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from ringback.records.alert_tables import paces

# How much lost time may be made up at once, so that a short wait for the disk does not lower the rate.
CATCH_UP = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Grant:
    """How many requests may start now, when the next may start, and if none may now, why."""

    requests: int
    next_at: datetime
    why: str = ""


def take_slots(
    connection: Connection,
    sender: str,
    *,
    now: datetime,
    wanted: int,
    per_second: float,
    daily_limit: int,
    early: int = 0,
) -> Grant:
    """Take up to `wanted` slots, as the pace and the rest of the day's limit allow.

    Args:
        connection: A transaction that writes.
        sender: Name of the sender.
        now: When.
        wanted: Requests that could start now.
        per_second: Requests a second at most that the provider takes, over all batches.
        daily_limit: Requests a UTC day at most.
        early: How many slots before its time the next slot may be taken.
    """
    row = connection.execute(select(paces).where(paces.c.sender == sender)).first()
    day = now.date().isoformat()
    if row is None:
        fresh = {"next_at": now, "paused_until": None, "paused_why": None, "day": day, "requests": 0}
        connection.execute(insert(paces).values(sender=sender, **fresh))
        row = connection.execute(select(paces).where(paces.c.sender == sender)).one()
    if row.paused_until is not None and row.paused_until > now:
        return Grant(0, row.paused_until, row.paused_why or "paused")
    used = row.requests if row.day == day else 0
    left = daily_limit - used
    if left <= 0:
        return Grant(0, next_utc_day(now), "the daily limit is reached")
    interval = timedelta(seconds=1 / per_second)
    first = max(row.next_at, now - CATCH_UP)
    if first > now + early * interval:
        return Grant(0, first, "pace")
    slots = min(wanted, left, max(1, (now - first) // interval + 1))
    next_at = first + slots * interval
    values = {"next_at": next_at, "day": day, "requests": used + slots}
    connection.execute(update(paces).where(paces.c.sender == sender).values(**values))
    return Grant(slots, next_at)


def pause(connection: Connection, sender: str, *, until: datetime, why: str) -> None:
    """Pause the sender: no request of any batch, by any process, starts before `until`."""
    paused = connection.scalar(select(paces.c.paused_until).where(paces.c.sender == sender))
    if paused is None or paused < until:
        connection.execute(update(paces).where(paces.c.sender == sender).values(paused_until=until, paused_why=why))


def find_pause(connection: Connection, sender: str, now: datetime) -> datetime | None:
    """The end of the current pause; None if there is none."""
    paused: datetime | None = connection.scalar(select(paces.c.paused_until).where(paces.c.sender == sender))
    return paused if paused is not None and paused > now else None


def next_utc_day(now: datetime) -> datetime:
    """The next 00:00 UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
