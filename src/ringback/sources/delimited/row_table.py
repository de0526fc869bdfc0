"""The state of a delimited table while its rows are read: which are kept, which wait, and which are rejected."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ringback.sources.base import RawColumns, RawRows, Reach, Reject, Rejection, Value
from ringback.sources.delimited.blocks import Block, MisfitRow, split_block
from ringback.sources.delimited.dialect import Dialect, Row, protect_nulls
from ringback.sources.delimited.headers import SAMPLE_LINES, clean_name, distinct_names
from ringback.sources.delimited.kernels import may_escape
from ringback.sources.delimited.repeated_headers import RepeatedHeader, RepeatedHeaders
from ringback.sources.delimited.row_shapes import RowShapes, find_surplus
from ringback.sources.delimited.rows import FoundRow, RowWalk
from ringback.sources.encodings.long_lines import LONGEST_LINE
from ringback.sources.encodings.padding import NulBytes
from ringback.sources.encodings.undecodable import KEEP_BYTES
from ringback.sources.streams import EarlyEnd

# A quoted value of more lines than this is suspect: a long text, or rows after a quote that was never closed?
SWALLOWED_LINES = 100
# A quoted value of more lines, or of more than LONGEST_LINE characters, is given up: it would fill the memory.
_MOST_LINES = 250_000
_FEW_BACKSLASHES = 20_000


@dataclass(slots=True)
class RowTable:
    """The state of a table while its rows are read."""

    name: str
    dialect: Dialect
    reject: Reject
    end: EarlyEnd
    nuls: NulBytes
    columns: tuple[str, ...] = ()
    header: Sequence[str] = ()
    seen: int = 0
    rows: list[Sequence[Value]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    torn_told: bool = False
    shapes: RowShapes = field(init=False)
    repeated_headers: RepeatedHeaders = field(init=False)
    # Short rows, by their numbers, that are accepted once there are more of them.
    _waiting: dict[int, Row] = field(default_factory=dict)

    def set_header(self, fields: Sequence[str]) -> None:
        """Name the columns by the header's fields as they stand in the file."""
        self.header = fields
        self.columns = distinct_names([clean_name(name) for name in fields])

    def begin(self, lines: list[str], *, reach: Reach | None) -> int:
        """Decide what rows look like by the first of them; returns the lines up to a line of types below the header."""
        self.repeated_headers = RepeatedHeaders(self.header)
        used = self._take_below_header(lines)
        reader = self.dialect.reader(iter(lines[used:]), strict=False)
        sample = itertools.islice(reader, SAMPLE_LINES)
        first = [row for row in sample if row and self.repeated_headers.tell(row) is None]
        named = max((at for at, name in enumerate(self.header, 1) if clean_name(name)), default=len(self.columns))
        width = len(self.columns)
        strict = RowShapes(width, named, Reach(width, width), strict=True)
        self.shapes = RowShapes(width, named, reach, find_surplus(first, width)) if reach else strict
        return used

    def _take_below_header(self, lines: list[str]) -> int:
        """Reject a line of types or dashes right below the header."""
        at = next((at for at, line in enumerate(lines) if line.strip("\r\n")), None)
        if at is None:
            return 0
        found = self.repeated_headers.below_header(self.dialect.read_line(lines[at]) or [])
        if found is None:
            return 0
        self._drop_repeated_header(found)
        return at + 1

    def keep(self, fields: Row, has: int) -> None:
        """Keep a row that had `has` fields in the file."""
        self.seen += 1
        self.shapes.take(has)
        self.rows.append(tuple(_with_nulls(fields)))
        self.numbers.append(self.seen)

    def drop(self, reason: str, detail: str, *, damage: bool = False) -> None:
        """Reject the next row."""
        self.seen += 1
        self.torn_told |= reason == "torn_last_row"
        self.reject(Rejection(self.name, self.seen, None, reason, detail, damage))

    def _drop_repeated_header(self, found: RepeatedHeader) -> None:
        self.drop(found.reason, found.detail, damage=found.damage)

    def _drop_misfit(self, fields: Row) -> None:
        """Reject the next row, which has a wrong number of fields, or let it wait."""
        has = len(fields)
        if any("\0" in value for value in fields):
            self.drop("nul_bytes", "is broken off by NUL bytes", damage=True)
        elif (found := self.repeated_headers.tell(fields, fits=False)) is not None:
            self._drop_repeated_header(found)
        elif self.shapes.may_wait(fields):
            self.seen += 1
            self._waiting[self.seen] = fields
            if self.shapes.settles(self.seen):
                self._release()
        else:
            self.drop("field_count", self._count(has))

    def _count(self, has: int) -> str:
        return f"has {has} fields, the header has {len(self.columns)}"

    def _release(self) -> None:
        """Accept the rows that waited, each at its place among the rows at hand."""
        for number, fields in self._waiting.items():
            row = self.shapes.fit(fields)
            assert row is not None
            self.shapes.take(len(fields))
            self.rows.append(tuple(_with_nulls(row)))
            self.numbers.append(number)
        self._waiting.clear()
        order = sorted(range(len(self.numbers)), key=self.numbers.__getitem__)
        self.rows, self.numbers = [self.rows[at] for at in order], [self.numbers[at] for at in order]

    def finish(self) -> None:
        """Reject the rows that waited in vain, and report how many rows of another width were accepted."""
        for number, fields in self._waiting.items():
            self.reject(Rejection(self.name, number, None, "field_count", self._count(len(fields))))
        self._waiting.clear()
        if count := self.shapes.short:
            detail = f"rows with fewer fields than the header: {count:,}; their missing last fields were taken as empty"
            self.reject(Rejection(self.name, 0, None, "short_rows", detail))
        if count := self.shapes.long:
            detail = f"rows with empty fields beyond those of the header: {count:,}; the surplus fields were left out"
            self.reject(Rejection(self.name, 0, None, "surplus_fields", detail))

    def split(self, data: bytes) -> Block | None:
        """The rows of a block of bytes as columns; None where reading line by line would give something else."""
        mark = self.dialect.delimiter
        if self.dialect.escapes or (self.dialect.escapes is None and _may_escape(data, mark)):
            return None
        block = self._split(data)
        if block is None:
            return None
        waiting = (one for one in block.misfits if self.shapes.could_wait(one.fields) and not self._is_odd(data, one))
        if self.shapes.settles_with(self.seen + one.number for one in waiting):
            self._release()
            block = self._split(data)
        return block

    def _split(self, data: bytes) -> Block | None:
        # A row broken off by NUL bytes is short too, and has to be judged by itself.
        exact = self.nuls.seen and b"\0" in data
        return split_block(
            data,
            delimiter=ord(self.dialect.delimiter),
            width=len(self.columns),
            most_lines=SWALLOWED_LINES,
            least=len(self.columns) if exact else self.shapes.least,
            surplus=0 if exact else self.shapes.surplus,
        )

    def _is_odd(self, data: bytes, misfit: MisfitRow) -> bool:
        fields = self._fields(data, misfit)
        broken = any("\0" in value for value in fields)
        return broken or not self.shapes.may_wait(fields) or self.repeated_headers.tell(fields, fits=False) is not None

    def _has_name(self, data: bytes, misfit: MisfitRow) -> bool:
        """Whether a row may be a repeated header."""
        return self.repeated_headers.pattern.search(data, misfit.start, misfit.end) is not None

    def _fields(self, data: bytes, misfit: MisfitRow) -> Row:
        line = data[misfit.start : misfit.end].decode("utf-8", KEEP_BYTES)
        return next(self.dialect.reader(iter((line,)), strict=False))

    def take_block(self, block: Block, data: bytes) -> RawColumns:
        """Take the rows of a block that was split. Rows that were judged by themselves are at hand afterwards."""
        before = self.seen
        block = self._without_repeated_headers(block)
        self.shapes.take_block(short=block.short, long=block.long, widest=block.widest)
        for misfit in block.misfits:
            self.seen = before + misfit.number - 1
            if not (self.nuls.seen or self.shapes.could_wait(misfit.fields) or self._has_name(data, misfit)):
                self.drop("field_count", self._count(misfit.fields))
                continue
            fields = self._fields(data, misfit)
            row = self.shapes.fit(fields)
            if row is None:
                self._drop_misfit(fields)
            else:
                self.keep(row, len(fields))
        self.seen = before + block.rows
        return RawColumns(self.name, self.columns, block.fields, pa.array(block.numbers + before))

    def _without_repeated_headers(self, block: Block) -> Block:
        """The block without repeated headers, which are rejected."""
        before, found = self.seen, []
        for row in block.find_rows(
            [value.encode("utf-8", "surrogateescape") for value in self.repeated_headers.values]
        ).tolist():
            if (repeated := self.repeated_headers.tell(block.fields.row(row))) is not None:
                self.seen = before + int(block.numbers[row]) - 1
                self._drop_repeated_header(repeated)
                found.append(row)
        self.seen = before
        return block.without(np.array(found, np.int64)) if found else block

    def take_lines(self, lines: list[str], *, last: bool) -> list[str]:
        """Take the rows of some lines; returns the lines of a last row that continues in the next lines."""
        if self.dialect.escapes is None:
            self.dialect.settle_escapes(lines, lambda row: self.shapes.fit(row) is not None)
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
                detail = f"a quote is not closed within {found.lines} lines, which are lost; reading went on after them"
                self.drop("unclosed_quote", detail, damage=True)
                return []
            at += self._judge(found, lines, at)
        return []

    def _take_whole(self, lines: list[str]) -> bool:
        """Take lines if every row in them is clean data; else take nothing and return False."""
        try:
            rows = list(self.dialect.reader(iter(lines)))
        except csv.Error:
            return False
        text = "".join(lines)
        if len(lines) - len(rows) > SWALLOWED_LINES or any(value in text for value in self.repeated_headers.values):
            return False
        rows = [row for row in rows if row]
        sizes = [*map(len, rows)]
        if set(sizes) - {len(self.columns)}:
            fitted = [self.shapes.fit(row) for row in rows]
            rows = [row for row in fitted if row is not None]
            if len(rows) < len(fitted):
                return False
        for has in set(sizes):
            self.shapes.take(has, sizes.count(has))
        self.rows.extend(_all_with_nulls(rows))
        self.numbers.extend(range(self.seen + 1, self.seen + len(rows) + 1))
        self.seen += len(rows)
        return True

    def _judge(self, found: FoundRow, lines: list[str], at: int) -> int:
        """Keep or reject one row; returns the number of its lines."""
        has = len(found.fields)
        unfinished = at + found.lines == len(lines) and not lines[-1].endswith(("\n", "\r"))
        row = self.shapes.fit(found.fields) if found.closed and found.clean else None
        # An oddly quoted row is kept only if nothing else about it is odd.
        fits = row is not None or (found.closed and not found.clean and has == len(self.columns))
        repeated = self.repeated_headers.tell(found.fields) if fits else None
        if not found.fields and found.closed:
            return found.lines
        if unfinished and found.closed and (self.shapes.is_cut(has) or self.end.torn):
            self.drop("torn_last_row", "the file ends inside this row", damage=True)
        elif repeated is not None:
            self._drop_repeated_header(repeated)
        elif row is not None and found.lines <= SWALLOWED_LINES:
            self.keep(row, has)
        elif (found.closed or found.lines >= SWALLOWED_LINES) and self._rows_inside(lines, at, found.lines):
            self.drop("unclosed_quote", "a quote is never closed; reading went on at the next line", damage=True)
            return 1
        elif not found.closed:
            detail = f"the file ends inside a quoted value that takes up its last {found.lines} lines"
            self.drop("torn_last_row", detail, damage=True)
        elif fits and (found.clean or found.lines == 1):
            self.keep(row or found.fields, has)
        elif fits:
            self.drop("unclosed_quote", f"broken quoting over {found.lines} lines, which are lost", damage=True)
        elif found.lines == 1 and found.clean:
            self._drop_misfit(found.fields)
        else:
            self.drop("field_count", self._count(has))
        return found.lines

    def _rows_inside(self, lines: list[str], at: int, count: int) -> bool:
        """Whether most lines after the first are complete rows, swallowed by a quote."""
        inside = [line for line in lines[at + 1 : at + min(count, SWALLOWED_LINES)] if line.strip()]
        whole = sum(self.shapes.fit(self.dialect.read_line(line) or []) is not None for line in inside)
        return len(self.columns) > 1 and bool(inside) and whole * 2 >= len(inside)

    def batches(self, size: int, *, least: int) -> Iterator[RawRows]:
        """Yield the rows kept so far in batches of `size`, as long as there are at least `least`."""
        start = 0
        while len(self.rows) - start >= least:
            end = start + size
            yield RawRows(self.name, self.columns, self.rows[start:end], self.numbers[start:end])
            start = end
        del self.rows[:start], self.numbers[:start]


def _may_escape(data: bytes, delimiter: str) -> bool:
    """Whether a backslash stands before a delimiter, a quote or a line end."""
    mark, at = ord(delimiter), data.find(b"\\")
    # A few backslashes are checked one by one, which is cheap; where there are many, all bytes are checked at once.
    for _turn in range(_FEW_BACKSLASHES):
        if at < 0:
            return False
        if data[at + 1 : at + 2] and data[at + 1] in (mark, *b'"\n\r'):
            return True
        at = data.find(b"\\", at + 1)
    return may_escape(np.frombuffer(data, np.uint8), mark)


def _with_nulls(fields: Sequence[str]) -> Sequence[Value]:
    if "" not in fields and "\\N" not in fields:
        return fields
    return [None if value in ("", "\\N") else value for value in fields]


def _all_with_nulls(rows: list[Row]) -> Iterator[Sequence[Value]]:
    """Do the same for many rows, column by column, which is several times faster."""
    return zip(*map(_with_nulls, zip(*rows, strict=True)), strict=True)
