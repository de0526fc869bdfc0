"""Timestamps in the records: the latest in the audit log, and those ahead of a corrected clock."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from ringback.records.alert_tables import leases, paces
from ringback.records.audit import AuditEntry
from ringback.records.tables import audit


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest time among some audit entries; None if there is no readable one."""

    at: datetime | None


def find_latest(connection: Connection, *, after: int = 0) -> Seen:
    """The latest time among all entries after this one.

    The last entry's time is not enough: a refusal for a wrong time is logged with that wrong time.
    """
    times = connection.execute(select(audit.c.at).where(audit.c.seq > after)).scalars()
    read = [found for one in times if (found := _read_time(one)) is not None]
    return Seen(max(read, default=None))


def _read_time(text: str) -> datetime | None:
    """An entry's time; None if it was altered beyond reading, which the check of the chain reports."""
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
    """The number of the last entry; 0 if the log is empty."""
    return int(connection.scalar(select(func.max(audit.c.seq))) or 0)


def bring_back(connection: Connection, now: datetime) -> None:
    """End the leases and waits that lie in the future.

    A process that holds such a lease finds it expired, and takes a new one with a higher fence.

    Args:
        connection: A transaction that writes.
        now: The time, by the corrected clock.
    """
    ahead = leases.c.renewed_at > now
    connection.execute(update(leases).where(ahead).values(renewed_at=now, expires_at=now))
    connection.execute(update(paces).where(paces.c.next_at > now).values(next_at=now))
