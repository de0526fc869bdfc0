"""Reports in the records: added, found, given a status, erased. What they say is sealed before it comes here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from ringback.errors import RingbackError
from ringback.records.report_tables import report_losses, reports

WAYS = ("public", "telephone", "import")
RECEIVED, LOOKED_AT, TIED = "received", "looked_at", "tied"
STATUSES = (RECEIVED, LOOKED_AT, TIED, "helped", "closed")


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report that is to be added. Its columns are explained in `report_tables`.

    Attributes:
        losses: (pence, pence that came back) of each sum that the reporter says is lost.
    """

    id: str
    place: int
    way: str
    received_at: datetime
    taken_by: str
    kind: str
    sealed: str
    key_sealed: str
    wants_to_be_told: bool
    number_digest: str | None = None
    check_digest: str | None = None
    contact_digest: str | None = None
    content_digest: str | None = None
    centre_digest: str | None = None
    status_digest: str | None = None
    source: str | None = None
    source_table: str | None = None
    source_row: int | None = None
    losses: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A row of the table `reports`; sealed, key and digests are None once it is erased."""

    id: str
    place: int
    way: str
    received_at: datetime
    taken_by: str
    status: str
    kind: str
    sealed: str | None
    key_sealed: str | None
    number_digest: str | None
    check_digest: str | None
    contact_digest: str | None
    content_digest: str | None
    centre_digest: str | None
    status_digest: str | None
    wants_to_be_told: bool
    duplicate_group: str | None
    source: str | None
    source_table: str | None
    source_row: int | None
    erased_at: datetime | None
    erased_by: str | None


def report_id(place: int) -> str:
    """The id of the report at a place.

    >>> report_id(1), report_id(12345)
    ('R-0001', 'R-12345')
    """
    return f"R-{place:04}"


def next_place(connection: Connection) -> int:
    """The place of the next report. To be asked in the transaction that adds it, which holds the lock of writers."""
    return int(connection.scalar(select(func.max(reports.c.place))) or 0) + 1


def add_reports(connection: Connection, added: Sequence[NewReport]) -> None:
    """Add reports with the losses that they tell of; each is `received`."""
    rows = [{**asdict(one), "status": STATUSES[0]} for one in added]
    losses = [
        {"report": one.id, "basis": "reported", "pence": pence, "returned_pence": returned, "who": "",
         "at": one.received_at, "why": ""}
        for one in added
        for pence, returned in one.losses
    ]  # fmt: skip
    for row in rows:
        del row["losses"]
    if rows:
        connection.execute(insert(reports), rows)
    if losses:
        connection.execute(insert(report_losses), losses)


def get_report(connection: Connection, report: str) -> Report:
    """One report, by its id; the case of its letter and leading zeros do not matter.

    Raises:
        RingbackError: `report_missing`.
    """
    found = connection.execute(select(reports).where(reports.c.id == _canonical(report))).first()
    if found is None:
        raise RingbackError("report_missing", report=report[:20])
    return Report(**found._mapping)


def _canonical(typed: str) -> str:
    letter, _dash, number = typed.strip().upper().partition("-")
    return report_id(int(number)) if letter == "R" and number.isascii() and number.isdigit() else typed


def has_reports(connection: Connection) -> bool:
    """Whether there is a report that is not erased."""
    query = select(reports.c.id).where(reports.c.erased_at.is_(None)).limit(1)
    return connection.scalar(query) is not None


def list_reports(connection: Connection, *, status: str | None = None) -> list[Report]:
    """All reports, or those with one status, in order of arrival."""
    query = select(reports).order_by(reports.c.place)
    if status is not None:
        query = query.where(reports.c.status == status)
    return [Report(**row._mapping) for row in connection.execute(query)]


def known_rows(connection: Connection, source: str, *, first: int, last: int) -> set[tuple[str, int]]:
    """Table and row of what was imported from a source, of rows first to last; erased reports are known too."""
    query = select(reports.c.source_table, reports.c.source_row).where(
        reports.c.source == source, reports.c.source_row.between(first, last)
    )
    return {(str(row.source_table), int(row.source_row)) for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class KnownReport:
    """A report of another import: the digest of what it says, and whether it was erased."""

    content_digest: str | None
    erased: bool


def find_by_centre(connection: Connection, centre_digests: Sequence[str], *, not_of: str) -> list[KnownReport]:
    """Reports that another centre has under one of these numbers, of other imports than this one."""
    query = select(reports.c.content_digest, reports.c.erased_at).where(
        reports.c.centre_digest.in_(centre_digests), reports.c.source != not_of
    )
    return [KnownReport(row.content_digest, row.erased_at is not None) for row in connection.execute(query)]


def set_status(connection: Connection, report: str, status: str) -> None:
    """Set the status of a report."""
    connection.execute(update(reports).where(reports.c.id == report).values(status=status))


def set_groups(connection: Connection, groups: Mapping[str, str | None]) -> None:
    """Set the group of duplicates of some reports: report to group, None for no group."""
    for report, group in groups.items():
        connection.execute(update(reports).where(reports.c.id == report).values(duplicate_group=group))


def erase_report(connection: Connection, report: str, *, by: str, now: datetime) -> None:
    """Empty everything by which a report could be read or tied to somebody. The row stays, with its sums of money.

    Import, row, and the digest of another centre's number for it stay too, so that no export brings the report back.
    """
    if connection.dialect.name == "sqlite":
        # What is emptied is overwritten in the file as well.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    emptied = dict.fromkeys(
        ("sealed", "key_sealed", "number_digest", "check_digest", "contact_digest", "content_digest", "status_digest")
    )
    connection.execute(
        update(reports)
        .where(reports.c.id == report)
        .values(**emptied, wants_to_be_told=False, erased_at=now, erased_by=by)
    )
