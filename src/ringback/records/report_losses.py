"""Losses in the records. What was reported, confirmed and estimated is kept apart, and no function adds them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from ringback.records.report_tables import report_losses

REPORTED, CONFIRMED, ESTIMATED = "reported", "confirmed", "estimated"
BASES = (REPORTED, CONFIRMED, ESTIMATED)


@dataclass(frozen=True, slots=True)
class LossRow:
    """One sum: on which basis, how much, what came back, who said so (`''` for the reporter), when and why."""

    id: int
    report: str
    basis: str
    pence: int
    returned_pence: int
    who: str
    at: datetime
    why: str
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of money on one basis. Sums on different bases cannot be added, nor compared.

    >>> Money("reported", 100) + Money("reported", 50)
    Money(basis='reported', pence=150)
    """

    basis: str
    pence: int

    def __add__(self, other: "Money") -> "Money":
        """Add a sum on the same basis.

        Raises:
            ValueError: It is on another basis.
        """
        if not isinstance(other, Money):
            return NotImplemented
        if other.basis != self.basis:
            raise ValueError(f"what was {self.basis} is never added to what was {other.basis}")
        return Money(self.basis, self.pence + other.pence)


@dataclass(frozen=True, slots=True)
class Losses:
    """The three sums, of one report or of several; None where nobody gave one."""

    reported: Money | None = None
    confirmed: Money | None = None
    estimated: Money | None = None

    def as_dict(self) -> dict[str, int | None]:
        """Basis to pence."""
        return {basis: (found.pence if (found := getattr(self, basis)) else None) for basis in BASES}


def list_losses(connection: Connection, report: str) -> list[LossRow]:
    """All sums of a report, replaced ones too, oldest first."""
    query = select(report_losses).where(report_losses.c.report == report).order_by(report_losses.c.id)
    return [LossRow(**row._mapping) for row in connection.execute(query)]


def losses_by_report(connection: Connection) -> dict[str, Losses]:
    """The sums of every report that has any."""
    query = (
        select(report_losses.c.report, report_losses.c.basis, func.sum(report_losses.c.pence).label("pence"))
        .where(report_losses.c.replaced_at.is_(None))
        .group_by(report_losses.c.report, report_losses.c.basis)
    )
    found: dict[str, dict[str, Money]] = {}
    for row in connection.execute(query):
        found.setdefault(row.report, {})[row.basis] = Money(row.basis, int(row.pence))
    return {report: Losses(**sums) for report, sums in found.items()}


def total_losses(many: Sequence[Losses]) -> Losses:
    """The sums over several reports, each basis for itself."""
    totals: dict[str, Money] = {}
    for basis in BASES:
        for one in many:
            found = getattr(one, basis)
            if found is not None:
                totals[basis] = totals[basis] + found if basis in totals else found
    return Losses(**totals)


def set_loss(connection: Connection, report: str, *, money: Money, who: str, why: str, now: datetime) -> None:
    """Give a report a confirmed or estimated loss, in place of the one before.

    Raises:
        ValueError: The basis is what the reporter says, which nobody may change.
    """
    if money.basis not in (CONFIRMED, ESTIMATED):
        raise ValueError(f"nobody sets a loss that is {money.basis}")
    connection.execute(
        update(report_losses)
        .where(
            report_losses.c.report == report,
            report_losses.c.basis == money.basis,
            report_losses.c.replaced_at.is_(None),
        )
        .values(replaced_at=now)
    )
    connection.execute(
        insert(report_losses).values(
            report=report, basis=money.basis, pence=money.pence, returned_pence=0, who=who, at=now, why=why
        )
    )
