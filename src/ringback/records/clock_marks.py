"""Moments that the records have seen: the latest of the audit log, and those that lie ahead of a clock set right."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from ringback.records.alert_tables import leases, paces
from ringback.records.audit import AuditEntry
from ringback.records.tables import audit


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest time of the entries that were looked at; None where there is none that can be read."""

    at: datetime | None


def find_latest(connection: Connection, *, after: int = 0) -> Seen:
    """The latest time that any entry after this one carries, wherever it stands.

    The last entry would not do: what is refused for its time is logged with that time.
    """
    times = connection.execute(select(audit.c.at).where(audit.c.seq > after)).scalars()
    read = [found for one in times if (found := _read_time(one)) is not None]
    return Seen(max(read, default=None))


def _read_time(text: str) -> datetime | None:
    """An entry's time; None where it was altered beyond reading, of which the check of the chain tells."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def list_entries(connection: Connection, what: str) -> list[AuditEntry]:
    """The entries of one kind, newest first."""
    rows = connection.execute(select(audit).where(audit.c.what == what).order_by(audit.c.seq.desc()))
    return [AuditEntry(**row._mapping) for row in rows]


def last_number(connection: Connection) -> int:
    """The number of the last entry; 0 of an empty log."""
    return int(connection.scalar(select(func.max(audit.c.seq))) or 0)


def bring_back(connection: Connection, now: datetime) -> None:
    """End the leases and waits that lie ahead of now.

    A process that holds such a lease finds that it has run out, and takes a new one with a higher fence.

    Args:
        connection: A transaction that writes.
        now: The time, by a clock that is right.
    """
    ahead = leases.c.renewed_at > now
    connection.execute(update(leases).where(ahead).values(renewed_at=now, expires_at=now))
    connection.execute(update(paces).where(paces.c.next_at > now).values(next_at=now))
