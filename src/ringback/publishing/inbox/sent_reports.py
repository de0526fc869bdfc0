"""The sealed reports of an inbox: read in order, and emptied once they are collected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, and_, select, update

from ringback.publishing.inbox.tables import about, durable, sent_reports
from ringback.publishing.inbox.uploads import delete_strays


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
        waiting = and_(sent_reports.c.seq > after, sent_reports.c.sealed.is_not(None))
        query = select(*columns).where(waiting).order_by(sent_reports.c.seq).limit(most)
        return [SealedRow(**row._mapping) for row in connection.execute(query)]


def empty_sent(engine: Engine, *, until: int) -> None:
    """Empty the reports up to a number, and note that they were collected."""
    collected = and_(sent_reports.c.seq <= until, sent_reports.c.sealed.is_not(None))
    with durable(engine) as connection:
        connection.execute(update(sent_reports).where(collected).values(sealed=None))
        delete_strays(connection)
        connection.execute(update(about).where(about.c.key == "reports").values(value=str(until)))
