"""Delimited text (CSV and its kin) -> raw rows: any usual delimiter, quoting and encoding, damage included.

UTF-8 is split block after block as whole columns (`blocks.py`). Lines in which some row is not plainly clean, and text
in any other encoding, go through the `csv` module in its strict mode; what that does not take is walked row by row, so
that a quote that was never closed is found and the rows behind it are saved.
"""

import codecs
import csv
import io
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from ringback.sources.base import BATCH_ROWS, Batch, RawColumns, RawRows, Reject, Rejection, Value, Wanted, want_all
from ringback.sources.blocks import Block, split_block
from ringback.sources.dialect import Dialect, Row, protect_nulls, sniff_delimiter
from ringback.sources.fieldloops import may_escape
from ringback.sources.longlines import LONGEST_LINE, TOO_LONG, without_long_lines
from ringback.sources.opening import EarlyEnd
from ringback.sources.rowwalk import FoundRow, RowWalk
from ringback.sources.strangebytes import KEEP_BYTES

# A quoted value of more lines than this is looked at: is it a long text, or rows behind a quote never closed?
SWALLOWED_LINES = 100
# A quoted value of more lines, or of more than LONGEST_LINE characters, is given up: it would fill the memory.
_MOST_LINES = 250_000
# Small enough that a piece and its rows stay in the processor's cache: 1 MiB takes three times as long.
_BLOCK_CHARS = 128 * 1024
_BLOCK_BYTES = 8 * 1024 * 1024
_FEW_BACKSLASHES = 20_000
# A block that is not plainly clean is taken apart in pieces, so that a bad row costs as little as may be.
_PIECE_BYTES = 2 * 1024 * 1024
_SAMPLE_LINES = 200
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LONGEST_BOM = 3


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Make column names distinct: an empty one becomes `column_3`, the second of two equal ones `name_2`.

    >>> distinct_names(["a", "", "a", "a_2"])
    ('a', 'column_2', 'a_2', 'a_2_2')
    """
    given: dict[str, int] = {}
    for position, name in enumerate(names, 1):
        distinct = base = name or f"column_{position}"
        while distinct in given:
            given[base] += 1
            distinct = f"{base}_{given[base]}"
        given[distinct] = 1
    return tuple(given)


@dataclass(slots=True)
class _Table:
    """What is known of the table while its rows are read."""

    name: str
    dialect: Dialect
    reject: Reject
    end: EarlyEnd
    columns: tuple[str, ...] = ()
    seen: int = 0
    rows: list[Sequence[Value]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    torn_told: bool = False

    def keep(self, fields: Row) -> None:
        self.seen += 1
        self.rows.append(tuple(_with_nulls(fields)))
        self.numbers.append(self.seen)

    def drop(self, reason: str, detail: str, *, damage: bool = False) -> None:
        self.seen += 1
        self.torn_told |= reason == "torn_last_row"
        self.reject(Rejection(self.name, self.seen, None, reason, detail, damage))

    def split(self, data: bytes) -> Block | None:
        """The rows of a block of bytes as columns, where that gives what line by line would give."""
        mark = self.dialect.delimiter
        if self.dialect.escapes or (self.dialect.escapes is None and _may_escape(data, mark)):
            return None
        return split_block(data, delimiter=ord(mark), width=len(self.columns), most_lines=SWALLOWED_LINES)

    def take_columns(self, block: Block) -> RawColumns:
        """Take the rows of a block that was split."""
        for misfit in block.misfits:
            detail = f"has {misfit.fields} fields, the header has {len(self.columns)}"
            self.reject(Rejection(self.name, self.seen + misfit.number, None, "field_count", detail))
        numbers = pa.array(block.numbers + self.seen)
        self.seen += block.rows
        return RawColumns(self.name, self.columns, block.fields, numbers)

    def take_lines(self, lines: list[str], *, last: bool) -> list[str]:
        """Take the rows of some lines; gives back the lines of a last row that goes on in the next ones."""
        if self.dialect.escapes is None:
            self.dialect.settle_escapes(lines, len(self.columns))
        return self._take_piece(protect_nulls(lines, self.dialect), last=last)

    def _take_piece(self, lines: list[str], *, last: bool) -> list[str]:
        if not last and lines[-1].endswith(("\n", "\r")) and self._take_whole(lines):
            return []
        rows, at = RowWalk(self.dialect, lines), 0
        while at < len(lines):
            limit = SWALLOWED_LINES
            found = rows.row(at, limit)
            while not found.closed and found.lines == limit and not self._rows_inside(lines, at, limit):
                limit *= 8
                found = rows.row(at, limit)
            if not found.closed and found.lines < limit and not last:
                left = lines[at:]
                if found.lines <= _MOST_LINES and sum(map(len, left)) <= LONGEST_LINE:
                    return left
                detail = f"a quote is not closed within {found.lines} lines, all lost; read on behind them"
                self.drop("unclosed_quote", detail, damage=True)
                return []
            at += self._judge(found, lines, at)
        return []

    def _take_whole(self, lines: list[str]) -> bool:
        """Take lines in which every row is clean; False, with nothing taken, where one is not."""
        try:
            rows = list(self.dialect.reader(iter(lines)))
        except csv.Error:
            return False
        widths = set(map(len, rows))
        if not widths <= {0, len(self.columns)} or len(lines) - len(rows) > SWALLOWED_LINES:
            return False
        if 0 in widths:
            rows = [row for row in rows if row]
        self.rows.extend(_all_with_nulls(rows))
        self.numbers.extend(range(self.seen + 1, self.seen + len(rows) + 1))
        self.seen += len(rows)
        return True

    def _judge(self, found: FoundRow, lines: list[str], at: int) -> int:
        """Keep or reject one row; gives the number of lines that it took."""
        width, has = len(self.columns), len(found.fields)
        unfinished = at + found.lines == len(lines) and not lines[-1].endswith(("\n", "\r"))
        fits = found.closed and has == width
        if not found.fields and found.closed:
            return found.lines
        if unfinished and found.closed and (has < width or self.end.torn):
            self.drop("torn_last_row", "the file ends inside this row", damage=True)
        elif fits and found.clean and found.lines <= SWALLOWED_LINES:
            self.keep(found.fields)
        elif (found.closed or found.lines >= SWALLOWED_LINES) and self._rows_inside(lines, at, found.lines):
            self.drop("unclosed_quote", "a quote is never closed; read on at the next line", damage=True)
            return 1
        elif not found.closed:
            detail = f"the file ends inside a quoted value that takes up its last {found.lines} lines"
            self.drop("torn_last_row", detail, damage=True)
        elif fits and (found.clean or found.lines == 1):
            self.keep(found.fields)
        elif fits:
            self.drop("unclosed_quote", f"broken quoting over {found.lines} lines, all lost", damage=True)
        else:
            self.drop("field_count", f"has {has} fields, the header has {width}")
        return found.lines

    def _rows_inside(self, lines: list[str], at: int, count: int) -> bool:
        """Tell whether most lines after the first are whole rows by themselves, swallowed by a quote."""
        inside = [line for line in lines[at + 1 : at + min(count, SWALLOWED_LINES)] if line.strip()]
        whole = sum(len(self.dialect.read_line(line) or ()) == len(self.columns) for line in inside)
        return len(self.columns) > 1 and bool(inside) and whole * 2 >= len(inside)

    def batches(self, size: int, *, least: int) -> Iterator[RawRows]:
        """Hand out the rows kept so far in batches of `size`, as long as at least `least` are there."""
        start = 0
        while len(self.rows) - start >= least:
            end = start + size
            yield RawRows(self.name, self.columns, self.rows[start:end], self.numbers[start:end])
            start = end
        del self.rows[:start], self.numbers[:start]


def _may_escape(data: bytes, delimiter: str) -> bool:
    """Whether a backslash stands before a delimiter, a quote or a line end."""
    mark, at = ord(delimiter), data.find(b"\\")
    # A few are looked at one by one, which takes no time; of many, all bytes are.
    for _turn in range(_FEW_BACKSLASHES):
        if at < 0:
            return False
        if data[at + 1 : at + 2] and data[at + 1] in (mark, *b'"\n\r'):
            return True
        at = data.find(b"\\", at + 1)
    return may_escape(np.frombuffer(data, np.uint8), mark)


def _cut(lines: list[str], left: list[str]) -> tuple[list[str], list[str]]:
    """What is left over with the next lines, of the size that is fastest to read; and the lines after them."""
    wanted, size = max(_BLOCK_CHARS, 2 * sum(map(len, left))), 0
    for count, line in enumerate(lines, 1):
        size += len(line)
        if size >= wanted:
            return left + lines[:count], lines[count:]
    return left + lines, []


def _with_nulls(fields: Sequence[str]) -> Sequence[Value]:
    if "" not in fields and "\\N" not in fields:
        return fields
    return [None if value in ("", "\\N") else value for value in fields]


def _all_with_nulls(rows: list[Row]) -> Iterator[Sequence[Value]]:
    """Do the same for many rows, column by column, which is several times faster."""
    return zip(*map(_with_nulls, zip(*rows, strict=True)), strict=True)


def _bytes_of(end: EarlyEnd, encoding: str | None, too_long: Callable[[], None]) -> tuple[EarlyEnd, str]:
    """The bytes behind the byte order mark, and their encoding: by the mark, else as told, else UTF-8.

    Lines that are too long are left out and told, but for UTF-16, whose line ends are not single bytes.
    """
    pieces, head = end.pieces(), b""
    while len(head) < _LONGEST_BOM and (piece := next(pieces, None)) is not None:
        head += piece
    codec, mark = encoding or "utf-8", b""
    for bom, name in _BOMS:
        if head.startswith(bom):
            codec, mark = name, bom
    rest = itertools.chain([head[len(mark) :]], pieces)
    in_bytes = not codecs.lookup(codec).name.startswith("utf-16")
    whole = EarlyEnd(without_long_lines(rest, too_long)) if in_bytes else EarlyEnd(rest)
    return whole, codec


def _text_of(head: bytes, rest: EarlyEnd, codec: str) -> io.TextIOWrapper:
    """Text whose lines keep their ends."""
    whole = io.BufferedReader(EarlyEnd(itertools.chain([head], rest.pieces())), _BLOCK_CHARS)
    return io.TextIOWrapper(whole, codec, KEEP_BYTES, newline="")


def _lines(data: bytes) -> list[str]:
    return io.StringIO(data.decode("utf-8", KEEP_BYTES), newline="").readlines()


def _as_bytes(lines: list[str]) -> bytes:
    return "".join(lines).encode("utf-8", "surrogateescape")


def _take_header(state: _Table, lines: list[str]) -> int:
    """Set the columns from the first row that is not empty; gives the number of lines before the data."""
    at = next((at for at, line in enumerate(lines) if line.strip("\r\n")), None)
    if at is None:
        return len(lines)
    found = RowWalk(state.dialect, lines).row(at, SWALLOWED_LINES)
    fields, used = found.fields, found.lines
    if not found.closed:
        state.torn_told = at + used == len(lines)
        reason = "torn_last_row" if state.torn_told else "unclosed_quote"
        detail = "a quote in the header is opened and not closed"
        state.reject(Rejection(state.name, 0, None, reason, detail, damage=True))
        if state.torn_told:
            return len(lines)
        fields, used = lines[at].replace('"', "").split(state.dialect.delimiter), 1
    state.columns = distinct_names([name.strip().strip("\ufeff").strip() for name in fields])
    return at + used


def read_delimited(
    stream: BinaryIO,
    *,
    table: str,
    reject: Reject,
    wanted: Wanted = want_all,
    delimiter: str | None = None,
    encoding: str | None = None,
    header: Sequence[str] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Batch]:
    """Read every row that has as many fields as the header; reject the others and go on.

    An empty field and the text \\N are None. A byte that the encoding does not know is kept as a lone
    surrogate (for UTF-8 as `surrogateescape` does). A backslash escapes only where that makes more rows fit.

    A quoted value that breaks the quoting or the number of fields, or is over 100 lines long, is looked into:
    where at least half of its next 100 lines are whole rows by themselves, the line it started on is rejected
    as `unclosed_quote` and reading goes on at the next one. A line of more than 16 MiB is left out, as `line_too_long`.
    A value of up to 100 lines that runs to the end
    is rejected whole, as `torn_last_row`. With one column no rows can be seen inside a value.

    >>> for batch in read_delimited(io.BytesIO(b"id;city\\n1;Leeds\\n2;\\n"), table="t", reject=print):
    ...     print(batch.columns, [values.to_pylist() for values in batch.arrays])
    ('id', 'city') [['1', '2'], ['Leeds', None]]

    Args:
        stream: The unpacked bytes; EOFError from it means that the archive breaks off there.
        table: Name for the rows.
        reject: Gets each row that cannot be read.
        wanted: Asked once, when the columns are known.
        delimiter: One character; found from the first lines where it is left out.
        encoding: Of files without a byte order mark; UTF-8 where it is left out.
        header: Column names of a file whose first line is data already.
        batch_rows: Rows in a batch.

    Raises:
        LookupError: The encoding is unknown.
    """
    csv.field_size_limit(sys.maxsize)
    end = EarlyEnd.of(stream)
    too_long = Rejection(table, 0, None, "line_too_long", TOO_LONG, damage=True)
    data, codec = _bytes_of(end, encoding, lambda: reject(too_long))
    first = data.read_on(b"", _BLOCK_BYTES) if codecs.lookup(codec).name == "utf-8" else b""
    # Lone carriage returns for line ends, or one endless line: nothing for blocks that are cut at line feeds.
    in_blocks = b"\n" in first
    text = _text_of(first if not in_blocks else b"", data, codec)
    lines = _lines(first[: first.find(b"\n", _BLOCK_CHARS) + 1] or first) if in_blocks else text.readlines(_BLOCK_CHARS)
    width = len(header) if header is not None else None
    chosen = delimiter or sniff_delimiter(lines[:_SAMPLE_LINES], width=width)
    state = _Table(table, Dialect(chosen), reject, end, distinct_names(header or ()))
    taken = _take_header(state, lines) if header is None else 0
    if state.columns and not wanted(table, state.columns):
        return
    if not in_blocks:
        yield from _read_lines(state, text, lines[taken:], batch_rows)
    else:
        rest = first[len(_as_bytes(lines[:taken])) :]
        if len(state.columns) > 1 and chosen.isascii():
            yield from _read_blocks(state, data, rest, batch_rows, last=len(first) < _BLOCK_BYTES)
        else:
            yield from _read_lines(state, _text_of(rest, data, codec), [], batch_rows)
    if end.torn and not state.torn_told:
        reject(Rejection(table, 0, None, "torn_file", end.torn, damage=True))


def _read_blocks(state: _Table, stream: EarlyEnd, data: bytes, batch_rows: int, *, last: bool) -> Iterator[Batch]:
    """Read block after block as columns; one that is not plainly clean, and the end of the file, line by line."""
    while True:
        size = len(data)
        block = state.split(data) or (state.split(data[:_PIECE_BYTES]) if size > _PIECE_BYTES else None)
        if block is not None:
            yield from state.batches(batch_rows, least=1)
            columns = state.take_columns(block)
            if len(columns.row_numbers):
                yield columns
            data = data[block.size :]
        if block is None or last:
            near = data.rfind(b"\n", 0, _PIECE_BYTES) + 1
            cut = len(data) if last else near or data.rfind(b"\n") + 1
            lines, data = _lines(data[:cut]), data[cut:]
            left: list[str] = []
            while lines:
                # Twice as much as is left over: a row of many lines is read again only a few times.
                piece, lines = _cut(lines, left)
                left = state.take_lines(piece, last=last and not lines)
                yield from state.batches(batch_rows, least=batch_rows)
            data = _as_bytes(left) + data
        if last:
            break
        if size > len(data) > _PIECE_BYTES:
            continue
        wanted = max(_BLOCK_BYTES, 2 * len(data))
        size = len(data)
        data = stream.read_on(data, wanted)
        last = len(data) < size + wanted
    yield from state.batches(batch_rows, least=1)


def _read_lines(state: _Table, text: io.TextIOWrapper, lines: list[str], batch_rows: int) -> Iterator[Batch]:
    """Read piece after piece; a row that a piece does not finish is read again with the next one."""
    last = False
    while state.columns:
        if lines:
            lines = state.take_lines(lines, last=last)
            yield from state.batches(batch_rows, least=batch_rows)
        if last:
            break
        # Twice as much as is left over: a value of many pieces is read again only a few times.
        more = text.readlines(max(_BLOCK_CHARS, 2 * sum(map(len, lines))))
        last = not more
        lines += more
    yield from state.batches(batch_rows, least=1)
