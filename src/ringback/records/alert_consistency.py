"""Finding alerts in states that the program never produces: the records were altered or damaged."""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, or_, select

from ringback.records.alert_tables import alerts, attempts
from ringback.records.sending import AlertRow

_STATES = ("waiting", "claimed", "in_doubt", "accepted", "rejected", "suppressed", "needs_human")
_OPEN = ("waiting", "claimed", "in_doubt")


def count_impossible(
    connection: Connection, batch: str, *, approved: bool, ended: bool, told: Collection[int]
) -> dict[str, int]:
    """Impossible condition, in words, to count of alerts of a batch. Conditions without alerts are left out.

    Args:
        connection: A transaction.
        batch: The batch.
        approved: Whether anybody ever approved the batch.
        ended: Whether the batch was sent to its end, so that no alert can be open.
        told: Ids of alerts that the provider has against our record, from the audit log. They have an alarm of their
            own.
    """
    conditions = _conditions(told)
    if not approved:
        gone_on = or_(_state != "waiting", alerts.c.attempt > 0, alerts.c.notification_id.is_not(None))
        conditions["gone on, though nobody ever approved the batch"] = and_(gone_on, alerts.c.id.not_in(told))
    if ended:
        conditions["still open, though the batch was sent to its end"] = _state.in_(_OPEN)
    found = {}
    for words, condition in conditions.items():
        query = select(func.count()).select_from(alerts).where(alerts.c.batch == batch, condition)
        if count := connection.scalar(query):
            found[words] = count
    return found


_state = alerts.c.state


def _conditions(told: Collection[int]) -> dict[str, ColumnElement[bool]]:
    made = select(func.count()).select_from(attempts).where(attempts.c.alert == alerts.c.id).scalar_subquery()
    taken = _has_attempt("accepted")
    tried = _state.in_(("claimed", "in_doubt", "accepted"))
    return {
        "in an unknown state": _state.not_in(_STATES),
        "accepted, but without the provider's id": and_(_state == "accepted", alerts.c.notification_id.is_(None)),
        "accepted, but still with its number": and_(_state == "accepted", alerts.c.sealed.is_not(None)),
        "open, but without a number": and_(_state.in_(_OPEN), alerts.c.sealed.is_(None)),
        "to be sent, though the provider has taken it": and_(
            _state.in_(("waiting", "claimed", "in_doubt", "rejected", "suppressed")),
            or_(alerts.c.notification_id.is_not(None), taken),
        ),
        "in doubt, but never asked about": and_(_state == "in_doubt", alerts.c.ask_at.is_(None)),
        "tried according to their state, but without any attempt": and_(
            tried, alerts.c.attempt == 0, alerts.c.id.not_in(told)
        ),
        "with another number of attempts than recorded": alerts.c.attempt != made,
    }


def _has_attempt(outcome: str) -> ColumnElement[bool]:
    return exists().where(attempts.c.alert == alerts.c.id, attempts.c.outcome == outcome)


def count_ended_unsent(connection: Connection, batch: str) -> dict[str, int]:
    """State to count of alerts of a batch that ended unsent: suppressed, or rejected by ourselves."""
    unsent = or_(_state == "suppressed", and_(_state == "rejected", not_(_has_attempt("rejected"))))
    query = select(_state, func.count()).where(alerts.c.batch == batch, unsent).group_by(_state)
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def count_parked_untried(connection: Connection, batch: str) -> int:
    """How many alerts of a batch are parked although never tried. Only reconciling restored records does that."""
    untried = and_(alerts.c.batch == batch, _state == "needs_human", alerts.c.attempt == 0)
    return connection.scalar(select(func.count()).select_from(alerts).where(untried)) or 0


def read_sealed(connection: Connection, batch: str) -> Iterator[AlertRow]:
    """The alerts of a batch that still have their sealed number, in list order."""
    columns = [alerts.c[name] for name in AlertRow.__slots__]
    query = select(*columns).where(alerts.c.batch == batch, alerts.c.sealed.is_not(None)).order_by(alerts.c.place)
    for row in connection.execute(query):
        yield AlertRow(*row)
