"""A consistent copy of the records, made while others go on writing them."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ringback.errors import RingbackError
from ringback.files.disk import disk_full, unwritable
from ringback.records.closing import close
from ringback.records.db import connect_records
from ringback.records.exhibits import Exhibit, list_exhibits

# Pages of the database between two progress reports.
_PAGES = 2000


def snapshot_records(place: Path, to: Path, progress: Callable[[int], None] = lambda _n: None) -> tuple[int, str]:
    """Copy the records file with SQLite's backup function, readable by its owner alone.

    The copy is made in one reading transaction. So it holds the records of one point in time, and no writer has to
    wait.

    Args:
        place: The records of a case.
        to: The new file.
        progress: Called with the bytes copied since the last call.

    Returns:
        Number and hash of the last entry of its audit log.

    Raises:
        RingbackError: `records_unusable`, `disk_full` or `output_unwritable`.
    """
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        raise unwritable(to, error) from error
    try:
        with closing(_open(place)) as source, closing(_open(to)) as copy:
            page_bytes = int(source.execute("PRAGMA page_size").fetchone()[0])
            source.execute("BEGIN")
            last = source.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
            copied = 0

            def tell(_status: int, left: int, total: int) -> None:
                nonlocal copied
                progress((total - left - copied) * page_bytes)
                copied = total - left

            source.backup(copy, pages=_PAGES, progress=tell)
            source.execute("ROLLBACK")
            faults = [row[0] for row in copy.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise disk_full(to) from error
        raise RingbackError("records_unusable", problem=str(error)) from error
    if faults != ["ok"]:
        raise RingbackError("records_unusable", problem="; ".join(faults))
    return int(last[0]), str(last[1])


def read_exhibits(place: Path) -> list[Exhibit]:
    """The register of exhibits in a copy of the records. The copy is opened and closed again."""
    engine = connect_records(place)
    try:
        return list_exhibits(engine)
    finally:
        close([engine])


def _open(place: Path) -> sqlite3.Connection:
    return sqlite3.connect(place, timeout=30, isolation_level=None)
