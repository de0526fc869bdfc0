"""The records of alert checks: the slots of the throttle, and the query whether a text is ours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from ringback.records.alert_tables import alerts, check_slots

SlotName = tuple[str, str]


@dataclass(frozen=True, slots=True)
class KeptSlot:
    """One row of check_slots without its name. `alerting.model.throttle` explains the fields."""

    asked: int
    next_at: datetime
    booked: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A text that was handed over to the provider, and when (None if not recorded)."""

    at: datetime | None


def load_slots(connection: Connection, names: Collection[SlotName]) -> dict[SlotName, KeptSlot]:
    """The existing slots among these names (reference digest, source digest or lane), in one query."""
    query = select(check_slots).where(_one_of(names))
    return {
        (row.reference_digest, row.source_digest): KeptSlot(row.asked, row.next_at, row.booked)
        for row in connection.execute(query)
    }


def save_slots(connection: Connection, slots: Mapping[SlotName, KeptSlot]) -> None:
    """Store these slots. New and existing ones take the same two statements.

    Args:
        connection: A transaction that writes.
        slots: By their names.
    """
    connection.execute(delete(check_slots).where(_one_of(slots)))
    rows = [
        {"reference_digest": reference, "source_digest": source, **asdict(slot)}
        for (reference, source), slot in slots.items()
    ]
    connection.execute(insert(check_slots), rows)


def forget_slots(connection: Connection, *, before: datetime) -> int:
    """Delete the slots whose time lies before a given time. Returns how many.

    Args:
        connection: A transaction that writes.
        before: Aware.
    """
    return connection.execute(delete(check_slots).where(check_slots.c.next_at < before)).rowcount


def find_handed_over(
    connection: Connection, check_digests: Sequence[str], *, states: Collection[str]
) -> HandedOver | None:
    """The alert with one of these digests and in one of these states; None if there is none.

    All conditions are in this one query, so that a near miss takes the same work and gives the same result as a miss.
    """
    handed_over_at = func.coalesce(alerts.c.accepted_at, alerts.c.claimed_at)
    query = select(handed_over_at).where(alerts.c.check_digest.in_(check_digests), alerts.c.state.in_(sorted(states)))
    row = connection.execute(query).first()
    return None if row is None else HandedOver(row[0])


def count_alerts_in(connection: Connection, batch: str, state: str) -> int:
    """How many alerts of a batch are in a state."""
    query = select(func.count()).select_from(alerts).where(alerts.c.batch == batch, alerts.c.state == state)
    return int(connection.scalar(query) or 0)


def _one_of(names: Collection[SlotName]) -> ColumnElement[bool]:
    return or_(*(and_(check_slots.c.reference_digest == one, check_slots.c.source_digest == two) for one, two in names))
