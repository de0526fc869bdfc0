"""Reader of plain-text dumps that pg_dump or pg_dumpall wrote.

The statements are only read; nothing is executed. COPY blocks and INSERTs give rows, CREATE TABLE gives the names of
columns and which of them hold bytes. All else is skipped, the bodies of functions too. A table goes by its own name.
Where two schemas in one dump have a table of the same name, the second one met goes by `schema.table`, and one of a
second database by `database.schema.table`.
"""

import re
from collections.abc import Iterator, Sequence
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
from ringback.sources.sqldump.mysql_tables import MOST_COLUMNS, SqlTable
from ringback.sources.sqldump.mysql_values import Kind
from ringback.sources.sqldump.postgres_copy import CopyReader
from ringback.sources.sqldump.postgres_statements import PgStream
from ringback.sources.sqldump.postgres_tables import NAME, QUALIFIED, find_creation, read_names, unquote
from ringback.sources.sqldump.postgres_values import CODECS, read_pg_literal
from ringback.sources.sqldump.stream import Torn

_FLAGS = re.ASCII | re.IGNORECASE
_LISTED = rf"(?:\((?P<columns>\s*{NAME}\s*(?:,\s*{NAME}\s*)*+)\)\s*)?"
_COPY = re.compile(rf"COPY\s+{QUALIFIED}\s*(?:\(\s*\)\s*)?{_LISTED}FROM\s+stdin;[ \t]*(?P<end>\r?\n|\Z)", _FLAGS)
_ANY_COPY = re.compile(r"COPY\b[^;']*+\bFROM\s+stdin\b[^;]*+;[^\n]*\n", _FLAGS)
_INSERT = re.compile(
    rf"INSERT\s+INTO\s+{QUALIFIED}\s*{_LISTED}(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?VALUES\s*(?=\()", _FLAGS
)
_DEFAULT_ROW = re.compile(rf"INSERT\s+INTO\s+{QUALIFIED}\s+DEFAULT\s+VALUES\b", _FLAGS)
_SETTING = re.compile(r"SET\s+(?:SESSION\s+)?(\w+)\s*(?:=|TO)\s*'?([\w-]*)'?\s*;", _FLAGS)
# Before 2018, pg_dump did not name schemas but set the search path to one after the other.
_SEARCH_PATH = re.compile(rf"SET\s+search_path\s*(?:=|TO)\s*({NAME})[^;'\"]*+;", _FLAGS)
_CONNECT = re.compile(rf"\\connect\s+(?:-reuse-previous=\w+\s+)?(?:\"dbname='([^']*)'\"|({NAME}))", _FLAGS)
_WORD = re.compile(r"[A-Za-z]++|\\")
_PASSED_OVER = frozenset(
    [
        "ALTER",
        "ANALYZE",
        "BEGIN",
        "CALL",
        "CLUSTER",
        "COMMENT",
        "COMMIT",
        "CREATE",
        "DO",
        "DROP",
        "END",
        "GRANT",
        "IMPORT",
        "LOCK",
        "REFRESH",
        "REINDEX",
        "RESET",
        "REVOKE",
        "ROLLBACK",
        "SECURITY",
        "SELECT",
        "SET",
        "START",
        "VACUUM",
        "WITH",
    ]
)
_CHANGING = frozenset({"DELETE", "UPDATE", "MERGE", "TRUNCATE"})
_AFTER_ROWS = re.compile(r"ON\s+CONFLICT\b|RETURNING\b", _FLAGS)
_HEADER, _FOOTER = "-- PostgreSQL database dump", "-- PostgreSQL database dump complete"


def read_pgdump(
    stream: BinaryIO,
    *,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
) -> Iterator[Batch]:
    r"""Yield every row that a PostgreSQL dump loads, in the dump's order, with constant memory.

    Values are the server's own text, for rows of COPY and of INSERT alike: booleans are `t` and `f`, bytea gives its
    bytes, NULL (and DEFAULT, which stands for a computed value) is None. Times with a zone stay as written: pg_dump
    writes them with their offset.

    Args:
        stream: The decompressed dump; only `.read(n)` is used.
        reject: Called for each row that cannot be read (`field_count`, `unknown_value`), for statements that make no
            sense (`unknown_statement`), and for damage: `torn_statement` where the dump ends inside a statement or the
            stream breaks off, `no_end_mark` where its closing line is missing.
        wanted: Asked once for each table, with the columns of its first rows.
        batch_rows: Most rows in one batch.
        enough: Asked before each stretch of lines, and each INSERT, whether it may be skipped.

    >>> import io
    >>> dump = b"COPY public.t (n, s) FROM stdin;\n1\tit's\n2\t\\N\n\\.\n"
    >>> [[one.to_pylist() for one in batch.arrays] for batch in read_pgdump(io.BytesIO(dump), reject=print)]
    [[['1', '2'], ["it's", None]]]
    """
    yield from _PgDump(stream, reject, wanted, batch_rows, enough).read()


