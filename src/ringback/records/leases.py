"""Leases: which process may send a batch. Each new holder gets a higher fence, which shows up an older holder."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from ringback.errors import RingbackError
from ringback.records.alert_tables import leases

# An ordinary correction of a clock may be this large.
CLOCK_TOLERANCE = timedelta(seconds=2)


class LeaseLost(Exception):  # noqa: N818 - not an error: somebody else goes on
    """Another process holds the lease, or it ran out."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one batch until `expires_at`. `claims` is the batch's count of claims when read."""

    batch: str
    holder: str
    fence: int
    expires_at: datetime
    claims: int = 0


def find_holder(connection: Connection, batch: str, now: datetime) -> Lease | None:
    """The current lease of a batch; None if nobody holds it."""
    row = connection.execute(select(leases).where(leases.c.batch == batch)).first()
    if row is None or row.expires_at <= now:
        return None
    return Lease(batch, row.holder, row.fence, row.expires_at, row.claims)


def take_lease(connection: Connection, batch: str, *, holder: str, now: datetime, lasts: timedelta) -> Lease | None:
    """Take the lease; None if another process holds it.

    Raises:
        RingbackError: `clock_went_back` if the last holder saw a later time than this process.
    """
    row = connection.execute(select(leases).where(leases.c.batch == batch)).first()
    if row is None:
        connection.execute(
            insert(leases).values(batch=batch, holder=holder, fence=1, renewed_at=now, expires_at=now + lasts)
        )
        return Lease(batch, holder, 1, now + lasts)
    _check_clock(row.renewed_at, now)
    if row.expires_at > now:
        return None
    lease = Lease(batch, holder, row.fence + 1, now + lasts, row.claims)
    _save(connection, lease, now)
    return lease


def renew_lease(connection: Connection, lease: Lease, *, now: datetime, lasts: timedelta) -> Lease:
    """Renew the lease.

    Raises:
        LeaseLost: It is no longer ours, or it had run out, so that another process may have taken over.
        RingbackError: `clock_went_back`.
    """
    check_lease(connection, lease, now=now)
    renewed = Lease(lease.batch, lease.holder, lease.fence, now + lasts, lease.claims)
    _save(connection, renewed, now)
    return renewed


def check_lease(connection: Connection, lease: Lease, *, now: datetime) -> None:
    """Check, within the transaction, that the lease is still ours.

    Raises:
        LeaseLost: It is not.
        RingbackError: `clock_went_back`.
    """
    row = connection.execute(select(leases).where(leases.c.batch == lease.batch)).first()
    if row is None or row.fence != lease.fence or row.holder != lease.holder:
        raise LeaseLost("another process took the lease over")
    if row.claims != lease.claims:
        raise LeaseLost("the records are not as this process left them: claims that it made are gone")
    _check_clock(row.renewed_at, now)
    if row.expires_at <= now:
        raise LeaseLost("the lease ran out before it was renewed")


def count_claims(connection: Connection, lease: Lease, made: int) -> Lease:
    """Add to the count of claims, in the transaction that makes them. Returns the new lease."""
    counted = replace(lease, claims=lease.claims + made)
    connection.execute(update(leases).where(leases.c.batch == lease.batch).values(claims=counted.claims))
    return counted


@dataclass(frozen=True, slots=True)
class Claims:
    """The progress of a batch: its fence, its claims ever made, and when its sender last held the lease."""

    batch: str
    fence: int
    claims: int
    last_claim: datetime


def read_all_claims(connection: Connection) -> list[Claims]:
    """The progress of every batch that was ever sent."""
    columns = leases.c.batch, leases.c.fence, leases.c.claims, leases.c.renewed_at
    return [Claims(*row) for row in connection.execute(select(*columns).order_by(leases.c.batch))]


def release_lease(connection: Connection, lease: Lease, *, now: datetime) -> None:
    """Give the lease back, if it is still ours, so that the next holder need not wait for its end."""
    connection.execute(
        update(leases).where(leases.c.batch == lease.batch, leases.c.fence == lease.fence).values(expires_at=now)
    )


def _check_clock(seen: datetime, now: datetime) -> None:
    if now < seen - CLOCK_TOLERANCE:
        raise RingbackError("clock_went_back", now=f"{now:%Y-%m-%d %H:%M:%S}", seen=f"{seen:%Y-%m-%d %H:%M:%S}")


def _save(connection: Connection, lease: Lease, now: datetime) -> None:
    values = {"holder": lease.holder, "fence": lease.fence, "renewed_at": now, "expires_at": lease.expires_at}
    connection.execute(update(leases).where(leases.c.batch == lease.batch).values(**values))
