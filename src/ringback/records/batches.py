"""Batches, their routes and their alerts, as the records keep them. What was planned is never changed afterwards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, update

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.records.alert_tables import alerts, batches, routes

# Rows in one statement: enough that a large list goes in fast, few enough that memory stays small.
_CHUNK = 10_000
# An alert in one of these states may reach, or may have reached, somebody's phone. In a finished batch nothing waits.
_MAY_HAVE_IT = ("claimed", "in_doubt", "accepted", "needs_human")


@dataclass(frozen=True, slots=True)
class Batch:
    """One row of the table `batches`."""

    id: str
    kind: str
    state: str
    content: str
    hash: str
    planned_by: str
    planned_at: datetime
    rehearses: str | None = None
    state_why: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    approval_entry: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One row of the table `routes`, without its batch."""

    place: int
    number_digest: str
    number_sealed: str
    channel: str
    reason: str
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class NewAlert:
    """What planning knows of an alert."""

    place: int
    number_digest: str
    check_digest: str
    sealed: str
    provider_reference: str

    @property
    def listed(self) -> tuple[int, str, str, str]:
        """What the list's hash covers."""
        return (self.place, self.number_digest, self.check_digest, self.provider_reference)


def find_batch(connection: Connection, batch_id: str) -> Batch | None:
    """The batch of this id."""
    row = connection.execute(select(batches).where(batches.c.id == batch_id)).first()
    return Batch(**row._mapping) if row else None


def read_batch(connection: Connection, batch_id: str) -> Batch:
    """The batch of this id, as this transaction sees it.

    Raises:
        RingbackError: `batch_unknown`.
    """
    found = find_batch(connection, batch_id)
    if found is None:
        raise RingbackError("batch_unknown", batch=batch_id[:40])
    return found


def get_batch(engine: Engine, batch_id: str) -> Batch:
    """The batch of this id.

    Raises:
        RingbackError: `batch_unknown`.
    """
    with engine.connect() as connection:
        return read_batch(connection, batch_id)


def list_batches(connection: Connection) -> list[Batch]:
    """All batches, rehearsals among them, in the order they were planned."""
    rows = connection.execute(select(batches).order_by(batches.c.planned_at, batches.c.id))
    return [Batch(**row._mapping) for row in rows]


def list_rehearsals(connection: Connection, batch_id: str) -> list[Batch]:
    """The rehearsals of a batch, in the order they were planned."""
    return [one for one in list_batches(connection) if one.rehearses == batch_id]


def next_batch_id(connection: Connection) -> str:
    """The id that the next batch gets: B-001, B-002, ..."""
    return f"B-{_highest(connection, 'B-', kind='alerts') + 1:03}"


def next_rehearsal_id(connection: Connection, batch_id: str) -> str:
    """The id that the next rehearsal of a batch gets: B-001-R1, B-001-R2, ..."""
    return f"{batch_id}-R{_highest(connection, f'{batch_id}-R', kind='rehearsal') + 1}"


def _highest(connection: Connection, prefix: str, *, kind: str) -> int:
    ids: Iterable[str] = connection.scalars(select(batches.c.id).where(batches.c.kind == kind))
    numbers = [one.removeprefix(prefix) for one in ids if one.startswith(prefix)]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def add_batch(
    connection: Connection, batch: Batch, *, routed: Iterable[RouteRow] = (), listed: Iterable[NewAlert] = ()
) -> None:
    """Add a planned batch with all its routes and alerts.

    Args:
        connection: A transaction that writes.
        batch: The batch.
        routed: A route for everybody.
        listed: An alert for everybody who is to be texted.
    """
    connection.execute(insert(batches).values(**asdict(batch)))
    _add_many(connection, routes, (_columns(row) | {"batch": batch.id} for row in routed))
    new = {"batch": batch.id, "state": "waiting", "attempt": 0}
    _add_many(connection, alerts, (_columns(row) | new for row in listed))


def _columns(row: RouteRow | NewAlert) -> dict[str, Any]:
    # Cheaper than asdict, which copies deeply: there may be hundreds of thousands.
    return {name: getattr(row, name) for name in row.__slots__}


