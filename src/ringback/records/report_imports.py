"""Exports of other centres that were imported: each known by the hash of its file."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from ringback.records.report_tables import report_imports


@dataclass(frozen=True, slots=True)
class ReportImport:
    """A row of the table `report_imports`."""

    id: str
    name: str
    sha256: str
    bytes: int
    added_at: datetime
    added_by: str


def find_import(connection: Connection, sha256: str) -> ReportImport | None:
    """The import of the file with this hash; None if it was never begun."""
    found = connection.execute(select(report_imports).where(report_imports.c.sha256 == sha256)).first()
    return ReportImport(**found._mapping) if found else None


def add_import(connection: Connection, *, name: str, sha256: str, size: int, now: datetime, by: str) -> ReportImport:
    """Note a new one."""
    count = int(connection.scalar(select(func.count()).select_from(report_imports)) or 0)
    added = ReportImport(f"IM-{count + 1:03}", name, sha256, size, now, by)
    connection.execute(insert(report_imports).values(**asdict(added)))
    return added
