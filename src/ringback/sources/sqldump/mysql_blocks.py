"""Reads rows of an INSERT block by block: quotes, commas and brackets of a megabyte are found all at once.

No doubtful case is decided here. A row is good only if every cell has a form that the careful reader (`mysql_rows`)
would read to the same value. Every other row is left to that reader. It also decides where rows begin: a block always
starts at the bracket where the careful reader is.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringback.sources.base import RawColumns
from ringback.sources.encodings.cells import (
    Flags,
    Positions,
    as_text,
    cut_cells,
    find_escapers,
    is_utf8,
    unescape_cells,
)
from ringback.sources.sqldump.mysql_tables import Layout, SqlTable
from ringback.sources.sqldump.mysql_values import ESCAPED, Kind
from ringback.sources.sqldump.stream import CHUNK, LOOKAHEAD, SqlStream

# Characters of the window that are searched together. A block is bounded even if a long value enlarged the window.
BLOCK = CHUNK + LOOKAHEAD
# A shorter run of good rows is left to the careful reader, which takes less time than cutting it out.
FEWEST_ROWS = 48
# After a block without good rows, this many rows are read carefully before the next block. The number grows each time
# and shrinks with every row that a block gives, so that a dump of odd rows takes little longer than without blocks.
_PATIENCE = 64
_MOST_PATIENCE = 1 << 15

_QUOTE, _COMMA, _OPEN, _STAR, _PLUS, _LINE_END = b"',(*+\n"
_NULL = np.frombuffer(b"NULL", np.uint8)
_BINARY = np.frombuffer(b"_binary '", np.uint8)
_DIGITS = b"0123456789"
# The form of a number, for both the pattern of a usual row and the grammar of literals.
_NUMBER = r"^-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$"


def _meanings() -> tuple[np.ndarray, Flags]:
    meanings, plain = np.arange(256, dtype=np.uint8), np.zeros(256, bool)
    for character, meaning in ESCAPED.items():
        if len(meaning) == 1:
            meanings[ord(character)] = ord(meaning)
        else:
            plain[ord(character)] = True
    return meanings, plain


_MEANINGS, _PLAIN = _meanings()


class RowBlock:
    """A stretch of a dump in which all rows of one layout are found.

    Args:
        data: The stretch's bytes; the first is outside strings.
        kinds: The kinds of a row's columns.

    Attributes:
        starts: Byte of each row's opening bracket, ascending.
        ends: Byte just after each row.
        good: Whether the row was read completely; ignore the values of other rows in `arrays`.
        arrays: One array per column.
    """

    def __init__(self, data: bytes, kinds: tuple[Kind, ...]) -> None:
        self._data = data
        self._text = np.frombuffer(data, np.uint8)
        self._buffer = pa.py_buffer(data)
        first = self._find_rows(len(kinds))
        self.good = np.ones(len(first), bool)
        self._set_bounds(first, len(kinds))
        self._valid = len(first) > 0 and is_utf8(data[self.starts[0] : self.ends[-1]])
        self.arrays = [self._column(at, kind) for at, kind in enumerate(kinds)] if len(first) else []
        stops = np.flatnonzero(~(self.good & self._linked))
        following = np.append(stops, len(first))[np.searchsorted(stops, np.arange(len(first)), side="right")]
        self._run = np.where(self.good, following - np.arange(len(first)), 0)
        self._long = np.flatnonzero(self._run >= FEWEST_ROWS)

    def _find_rows(self, width: int) -> Positions:
        """Indices, among the marks outside strings, of the brackets that open a row of this width."""
        text = self._text
        # The four marks are neighbours in ASCII, together with * and +, which are removed below.
        marks = (text - np.uint8(_QUOTE)) <= _COMMA - _QUOTE
        if b"\\" in self._data:
            escapers = find_escapers(text)
            marks[escapers[escapers < len(text) - 1] + 1] = False
        at = np.flatnonzero(marks)
        what = text[at]
        is_quote = what == _QUOTE
        quotes = np.cumsum(is_quote, dtype=np.int32)
        outside = np.flatnonzero(((quotes & 1) == 0) & ~is_quote & (what != _STAR) & (what != _PLUS))
        self._at, self._what, self._quotes = at[outside], what[outside], quotes[outside]
        brackets = np.flatnonzero(self._what != _COMMA)
        opens = self._what[brackets] == _OPEN
        # An opening bracket, then as many commas as a row of this width has, then a closing bracket.
        found = opens[:-1] & ~opens[1:] & (np.diff(brackets) == width)
        return np.asarray(brackets[:-1][found])

    def _set_bounds(self, first: Positions, width: int) -> None:
        places = first + np.arange(width + 1)[:, np.newaxis]
        self._bounds = self._at[places]
        self._cell_quotes = np.diff(self._quotes[places], axis=0)
        self.starts, self.ends = self._bounds[0], self._bounds[-1] + 1
        # Whether only a comma, or a comma and a line end, stands between a row and the one before.
        self._linked = np.zeros(len(first), bool)
        if len(first) > 1:
            commas = first[1:] - 1
            gaps = self.starts[1:] - self.ends[:-1]
            self._linked[1:] = (
                (commas == first[:-1] + width + 1)
                & (self._what[commas] == _COMMA)
                & (self._at[commas] == self.ends[:-1])
                & ((gaps == 1) | ((gaps == 2) & (self._text[self.starts[1:] - 1] == _LINE_END)))
            )

    def _column(self, at: int, kind: Kind) -> pa.Array:
        """The cells of one column; a row with a cell of doubtful form is no longer good."""
        text, starts, ends, quotes = self._text, self._bounds[at] + 1, self._bounds[at + 1], self._cell_quotes[at]
        first = text.take(starts)
        quoted = (quotes == 2) & (first == _QUOTE) & (text.take(ends - 1) == _QUOTE)
        if kind is not Kind.BIT and quoted.all():
            return self._cells(starts + 1, ends - 1, quoted)
        sizes = ends - starts
        bare = quotes == 0
        null = bare & (sizes == 4) & (first == _NULL[0])
        if null.any():
            null[null] = (text[starts[null][:, np.newaxis] + np.arange(4)] == _NULL).all(axis=1)
        starts, ends = starts + quoted, ends - quoted
        if kind is Kind.BINARY:
            self._take_introducers(at, quoted, starts, ends)
        number = bare & ~null & (sizes > 0)
        if kind is Kind.BIT:
            quoted = np.zeros(len(quoted), bool)
        if number.any():
            number = self._check_numbers(starts, ends, number)
        self.good &= quoted | null | number
        return self._cells(starts, ends, quoted | number)

    def _cells(self, starts: Positions, ends: Positions, kept: Flags) -> pa.Array:
        cells = cut_cells(self._buffer, starts, ends, kept & (ends > starts))
        return as_text(unescape_cells(cells, _MEANINGS, _PLAIN), valid=self._valid)

    def _take_introducers(self, at: int, quoted: Flags, starts: Positions, ends: Positions) -> None:
        """Read `_binary '...'` as `'...'`: changes the flags and bounds given."""
        odd = np.flatnonzero((self._cell_quotes[at] == 2) & ~quoted & (ends - starts > len(_BINARY)))
        if not len(odd):
            return
        fits = (self._text[starts[odd][:, np.newaxis] + np.arange(len(_BINARY))] == _BINARY).all(axis=1)
        odd = odd[fits & (self._text[ends[odd] - 1] == _QUOTE)]
        quoted[odd] = True
        starts[odd] += len(_BINARY)
        ends[odd] -= 1

    def _check_numbers(self, starts: Positions, ends: Positions, number: Flags) -> Flags:
        """Which of the bare cells are numbers."""
        cells = cut_cells(self._buffer, starts, ends, number)
        written = (cells.buffers()[2] or pa.py_buffer(b"")).to_pybytes()
        if not written.translate(None, _DIGITS):
            return number
        fits = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), False)
        return np.asarray(number & np.asarray(fits))

    def find_run(self, byte: int) -> tuple[int, int] | None:
        """The run of good rows that begins at this opening bracket.

        Returns:
            The index of its first row, and its length. If it is too short: -1, and after how many rows to ask again.
            None if no row of the block begins at this bracket.
        """
        at = int(np.searchsorted(self.starts, byte))
        if at == len(self.starts) or self.starts[at] != byte:
            return None
        if self._run[at] >= FEWEST_ROWS:
            return at, int(self._run[at])
        following = int(np.searchsorted(self._long, at))
        ahead = self._long[following] if following < len(self._long) else len(self.starts)
        return -1, int(ahead) - at


class BlockReader:
    """Reads runs of good rows from the current place of the careful reader.

    Args:
        stream: The dump.
    """

    def __init__(self, stream: SqlStream) -> None:
        self._stream = stream
        self._window = ""
        self._kinds: tuple[Kind, ...] = ()
        self._block: RowBlock | None = None
        self._base = 0
        self._patience = _PATIENCE
        self._table: SqlTable | None = None
        self._resume = 0  # number of the table's row before which no block is cut

    def read(self, table: SqlTable, layout: Layout, *, at: int, most: int) -> RawColumns | int:
        """Read the rows from an opening bracket on, and move past them.

        Args:
            table: The table; its count of rows is updated.
            layout: The layout of the rows.
            at: The bracket's place in the stream's text.
            most: Most rows in one batch.

        Returns:
            The rows; or how many rows to read by other means before asking again.
        """
        stream = self._stream
        byte = stream.byte(at)
        if self._table is table and table.row < self._resume:
            return self._resume - table.row
        if self._window is not stream.text or self._kinds is not layout.kinds or self._block is None:
            self._cut(layout, at, byte)
        assert self._block is not None
        run = self._block.find_run(byte - self._base)
        if run is None:
            # The text between hid from this block where strings begin, or the block ends here.
            self._block = None
            self._table, self._resume = table, table.row + self._patience
            self._patience = min(self._patience * 2, _MOST_PATIENCE)
            return self._resume - table.row
        first, count = run
        if first < 0:
            return count
        self._patience = max(_PATIENCE, self._patience - count)
        return self._batch(table, layout, at=at, first=first, count=min(count, most))

    def _cut(self, layout: Layout, at: int, byte: int) -> None:
        self._window, self._kinds, self._base = self._stream.text, layout.kinds, byte
        self._block = RowBlock(self._stream.text[at : at + BLOCK].encode("latin-1"), layout.kinds)

    def _batch(self, table: SqlTable, layout: Layout, *, at: int, first: int, count: int) -> RawColumns:
        block = self._block
        assert block is not None
        self._stream.pos = at + int(block.ends[first + count - 1] - block.starts[first])
        numbers = np.arange(table.row + 1, table.row + count + 1)
        table.row += count
        return RawColumns(
            table.name,
            layout.columns,
            [array.slice(first, count) for array in block.arrays],
            pa.array(numbers),
            pa.array(block.starts[first : first + count] + self._base),
        )
