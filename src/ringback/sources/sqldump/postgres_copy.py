"""Reads the lines after COPY ... FROM stdin block by block: all tabs and line ends are found at once."""

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from ringback.sources.base import Enough, RawColumns, Reject, Rejection, never_enough
from ringback.sources.encodings.cells import Flags, as_text, cut_cells, find_escapers, is_utf8, unescape_cells
from ringback.sources.sqldump.mysql_tables import SqlTable
from ringback.sources.sqldump.mysql_values import Kind
from ringback.sources.sqldump.postgres_statements import PgStream
from ringback.sources.sqldump.postgres_values import COPY_MEANINGS, COPY_PLAIN, read_bytea, unescape_copy
from ringback.sources.sqldump.stream import CHUNK, LOOKAHEAD, Torn

BLOCK = CHUNK + LOOKAHEAD
_TAB, _LINE_END, _RETURN, _N = b"\t\n\rN"
_END = re.compile(r"^\\\.\r?$", re.MULTILINE)
_RARE_ESCAPES = np.isin(np.arange(256), list(b"01234567x"))


class CopyReader:
    """Reads the rows of COPY blocks.

    Args:
        stream: The dump.
        reject: Called for each line that is not a row of its table.
        batch_rows: Most rows in one batch.

    Attributes:
        codec: Python's name of the dump's encoding.
    """

    def __init__(self, stream: PgStream, reject: Reject, batch_rows: int, enough: Enough = never_enough) -> None:
        self._stream = stream
        self._reject = reject
        self._enough = enough
        self._batch_rows = batch_rows
        self.codec = "utf-8"

    def skip(self) -> None:
        """Move past a block that is not wanted.

        Raises:
            Torn: the dump ends first.
        """
        while self._take_lines():
            pass

    def count_columns(self) -> int:
        """How many cells the first line has; 0 where there is no line. The line stays unread."""
        self._stream.ensure()
        line = self._stream.text[self._stream.pos :].partition("\n")[0].rstrip("\r")
        return 0 if line == "\\." else line.count("\t") + 1

    def read(self, table: SqlTable, columns: tuple[str, ...], *, returns: bool) -> Iterator[RawColumns]:
        """Read the rows of one block and move past its end.

        Args:
            table: The table of the rows.
            columns: The rows' columns.
            returns: Whether line ends have a carriage return too.

        Raises:
            Torn: the dump ends first.
        """
        kinds = tuple(table.kinds.get(name.lower(), Kind.TEXT) for name in columns)
        while lines := self._take_lines(table):
            if self._enough(table.name):
                continue
            begin, data = lines
            if data is None:
                table.row += 1
                self._reject_width(table, table.row, begin)
                continue
            yield from self._read_lines(table, columns, kinds, begin=begin, data=data, returns=returns)

    def _take_lines(self, table: SqlTable | None = None) -> tuple[int, bytes | None] | None:
        """Move past some complete lines; returns their first byte and their bytes.

        The bytes are None for a line that is too long to be a row. None alone means that the block ends.
        """
        stream = self._stream
        stream.ensure()
        while True:
            end = stream.text.rfind("\n", stream.pos, stream.pos + BLOCK) + 1
            end = end or stream.text.find("\n", stream.pos + BLOCK) + 1
            if end > 0 and stream.pos < end:
                break
            if stream.text[stream.pos :].rstrip("\r") == "\\." and stream.ended:
                stream.pos = len(stream.text)
                return None
            if not stream.fill():
                here = stream.here() if stream.pos < len(stream.text) else None
                raise Torn(table.row + 1 if table and here is not None else 0, here)
        mark = _END.search(stream.text, stream.pos, end)
        begin = stream.here()
        if mark and mark.start() == stream.pos:
            stream.pos = stream.text.index("\n", mark.start()) + 1
            return None
        stop = mark.start() if mark else end
        # A line with more cells than any table has columns is not cut into cells.
        long = stop - stream.pos > BLOCK and stream.text.count("\t", stream.pos, stop) > _MOST_CELLS
        data = None if long else stream.text[stream.pos : stop].encode("latin-1")
        stream.pos = stop
        return begin, data

    def _read_lines(
        self,
        table: SqlTable,
        columns: tuple[str, ...],
        kinds: tuple[Kind, ...],
        *,
        begin: int,
        data: bytes,
        returns: bool,
    ) -> Iterator[RawColumns]:
        lines = _Lines(data, len(columns), returns=returns)
        for place in np.flatnonzero(~lines.good).tolist():
            self._reject_width(table, table.row + place + 1, begin + int(lines.starts[place]))
        good = np.flatnonzero(lines.good)
        arrays = [self._array(lines, at, kind) for at, kind in enumerate(kinds)]
        numbers = pa.array(table.row + 1 + good)
        offsets = pa.array(begin + lines.starts[good])
        table.row += len(lines.starts)
        for first in range(0, len(good), self._batch_rows):
            part = slice(first, first + self._batch_rows)
            yield RawColumns(table.name, columns, [one[part] for one in arrays], numbers[part], offsets[part])

    def _reject_width(self, table: SqlTable, row: int, byte: int) -> None:
        detail = "a line with more or fewer cells than its table has columns"
        self._reject(Rejection(table.name, row, byte, "field_count", detail))

    def _array(self, lines: "_Lines", at: int, kind: Kind) -> pa.Array:
        cells = lines.cells(at)
        if kind is Kind.BINARY:
            return pa.array([(value and read_bytea(value)) or None for value in cells.to_pylist()], pa.binary())
        if self.codec == "utf-8":
            return as_text(cells, valid=lines.valid)
        try:
            return pa.array([value and value.decode(self.codec) for value in cells.to_pylist()], pa.string())
        except UnicodeDecodeError:
            return cells


