"""Connections to the records of a case: a SQLite file in its folder, or a PostgreSQL database of its own.

In both, a transaction that writes first takes one lock. So writing transactions run one after the other, and each sees
all earlier writes. Both databases thus behave alike.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from ringback.errors import RingbackError
from ringback.files.disk import disk_full, free_bytes, unwritable
from ringback.records.alert_tables import leases
from ringback.records.closing import close, note_opened
from ringback.records.tables import RECORDS_FORMAT, about

_WRITING = {"ringback_writes": True}
# The lock of writers; the number spells "ring". Nobody else uses this database.
_WRITERS_LOCK = 0x72696E67
# PostgreSQL's code for a lock time-out.
_LOCK_NOT_AVAILABLE = "55P03"
# PostgreSQL's code for a full disk.
_DISK_FULL = "53100"
# SQLite's messages for a file or folder that it may not open or write.
_FORBIDDEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
# Bytes for SQLite's shared-memory file and a page or two of its log.
_LEAST_ROOM_BYTES = 64 * 1024
# PostgreSQL ends the transaction of a frozen process, so that it does not block everybody. A claim must survive a power
# cut before its request leaves, so commits are synchronous, whatever the server's own settings.
_POSTGRES_OPTIONS = (
    "-c timezone=UTC -c lock_timeout=30s -c idle_in_transaction_session_timeout=20s -c synchronous_commit=on"
)


def create_records(place: Path | str) -> Engine:
    """Make the records of a new case.

    Args:
        place: The file to make, readable by its owner alone; or the address of an empty PostgreSQL database.

    Raises:
        RingbackError: `records_taken` when the database already holds records.
    """
    # Imported only here and in `upgrade_records`, so that every other command starts without Alembic.
    from ringback.records.migrations.steps import make_fresh

    if isinstance(place, Path):
        try:
            place.touch(mode=0o600)
        except OSError as error:
            raise unwritable(place.absolute(), error) from error
    check_empty(place)
    engine = connect_records(place)
    make_fresh(engine)
    return engine


def check_empty(place: Path | str) -> None:
    """Check that a database can be used and holds no records yet.

    Raises:
        RingbackError: `records_taken` or `records_unusable`.
    """
    engine = connect_records(place)
    try:
        if inspect(engine).has_table(about.name):
            raise RingbackError("records_taken", place=_shown(place))
    finally:
        close([engine])


def open_records(place: Path | str, *, case_path: Path | None = None) -> Engine:
    """Open the records of a case.

    Raises:
        RingbackError: `case_missing` if there is no file, `case_newer` if a newer program wrote it, `records_older` if
            an older one did.
    """
    case_path = case_path or Path(place).parent
    if isinstance(place, Path) and not place.exists():
        raise RingbackError("case_missing", path=case_path.absolute(), problem=f"its {place.name} is not there")
    engine = connect_records(place)
    found = read_format(engine)
    if found > RECORDS_FORMAT:
        raise RingbackError("case_newer", path=case_path, found=found, known=RECORDS_FORMAT)
    if found < RECORDS_FORMAT:
        raise RingbackError("records_older", path=case_path, found=found, known=RECORDS_FORMAT)
    return engine


def read_format(engine: Engine) -> int:
    """The format of the tables in the database; 0 if it names none."""
    with engine.connect() as connection:
        return int(connection.scalar(select(about.c.value).where(about.c.key == "format")) or 0)


def upgrade_records(engine: Engine) -> None:
    """Upgrade records of an older format to this program's, in one transaction."""
    from ringback.records.migrations.steps import upgrade

    upgrade(writing(engine))


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that write: they take the write lock first.

    A SQLite transaction that reads first and then writes would fail if another process wrote in between.
    """
    return engine.execution_options(**_WRITING)


def connect_records(place: Path | str) -> Engine:
    """An engine for records of any format. `closing.close_all` closes it at the end of the command."""
    if isinstance(place, Path):
        looking = _may_only_look(place)
        engine = create_engine(_address_to_look(place) if looking else URL.create("sqlite", database=str(place)),
                               connect_args={"timeout": 30})  # fmt: skip
        event.listen(engine, "connect", _set_up_looking if looking else _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(place, connect_args={"options": _POSTGRES_OPTIONS}, pool_pre_ping=True)
        event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "handle_error", _explain)
    note_opened(engine)
    return engine


def _may_only_look(place: Path) -> bool:
    """Whether we cannot write the folder and it holds no log: SQLite cannot open such records in its usual way."""
    return place.exists() and not os.access(place.parent, os.W_OK) and not place.with_name(f"{place.name}-wal").exists()


def _address_to_look(place: Path) -> URL:
    # Only somebody with more rights can write them meanwhile. Then the command may fail, but alters nothing.
    return URL.create("sqlite", database=f"file:{quote(str(place))}", query={"immutable": "1", "uri": "true"})


def _shown(place: Path | str) -> str:
    return str(place) if isinstance(place, Path) else make_url(place).render_as_string(hide_password=True)


def _set_up_looking(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # sqlite3 would begin transactions by itself, too late. _begin_sqlite begins them instead.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # A claim must survive a power cut before its request leaves.
    connection.execute("PRAGMA synchronous=FULL")


def _explain(context: ExceptionContext) -> None:
    """Turn the error of a locked, full or damaged database into one in plain words: it is no bug of the program."""
    if isinstance(context.sqlalchemy_exception, DatabaseError):
        if _is_lock_held(context.original_exception):
            raise RingbackError("records_busy", suspect=_suspect(context.engine)) from None
        raise _unusable(context.original_exception, context.engine) from None


def _unusable(error: BaseException, engine: Engine | None) -> RingbackError:
    """The error for unusable records: their disk is full, or they are damaged."""
    name = engine.url.database if engine is not None and engine.dialect.name == "sqlite" else None
    full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    # SQLite has no message of its own for a shared-memory file that cannot be made.
    if name and (full or (isinstance(error, sqlite3.OperationalError) and _has_no_room(Path(name)))):
        return disk_full(Path(name))
    if name and getattr(error, "sqlite_errorcode", 0) & 0xFF in _FORBIDDEN:
        path = Path(unquote(name.removeprefix("file:"))).absolute()
        return RingbackError("records_forbidden", path=path, problem=str(error))
    if getattr(error, "sqlstate", None) == _DISK_FULL:
        return RingbackError("records_unusable", problem="the disk of the database server is full")
    return RingbackError("records_unusable", problem=str(error))


def _has_no_room(path: Path) -> bool:
    free = free_bytes(path.parent)
    return free is not None and free < _LEAST_ROOM_BYTES


def _is_lock_held(error: BaseException) -> bool:
    """Whether the error is a lock time-out."""
    busy = isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return busy or getattr(error, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _suspect(engine: Engine | None) -> str:
    """Which process probably holds the lock, in words: the last lease names one. Reading leases needs no lock."""
    holder = None
    if engine is not None:
        try:
            with engine.execution_options(ringback_writes=False).connect() as connection:
                holder = connection.scalar(select(leases.c.holder).order_by(leases.c.expires_at.desc()).limit(1))
        except (RingbackError, SQLAlchemyError):
            # Older records have no leases, and a broken database may not answer at all.
            holder = None
    if not holder:
        return "which one is not known"
    host, process, *_rest = f"{holder}:".split(":")
    return f"the last to send a batch was process {process} on {host}"


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("ringback_writes"))


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if _writes(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")
