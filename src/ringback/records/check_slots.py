"""The records of alert checks: the slots of the throttle, and the query whether a text is ours."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select

from ringback.records.alert_tables import alerts, batches, check_slots, routes

SlotName = tuple[str, str]
# How many digests one query asks for.
_AT_ONCE = 5_000


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


@dataclass(frozen=True, slots=True)
class OursWhen:
    """In which states an alert counts as ours.

    Attributes:
        alert_states: Always in these: the provider has the text, or may have it.
        waiting: In this state only while its batch may still be sent.
        batch_state: The state of such a batch.
    """

    alert_states: tuple[str, ...]
    waiting: str
    batch_state: str


@dataclass(frozen=True, slots=True)
class OurAlert:
    """An alert that counts as ours: its keyed check digest, its batch, and when it was handed over, if it was."""

    check_digest: str
    batch: str
    at: datetime | None


def find_ours(connection: Connection, check_digests: Sequence[str], *, when: OursWhen) -> HandedOver | None:
    """The alert with one of these digests that counts as ours; None if there is none.

    All conditions are in this one query, so that a near miss takes the same work and gives the same result as a miss.
    """
    query = _ours(_handed_over_at(), when=when).where(alerts.c.check_digest.in_(check_digests))
    row = connection.execute(query).first()
    return None if row is None else HandedOver(row[0])


@dataclass(frozen=True, slots=True)
class AlertDigests:
    """The keyed digests of an alert of ours: of reference and last four digits, and of the number that it went to."""

    check_digest: str
    number_digest: str


def find_alert_digests(connection: Connection, check_digests: Sequence[str], *, when: OursWhen) -> AlertDigests | None:
    """The alert with one of these digests that counts as ours; None if there is none.

    A rehearsal went to a number of staff, and does not count.
    """
    query = _ours(alerts.c.check_digest, alerts.c.number_digest, when=when).where(
        alerts.c.check_digest.in_(check_digests), batches.c.kind == "alerts"
    )
    row = connection.execute(query).first()
    return None if row is None else AlertDigests(row.check_digest, row.number_digest)


@dataclass(frozen=True, slots=True)
class AlertedNumber:
    """The number that an alert of ours went to: its keyed digest, and sealed, with what it is sealed about."""

    number_digest: str
    number_sealed: str
    about: str


def list_alerted_numbers(
    connection: Connection, check_digests: Sequence[str], *, when: OursWhen
) -> dict[str, AlertedNumber]:
    """The numbers of those alerts among these that count as ours, by check digest. A rehearsal has none.

    Places of alerts are counted among the texts of a batch, and places of routes among all its numbers. So a number
    is found by its digest, never by a place.
    """
    query = _ours(alerts.c.check_digest, alerts.c.number_digest, alerts.c.batch, when=when)
    found = {}
    for some in _parts(check_digests):
        texts = connection.execute(query.where(alerts.c.check_digest.in_(some))).all()
        sealed = _sealed_numbers(connection, {row.batch for row in texts}, {row.number_digest for row in texts})
        for row in texts:
            if (row.batch, row.number_digest) in sealed:
                found[row.check_digest] = sealed[row.batch, row.number_digest]
    return found


def _sealed_numbers(
    connection: Connection, in_batches: Collection[str], digests: Collection[str]
) -> dict[tuple[str, str], AlertedNumber]:
    """The numbers with these digests, by batch and digest. One scan of the batches, for routes have no such index."""
    query = select(routes.c.batch, routes.c.place, routes.c.number_digest, routes.c.number_sealed).where(
        routes.c.batch.in_(in_batches), routes.c.number_digest.in_(digests)
    )
    return {
        (row.batch, row.number_digest): AlertedNumber(
            row.number_digest, row.number_sealed, f"route:{row.batch}:{row.place}"
        )
        for row in connection.execute(query)
    }


def _parts(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    return (digests[start : start + _AT_ONCE] for start in range(0, len(digests), _AT_ONCE))


def list_ours(connection: Connection, *, when: OursWhen) -> Iterator[OurAlert]:
    """All alerts that count as ours, in no order."""
    query = _ours(alerts.c.check_digest, alerts.c.batch, _handed_over_at().label("at"), when=when)
    for row in connection.execute(query):
        yield OurAlert(row.check_digest, row.batch, row.at)


def _handed_over_at() -> ColumnElement[datetime]:
    return func.coalesce(alerts.c.accepted_at, alerts.c.claimed_at)


def _ours(*columns: ColumnElement[Any], when: OursWhen) -> Select[Any]:
    still_to_go = and_(alerts.c.state == when.waiting, batches.c.state == when.batch_state)
    return (
        select(*columns)
        .join_from(alerts, batches, alerts.c.batch == batches.c.id)
        .where(or_(alerts.c.state.in_(when.alert_states), still_to_go))
    )


def count_alerts_in(connection: Connection, batch: str, state: str) -> int:
    """How many alerts of a batch are in a state."""
    query = select(func.count()).select_from(alerts).where(alerts.c.batch == batch, alerts.c.state == state)
    return int(connection.scalar(query) or 0)


def _one_of(names: Collection[SlotName]) -> ColumnElement[bool]:
    return or_(*(and_(check_slots.c.reference_digest == one, check_slots.c.source_digest == two) for one, two in names))
