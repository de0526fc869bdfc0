"""Reads the rows of an INSERT statement in a dump into batches, carefully: row by row."""

import re
from collections.abc import Generator, Iterator, Sequence

from ringback.sources.base import Batch, RawRows, Reject, Rejection, Value, Wanted
from ringback.sources.sqldump.mysql_blocks import BlockReader
from ringback.sources.sqldump.mysql_tables import MOST_COLUMNS, Layout, SqlTable
from ringback.sources.sqldump.mysql_values import LITERAL, OPEN_LITERAL, Kind, read_literal
from ringback.sources.sqldump.stream import SqlStream, Torn

# Longer than any literal that is not quoted.
_BARE_LITERAL = 100
_AFTER_LITERAL = re.compile("[,)]")
_COMMAS = re.compile(r"[\s,]++", re.ASCII)
_ROW_START = re.compile(r"[\s,]*+\(", re.ASCII)
_EXPRESSION = re.compile(r"(?:[A-Za-z]\w*+\s*+\(|(?:DEFAULT|CURRENT_TIMESTAMP)\b)", re.ASCII | re.IGNORECASE)
_AFTER_ROWS = re.compile(r"(?:ON\s+DUPLICATE|AS|RETURNING)\b", re.ASCII | re.IGNORECASE)
# Where rows may go on after damage. mysqldump escapes quotes and newlines in text, so text in a string seldom looks
# like this. If it does, it is rejected as a row of its own.
_NEXT_ROW = re.compile(r"\)(?=\s*,\s*\()|(?=;\s*\n)")


