"""Reader of dumps that mysqldump or mariadb-dump wrote.

The statements are only read; nothing is executed. INSERT and REPLACE give rows, CREATE TABLE gives the names of columns
and which of them hold bytes, USE and DELIMITER are followed. All else is skipped, the bodies of triggers and routines
too. A table goes by its own name. Where two databases in one dump have a table of the same name, the second one met
goes by `database.table`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ringback.sources.base import BATCH_ROWS, Batch, Enough, RawRows, Reject, Rejection, Wanted, never_enough, want_all
from ringback.sources.sqldump.mysql_blocks import BlockReader
from ringback.sources.sqldump.mysql_rows import RowReader
from ringback.sources.sqldump.mysql_tables import (
    NAME,
    QUALIFIED,
    Creation,
    SqlTable,
    find_creation,
    read_names,
    unquote,
)
from ringback.sources.sqldump.stream import SqlStream, Torn

_HEADERS = ("-- MySQL dump", "-- MariaDB dump")
_END_MARK = "-- Dump completed"
_WORD = re.compile(r"[A-Za-z]++")
_INSERT = re.compile(
    r"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*+(?:INTO\s+)?"
    rf"{QUALIFIED}\s*(?:\((?P<columns>\s*{NAME}\s*(?:,\s*{NAME}\s*)*+)\)\s*)?VALUES?\s*(?=[(/#-])",
    re.ASCII | re.IGNORECASE,
)
_CREATE_TABLE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+)?TABLE\b", re.ASCII | re.IGNORECASE)
_USE = re.compile(rf"USE\s+(?P<database>{NAME})", re.ASCII | re.IGNORECASE)
_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*+", re.ASCII | re.IGNORECASE)
# Statements of a dump that hold no rows.
_PASSED_OVER = frozenset(
    _WORD.findall(
        "ALTER ANALYZE BEGIN CALL CHANGE CHECK COMMIT CREATE DEALLOCATE DO DROP END EXECUTE FLUSH GRANT"
        " INSTALL LOCK OPTIMIZE PREPARE PURGE RELEASE RENAME RESET REVOKE ROLLBACK SAVEPOINT SELECT SET SHOW"
        " START STOP UNINSTALL UNLOCK XA"
    )
)
# Statements that would change rows if the dump were loaded.
_CHANGING = frozenset({"DELETE", "UPDATE", "LOAD", "TRUNCATE"})


# Called with a database and a table: the definition in other files, if any.
LookUp = Callable[[str, str], Creation | None]


def _nothing_else(_database: str, _table: str) -> Creation | None:
    return None


def find_definitions(stream: BinaryIO) -> tuple[tuple[Creation, ...], bool]:
    """The CREATE TABLE statements of a dump, and whether it holds rows too."""
    dump = _SqlDump(stream, lambda _bad: None, lambda _table, _columns: False, 1, enough=never_enough, by_blocks=False)
    for _batch in dump.read():
        pass
    return tuple(dump.creations), dump.has_rows


def read_sqldump(
    stream: BinaryIO,
    *,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
) -> Iterator[RawRows]:
    r"""Yield every row that a MySQL or MariaDB dump inserts, in the dump's order, with constant memory.

    Text is read as UTF-8, undecodable bytes become surrogate escapes, and NULL is None. Binary columns give bytes,
    numbers and dates stay as written, and BIT becomes the integer's text. TIMESTAMP columns are in the dump's time
    zone, by default UTC.

    Args:
        stream: The decompressed dump; only `.read(n)` is used.
        reject: Called for each row that cannot be read (`field_count`, `unknown_value`), for statements that
            make no sense (`unknown_statement`), and for damage: `torn_statement` where the dump ends inside a
            statement or the stream breaks off, `no_end_mark` where its closing line is missing.
        wanted: Asked once for each table, with the columns of its first rows.
        batch_rows: Most rows in one batch.
        enough: Asked before each statement with rows whether it may be skipped.

    >>> import io
    >>> dump = b"CREATE TABLE `t` (`n` int, `s` text);\nINSERT INTO `t` VALUES (1,'it\\'s'),(2,NULL);\n"
    >>> [batch.rows for batch in read_sqldump(io.BytesIO(dump), reject=print)]
    [[['1', "it's"], ('2', None)]]
    """
    for batch in _SqlDump(stream, reject, wanted, batch_rows, enough=enough, by_blocks=False).read():
        assert isinstance(batch, RawRows)
        yield batch


def read_sqldump_blocks(
    stream: BinaryIO,
    *,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
    look_up: LookUp = _nothing_else,
) -> Iterator[Batch]:
    r"""Yield what `read_sqldump` yields, but runs of usual rows column by column, which is several times as fast.

    The rows, their numbers and bytes, and the rejections are the same. Only the batches are cut differently.

    Args:
        stream: As for `read_sqldump`.
        reject: As for `read_sqldump`.
        wanted: As for `read_sqldump`.
        batch_rows: Most rows in one batch.
        enough: As for `read_sqldump`.
        look_up: Asked for the columns of a table, if neither its rows nor a definition before them names them.
    """
    yield from _SqlDump(stream, reject, wanted, batch_rows, enough=enough, by_blocks=True, look_up=look_up).read()


class _SqlDump:
    """The state of reading one dump."""

    def __init__(
        self,
        stream: BinaryIO,
        reject: Reject,
        wanted: Wanted,
        batch_rows: int,
        *,
        enough: Enough,
        by_blocks: bool,
        look_up: LookUp = _nothing_else,
    ) -> None:
        self._stream = SqlStream(stream)
        self._reject = reject
        self._wanted = wanted
        self._enough = enough
        self._bad: Counter[str] = Counter()  # rows that could not be read, by table
        blocks = BlockReader(self._stream) if by_blocks else None
        self._rows = RowReader(self._stream, self._reject_row, wanted, batch_rows, blocks=blocks)
        self._delimiter = ";"
        self._database = ""
        self._tables: dict[tuple[str, str], SqlTable] = {}
        self._owners: dict[str, str] = {}
        self._last_insert: tuple[str, SqlTable, tuple[str, ...] | None] | None = None
        self._unfinished = False  # a dump's header was seen, but not yet its end mark
        self._lost = False  # the last statement made no sense either
        self._at = 0  # where the statement starts
        self._inside: SqlTable | None = None  # the table whose rows the statement holds
        self._look_up = look_up
        self.creations: list[Creation] = []
        self.has_rows = False

    def read(self) -> Iterator[Batch]:
        """Read the whole dump."""
        try:
            while self._next_statement():
                yield from self._statement()
        except Torn as torn:
            yield from self._rows.flush()
            self._reject_torn(torn)
            return
        yield from self._rows.flush()
        self._ask_of_empty_tables()
        self._reject_unread_tables()
        if self._stream.failure:
            self._reject_torn(Torn())
        elif self._unfinished:
            self._reject_unfinished()

    def _next_statement(self) -> bool:
        self._inside = None
        self._at = self._stream.here()
        self._stream.skip_blank(self._note)
        self._at = self._stream.here()
        return self._stream.ensure() or self._stream.pos < len(self._stream.text)

    def _note(self, comment: str) -> None:
        if comment.startswith(_HEADERS):
            if self._unfinished:  # several dumps in one file
                self._reject_unfinished()
            self._unfinished = True
        elif comment.startswith(_END_MARK):
            self._unfinished = False

    def _statement(self) -> Iterator[Batch]:
        stream = self._stream
        match = _WORD.match(stream.text, stream.pos)
        word = match[0].upper() if match else ""
        if word in {"INSERT", "REPLACE"}:
            yield from self._insert()
            return
        if word == "DELIMITER" and (delimiter := _DELIMITER.match(stream.text, stream.pos)):
            self._delimiter = delimiter[1]
            stream.pos = delimiter.end()
        elif word == "USE" and (use := _USE.match(stream.text, stream.pos)):
            self._database = unquote(use["database"])
            self._last_insert = None
            stream.take_statement(self._delimiter)
        elif word == "CREATE" and _CREATE_TABLE.match(stream.text, stream.pos):
            self._create_table()
        elif word in _PASSED_OVER or stream.text.startswith(self._delimiter, stream.pos):
            stream.take_statement(self._delimiter)
        else:
            changing = word in _CHANGING
            detail = f"{word} is not executed" if changing else "not a statement of a dump"
            self._skip_unknown(detail, damage=not changing)
            return
        self._lost = False

    def _create_table(self) -> None:
        creation = find_creation(self._stream.take_statement(self._delimiter, keep=True))
        if creation:
            self.creations.append(creation)
            self._table(creation.database, creation.table).define(creation.columns, creation.kinds)
            self._last_insert = None

    def _table(self, database: str, name: str) -> SqlTable:
        database = database or self._database
        if (database, name) not in self._tables:
            owner = self._owners.setdefault(name, database)
            public = name if owner == database else f"{database}.{name}"
            self._tables[database, name] = SqlTable(public)
        return self._tables[database, name]

    def _insert(self) -> Iterator[Batch]:
        stream = self._stream
        # With --skip-extended-insert every row has a statement of its own, and all begin alike.
        if not (self._last_insert and stream.text.startswith(self._last_insert[0], stream.pos)):
            head = _INSERT.match(stream.text, stream.pos)
            if head is None:
                self._skip_unknown("an INSERT or REPLACE without VALUES", damage=True)
                return
            database, name = unquote(head["database"] or "``"), unquote(head["table"])
            table = self._table(database, name)
            listed = read_names(head["columns"]) if head["columns"] else None
            self.has_rows = True
            if not listed and not table.columns and (told := self._look_up(database or self._database, name)):
                table.define(told.columns, told.kinds)
            self._last_insert = (head[0], table, listed)
        head_text, table, listed = self._last_insert
        stream.pos += len(head_text)
        self._inside, self._lost = table, False
        columns = listed or table.columns
        if columns and table.wanted is None:
            table.wanted = self._wanted(table.name, columns)
        if table.wanted is False or self._enough(table.name):
            stream.take_statement(self._delimiter)
            return
        yield from self._rows.read(table, columns, self._delimiter)

    def _reject_row(self, rejection: Rejection) -> None:
        self._bad[rejection.table] += rejection.row > 0
        self._reject(rejection)

    def _reject_unread_tables(self) -> None:
        """Report a table of which no row could be read: more likely a file of another kind than bad rows."""
        for table in self._tables.values():
            if table.row and table.wanted and self._bad[table.name] == table.row:
                detail = f"none of its {table.row:,} rows could be read: its columns may be another table's, or its"
                detail += " values are not written as MySQL does"
                self._reject(Rejection(table.name, 0, None, "no_rows", detail, damage=True))

    def _skip_unknown(self, detail: str, *, damage: bool) -> None:
        at, table = self._at, self._inside.name if self._inside else ""
        self._stream.take_statement(self._delimiter)
        if not self._lost:  # once for a stretch of nonsense
            self._reject(Rejection(table, 0, at, "unknown_statement", detail, damage))
        self._lost = damage

    def _reject_torn(self, torn: Torn) -> None:
        table = self._inside.name if self._inside else ""
        place = f"in row {torn.row}" if torn.row else "in a statement"
        if not (self._stream.failure or self._stream.ended):
            detail = f"a string {place} is too long to be a value: a quote is missing"
        else:
            detail = self._stream.failure or f"the dump ends {place}"
        byte = self._at if torn.byte is None else torn.byte
        self._reject(Rejection(table, torn.row, byte, "torn_statement", detail, damage=True))

    def _reject_unfinished(self) -> None:
        detail = f"the dump lacks its closing line ({_END_MARK}): it was cut between statements"
        self._reject(Rejection("", 0, self._stream.here(), "no_end_mark", detail, damage=True))

    def _ask_of_empty_tables(self) -> None:
        """Ask for tables without rows too: a missing table and an empty one are different findings."""
        for table in self._tables.values():
            if table.wanted is None and table.columns:
                table.wanted = self._wanted(table.name, table.columns)
