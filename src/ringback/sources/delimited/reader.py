"""Reader of delimited text (CSV and its kin): any usual delimiter, quoting and encoding, damage included.

Three ways, from fast to careful. Clean UTF-8 is split block by block into columns (`blocks.py`). A block with a row
that is not clean, and text in any other encoding, goes through the `csv` module in strict mode. Lines that fail there
are walked row by row: that finds a quote that was never closed, and saves the rows after it.
"""

import codecs
import csv
import io
import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ringback.sources.base import (
    BATCH_ROWS,
    Batch,
    Reaching,
    Reject,
    Rejection,
    Wanted,
    half_of_the_row,
    want_all,
)
from ringback.sources.delimited.dialect import Dialect
from ringback.sources.delimited.headers import distinct_names, find_start
from ringback.sources.delimited.row_table import SWALLOWED_LINES, RowTable
from ringback.sources.delimited.rows import RowWalk
from ringback.sources.encodings.long_lines import TOO_LONG
from ringback.sources.encodings.plain_text import open_text
from ringback.sources.encodings.undecodable import KEEP_BYTES
from ringback.sources.streams import EarlyEnd

# Small enough that a piece and its rows stay in the processor's cache: 1 MiB takes three times as long.
_BLOCK_CHARS = 128 * 1024
_BLOCK_BYTES = 8 * 1024 * 1024
# A block that is not clean is read in pieces, so that a bad row slows down few others.
_PIECE_BYTES = 2 * 1024 * 1024


def _cut(lines: list[str], left: list[str]) -> tuple[list[str], list[str]]:
    """The lines left over with the next lines, up to the size that is fastest to read; and the lines after them."""
    wanted, size = max(_BLOCK_CHARS, 2 * sum(map(len, left))), 0
    for count, line in enumerate(lines, 1):
        size += len(line)
        if size >= wanted:
            return left + lines[:count], lines[count:]
    return left + lines, []


def _text_of(head: bytes, rest: EarlyEnd, codec: str) -> io.TextIOWrapper:
    """The text as a stream whose lines keep their line ends."""
    whole = io.BufferedReader(EarlyEnd(itertools.chain([head], rest.pieces())), _BLOCK_CHARS)
    return io.TextIOWrapper(whole, codec, KEEP_BYTES, newline="")


def _lines(data: bytes) -> list[str]:
    return io.StringIO(data.decode("utf-8", KEEP_BYTES), newline="").readlines()


def _as_bytes(lines: list[str]) -> bytes:
    return "".join(lines).encode("utf-8", "surrogateescape")