class _PgDump:
    """The state of reading one dump."""

    def __init__(self, stream: BinaryIO, reject: Reject, wanted: Wanted, batch_rows: int, enough: Enough) -> None:
        self._stream = PgStream(stream)
        self._reject = reject
        self._wanted = wanted
        self._enough = enough
        self._batch_rows = batch_rows
        self._copy = CopyReader(self._stream, reject, batch_rows, enough)
        self._database = ""
        self._schema = "public"
        self._tables: dict[tuple[str, str, str], SqlTable] = {}
        self._taken: set[str] = set()
        self._unfinished = False
        self._lost = False  # the last statement made no sense either
        self._at = 0
        self._inside: SqlTable | None = None
        self._batch = RawRows("", (), [], [], [])

    def read(self) -> Iterator[Batch]:
        """Read the whole dump."""
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
            self._ask(table, table.columns)
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
        line = comment.partition("\n")[0].rstrip()
        if line == _HEADER:
            if self._unfinished:
                self._reject_unfinished()
            self._unfinished = True
        elif line == _FOOTER:
            self._unfinished = False

    def _statement(self) -> Iterator[Batch]:
        stream = self._stream
        match = _WORD.match(stream.text, stream.pos)
        word = match[0].upper() if match else ""
        if word == "COPY" and (copy := _COPY.match(stream.text, stream.pos)):
            yield from self._flush()
            yield from self._read_copy(copy)
        elif word == "INSERT" and (insert := _INSERT.match(stream.text, stream.pos)):
            yield from self._read_insert(insert)
        elif word == "\\":
            self._obey(stream.skip_line())
        elif word == "COPY" and (copy := _ANY_COPY.match(stream.text, stream.pos)):
            stream.pos = copy.end()
            self._copy.skip()
            self._reject_unknown("a COPY in a form that pg_dump does not write", damage=True)
            return
        elif word == "SET" and (search := _SEARCH_PATH.match(stream.text, stream.pos)):
            stream.pos = search.end()
            self._schema = unquote(search[1], self._copy.codec)
        elif word == "SET" and (setting := _SETTING.match(stream.text, stream.pos)):
            stream.pos = setting.end()
            self._set(setting[1].lower(), setting[2])
        elif word == "CREATE":
            self._create(stream.take_statement(keep=True))
        elif word in _PASSED_OVER or stream.text.startswith(";", stream.pos):
            stream.take_statement()
        elif word == "INSERT" and (insert := _DEFAULT_ROW.match(stream.text, stream.pos)):
            stream.take_statement()
            self._get(insert).row += 1
        else:
            stream.take_statement()
            changing = word in _CHANGING
            detail = f"{word} is not executed" if changing else "not a statement of a dump"
            self._reject_unknown(detail, damage=not changing)
            return
        self._lost = False

    def _obey(self, line: str) -> None:
        """Follow a command for psql: only a change of database matters."""
        if connect := _CONNECT.match(line):
            self._database = connect[1] or unquote(connect[2], self._copy.codec)
            self._schema = "public"

    def _set(self, name: str, value: str) -> None:
        if name == "standard_conforming_strings":
            self._stream.set_standard_strings(on=value.lower() in {"on", "true", "1", "yes"})
        elif name == "client_encoding":
            codec = CODECS.get(value.upper().replace("-", "_"))
            if codec is None and value.upper() in {"UTF-8", "DEFAULT"}:
                codec = "utf-8"
            if codec is None:
                self._reject_unknown(
                    "an encoding that is not read: text that is not UTF-8 is shown with a mark", damage=True
                )
            self._copy.codec = codec or "utf-8"

    def _create(self, statement: str) -> None:
        creation = find_creation(statement, self._copy.codec)
        if creation is None:
            return
        table = self._table(creation.schema, creation.table)
        parents = [self._table(schema, name) for schema, name in creation.parents]
        inherited = [name for parent in parents for name in parent.columns or ()]
        kinds = {name: kind for parent in parents for name, kind in parent.kinds.items()}
        # A column that a parent has too keeps its place there.
        table.define(tuple(dict.fromkeys([*inherited, *creation.columns])), kinds | creation.kinds)

    def _table(self, schema: str, name: str) -> SqlTable:
        schema = schema or self._schema
        key = (self._database, schema, name)
        if key not in self._tables:
            names = (name, f"{schema}.{name}", f"{self._database}.{schema}.{name}")
            public = next((one for one in names if one not in self._taken), names[-1])
            self._taken.add(public)
            self._tables[key] = SqlTable(public)
        return self._tables[key]

    def _get(self, match: re.Match[str]) -> SqlTable:
        codec = self._copy.codec
        return self._table(unquote(match["schema"], codec) if match["schema"] else "", unquote(match["table"], codec))

    def _ask(self, table: SqlTable, columns: tuple[str, ...] | None) -> None:
        if columns and table.wanted is None:
            table.wanted = self._wanted(table.name, columns)

    def _read_copy(self, match: re.Match[str]) -> Iterator[Batch]:
        self._stream.pos = match.end()
        table = self._inside = self._get(match)
        columns = read_names(match["columns"], self._copy.codec) if match["columns"] else table.columns
        if columns is None and (count := self._copy.count_columns()):
            columns = table.settle(count)
        self._ask(table, columns)
        if not columns or not table.wanted or len(columns) > MOST_COLUMNS:
            self._copy.skip()
        else:
            yield from self._copy.read(table, columns, returns=match["end"].startswith("\r"))

    def _read_insert(self, match: re.Match[str]) -> Iterator[Batch]:
        stream = self._stream
        stream.pos = match.end()
        table = self._inside = self._get(match)
        columns = read_names(match["columns"], self._copy.codec) if match["columns"] else table.columns
        self._ask(table, columns)
        if table.wanted is False or self._enough(table.name):
            stream.take_statement()
            return
        while True:
            stream.ensure()
            start = stream.here()
            table.row += 1
            try:
                values = self._row(table, columns)
            except Torn:
                raise Torn(table.row, start) from None
            if values is None:
                detail = "an expression, or something that is not a value; the rest of its statement is not read"
                self._reject(Rejection(table.name, table.row, start, "unknown_value", detail, damage=True))
                stream.take_statement()
                return
            if columns is None:
                columns = table.settle(len(values))
                self._ask(table, columns)
            if len(values) != len(columns):
                detail = f"{len(values)} values for {len(columns)} columns"
                self._reject(Rejection(table.name, table.row, start, "field_count", detail))
            elif table.wanted:
                yield from self._add(table, columns, values, start)
            if not self._goes_on():
                return

    def _goes_on(self) -> bool:
        """Move to the next row of the statement, or past its end."""
        stream = self._stream
        stream.skip_blank()
        if stream.text.startswith(",", stream.pos):
            stream.pos += 1
            stream.skip_blank()
            if stream.text.startswith("(", stream.pos):
                return True
        if stream.pos == len(stream.text):
            raise Torn
        if not stream.text.startswith(";", stream.pos) and not _AFTER_ROWS.match(stream.text, stream.pos):
            detail = "something that is not a row among the rows"
            table = self._inside.name if self._inside else ""
            self._reject(Rejection(table, 0, stream.here(), "unknown_statement", detail, damage=True))
        stream.take_statement()
        return False

    def _row(self, table: SqlTable, columns: Sequence[str] | None) -> list[Value] | None:
        """Read from the opening bracket past the closing one; None where there is something other than a literal."""
        stream, codec = self._stream, self._copy.codec
        kinds = [table.kinds.get(name.lower(), Kind.TEXT) for name in columns or ()]
        stream.pos += 1
        values: list[Value] = []
        while True:
            stream.skip_blank()
            literal = stream.literal.match(stream.text, stream.pos)
            if literal is None or literal.end() >= len(stream.text) - 1:
                if stream.fill():
                    continue
                # A quote shows that this is a string without an end, not something that is no literal.
                if literal is None and not re.compile(r"[EBeb]?'|$").match(stream.text, stream.pos):
                    return None
                if literal is None or literal.end() == len(stream.text):
                    raise Torn
            if len(values) <= MOST_COLUMNS:
                kind = kinds[len(values)] if len(values) < len(kinds) else Kind.TEXT
                values.append(read_pg_literal(literal, kind, codec))
            stream.pos = literal.end()
            stream.skip_blank()
            here = stream.text[stream.pos : stream.pos + 1]
            stream.pos += here in {",", ")"}
            if here != ",":
                if not here:
                    raise Torn
                return values if here == ")" else None

    def _add(self, table: SqlTable, columns: tuple[str, ...], values: list[Value], start: int) -> Iterator[Batch]:
        batch = self._batch
        if (batch.table, batch.columns) != (table.name, columns) or len(batch.rows) >= self._batch_rows:
            yield from self._flush()
            batch = self._batch = RawRows(table.name, columns, [], [], [])
        batch.rows.append(values)
        batch.row_numbers.append(table.row)
        assert batch.byte_offsets is not None
        batch.byte_offsets.append(start)

    def _flush(self) -> Iterator[Batch]:
        if self._batch.rows:
            yield self._batch
        self._batch = RawRows("", (), [], [], [])

    def _reject_unknown(self, detail: str, *, damage: bool) -> None:
        if not self._lost:  # once for a stretch of nonsense
            self._reject(Rejection("", 0, self._at, "unknown_statement", detail, damage))
        self._lost = damage

    def _reject_torn(self, torn: Torn) -> None:
        table = self._inside.name if self._inside else ""
        place = f"in row {torn.row}" if torn.row else "in a statement"
        detail = self._stream.failure or f"the dump ends {place}"
        if not (self._stream.failure or self._stream.ended):
            detail = f"the text {place} is too long to be a value: a quote is missing"
        byte = self._at if torn.byte is None else torn.byte
        self._reject(Rejection(table, torn.row, byte, "torn_statement", detail, damage=True))

    def _reject_unfinished(self) -> None:
        detail = f"the dump lacks its closing line ({_FOOTER}): it was cut between statements"
        self._reject(Rejection("", 0, self._stream.here(), "no_end_mark", detail, damage=True))
