"""Alarms: things that a person must look at. Each is raised once, however often it is noticed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from ringback.records.alert_tables import alarms


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: its name, its detail, and the ids of the batch and alert it is about."""

    id: int
    batch: str
    alert: int
    what: str
    detail: str
    raised_at: datetime


def raise_alarm(
    connection: Connection, *, what: str, detail: str, now: datetime, batch: str = "", alert: int = 0
) -> bool:
    """Raise an alarm, unless the same one was raised before. Returns whether it is new.

    Args:
        connection: A transaction that writes.
        what: Its name, such as accepted_twice.
        detail: In words; never a number.
        now: The time.
        batch: The batch that the alarm is about; '' for none.
        alert: The alert's id; 0 for none.
    """
    same = select(alarms.c.id).where(
        alarms.c.what == what, alarms.c.batch == batch, alarms.c.alert == alert, alarms.c.detail == detail
    )
    if connection.scalar(same):
        return False
    connection.execute(insert(alarms).values(what=what, detail=detail, batch=batch, alert=alert, raised_at=now))
    return True


def list_alarms(connection: Connection, *, batch: str | None = None) -> Sequence[Alarm]:
    """All alarms, or those of one batch, oldest first."""
    query = select(alarms).order_by(alarms.c.id)
    if batch is not None:
        query = query.where(alarms.c.batch == batch)
    return [Alarm(**row._mapping) for row in connection.execute(query)]
