"""The tables of an inbox: SQLite beside the bundle, or a PostgreSQL database of its own."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    insert,
    select,
    text,
    update,
)

from ringback.errors import RingbackError
from ringback.files.disk import unwritable
from ringback.records.db import connect_records, writing
from ringback.records.utc_datetime import UtcDateTime

# Format 2 added reports.
FORMAT = 2
metadata = MetaData()

# The format, the id of this inbox, its secret, and how far its log and its reports were collected.
about = Table("inbox_about", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

# One row per question. What was typed goes as soon as it is answered; the row itself a quarter of an hour later.
questions = Table(
    "inbox_questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String, nullable=False, unique=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("source", String, nullable=False),  # keyed digest
    Column("reference", String),
    Column("last_four", String),
    Column("due_at", UtcDateTime, nullable=False, index=True),  # when it is looked at; shown not before
    Column("answer", String, index=True),  # null until it is answered
    Column("campaign", String),
    Column("sent_on", Date),
    sqlite_autoincrement=True,
)

# The slots of the throttle: `alerting.model.throttle` explains them.
slots = Table(
    "inbox_slots",
    metadata,
    Column("reference_digest", String, primary_key=True),
    Column("source_digest", String, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("booked", Boolean, nullable=False),
)

# One row per answered question, until it is collected: nothing that was typed.
log = Table(
    "inbox_log",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("what", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("campaign", String),
    sqlite_autoincrement=True,
)

# One row per report that somebody is writing: encrypted under a key that only their return code gives.
drafts = Table(
    "inbox_drafts",
    metadata,
    Column("id", String, primary_key=True),  # derived from the return code
    Column("source", String, nullable=False, index=True),  # keyed digest
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

# One row per report that was sent: encrypted to a key that only the case has. Once it is collected, the report goes;
# the row stays for a while, so that its reporter is not told that nobody knows of it.
sent_reports = Table(
    "inbox_reports",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("draft", String, nullable=False, unique=True),  # the draft that it was: so nothing is sent twice
    Column("sent_at", UtcDateTime, nullable=False),
    Column("status_digest", LargeBinary, nullable=False, index=True),  # slow, of its status code
    Column("sealed", LargeBinary),  # null once it is collected
    sqlite_autoincrement=True,
)

# One row per file that belongs to a report, encrypted like a report from the moment it came; until it is collected.
uploads = Table(
    "inbox_uploads",
    metadata,
    Column("id", String, primary_key=True),  # drawn at random; the report names it
    Column("draft", String, nullable=False, index=True),
    Column("bytes", Integer, nullable=False),  # of what is sealed
    Column("sealed", LargeBinary, nullable=False),
)

# PostgreSQL keeps what was typed in dead rows until it cleans up: let it do so after every few hundred answers.
_CLEAN_SOON = text(
    f"ALTER TABLE {questions.name} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,"
    " autovacuum_vacuum_cost_delay = 0)"
)


def open_inbox(place: Path | str) -> Engine:
    """The inbox, made where there is none.

    Args:
        place: The SQLite file, or the address of a PostgreSQL database.

    Raises:
        RingbackError: `inbox_newer`, `output_unwritable`, or an error about the database.
    """
    if isinstance(place, Path):
        try:
            place.touch(mode=0o600)
        except OSError as error:
            raise unwritable(place.absolute(), error) from error
    engine = connect_records(place)
    if isinstance(place, Path):
        event.listen(engine, "connect", _be_quick)
    fresh = {
        "format": str(FORMAT), "id": secrets.token_hex(8), "secret": secrets.token_hex(32), "collected": "0",
        "reports": "0",
    }  # fmt: skip
    # Writers come one after the other: of two that begin at once, the second finds what the first one made.
    with writing(engine).begin() as connection:
        metadata.create_all(connection)
        there = set(connection.scalars(select(about.c.key)))
        if missing := [{"key": key, "value": value} for key, value in fresh.items() if key not in there]:
            connection.execute(insert(about), missing)
            if connection.dialect.name == "postgresql":
                connection.execute(_CLEAN_SOON)
        if 0 < int(connection.scalar(select(about.c.value).where(about.c.key == "format")) or 0) < FORMAT:
            # All that a newer format has more are tables, which are made by now.
            connection.execute(update(about).where(about.c.key == "format").values(value=str(FORMAT)))
    if int(read_about(engine, "format")) > FORMAT:
        raise RingbackError("inbox_newer", found=read_about(engine, "format"), known=FORMAT)
    return engine


def _be_quick(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # A power cut may lose the questions of a moment, which people ask again. A killed process loses none.
    connection.execute("PRAGMA synchronous=NORMAL")
    # What was typed is overwritten when it goes, and does not stay in the file.
    connection.execute("PRAGMA secure_delete=ON")


@contextmanager
def durable(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, and that a power cut does not undo once it ended."""
    with writing(engine).connect() as connection:
        own = connection.connection.dbapi_connection if engine.dialect.name == "sqlite" else None
        if own is not None:
            own.cursor().execute("PRAGMA synchronous=FULL")
        try:
            with connection.begin():
                yield connection
        finally:
            if own is not None:
                own.cursor().execute("PRAGMA synchronous=NORMAL")


def read_about(engine: Engine, key: str) -> str:
    """A fact about the inbox: format, id, secret, collected (rows of the log) or reports (that were collected)."""
    with engine.connect() as connection:
        return str(connection.scalar(select(about.c.value).where(about.c.key == key)) or "")
