"""Batches, their routes and their alerts in the records. Planned content never changes afterwards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, update

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.records.alert_tables import alerts, batches, routes

# Rows in one statement: enough to write a large list fast, few enough to keep memory small.
_CHUNK = 10_000
# An alert in one of these states may reach, or have reached, a phone. In a finished batch, waiting alerts never will.
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
    """An alert as planning makes it."""

    place: int
    number_digest: str
    check_digest: str
    sealed: str
    provider_reference: str

    @property
    def listed(self) -> tuple[int, str, str, str]:
        """The fields that the list's hash covers."""
        return (self.place, self.number_digest, self.check_digest, self.provider_reference)


def find_batch(connection: Connection, batch_id: str) -> Batch | None:
    """The batch with this id; None if there is none."""
    row = connection.execute(select(batches).where(batches.c.id == batch_id)).first()
    return Batch(**row._mapping) if row else None


def read_batch(connection: Connection, batch_id: str) -> Batch:
    """The batch with this id, as this transaction sees it.

    Raises:
        RingbackError: `batch_unknown`.
    """
    found = find_batch(connection, batch_id)
    if found is None:
        raise RingbackError("batch_unknown", batch=batch_id[:40])
    return found


def get_batch(engine: Engine, batch_id: str) -> Batch:
    """The batch with this id.

    Raises:
        RingbackError: `batch_unknown`.
    """
    with engine.connect() as connection:
        return read_batch(connection, batch_id)


def list_batches(connection: Connection) -> list[Batch]:
    """All batches, including rehearsals, in the order of planning."""
    rows = connection.execute(select(batches).order_by(batches.c.planned_at, batches.c.id))
    return [Batch(**row._mapping) for row in rows]


def list_rehearsals(connection: Connection, batch_id: str) -> list[Batch]:
    """The rehearsals of a batch, in the order of planning."""
    return [one for one in list_batches(connection) if one.rehearses == batch_id]


def next_batch_id(connection: Connection) -> str:
    """The id of the next batch: B-001, B-002, ..."""
    return f"B-{_highest(connection, 'B-', kind='alerts') + 1:03}"


def next_rehearsal_id(connection: Connection, batch_id: str) -> str:
    """The id of the next rehearsal of a batch: B-001-R1, B-001-R2, ..."""
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
        routed: A route for every number called.
        listed: An alert for every number to text.
    """
    connection.execute(insert(batches).values(**asdict(batch)))
    _add_many(connection, routes, (_columns(row) | {"batch": batch.id} for row in routed))
    new = {"batch": batch.id, "state": "waiting", "attempt": 0}
    _add_many(connection, alerts, (_columns(row) | new for row in listed))


def _columns(row: RouteRow | NewAlert) -> dict[str, Any]:
    # Cheaper than asdict, which makes deep copies. There may be hundreds of thousands of rows.
    return {name: getattr(row, name) for name in row.__slots__}


def _add_many(connection: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        connection.execute(insert(table), chunk)


def set_state(connection: Connection, batch_id: str, state: str, *, why: str, now: datetime) -> None:
    """Put a batch in another state. Every state but `approved` removes the approval; only `set_approved` gives one.

    Args:
        connection: A transaction that writes.
        batch_id: The batch.
        state: One of `alerting.model.states.BATCH_STATES`.
        why: The reason, in words; anything like a phone number is masked.
        now: The time.
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
    """Record an approval and the number of its audit entry."""
    values = {
        "state": "approved", "state_why": None, "approved_by": approver, "approved_at": now, "approval_entry": entry,
    }  # fmt: skip
    connection.execute(update(batches).where(batches.c.id == batch_id).values(**values))


def set_started(connection: Connection, batch_id: str, *, now: datetime) -> None:
    """Record when a batch was first sent. Later calls change nothing."""
    never = (batches.c.id == batch_id) & batches.c.started_at.is_(None)
    connection.execute(update(batches).where(never).values(started_at=now))


def read_list(connection: Connection, batch_id: str) -> Iterator[tuple[int, str, str, str]]:
    """The hashed fields of each alert, in list order: place, number_digest, check_digest, provider_reference."""
    columns = (alerts.c.place, alerts.c.number_digest, alerts.c.check_digest, alerts.c.provider_reference)
    rows = connection.execute(select(*columns).where(alerts.c.batch == batch_id).order_by(alerts.c.place, alerts.c.id))
    yield from ((place, number, check, reference) for place, number, check, reference in rows)


def count_alerts(connection: Connection, batch_id: str) -> dict[str, int]:
    """State to count of alerts of a batch."""
    query = select(alerts.c.state, func.count()).where(alerts.c.batch == batch_id).group_by(alerts.c.state)
    return {state: int(count) for state, count in connection.execute(query)}


def read_routes(connection: Connection, batch_id: str, channels: Sequence[str] = ()) -> Iterator[RouteRow]:
    """The routes of a batch in list order: all, or those of some channels."""
    columns = [routes.c[name] for name in RouteRow.__slots__]
    query = select(*columns).where(routes.c.batch == batch_id).order_by(routes.c.place)
    if channels:
        query = query.where(routes.c.channel.in_(channels))
    for row in connection.execute(query):
        yield RouteRow(*row)


def count_routes(connection: Connection, batch_id: str) -> dict[str, dict[str, int]]:
    """Channel to reason to count of numbers of a batch. Channels without numbers are left out."""
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
    """Keyed digests of all numbers that hold an alert: a waiting one, or one that may have reached them.

    Rehearsals do not count. Waiting alerts of a finished batch do not count either, since nobody will send them.

    Args:
        connection: A transaction.
        but: A batch that is being replaced, whose waiting alerts do not count; '' for none.
    """
    waits = (alerts.c.state == "waiting") & (batches.c.state != "finished") & (batches.c.id != but)
    query = (
        select(alerts.c.number_digest)
        .join(batches, batches.c.id == alerts.c.batch)
        .where(batches.c.kind == "alerts", alerts.c.state.in_(_MAY_HAVE_IT) | waits)
    )
    return set(connection.scalars(query))
