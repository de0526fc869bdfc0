"""Which numbers an alert went to, as keyed digests."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from ringback.records.alert_tables import alerts


def find_alerted(connection: Connection, *, states: Collection[str]) -> frozenset[str]:
    """The keyed digests of the numbers that have an alert in one of these states, of any batch.

    Args:
        connection: The case's records.
        states: States of alerts.
    """
    query = select(alerts.c.number_digest).where(alerts.c.state.in_(states)).distinct()
    return frozenset(connection.scalars(query))
