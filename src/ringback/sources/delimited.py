"""Delimited text (CSV and its kin) -> raw rows: any usual delimiter, quoting and encoding, damage included.

The `csv` module parses block after block in its strict mode; a block that it does not take is walked row by
row, so that a quote that was never closed is found and the rows behind it are saved.
"""

import codecs
import csv
import io
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from ringback.sources.base import BATCH_ROWS, RawRows, Reject, Rejection, Value, Wanted, want_all
from ringback.sources.opening import EarlyEnd

DELIMITERS = (",", ";", "\t", "|", "\x1f")
# A quoted value of more lines than this is looked at: is it a long text, or rows behind a quote never closed?
SWALLOWED_LINES = 100
# Small enough that a block and its rows stay in the processor's cache: 1 MiB takes three times as long.
_BLOCK_CHARS = 128 * 1024
_SAMPLE_LINES = 200
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_KEEP_BYTES = "ringback.keep_bytes"

Row = list[str]


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    """Keep each undecodable byte as a lone surrogate, also the ASCII bytes that surrogateescape refuses."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_KEEP_BYTES, _keep_bytes)


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
class _Dialect:
    """How fields are told apart; `escapes` is None until the file has shown whether a backslash escapes."""

    delimiter: str
    escapes: bool | None = None

    def reader(self, lines: Iterator[str], *, strict: bool = True) -> "Iterator[Row]":
        escape = "\\" if self.escapes else None
        return csv.reader(lines, delimiter=self.delimiter, escapechar=escape, strict=strict)

    def read_line(self, line: str) -> Row | None:
        """Parse one line that has to be a whole, cleanly quoted row; None where it is not."""
        if line.count('"') % 2 and not self.escapes:
            return None
        try:
            return next(self.reader(iter((line,))), None)
        except csv.Error:
            return None

    def settle_escapes(self, lines: list[str], width: int) -> None:
        """Decide whether backslashes escape, once the lines hold one that matters and one way fits better."""
        text = "".join(lines)
        # The backslash alone is looked for first: in most files there is none, and this runs for each block.
        if "\\" not in text or not any("\\" + mark in text for mark in ('"', self.delimiter, "\n", "\r")):
            return
        ways = [_Dialect(self.delimiter, escapes) for escapes in (False, True)]
        faults = [_faults(way, _protect_nulls(lines, way), width) for way in ways]
        if faults[0] != faults[1]:
            self.escapes = faults[1] < faults[0]


def _protect_nulls(lines: list[str], dialect: _Dialect) -> list[str]:
    """Double the backslash of each field that is just `\\N`, which the escape would turn into a plain N."""
    if not dialect.escapes:
        return lines
    mark = re.escape(dialect.delimiter)
    null = re.compile(rf"(?:(?<={mark})|^)\\N(?={mark}|\r|\n|$)")
    return [null.sub(r"\\\\N", line) if "\\N" in line else line for line in lines]


def _faults(dialect: _Dialect, lines: list[str], width: int) -> int:
    """Count the rows that break the quoting or have the wrong number of fields."""
    reader = dialect.reader(iter(lines))
    faults = 0
    while True:
        try:
            if (row := next(reader, None)) is None:
                return faults
            faults += bool(row) and len(row) != width
        except csv.Error:
            faults += 1


def sniff_delimiter(lines: Sequence[str], *, width: int | None = None) -> str:
    """Choose the delimiter whose rows agree best with the first one; a comma where none does.

    Args:
        lines: The first lines, with their ends.
        width: Number of fields, where the header is known from elsewhere.

    >>> sniff_delimiter(["name;cost\\n", "a;1,50\\n", '"b, c";2,75\\n'])
    ';'
    """
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = [row for row in _Dialect(delimiter).reader(iter(lines), strict=False) if row]
        expected = width or (len(rows[0]) if rows else 0)
        body = rows if width else rows[1:] or rows
        agreement = sum(len(row) == expected for row in body) / max(1, len(body))
        score = agreement**2 * (expected - 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best


class _Feed:
    """Lines from one place on, up to a limit for each row; `dry` says that a row wanted more."""

    def __init__(self, lines: list[str], at: int) -> None:
        self.lines, self.at, self.stop, self.dry = lines, at, at, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= self.stop:
            self.dry = True
            raise StopIteration
        line = self.lines[self.at]
        self.at += 1
        return line


class _Found(NamedTuple):
    """One row of a block: its fields, the lines it took, and whether it is closed and cleanly quoted."""

    fields: Row
    lines: int
    closed: bool
    clean: bool


class _Rows:
    """Walks a block row by row and re-uses one strict `csv` reader for as long as rows are clean."""

    def __init__(self, dialect: _Dialect, lines: list[str]) -> None:
        self._dialect, self._lines = dialect, lines
        self._feed = _Feed(lines, -1)
        self._reader: Iterator[Row] = iter(())

    def row(self, at: int, limit: int) -> _Found:
        """Read the row that starts at line `at`, over at most `limit` lines."""
        if self._feed.at != at or self._feed.dry:
            self._feed = _Feed(self._lines, at)
            self._reader = self._dialect.reader(self._feed)
        self._feed.stop = min(at + limit, len(self._lines))
        try:
            return _Found(next(self._reader, []), self._feed.at - at, not self._feed.dry, True)
        except csv.Error:
            if self._feed.dry:
                return _Found([], self._feed.at - at, False, True)
        # Broken quoting: read the row as forgivingly as spreadsheets do, and say that it is not clean.
        lenient = _Feed(self._lines, at)
        lenient.stop = self._feed.stop
        fields = next(self._dialect.reader(lenient, strict=False), [])
        self._feed.dry = True
        return _Found(fields, lenient.at - at, not lenient.dry, False)


@dataclass(slots=True)
class _Table:
    """What is known of the table while its rows are read."""

    name: str
    dialect: _Dialect
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

    def take_block(self, lines: list[str], *, last: bool) -> list[str]:
        """Take the rows of a block; gives back the lines of a last row that goes on in the next block."""
        if not last and lines[-1].endswith(("\n", "\r")) and self._take_whole(lines):
            return []
        rows, at = _Rows(self.dialect, lines), 0
        while at < len(lines):
            limit = SWALLOWED_LINES
            found = rows.row(at, limit)
            while not found.closed and found.lines == limit and not self._rows_inside(lines, at, limit):
                limit *= 8
                found = rows.row(at, limit)
            if not found.closed and found.lines < limit and not last:
                return lines[at:]
            at += self._judge(found, lines, at)
        return []

    def _take_whole(self, lines: list[str]) -> bool:
        """Take a block in which every row is clean; False, with nothing taken, where one is not."""
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

    def _judge(self, found: _Found, lines: list[str], at: int) -> int:
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


def _with_nulls(fields: Sequence[str]) -> Sequence[Value]:
    if "" not in fields and "\\N" not in fields:
        return fields
    return [None if value in ("", "\\N") else value for value in fields]


def _all_with_nulls(rows: list[Row]) -> Iterator[Sequence[Value]]:
    """Do the same for many rows, column by column, which is several times faster."""
    return zip(*map(_with_nulls, zip(*rows, strict=True)), strict=True)


def _text_of(end: EarlyEnd, encoding: str | None) -> io.TextIOWrapper:
    """Decode a stream: by its byte order mark, else as told, else as UTF-8; lines keep their ends."""
    first = io.BufferedReader(end, _BLOCK_CHARS)
    head = first.read(3)
    codec, mark = encoding or "utf-8", b""
    for bom, name in _BOMS:
        if head.startswith(bom):
            codec, mark = name, bom
    rest = itertools.chain([head[len(mark) :]], iter(lambda: first.read(_BLOCK_CHARS), b""))
    whole = io.BufferedReader(EarlyEnd(rest), _BLOCK_CHARS)
    return io.TextIOWrapper(whole, codec, _KEEP_BYTES, newline="")


def _take_header(state: _Table, lines: list[str]) -> int:
    """Set the columns from the first row that is not empty; gives the number of lines before the data."""
    at = next((at for at, line in enumerate(lines) if line.strip("\r\n")), None)
    if at is None:
        return len(lines)
    found = _Rows(state.dialect, lines).row(at, SWALLOWED_LINES)
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
) -> Iterator[RawRows]:
    """Read every row that has as many fields as the header; reject the others and go on.

    An empty field and the text \\N are None. A byte that the encoding does not know is kept as a lone
    surrogate (for UTF-8 as `surrogateescape` does). A backslash escapes only where that makes more rows fit.

    A quoted value that breaks the quoting or the number of fields, or is over 100 lines long, is looked into:
    where at least half of its next 100 lines are whole rows by themselves, the line it started on is rejected
    as `unclosed_quote` and reading goes on at the next one. A value of up to 100 lines that runs to the end
    is rejected whole, as `torn_last_row`. With one column no rows can be seen inside a value.

    >>> for batch in read_delimited(io.BytesIO(b"id;city\\n1;Leeds\\n2;\\n"), table="t", reject=print):
    ...     print(batch.columns, batch.rows, batch.row_numbers)
    ('id', 'city') [('1', 'Leeds'), ('2', None)] [1, 2]

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
    text = _text_of(end, encoding)
    lines = text.readlines(_BLOCK_CHARS)
    width = len(header) if header is not None else None
    chosen = delimiter or sniff_delimiter(lines[:_SAMPLE_LINES], width=width)
    state = _Table(table, _Dialect(chosen), reject, end, distinct_names(header or ()))
    if header is None:
        del lines[: _take_header(state, lines)]
    if state.columns and not wanted(table, state.columns):
        return
    yield from _read_blocks(state, text, lines, batch_rows)
    if end.torn and not state.torn_told:
        reject(Rejection(table, 0, None, "torn_file", end.torn, damage=True))


def _read_blocks(state: _Table, text: io.TextIOWrapper, lines: list[str], batch_rows: int) -> Iterator[RawRows]:
    """Read block after block; a row that a block does not finish is read again with the next one."""
    last = False
    while state.columns:
        if lines:
            if state.dialect.escapes is None:
                state.dialect.settle_escapes(lines, len(state.columns))
            lines = _protect_nulls(lines, state.dialect)
            lines = state.take_block(lines, last=last)
            yield from state.batches(batch_rows, least=batch_rows)
        if last:
            break
        # Twice as much as is left over: a value of many blocks is read again only a few times.
        more = text.readlines(max(_BLOCK_CHARS, 2 * sum(map(len, lines))))
        last = not more
        lines += more
    yield from state.batches(batch_rows, least=1)
