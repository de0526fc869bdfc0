"""Reports found by their status codes."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ringback.records.report_tables import reports


def has_status_digest(connection: Connection, digests: Sequence[str]) -> bool:
    """Whether a report has one of these digests of a status code."""
    return connection.scalar(select(reports.c.id).where(reports.c.status_digest.in_(digests)).limit(1)) is not None
