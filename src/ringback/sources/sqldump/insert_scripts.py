"""Reader of scripts of INSERT statements, as SQL Server Management Studio, Oracle's tools and SQLite's .dump write.

The statements are only read; nothing is executed. Literals, casts and conversions of times are understood (see
`insert_values`); a row with anything else in it is rejected as damage. A table goes by its own name. Where two schemas
in one script have a table of the same name, the second one met goes by `schema.table`.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ringback.sources.base import (
    BATCH_ROWS,
    Batch,
    Enough,
    RawRows,
    Reject,
    Rejection,
    Value,
    Wanted,
    never_enough,
    want_all,
)
from ringback.sources.sqldump.insert_statements import WORDS, ScriptStream
from ringback.sources.sqldump.insert_values import NAME, RowText, StrangeValueError, Unfinished
from ringback.sources.sqldump.mysql_tables import MOST_COLUMNS, SqlTable, split_items
from ringback.sources.sqldump.mysql_values import to_text
from ringback.sources.sqldump.standard_sql import LONGEST_STATEMENT
from ringback.sources.sqldump.stream import Torn

_FLAGS = re.ASCII | re.IGNORECASE
_NAMED = rf"(?P<name>{NAME}(?:\s*\.\s*{NAME}){{0,3}})"
_LISTED = rf"(?:\((?P<columns>\s*{NAME}\s*(?:,\s*{NAME}\s*)*+)\)\s*)?"
_INTO = rf"{_NAMED}\s*{_LISTED}(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES\s*(?=\()"
_INSERT = re.compile(rf"(?:INSERT|REPLACE)\s+(?:OR\s+\w+\s+)?(?:INTO\s+)?{_INTO}", _FLAGS)
_SEVERAL = re.compile(r"INSERT\s+(?:ALL|FIRST)\s+(?=INTO\b)", _FLAGS)
_NEXT_INTO = re.compile(rf"INTO\s+{_INTO}", _FLAGS)
_CREATE = re.compile(
    rf"CREATE\s+(?:(?:GLOBAL|LOCAL|PRIVATE|TEMP|TEMPORARY)\s+)*+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAMED}\s*\(", _FLAGS
)
_BODY = re.compile(
    r"(?:CREATE|ALTER)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:NON)?EDITIONABLE\s+)?(?:TEMP(?:ORARY)?\s+)?"
    r"(?:PROC(?:EDURE)?|FUNCTION|TRIGGER|PACKAGE|TYPE)\b",
    _FLAGS,
)
_COLUMN = re.compile(rf"\s*(?P<name>{NAME})\s+(?!AS\b)", _FLAGS)
_NOT_COLUMNS = re.compile(
    r"\s*(?:CONSTRAINT|PRIMARY\s+KEY|UNIQUE|CHECK|FOREIGN\s+KEY|INDEX|PERIOD|SUPPLEMENTAL)\b", _FLAGS
)
_ITEM = re.compile(r"(?:[^'\"`\[(),]++|'(?:[^']|'')*+'|\"[^\"]*+\"|`[^`]*+`|\[[^\]]*+\])*+")
_NAMES = re.compile(NAME, re.ASCII)
_WORD = re.compile(r"[A-Za-z]++|/|@@?|!|:")
_LINES = frozenset(
    {"REM", "REMARK", "PROMPT", "SPOOL", "GO", "WHENEVER", "DEFINE", "UNDEFINE", "/", "@", "@@", "!", ":"}
)
# An INSERT that does not begin a line, and text that may contain the word without meaning it.
_HIDDEN = re.compile(r"\bINSERT\s+(?:INTO\b|\[)", _FLAGS)
_STRINGS = re.compile(r"'[^']*+'|--[^\n]*+|/\*.*?\*/", re.DOTALL)
_CHANGING = frozenset({"DELETE", "UPDATE", "MERGE", "TRUNCATE"})
_AFTER_ROWS = re.compile(r"(?:ON\s+CONFLICT|RETURNING|SELECT)\b", _FLAGS)

_START = re.compile(
    r"\s*(?:--|/\*|@|(?:USE|SET|GO|INSERT|REM|REMARK|PROMPT|PRAGMA|CREATE|DROP|BEGIN|ALTER|IF|PRINT|DECLARE|EXEC|SPOOL"
    r"|DELETE|TRUNCATE|COMMIT|DEFINE|WHENEVER|REPLACE)\s)",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"^[ \t]*GO[ \t]*\r?$|\bINSERT\s+(?:INTO\s+)?\[|\[dbo\]\.|^SET IDENTITY_INSERT |\bVALUES\s*\(\s*(?:N'|CAST\s*\()"
    r"|^REM INSERTING |^SET (?:DEFINE|FEEDBACK) OFF|^PRAGMA \w+\s*=|\bTO_(?:DATE|TIMESTAMP)\s*\(\s*'|,\s*N'"
    r"|\bINSERT\s+INTO\s+\"|\b(?:TIMESTAMP|DATE)\s*'[0-9]|\{(?:ts|d)\s+'|,\s*CAST\s*\(\s*N?'"
    r"|\bVARCHAR2\s*\(|^/[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_ROWS = re.compile(r"^\s*(?:INSERT|REPLACE)\s|\bCREATE\s+(?:\w+\s+)*TABLE\s", re.IGNORECASE | re.MULTILINE)
_MYSQL = re.compile(
    r"^-- (?:MySQL|MariaDB) dump|/\*M?![0-9]{5}|\bINTO\s+`|\bTABLE\s+(?:IF NOT EXISTS\s+)?`|\bENGINE\s*=",
    re.IGNORECASE | re.MULTILINE,
)


def looks_like_script(head: str) -> bool:
    """Whether a file begins like a script of SQL Server, Oracle, SQLite or similar programs.

    >>> looks_like_script("SET DEFINE OFF;\\nInsert into CDR (A) values (to_date('2021','YYYY'));\\n")
    True
    """
    return bool(_START.match(head) and _ROWS.search(head) and _INSIDE.search(head) and not _MYSQL.search(head))


def read_sqlscript(
    stream: BinaryIO,
    *,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
) -> Iterator[Batch]:
    r"""Yield every row that a script inserts, in the script's order, with constant memory.

    Times that are converted or cast become ISO text, numbers stay as written, bytes become bytes, NULL is None.

    Args:
        stream: The decompressed script, UTF-8; only `.read(n)` is used.
        reject: Called for each row that cannot be read (`field_count`, `unknown_value`), for statements that make no
            sense (`unknown_statement`), and for damage: `torn_statement` where the script ends inside a statement or
            the stream breaks off, `no_end_mark` where a transaction is begun and never ended.
        wanted: Asked once for each table, with the columns of its first rows.
        batch_rows: Most rows in one batch.
        enough: Asked before each row whether it may be skipped.

    >>> import io
    >>> script = b"INSERT [dbo].[t] ([n], [at]) VALUES (1, CAST(N'2021-07-01T14:55:02' AS DateTime))\nGO\n"
    >>> [(batch.columns, batch.rows) for batch in read_sqlscript(io.BytesIO(script), reject=print)]
    [(('n', 'at'), [['1', '2021-07-01T14:55:02']])]
    """
    yield from _Script(stream, reject, wanted, batch_rows, enough).read()


class _Script:
    """The state of reading one script."""

    def __init__(self, stream: BinaryIO, reject: Reject, wanted: Wanted, batch_rows: int, enough: Enough) -> None:
        self._stream = ScriptStream(stream)
        self._reject, self._wanted, self._enough = reject, wanted, enough
        self._batch_rows = batch_rows
        self._tables: dict[tuple[str, ...], SqlTable] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._asked: dict[tuple[str, tuple[str, ...]], bool] = {}
        self._misfits: dict[str, tuple[int, int]] = {}  # table to its understood rows, and its rows of another width
        self._lost = False  # the last statement made no sense either
        self._open = False  # SQLite's transaction is open
        self._at = 0
        self._inside: SqlTable | None = None
        self._batch = RawRows("", (), [], [], [])

    def read(self) -> Iterator[RawRows]:
        """Read the whole script."""
        stream = self._stream
        try:
            while self._next_statement():
                yield from self._statement()
        except Torn as torn:
            yield from self._flush()
            self._reject_torn(torn)
            return
        yield from self._flush()
        for table in self._tables.values():
            # A missing table and an empty one are different findings.
            if table.columns and not table.row:
                self._is_wanted(table, table.columns)
        for name, (rows, bad) in self._misfits.items():
            if rows == bad:
                detail = f"none of its {rows:,} rows has as many values as it has columns"
                self._reject(Rejection(name, 0, None, "no_rows", detail, damage=True))
        if stream.failure:
            self._reject_torn(Torn())
        elif self._open:
            detail = "the script lacks the COMMIT of the transaction that it begins: it was cut between statements"
            self._reject(Rejection("", 0, stream.here(), "no_end_mark", detail, damage=True))

    def _next_statement(self) -> bool:
        self._inside = None
        self._at = self._stream.here()
        self._stream.skip_blank()
        self._at = self._stream.here()
        return self._stream.ensure() or self._stream.pos < len(self._stream.text)

    def _statement(self) -> Iterator[RawRows]:
        stream = self._stream
        match = _WORD.match(stream.text, stream.pos)
        word = match[0].upper() if match else ""
        if word in ("INSERT", "REPLACE"):
            yield from self._insert()
            return
        if word in _LINES:
            stream.skip_line()
        elif _BODY.match(stream.text, stream.pos):
            stream.skip_body()
        elif word == "CREATE" and _CREATE.match(stream.text, stream.pos):
            self._create_table(stream.take_statement(keep=True))
        elif word in WORDS and word not in _CHANGING:
            self._follow(word, stream.take_statement(keep=True))
        elif stream.text.startswith(";", stream.pos):
            stream.pos += 1
        else:
            changing = word in _CHANGING
            self._skip_unknown(
                f"{word} is not executed" if changing else "not a statement of such a script", damage=not changing
            )
            return
        self._lost = False

    def _follow(self, word: str, statement: str) -> None:
        """Follow whether SQLite's transaction, which holds all its rows, is open; reject an INSERT in a statement."""
        if _HIDDEN.search(_STRINGS.sub("''", statement)):
            detail = f"an INSERT inside {word}, which is not executed"
            self._reject(Rejection("", 0, self._at, "unknown_statement", detail, damage=True))
        if word == "BEGIN" and re.match(r"BEGIN\s+TRANSACTION\s*;", statement, re.IGNORECASE) and not self._tables:
            self._open = True
        elif word in ("COMMIT", "ROLLBACK", "END"):
            self._open = False

    def _skip_unknown(self, detail: str, *, damage: bool) -> None:
        if not self._lost:  # once for a stretch of nonsense
            self._reject(Rejection("", 0, self._at, "unknown_statement", detail, damage))
        self._lost = damage
        self._stream.take_statement()

    def _create_table(self, statement: str) -> None:
        head = _CREATE.match(statement)
        assert head is not None
        columns = [
            _unquote(column["name"])
            for item in split_items(statement, head.end(), item=_ITEM)[0]
            if not _NOT_COLUMNS.match(item) and (column := _COLUMN.match(item))
        ]
        self._table(head["name"]).define(tuple(columns), {})

    def _table(self, written: str) -> SqlTable:
        steps = tuple(map(_unquote, _NAMES.findall(written)))
        key = tuple(step.casefold() for step in steps)
        if key not in self._tables:
            # A table that is named now with its schema and now without is one table.
            owner = self._names.setdefault(key[-1], key)
            if owner[-min(len(owner), len(key)) :] == key[-min(len(owner), len(key)) :]:
                known = self._tables.get(owner)
                self._tables[key] = known or SqlTable(steps[-1])
            else:
                self._tables[key] = SqlTable(".".join(steps[-2:]))
        return self._tables[key]

    def _is_wanted(self, table: SqlTable, columns: tuple[str, ...]) -> bool:
        key = (table.name, columns)
        if key not in self._asked:
            self._asked[key] = self._wanted(*key)
        return self._asked[key]

    def _insert(self) -> Iterator[RawRows]:
        stream = self._stream
        several = _SEVERAL.match(stream.text, stream.pos)
        if several:
            stream.pos = several.end()
        head = (_NEXT_INTO if several else _INSERT).match(stream.text, stream.pos)
        if head is None:
            self._skip_unknown("an INSERT without VALUES", damage=True)
            return
        while head is not None:
            stream.pos = head.end()
            yield from self._rows(head)
            stream.ensure()
            head = _NEXT_INTO.match(stream.text, stream.pos) if several else None
        self._lost = False
        if _AFTER_ROWS.match(stream.text, stream.pos):
            stream.take_statement()
        elif stream.text.startswith(";", stream.pos):
            stream.pos += 1

    def _rows(self, head: re.Match[str]) -> Iterator[RawRows]:
        """Read the rows that follow VALUES, and move past them."""
        stream = self._stream
        table = self._inside = self._table(head["name"])
        columns = tuple(map(_unquote, _NAMES.findall(head["columns"]))) if head["columns"] else table.columns
        while True:
            start = stream.here()
            table.row += 1
            values = self._row(table, start)
            if values is not None:
                columns = columns or table.settle(len(values))
                rows, bad = self._misfits.get(table.name, (0, 0))
                self._misfits[table.name] = rows + 1, bad + (len(values) != len(columns))
                if len(values) != len(columns) or len(columns) > MOST_COLUMNS:
                    detail = f"{len(values)} values for {len(columns)} columns"
                    self._reject(Rejection(table.name, table.row, start, "field_count", detail))
                elif self._is_wanted(table, columns) and not self._enough(table.name):
                    yield from self._add(table, columns, values, start)
            stream.skip_blank()
            if not stream.text.startswith(",", stream.pos):
                return
            stream.pos += 1
            stream.skip_blank()
            if not stream.text.startswith("(", stream.pos):
                detail = "something that is not a row among the rows"
                self._reject(Rejection(table.name, 0, stream.here(), "unknown_statement", detail, damage=True))
                stream.take_statement()
                return

    def _row(self, table: SqlTable, start: int) -> list[Value] | None:
        """Read one row and move past it; None if it was rejected."""
        stream = self._stream
        while True:
            row = RowText(stream.text, stream.pos, ended=stream.ended)
            try:
                values = row.values()
            except Unfinished:
                if len(stream.text) - stream.pos > LONGEST_STATEMENT or not stream.fill():
                    raise Torn(table.row, start) from None
                continue
            except StrangeValueError as error:
                detail = f"{error}; the row was not read"
                self._reject(Rejection(table.name, table.row, start, "unknown_value", detail, damage=True))
                self._skip_row(start)
                return None
            stream.pos = row.at
            return values

    def _skip_row(self, start: int) -> None:
        """Move past the bracket that closes the row."""
        stream = self._stream
        while True:
            end = _closing_bracket(stream.text, stream.pos)
            if end:
                stream.pos = end
                return
            if len(stream.text) - stream.pos > LONGEST_STATEMENT or not stream.fill():
                raise Torn(0, start)  # the row itself was rejected already

    def _add(self, table: SqlTable, columns: tuple[str, ...], values: list[Value], start: int) -> Iterator[RawRows]:
        if (self._batch.table, self._batch.columns) != (table.name, columns):
            yield from self._flush()
            self._batch = RawRows(table.name, columns, [], [], [])
        batch = self._batch
        batch.rows.append(values)
        batch.row_numbers.append(table.row)
        assert batch.byte_offsets is not None
        batch.byte_offsets.append(start)
        if len(batch.rows) >= self._batch_rows:
            yield from self._flush()

    def _flush(self) -> Iterator[RawRows]:
        if self._batch.rows:
            yield self._batch
        self._batch = RawRows(self._batch.table, self._batch.columns, [], [], [])

    def _reject_torn(self, torn: Torn) -> None:
        table = self._inside.name if self._inside else ""
        place = f"in row {torn.row}" if torn.row else "in a statement"
        detail = self._stream.failure or f"the script ends {place}"
        if not (self._stream.failure or self._stream.ended):
            detail = f"a string or a bracket {place} is never closed"
        byte = self._at if torn.byte is None else torn.byte
        self._reject(Rejection(table, torn.row, byte, "torn_statement", detail, damage=True))


_SKIPPED = re.compile(r"(?:[^'()\-/]++|'[^']*+'|--[^\n]*+\n|-(?!-)|/\*(?s:.*?)\*/|/(?!\*))++")


def _closing_bracket(text: str, at: int) -> int:
    """The place after the bracket that closes the one here; 0 where it is not in the text."""
    depth = 0
    while True:
        if pieces := _SKIPPED.match(text, at):
            at = pieces.end()
        here = text[at : at + 1]
        if here not in ("(", ")"):
            return 0
        depth += 1 if here == "(" else -1
        at += 1
        if not depth:
            return at


def _unquote(name: str) -> str:
    """Take the quotes or brackets off an identifier.

    >>> _unquote("[a]]b]"), _unquote('"c""d"'), _unquote("plain")
    ('a]b', 'c"d', 'plain')
    """
    if name.startswith("["):
        return to_text(name[1:-1].replace("]]", "]"))
    quote = name[0]
    return to_text(name[1:-1].replace(quote * 2, quote) if quote in '`"' else name)
