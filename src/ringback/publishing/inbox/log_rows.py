"""The rows of the inbox's log: read in order, and deleted once they are collected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from ringback.publishing.inbox.tables import about, log
from ringback.records.db import writing


@dataclass(frozen=True, slots=True)
class LogRow:
    """One answered question: its number, when (UTC), what it was, the answer, and the campaign of a genuine text."""

    seq: int
    at: datetime
    what: str
    answer: str
    campaign: str | None


def read_log(engine: Engine, *, after: int, most: int) -> list[LogRow]:
    """The rows after a number, in order, and not more than so many."""
    with engine.connect() as connection:
        query = select(log).where(log.c.seq > after).order_by(log.c.seq).limit(most)
        return [LogRow(**row._mapping) for row in connection.execute(query)]


def empty_log(engine: Engine, *, until: int) -> None:
    """Delete the rows up to a number, and note that they were collected."""
    with writing(engine).begin() as connection:
        connection.execute(delete(log).where(log.c.seq <= until))
        connection.execute(update(about).where(about.c.key == "collected").values(value=str(until)))
