"""Closing the records. Every command calls this at its end, even after an error.

While anybody has the records open, SQLite keeps the latest writes in a log beside them, `-wal`. The last process to
close the records moves the log into `records.sqlite`. After a command that ends without closing, `records.sqlite` alone
is not a complete copy. Nothing heavy is imported here, since commands without a case close nothing.
"""

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from sqlalchemy import Engine

# If another process holds the log, that process will move it when it closes the records.
_PATIENCE_S = 2.0
_opened: "WeakSet[Engine]" = WeakSet()
_opened_by: set[int] = set()


def note_opened(engine: "Engine") -> None:
    """Remember a new engine until it is closed or garbage-collected."""
    if os.getpid() not in _opened_by:
        # A forked child must not close what its parent opened: the locks on the file are the parent's.
        _opened.clear()
        _opened_by.clear()
        _opened_by.add(os.getpid())
    _opened.add(engine)


def close_all(*, patience_s: float = _PATIENCE_S) -> list[Path]:
    """Close all records that this process opened.

    Args:
        patience_s: How long to wait for another process that holds the log, in seconds.

    Returns:
        The logs (`-wal`) that could not be moved into their records because the disk is full. Then both files are
        needed.
    """
    return close(list(_opened), patience_s=patience_s) if os.getpid() in _opened_by else []


def close(engines: "Iterable[Engine]", *, patience_s: float = _PATIENCE_S) -> list[Path]:
    """Close some records. An engine that is used later opens them again. Returns the same as `close_all`."""
    engines = list(engines)
    for engine in engines:
        engine.dispose()
        _opened.discard(engine)
    places = {Path(one.url.database) for one in engines if one.dialect.name == "sqlite" and one.url.database}
    return [log for place in sorted(places) if (log := _log_of(place)).exists() and not _move_log(place, patience_s)]


def _log_of(place: Path) -> Path:
    return place.with_name(f"{place.name}-wal")


def _move_log(place: Path, patience_s: float) -> bool:
    """Move the log into the records; False if that failed.

    It is no failure if another process has the records open: that process closes them when it ends.
    """
    try:
        connection = sqlite3.connect(place, timeout=patience_s, isolation_level=None)
    except sqlite3.Error:
        return False
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        # In a folder that we cannot write, nothing was written. A lock belongs to another process at work.
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return True
