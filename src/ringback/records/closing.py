"""The one place that closes the records: each command calls it at its end, however that end comes.

SQLite keeps what was written last in a file beside the records, `-wal`, for as long as anybody has them open. The last
who closes them moves it into `records.sqlite`: so a command that ends without closing leaves a file that is no copy of
anything. Nothing heavy is imported here, for commands without a case close nothing.
"""

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from sqlalchemy import Engine

# Another process that holds up the moving of the log closes the records itself when it ends.
_PATIENCE_S = 2.0
_opened: "WeakSet[Engine]" = WeakSet()
_opened_by: set[int] = set()


def note_opened(engine: "Engine") -> None:
    """Remember an engine that was made, until it is closed or gone."""
    if os.getpid() not in _opened_by:
        # A forked child must not close what its parent opened: the locks on the file are the parent's.
        _opened.clear()
        _opened_by.clear()
        _opened_by.add(os.getpid())
    _opened.add(engine)


def close_all(*, patience_s: float = _PATIENCE_S) -> list[Path]:
    """Close all records that this process opened.

    Args:
        patience_s: How long another process may hold up the moving of its log, in seconds.

    Returns:
        The logs (`-wal`) that could not be moved into their records, for want of room: both files are needed then.
    """
    return close(list(_opened), patience_s=patience_s) if os.getpid() in _opened_by else []


def close(engines: "Iterable[Engine]", *, patience_s: float = _PATIENCE_S) -> list[Path]:
    """Close some records; an engine that is used again opens them again. Returns what `close_all` does."""
    engines = list(engines)
    for engine in engines:
        engine.dispose()
        _opened.discard(engine)
    places = {Path(one.url.database) for one in engines if one.dialect.name == "sqlite" and one.url.database}
    return [log for place in sorted(places) if (log := _log_of(place)).exists() and not _move_log(place, patience_s)]


def _log_of(place: Path) -> Path:
    return place.with_name(f"{place.name}-wal")


def _move_log(place: Path, patience_s: float) -> bool:
    """Move what stands in the log into the records; False when that failed.

    Somebody else who has the records open is no failure: they close them when they end.
    """
    try:
        connection = sqlite3.connect(place, timeout=patience_s, isolation_level=None)
    except sqlite3.Error:
        return False
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        # A folder that cannot be written was only looked at; a lock is somebody who works on.
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return True
