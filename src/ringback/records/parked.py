"""Parked alerts: those that only a person can settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from ringback.records.alert_tables import alerts, attempts
from ringback.records.sending import AlertRow

# Outcomes of attempts that the provider may have taken.
_OPEN = or_(attempts.c.outcome.is_(None), attempts.c.outcome.in_(("unknown", "outage")))


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked alert not known to be with the provider, and when its open attempts were first and last claimed."""

    row: AlertRow
    first_try: datetime | None
    last_try: datetime | None


def find_parked(connection: Connection, batch: str) -> Sequence[Parked]:
    """The parked alerts of a batch that still have their number, in list order."""
    columns = [alerts.c[name] for name in AlertRow.__slots__]
    query = (
        select(*columns, func.min(attempts.c.claimed_at), func.max(attempts.c.claimed_at))
        .outerjoin(attempts, and_(attempts.c.alert == alerts.c.id, _OPEN))
        .where(
            alerts.c.batch == batch,
            alerts.c.state == "needs_human",
            alerts.c.notification_id.is_(None),
            alerts.c.sealed.is_not(None),
        )
        .group_by(alerts.c.id)
        .order_by(alerts.c.id)
    )
    return [Parked(AlertRow(*row[:-2]), row[-2], row[-1]) for row in connection.execute(query)]


def bring_back(connection: Connection, alert: int, *, why: str, now: datetime) -> None:
    """Let a parked alert wait again. Its attempts are given up and no longer count against it."""
    given_up = or_(_OPEN, attempts.c.outcome == "not_accepted")
    mine = and_(attempts.c.alert == alert, given_up)
    connection.execute(update(attempts).where(mine).values(outcome="absent", ended_at=now, detail=why))
    parked = and_(alerts.c.id == alert, alerts.c.state == "needs_human")
    connection.execute(update(alerts).where(parked).values(state="waiting", why=why, ask_at=None))


def park_open(connection: Connection, batch: str, *, why: str) -> int:
    """Park every open alert of a batch. Returns how many."""
    open_ = and_(alerts.c.batch == batch, alerts.c.state.in_(("waiting", "claimed", "in_doubt")))
    found = connection.execute(update(alerts).where(open_).values(state="needs_human", why=why, ask_at=None))
    return found.rowcount
