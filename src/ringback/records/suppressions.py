"""Suppressions: numbers never to contact. A suppression is never deleted, only marked as undone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from ringback.records.alert_tables import suppressions

SOURCES = ("import", "reply", "staff")
# A statement takes a limited number of values; SQLite's smallest limit is 999.
_CHUNK = 300


@dataclass(frozen=True, slots=True)
class Suppression:
    """One row of the table `suppressions`."""

    id: int
    number_digest: str
    reason: str
    source: str
    added_at: datetime
    added_by: str
    undone_at: datetime | None
    undone_by: str | None
    undone_why: str | None


@dataclass(frozen=True, slots=True)
class NewSuppression:
    """A number to suppress: its digests under every key of the case, newest first, the reason, and the source."""

    digests: tuple[str, ...]
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class AddedSuppression:
    """The result for a `NewSuppression`: its id, and whether it is new or was already active."""

    id: int
    new: bool


def add_suppressions(
    connection: Connection, rows: Sequence[NewSuppression], *, by: str, now: datetime
) -> list[AddedSuppression]:
    """Suppress numbers. A number suppressed for the same reason from the same source gets no second suppression.

    Another reason or source makes a suppression of its own: undoing a reply's STOP must not undo somebody's protection.

    Returns:
        One result for each row, in order.
    """
    added: list[AddedSuppression] = []
    for at in range(0, len(rows), _CHUNK):
        added += _add_chunk(connection, rows[at : at + _CHUNK], by=by, now=now)
    return added


def _add_chunk(
    connection: Connection, rows: Sequence[NewSuppression], *, by: str, now: datetime
) -> list[AddedSuppression]:
    known = _active_ids(connection, [digest for row in rows for digest in row.digests])
    fresh: dict[tuple[str, str, str], dict[str, object]] = {}
    for row in rows:
        first, *_older = keys = _keys(row)
        if not any(key in known for key in keys):
            number_digest, reason, source = first
            values = {"number_digest": number_digest, "reason": reason, "source": source}
            fresh[first] = values | {"added_at": now, "added_by": by}
    if fresh:
        adding = insert(suppressions).returning(suppressions.c.id, sort_by_parameter_order=True)
        known |= dict(zip(fresh, connection.scalars(adding, list(fresh.values())), strict=True))
    added = []
    for row in rows:
        keys = _keys(row)
        # If a list names a number twice, the second row is not new.
        new = fresh.pop(keys[0], None) is not None
        added.append(AddedSuppression(next(known[key] for key in keys if key in known), new))
    return added


def _keys(row: NewSuppression) -> list[tuple[str, str, str]]:
    return [(digest, row.reason, row.source) for digest in row.digests]


def _active_ids(connection: Connection, digests: list[str]) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for at in range(0, len(digests), _CHUNK):
        rows = connection.execute(
            select(suppressions)
            .where(suppressions.c.number_digest.in_(digests[at : at + _CHUNK]), suppressions.c.undone_at.is_(None))
            .order_by(suppressions.c.id.desc())
        )
        found |= {(row.number_digest, row.reason, row.source): row.id for row in rows}
    return found


# Built once, since it runs for every alert that is sent.
_ACTIVE = (
    select(suppressions)
    .where(suppressions.c.number_digest.in_(bindparam("digests", expanding=True)), suppressions.c.undone_at.is_(None))
    .order_by(suppressions.c.id)
)


def find_suppression(connection: Connection, digests: Collection[str]) -> Suppression | None:
    """The first active suppression of a number, found by its digests under every key; None if there is none."""
    found = find_suppressions(connection, digests)
    return found[0] if found else None


def find_suppressions(connection: Connection, digests: Collection[str]) -> list[Suppression]:
    """All active suppressions of a number, found by its digests under every key, oldest first."""
    return [Suppression(**row._mapping) for row in connection.execute(_ACTIVE, {"digests": list(digests)})]


def suppressed_digests(connection: Connection) -> dict[str, str]:
    """Suppressed digest, under any key, to the reason of its first active suppression."""
    rows = connection.execute(
        select(suppressions.c.number_digest, suppressions.c.reason)
        .where(suppressions.c.undone_at.is_(None))
        .order_by(suppressions.c.id.desc())
    )
    return {row.number_digest: row.reason for row in rows}


def active_digests(connection: Connection) -> frozenset[tuple[int, str]]:
    """Id and digest of every active suppression."""
    rows = connection.execute(
        select(suppressions.c.id, suppressions.c.number_digest).where(suppressions.c.undone_at.is_(None))
    )
    return frozenset((row.id, row.number_digest) for row in rows)


def undo_suppression(
    connection: Connection, digests: Collection[str], *, by: str, why: str, now: datetime, source: str | None = None
) -> list[Suppression]:
    """Undo the active suppressions of a number, from one source or from all. Returns them as they were."""
    found = [one for one in find_suppressions(connection, digests) if source in (None, one.source)]
    connection.execute(
        update(suppressions)
        .where(suppressions.c.id.in_([one.id for one in found]))
        .values(undone_at=now, undone_by=by, undone_why=why)
    )
    return found


def list_suppressions(connection: Connection) -> list[Suppression]:
    """All suppressions, active or undone, oldest first."""
    return [Suppression(**row._mapping) for row in connection.execute(select(suppressions).order_by(suppressions.c.id))]