# A table of PostgreSQL has 1,600 columns at most.
_MOST_CELLS = 1 << 12


class _Lines:
    """Complete lines of a COPY block, cut into cells.

    Args:
        data: The lines with their line ends.
        width: How many cells a row has.
        returns: Whether a carriage return before a line feed belongs to the line end.

    Attributes:
        starts: Where each line starts.
        good: Whether it has the right number of cells.
        valid: Whether all is UTF-8.
    """

    def __init__(self, data: bytes, width: int, *, returns: bool) -> None:
        self._buffer = pa.py_buffer(data)
        self._text = text = np.frombuffer(data, np.uint8)
        self._returns = returns
        marks = (text - np.uint8(_TAB)) <= _LINE_END - _TAB
        escapers = find_escapers(text) if b"\\" in data else np.zeros(0, np.int64)
        marks[escapers + 1] = False
        self._rare = bool(_RARE_ESCAPES[text[escapers + 1]].any())
        self.valid = is_utf8(data) and not self._rare
        at = np.flatnonzero(marks)
        ends = np.flatnonzero(text[at] == _LINE_END)
        before = np.concatenate(([-1], ends[:-1]))
        self.good = ends - before == width
        marked = np.concatenate(([-1], at))
        self.starts = marked[before + 1] + 1
        self._bounds = marked[before[self.good] + 1 + np.arange(width + 1)[:, np.newaxis]]

    def cells(self, at: int) -> pa.BinaryArray:
        """The cells of one column, in the good lines."""
        text, starts, ends = self._text, self._bounds[at] + 1, self._bounds[at + 1]
        if self._returns and at == len(self._bounds) - 2:
            ends = ends - ((ends > starts) & (text.take(ends - 1) == _RETURN))
        sizes = ends - starts
        kept: Flags = sizes > 0
        short = np.flatnonzero(sizes == 2)
        null = short[(text.take(starts[short]) == ord("\\")) & (text.take(starts[short] + 1) == _N)]
        kept[null] = False
        cells = cut_cells(self._buffer, starts, ends, kept)
        if self._rare:
            return pa.array([value and unescape_copy(value) for value in cells.to_pylist()], pa.binary())
        return unescape_cells(cells, COPY_MEANINGS, COPY_PLAIN)