class RowReader:
    """Reads the rows that follow VALUES.

    Args:
        stream: The dump.
        reject: Called for each row that cannot be read.
        wanted: Asked for tables whose columns only their first row shows.
        batch_rows: Most rows in one batch.
        blocks: Reads runs of usual rows at once; None to read every row by itself.
    """

    def __init__(
        self, stream: SqlStream, reject: Reject, wanted: Wanted, batch_rows: int, *, blocks: BlockReader | None
    ) -> None:
        self._stream = stream
        self._blocks = blocks
        self._reject = reject
        self._wanted = wanted
        self._batch_rows = batch_rows
        self._start_batch("", ())

    def _start_batch(self, table: str, columns: tuple[str, ...]) -> None:
        self._name, self._columns = table, columns
        self._values: list[Sequence[Value]] = []
        self._numbers: list[int] = []
        self._offsets: list[int] = []

    def flush(self) -> Iterator[RawRows]:
        """Yield the rows gathered so far, if any."""
        if self._values:
            yield RawRows(self._name, self._columns, self._values, self._numbers, self._offsets)
            self._start_batch(self._name, self._columns)

    def read(self, table: SqlTable, columns: tuple[str, ...] | None, delimiter: str) -> Iterator[Batch]:
        """Read the rows of one statement and move past its end; yields full batches.

        Args:
            table: The table of the rows.
            columns: The rows' columns; if None, the first row decides how many there are.
            delimiter: What ends the statement.

        Raises:
            Torn: the dump ends first.
        """
        stream = self._stream
        if columns is None or (self._name, self._columns) != (table.name, columns):
            yield from self.flush()
            self._start_batch(table.name, columns or ())
        while True:
            if columns:
                layout = table.layout(columns)
                most = yield from self._block_rows(table, layout)
                self._usual_rows(table, layout, most)
            if len(self._values) >= self._batch_rows:
                yield from self.flush()
                continue
            stream.skip_blank()
            if stream.ensure():
                continue
            here = stream.text[stream.pos : stream.pos + 1]
            if here == "," and (commas := _COMMAS.match(stream.text, stream.pos)):
                stream.pos = commas.end()
            elif here == "(":
                columns = self._careful_row(table, columns, delimiter)
            elif self._at_end(table, delimiter):
                return
            if table.wanted is False:
                stream.take_statement(delimiter)
                return

    def _block_rows(self, table: SqlTable, layout: Layout) -> Generator[Batch, None, int]:
        """Read rows in blocks as long as possible; returns how many rows to read otherwise before trying again."""
        stream = self._stream
        while self._blocks:
            stream.ensure()
            start = _ROW_START.match(stream.text, stream.pos)
            if start is None:
                break
            found = self._blocks.read(table, layout, at=start.end() - 1, most=self._batch_rows)
            if isinstance(found, int):
                return found
            yield from self.flush()
            yield found
        return self._batch_rows

    def _usual_rows(self, table: SqlTable, layout: Layout, most: int) -> None:
        """Read up to `most` rows that match the layout's pattern, within the window and the batch."""
        text, pos, byte = self._stream.text, self._stream.pos, self._stream.byte
        match, finish, odd = layout.row.match, layout.finish, bool(layout.odd)
        rows, offsets = self._values, self._offsets
        ascii_only = text.isascii()
        before = len(rows)
        for _ in range(min(most, self._batch_rows - before)):
            found = match(text, pos)
            doubled = None if found else layout.doubled.match(text, pos)
            found = found or doubled
            if found is None:
                break
            start, pos = text.index("(", pos), found.end()
            offsets.append(byte(start))
            # Most rows need no more than the pattern's groups.
            plain = not (odd or doubled) and text.find("\\", start, pos) < 0
            plain = plain and (ascii_only or text[start:pos].isascii())
            rows.append(found.groups() if plain else finish(found.groups()))
        added = len(rows) - before
        self._numbers.extend(range(table.row + 1, table.row + added + 1))
        table.row += added
        self._stream.pos = pos

    def _careful_row(self, table: SqlTable, columns: tuple[str, ...] | None, delimiter: str) -> tuple[str, ...] | None:
        """Read one row value by value; returns the columns. The first row sets them if they are not known yet."""
        start = self._stream.here()
        table.row += 1
        try:
            values = self._row_values(table, table.layout(columns).kinds if columns else (), delimiter, start)
        except Torn:
            raise Torn(table.row, start) from None
        if values and columns is None:
            columns = table.settle(len(values))
            if table.wanted is None:
                table.wanted = self._wanted(table.name, columns)
            self._start_batch(table.name, columns)
        if values is None or not table.wanted:
            return columns
        if columns is None or len(values) != len(columns):
            detail = f"{len(values)} values for {len(columns or ()) or 'an unknown number of'} columns"
            self._reject(Rejection(table.name, table.row, start, "field_count", detail))
        else:
            self._values.append(values)
            self._numbers.append(table.row)
            self._offsets.append(start)
        return columns

    def _row_values(self, table: SqlTable, kinds: tuple[Kind, ...], delimiter: str, start: int) -> list[Value] | None:
        """Read from the opening bracket past the closing one; None if the row was rejected."""
        stream = self._stream
        stream.pos += 1
        stream.skip_blank()
        values: list[Value] = []
        if stream.text.startswith(")", stream.pos):
            stream.pos += 1
            return values
        while literal := self._find_literal():
            if len(values) <= MOST_COLUMNS:  # a longer row is wrong anyway
                values.append(read_literal(literal, kinds[len(values)] if len(values) < len(kinds) else Kind.UNKNOWN))
            stream.pos = literal.end()
            stream.skip_blank()
            here = stream.text[stream.pos : stream.pos + 1]
            if not here:
                raise Torn
            if here not in ",)":
                break
            stream.pos += 1
            if here == ")":
                return values
            stream.skip_blank()
        self._reject_value(table, delimiter, start)
        return None

    def _find_literal(self) -> re.Match[str] | None:
        """Match the literal at the current place, of any length; None if there is none."""
        stream = self._stream
        while True:
            literal = LITERAL.match(stream.text, stream.pos)
            if literal and literal.end() < len(stream.text):
                return literal
            goes_on = literal or OPEN_LITERAL.match(stream.text, stream.pos)
            if not goes_on and len(stream.text) - stream.pos >= _BARE_LITERAL:
                return None
            if not stream.fill():
                if goes_on or not _AFTER_LITERAL.search(stream.text, stream.pos):
                    raise Torn
                return None

    def _reject_value(self, table: SqlTable, delimiter: str, start: int) -> None:
        """Reject a row that holds something other than a literal, and move to where rows may go on."""
        stream = self._stream
        if _EXPRESSION.match(stream.text, stream.pos):
            detail, damage = "an expression, which is not executed", False
            self._skip_row(delimiter)
        else:
            detail, damage = "something that is not a value; the rows after it may be misread", True
            stream.skip_past_next(_NEXT_ROW)
        self._reject(Rejection(table.name, table.row, start, "unknown_value", detail, damage))

    def _skip_row(self, delimiter: str) -> None:
        """Move past the bracket that closes the row, or to the statement's end."""
        stream = self._stream
        depth = 0
        while True:
            stream.skip_to("()" + delimiter[0])
            here = stream.text[stream.pos : stream.pos + 1]
            if not here:
                raise Torn
            if here not in "()" and stream.text.startswith(delimiter, stream.pos):
                return
            stream.pos += 1
            depth += (here == "(") - (here == ")")
            if depth < 0:
                return

    def _at_end(self, table: SqlTable, delimiter: str) -> bool:
        """Move past the end of the statement; False if there is something else, after which rows may go on."""
        stream = self._stream
        if stream.pos == len(stream.text):
            raise Torn(0, stream.here())
        if stream.text.startswith(delimiter, stream.pos):
            stream.pos += len(delimiter)
            return True
        if _AFTER_ROWS.match(stream.text, stream.pos):
            stream.take_statement(delimiter)
            return True
        start = stream.here()
        stream.pos += 1
        stream.skip_past_next(_NEXT_ROW)
        detail = "something that is not a row among the rows"
        self._reject(Rejection(table.name, 0, start, "unknown_statement", detail, damage=True))
        return False
