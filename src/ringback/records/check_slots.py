"""What checks of alerts keep and look up: the slots that slow them, and the one question whether a text is ours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from ringback.records.alert_tables import alerts, check_slots

SlotName = tuple[str, str]


@dataclass(frozen=True, slots=True)
class KeptSlot:
    """One row of check_slots without its name; what it means is said in alerting.slowing."""

    asked: int
    next_at: datetime
    booked: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """That a text was handed over to the provider, and when (None where nobody noted it)."""

    at: datetime | None


def load_slots(connection: Connection, names: Collection[SlotName]) -> dict[SlotName, KeptSlot]:
    """The slots of these names (reference digest, source digest or lane) that are there, in one query."""
    query = select(check_slots).where(_one_of(names))
    return {
        (row.reference_digest, row.source_digest): KeptSlot(row.asked, row.next_at, row.booked)
        for row in connection.execute(query)
    }


def save_slots(connection: Connection, slots: Mapping[SlotName, KeptSlot]) -> None:
    """Keep these slots, whether they were there or not: the same two statements either way.

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
    """Forget the slots whose time lies before a moment; returns how many.

    Args:
        connection: A transaction that writes.
        before: Aware.
    """
    return connection.execute(delete(check_slots).where(check_slots.c.next_at < before)).rowcount


def find_handed_over(
    connection: Connection, check_digests: Sequence[str], *, states: Collection[str]
) -> HandedOver | None:
    """The alert with one of these digests that is in one of these states, or None.

    All that must hold for an answer is in this one query: a near miss and a miss are the same work and the same result.
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