def _add_many(connection: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        connection.execute(insert(table), chunk)


def set_state(connection: Connection, batch_id: str, state: str, *, why: str, now: datetime) -> None:
    """Put a batch in another state. All but `approved` take the approval away; only `set_approved` gives one.

    Args:
        connection: A transaction that writes.
        batch_id: The batch.
        state: One of `alerting.states.BATCH_STATES`.
        why: In words; what looks like a number is masked.
        now: When.
    """
    values: dict[str, Any] = {"state": state, "state_why": mask_numbers(why)}
    if state in ("stopped", "halted"):
        values |= {"stopped_at": now}
    if state == "finished":
        values |= {"ended_at": now}
    else:
        values |= {"approval_entry": None}
    connection.execute(update(batches).where(batches.c.id == batch_id).values(**values))


def set_approved(connection: Connection, batch_id: str, *, approver: str, entry: int, now: datetime) -> None:
    """Note an approval and the audit entry that tells of it."""
    values = {
        "state": "approved", "state_why": None, "approved_by": approver, "approved_at": now, "approval_entry": entry,
    }  # fmt: skip
    connection.execute(update(batches).where(batches.c.id == batch_id).values(**values))


def set_started(connection: Connection, batch_id: str, *, now: datetime) -> None:
    """Note when a batch was first sent; later beginnings change nothing."""
    never = (batches.c.id == batch_id) & batches.c.started_at.is_(None)
    connection.execute(update(batches).where(never).values(started_at=now))


def read_list(connection: Connection, batch_id: str) -> Iterator[tuple[int, str, str, str]]:
    """What the list's hash covers of each alert, in order: place, number_digest, check_digest, provider_reference."""
    columns = (alerts.c.place, alerts.c.number_digest, alerts.c.check_digest, alerts.c.provider_reference)
    rows = connection.execute(select(*columns).where(alerts.c.batch == batch_id).order_by(alerts.c.place, alerts.c.id))
    yield from ((place, number, check, reference) for place, number, check, reference in rows)


def count_alerts(connection: Connection, batch_id: str) -> dict[str, int]:
    """How many alerts of a batch are in each state."""
    query = select(alerts.c.state, func.count()).where(alerts.c.batch == batch_id).group_by(alerts.c.state)
    return {state: int(count) for state, count in connection.execute(query)}


def read_routes(connection: Connection, batch_id: str, channels: Sequence[str] = ()) -> Iterator[RouteRow]:
    """The routes of a batch in order: all, or those of some channels."""
    columns = [routes.c[name] for name in RouteRow.__slots__]
    query = select(*columns).where(routes.c.batch == batch_id).order_by(routes.c.place)
    if channels:
        query = query.where(routes.c.channel.in_(channels))
    for row in connection.execute(query):
        yield RouteRow(*row)


def count_routes(connection: Connection, batch_id: str) -> dict[str, dict[str, int]]:
    """How many numbers each channel and reason of a batch got; channels without any are left out."""
    query = (
        select(routes.c.channel, routes.c.reason, func.count())
        .where(routes.c.batch == batch_id)
        .group_by(routes.c.channel, routes.c.reason)
    )
    found: dict[str, dict[str, int]] = {}
    for channel, reason, count in connection.execute(query):
        found.setdefault(channel, {})[reason] = int(count)
    return found


def alerted_numbers(connection: Connection, *, but: str = "") -> set[str]:
    """Keyed digests of all numbers that hold an alert: one that waits, or one that may have reached them.

    Rehearsals do not count, nor what still waits in a batch that is finished, since nobody will send it.

    Args:
        connection: A transaction.
        but: A batch that does not count as far as its alerts only wait, since another takes its place.
    """
    waits = (alerts.c.state == "waiting") & (batches.c.state != "finished") & (batches.c.id != but)
    query = (
        select(alerts.c.number_digest)
        .join(batches, batches.c.id == alerts.c.batch)
        .where(batches.c.kind == "alerts", alerts.c.state.in_(_MAY_HAVE_IT) | waits)
    )
    return set(connection.scalars(query))
