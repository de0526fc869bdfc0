"""Connections to the records of a case."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError

from ringback.errors import RingbackError
from ringback.records.tables import RECORDS_FORMAT, about, metadata

_WRITING = {"ringback_begin": "BEGIN IMMEDIATE"}


def create_records(path: Path) -> Engine:
    """Make the records of a new case; readable by their owner alone."""
    path.touch(mode=0o600)
    engine = _engine(path)
    metadata.create_all(engine)
    with writing(engine).begin() as connection:
        connection.execute(insert(about).values(key="format", value=str(RECORDS_FORMAT)))
    return engine


def open_records(path: Path) -> Engine:
    """Open the records of a case.

    Raises:
        RingbackError: `case_missing` without the file, `case_newer` when a newer program wrote it.
    """
    if not path.exists():
        raise RingbackError("case_missing", path=path.parent)
    engine = _engine(path)
    with engine.connect() as connection:
        found = int(connection.scalar(select(about.c.value).where(about.c.key == "format")) or 0)
    if found > RECORDS_FORMAT:
        raise RingbackError("case_newer", path=path.parent, found=found, known=RECORDS_FORMAT)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: they take the write lock first.

    A SQLite transaction that begins by reading and then writes fails when another process wrote in between.
    """
    return engine.execution_options(**_WRITING)


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _explain)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # sqlite3 would begin transactions by itself, and late; _begin_sqlite does it.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")


def _explain(context: ExceptionContext) -> None:
    """A locked, full or damaged database is no fault of the program, and is told in words."""
    if isinstance(context.sqlalchemy_exception, DatabaseError):
        raise RingbackError("records_unusable", problem=str(context.original_exception)) from None


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("ringback_begin", "BEGIN"))
