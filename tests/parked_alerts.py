"""Alerts that an outage put before a person, as an older program left them."""

from datetime import timedelta

from sqlalchemy import select, update

from ringback.records.alert_tables import alerts, attempts
from ringback.records.db import writing
from ringback.records.leases import count_claims, take_lease

DOUBTS = 5


def park(case_file, count, *, ago=timedelta()):
    """Park the first waiting alerts of the batch B-001 after five doubts each, and count the claims; returns their ids.

    Args:
        case_file: The case.
        count: How many.
        ago: How long ago they were tried.
    """
    with writing(case_file.records).begin() as connection:
        now = case_file.clock.now() - ago
        waiting = select(alerts.c.id).where(alerts.c.state == "waiting").order_by(alerts.c.id).limit(count)
        ids = list(connection.scalars(waiting))
        for alert in ids:
            why = "5 attempts in doubt, and the provider has none of them"
            values = {"state": "needs_human", "attempt": DOUBTS, "claimed_at": now, "why": why}
            connection.execute(update(alerts).where(alerts.c.id == alert).values(**values))
            for number in range(1, DOUBTS + 1):
                outcome = "unknown" if number == DOUBTS else "not_accepted"
                row = {"alert": alert, "attempt": number, "fence": 1, "claimed_at": now, "ended_at": now}
                connection.execute(attempts.insert().values(**row, outcome=outcome))
        lease = take_lease(connection, "B-001", holder="old", now=now, lasts=timedelta(seconds=0.001))
        count_claims(connection, lease, DOUBTS * len(ids))
    return ids