def _take_header(state: RowTable, lines: list[str], at: int) -> int:
    """Set the columns from the row that begins on line `at`; returns the number of lines before the data."""
    if at >= len(lines):
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
    state.set_header(fields)
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
    reaching: Reaching | None = half_of_the_row,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Batch]:
    """Read every row that has as many fields as the header; reject the others and go on.

    Two kinds of rows with another width are taken too (see `row_shapes`). A row may lack its last fields, where no
    field that is read is missing or the file has more such rows. A row may have surplus empty fields, where the first
    rows show that the file is written like that. Lines above the header (`headers`) and repetitions of the header
    (`repeated_headers`) are no rows.

    An empty field and the text \\N are None. An undecodable byte is kept as a lone surrogate (for UTF-8 as
    `surrogateescape` does). A backslash escapes only where that makes more rows fit.

    A quoted value is suspect if it breaks the quoting or the number of fields, or is over 100 lines long. If at least
    half of its next 100 lines are complete rows by themselves, its first line is rejected as `unclosed_quote`, and
    reading goes on at the next line. A value of up to 100 lines that runs to the end of the file is rejected whole, as
    `torn_last_row`. In a file of one column, no rows can be recognised inside a value. A line of more than 16 MiB is
    left out, as `line_too_long`.

    >>> for batch in read_delimited(io.BytesIO(b"id;city\\n1;Leeds\\n2;\\n"), table="t", reject=print):
    ...     print(batch.columns, [values.to_pylist() for values in batch.arrays])
    ('id', 'city') [['1', '2'], ['Leeds', None]]

    Args:
        stream: The decompressed bytes; EOFError from it means that the archive breaks off there.
        table: Name for the rows.
        reject: Called with each row that cannot be read.
        wanted: Asked once, when the columns are known.
        delimiter: One character; detected in the first lines where it is left out.
        encoding: Encoding of a file without a byte order mark; detected where it is left out.
        header: Column names of a file without a header.
        reaching: Asked once, how many fields a row must have; None where each must have as many as the header.
        batch_rows: Rows in a batch.

    Raises:
        LookupError: The encoding is unknown.
    """
    csv.field_size_limit(sys.maxsize)
    end = EarlyEnd.of(stream)
    too_long = Rejection(table, 0, None, "line_too_long", TOO_LONG, damage=True)
    opened = open_text(end, encoding=encoding, too_long=lambda: reject(too_long))
    data, codec = opened.stream, opened.codec
    first = data.read_on(b"", _BLOCK_BYTES) if codecs.lookup(codec).name == "utf-8" else b""
    # Lone carriage returns as line ends, or one endless line: such text cannot be cut into blocks at line feeds.
    in_blocks = b"\n" in first
    text = _text_of(first if not in_blocks else b"", data, codec)
    lines = _lines(first[: first.find(b"\n", _BLOCK_CHARS) + 1] or first) if in_blocks else text.readlines(_BLOCK_CHARS)
    start = find_start(lines, delimiter=delimiter, width=len(header) if header is not None else None)
    state = RowTable(table, Dialect(start.delimiter), reject, end, opened.nuls)
    if header is not None:
        state.columns, state.header = distinct_names(header), header
    taken = _take_header(state, lines, start.line) if header is None else start.line
    if state.columns:
        if not wanted(table, state.columns):
            return
        if start.above:
            detail = f"lines above the header that were skipped: {start.above:,}"
            reject(Rejection(table, 0, None, "before_header", detail))
        taken += state.begin(lines[taken:], reach=reaching(table, state.columns) if reaching else None)
        if not in_blocks:
            yield from _read_lines(state, text, lines[taken:], batch_rows)
        else:
            rest = first[len(_as_bytes(lines[:taken])) :]
            if len(state.columns) > 1 and start.delimiter.isascii():
                yield from _read_blocks(state, data, rest, batch_rows, last=len(first) < _BLOCK_BYTES)
            else:
                yield from _read_lines(state, _text_of(rest, data, codec), [], batch_rows)
        state.finish()
    elif opened.nuls.left_out:
        reject(Rejection(table, 0, None, "nul_bytes", "holds nothing but NUL bytes", damage=True))
    for remark in opened.remarks(table):
        reject(remark)
    if end.torn and not state.torn_told:
        reject(Rejection(table, 0, None, "torn_file", end.torn, damage=True))


def _read_blocks(state: RowTable, stream: EarlyEnd, data: bytes, batch_rows: int, *, last: bool) -> Iterator[Batch]:
    """Read block by block as columns; a block that is not clean, and the end of the file, line by line."""
    while True:
        size = len(data)
        block = state.split(data) or (state.split(data[:_PIECE_BYTES]) if size > _PIECE_BYTES else None)
        if block is not None:
            yield from state.batches(batch_rows, least=1)
            columns = state.take_block(block, data)
            if len(columns.row_numbers):
                yield columns
            data = data[block.size :]
        if block is None or last:
            near = data.rfind(b"\n", 0, _PIECE_BYTES) + 1
            cut = len(data) if last else near or data.rfind(b"\n") + 1
            lines, data = _lines(data[:cut]), data[cut:]
            left: list[str] = []
            while lines:
                # Read twice as much as is left over, so that a row of many lines is read again only a few times.
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


def _read_lines(state: RowTable, text: io.TextIOWrapper, lines: list[str], batch_rows: int) -> Iterator[Batch]:
    """Read piece by piece; a row that a piece does not finish is read again with the next one."""
    last = False
    while True:
        if lines:
            lines = state.take_lines(lines, last=last)
            yield from state.batches(batch_rows, least=batch_rows)
        if last:
            break
        # Read twice as much as is left over, so that a value of many pieces is read again only a few times.
        more = text.readlines(max(_BLOCK_CHARS, 2 * sum(map(len, lines))))
        last = not more
        lines += more
    yield from state.batches(batch_rows, least=1)
