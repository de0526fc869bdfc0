"""The sealed reports of an inbox: read in order, and deleted once they are collected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from ringback.publishing.inbox.tables import about, durable, sent_reports


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One report that was sent: its number in this inbox, when (UTC), and the report, sealed."""

    seq: int
    sent_at: datetime
    sealed: bytes


def read_sent(engine: Engine, *, after: int, most: int) -> list[SealedRow]:
    """The reports after a number, in order, and not more than so many."""
    columns = (sent_reports.c.seq, sent_reports.c.sent_at, sent_reports.c.sealed)
    with engine.connect() as connection:
        query = select(*columns).where(sent_reports.c.seq > after).order_by(sent_reports.c.seq).limit(most)
        return [SealedRow(**row._mapping) for row in connection.execute(query)]


def empty_sent(engine: Engine, *, until: int) -> None:
    """Delete the reports up to a number, and note that they were collected."""
    with durable(engine) as connection:
        connection.execute(delete(sent_reports).where(sent_reports.c.seq <= until))
        connection.execute(update(about).where(about.c.key == "reports").values(value=str(until)))
