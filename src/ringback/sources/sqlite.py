"""Reader of SQLite databases. It reads a private copy, because opening a database can change it and its sidecar files.

SQLite recovers the copy: rows that are only in the write-ahead log are read, and an unfinished transaction is rolled
back. Nothing that the database defines is executed: no view, no trigger, no virtual table.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ringback.errors import RingbackError
from ringback.sources.base import BATCH_ROWS, Enough, RawRows, Reject, Rejection, Value, Wanted, never_enough, want_all

_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
# No row takes fewer bytes of a file than this. More rows mean that pages point at each other.
_LEAST_ROW = 2
_LARGEST_VALUE = 256 * 1024 * 1024
_LARGEST_BATCH = 64 * 1024 * 1024
_BEFORE_ALL = -(2**63) - 1


def read_sqlite(
    path: Path,
    *,
    exhibit: str,
    reject: Reject,
    beside: Mapping[str, Path] | None = None,
    wanted: Wanted = want_all,
    pass_over: Callable[[str], None] = lambda _name: None,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
) -> Iterator[RawRows]:
    """Read every table in the order of its rowids; row numbers count from 1 in that order.

    Whole numbers become digits, other numbers the text that SQLite prints, blobs bytes; undecodable text keeps its
    bytes as surrogate escapes. A table without rowids is read in the order of its primary key. Where pages are damaged,
    rows are read from both ends: rows after the damage are read backwards, and their numbers continue from those before
    it.

    Args:
        path: The database; it and its folder are never written to.
        exhibit: The exhibit's reference, for errors.
        reject: Called with what is damaged.
        beside: Its sidecar files: "-wal" or "-journal" to the file.
        wanted: Asked once for each table.
        pass_over: Called with the names of views and virtual tables.
        batch_rows: Rows in a batch.
        enough: Asked after each batch whether the rest of the table may be skipped.

    Raises:
        RingbackError: `sqlite_unreadable` for a file that is no database or is encrypted, `output_unwritable` where
            there is no room for the copy.
    """
    with tempfile.TemporaryDirectory(prefix="ringback-") as folder:
        copy = Path(folder) / "copy"
        _copy(path, copy, beside or {})
        size = sum(one.stat().st_size for one in Path(folder).iterdir())
        database = _Database(
            copy, exhibit=exhibit, original=path, reject=reject, most_rows=size // _LEAST_ROW + 1, enough=enough
        )
        with closing(database.connection):
            for name, kind in database.tables():
                if kind == "table":
                    yield from database.read(name, wanted=wanted, batch_rows=batch_rows)
                else:
                    pass_over(name)


def _copy(path: Path, copy: Path, beside: Mapping[str, Path]) -> None:
    try:
        shutil.copyfile(path, copy)
        for ending, file in beside.items():
            target = copy.with_name(copy.name + ending)
            shutil.copyfile(file, target)
            if ending == "-journal":
                _forget_other_databases(target)
    except OSError as error:
        raise RingbackError("output_unwritable", path=copy.parent, problem=error.strerror) from error
    for one in copy.parent.iterdir():
        one.chmod(0o600)


def _forget_other_databases(journal: Path) -> None:
    """Remove the name of a super-journal from the copied journal: SQLite would open that file, and may delete it."""
    with journal.open("r+b") as file:
        file.seek(0, 2)
        if file.tell() >= len(_JOURNAL_MAGIC):
            file.seek(-len(_JOURNAL_MAGIC), 2)
            if file.read() == _JOURNAL_MAGIC:
                file.seek(-len(_JOURNAL_MAGIC), 2)
                file.write(bytes(len(_JOURNAL_MAGIC)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


class _Database:
    """The private copy, open."""

    def __init__(
        self, copy: Path, *, exhibit: str, original: Path, reject: Reject, most_rows: int, enough: Enough
    ) -> None:
        self._enough = enough
        self._exhibit, self._original, self._reject, self._most_rows = exhibit, original, reject, most_rows
        self.connection = sqlite3.connect(copy, isolation_level=None)
        self.connection.text_factory = _text
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "temp_store = MEMORY"):
            self.connection.execute(f"PRAGMA {pragma}")

    def tables(self) -> list[tuple[str, str]]:
        """Names and kinds of tables, views and virtual tables."""
        try:
            return self._list_tables()
        except sqlite3.DatabaseError as error:
            if "malformed" not in str(error):
                raise self._unreadable(error) from error
            self._damaged("", 0, f"the list of tables is damaged: {error}")
        try:
            # Then SQLite leaves out entries of the list that make no sense.
            self.connection.execute("PRAGMA writable_schema = ON")
            return self._list_tables()
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error

    def _list_tables(self) -> list[tuple[str, str]]:
        self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self.connection.execute("PRAGMA query_only = ON")
        rows = self.connection.execute("PRAGMA main.table_list").fetchall()
        order = dict(self.connection.execute("SELECT name, min(rowid) FROM sqlite_master GROUP BY name").fetchall())
        named = sorted(((order.get(row[1], 0), row[1], row[2]) for row in rows if isinstance(row[1], str)), key=str)
        return [
            (name, "table" if kind in ("table", "shadow") else kind)
            for _at, name, kind in sorted(named, key=lambda one: (one[0] or 0, one[1]))
            if not name.casefold().startswith("sqlite_")
        ]

    def _unreadable(self, error: sqlite3.Error) -> RingbackError:
        problem = "it is encrypted, or no SQLite database" if "not a database" in str(error) else str(error)
        return RingbackError("sqlite_unreadable", exhibit=self._exhibit, path=self._original, problem=problem)

    def _damaged(self, table: str, row: int, detail: str) -> None:
        self._reject(Rejection(table, row, None, "torn_file", detail, damage=True))

    def read(self, table: str, *, wanted: Wanted, batch_rows: int) -> Iterator[RawRows]:
        try:
            columns = tuple(row[1] for row in self.connection.execute(f"PRAGMA main.table_info({_quoted(table)})"))
        except (sqlite3.Error, OverflowError) as error:
            self._damaged(table, 0, f"the columns cannot be read: {error}")
            return
        if not columns or not wanted(table, columns):
            return
        rows = _Rows(table, columns, batch_rows)
        fault = yield from self._walk(rows, self._select(rows, "ASC"), behind=None)
        if fault is None:
            return
        before = _BEFORE_ALL if rows.last is None else rows.last
        if rows.has_rowids:
            # Where pages cannot be read forwards any more, they often can be read from the other end.
            yield from self._walk(rows, self._select(rows, "DESC"), behind=before)
        self._damaged(table, 0, f"{fault}; rows may be missing after {rows.count_before:,} rows")

    def _select(self, rows: "_Rows", order: str) -> str:
        # SQLite itself prints numbers, so that they look exactly as it shows them.
        values = ", ".join(
            f"CASE typeof({name}) WHEN 'real' THEN CAST({name} AS TEXT) ELSE {name} END"
            for name in map(_quoted, rows.columns)
        )
        source = f"main.{_quoted(rows.table)}"
        for rowid in ("rowid", "_rowid_", "oid"):
            if rowid in {name.casefold() for name in rows.columns}:
                continue
            try:
                self.connection.execute(f"SELECT {rowid} FROM {source} LIMIT 0")  # noqa: S608 - names are quoted
            except sqlite3.Error:
                continue
            rows.has_rowids = True
            # NOT INDEXED: an index may disagree with its table.
            return f"SELECT {rowid}, {values} FROM {source} NOT INDEXED ORDER BY {rowid} {order}"  # noqa: S608 - as above
        return f"SELECT NULL, {values} FROM {source}"  # noqa: S608 - as above

    def _walk(self, rows: "_Rows", query: str, *, behind: int | None) -> Generator[RawRows, None, str | None]:
        """Yield the rows of a query in batches; returns what went wrong, or None."""
        fault: str | None = None
        try:
            cursor = self.connection.execute(query)
            while (row := cursor.fetchone()) is not None:
                rowid = row[0]
                if behind is not None and rowid <= behind:
                    break
                if rows.is_out_of_order(rowid, falling=behind is not None) or rows.count >= self._most_rows:
                    fault = "pages of the table point at each other"
                    break
                rows.add(row)
                if rows.is_full:
                    yield rows.take()
                    if self._enough(rows.table):
                        break
        except (sqlite3.Error, OverflowError, MemoryError) as error:
            fault = f"a page of the table cannot be read ({error})"
        if behind is None:
            rows.count_before = rows.count
        if rows.values:
            yield rows.take()
        return fault


class _Rows:
    """Rows of one table, gathered into batches."""

    def __init__(self, table: str, columns: tuple[str, ...], batch_rows: int) -> None:
        self.table, self.columns, self._batch_rows = table, columns, batch_rows
        self.has_rowids = False
        self.count = self.count_before = 0
        self.last: int | None = None
        self.values: list[Sequence[Value]] = []
        self._size = 0

    def is_out_of_order(self, rowid: int | None, *, falling: bool) -> bool:
        if rowid is None:
            return False
        before = None if falling and self.count == self.count_before else self.last
        if before is not None and (rowid >= before if falling else rowid <= before):
            return True
        self.last = rowid
        return False

    def add(self, row: tuple[Any, ...]) -> None:
        values = [one if isinstance(one, str | bytes) or one is None else str(one) for one in row[1:]]
        self._size += sum(map(len, filter(None, values)))
        self.values.append(values)
        self.count += 1

    @property
    def is_full(self) -> bool:
        return len(self.values) >= self._batch_rows or self._size >= _LARGEST_BATCH

    def take(self) -> RawRows:
        numbers = list(range(self.count - len(self.values) + 1, self.count + 1))
        batch = RawRows(self.table, self.columns, self.values, numbers)
        self.values, self._size = [], 0
        return batch
