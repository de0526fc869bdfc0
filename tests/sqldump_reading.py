"""Reading a whole dump for tests: everything it gave, put together by table."""

import io
from dataclasses import dataclass, field

from ringback.sources.base import RawRows, Rejection, want_all
from ringback.sources.sqldump.mysql import read_sqldump, read_sqldump_blocks


@dataclass
class Reading:
    """Everything a dump gave, put together by table."""

    batches: list[RawRows] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def reasons(self):
        return [rejection.reason for rejection in self.rejections]

    def rows(self, table="t"):
        return [tuple(row) for batch in self.batches if batch.table == table for row in batch.rows]

    def numbers(self, table="t"):
        return [number for batch in self.batches if batch.table == table for number in batch.row_numbers]

    def offsets(self):
        return [offset for batch in self.batches for offset in batch.byte_offsets]


class Dribble:
    """A stream that gives a few bytes at a time and, at its end, raises what it was told to."""

    def __init__(self, data, step, error=None):
        self.data, self.step, self.error, self.at = data, step, error, 0

    def read(self, size):
        piece = self.data[self.at : self.at + min(size, self.step)]
        self.at += len(piece)
        if not piece and self.error:
            raise self.error
        return piece


def read(dump, *, wanted=want_all, batch_rows=1000):
    stream = io.BytesIO(dump.encode() if isinstance(dump, str) else dump) if isinstance(dump, str | bytes) else dump
    reading = Reading()
    reading.batches = list(read_sqldump(stream, reject=reading.rejections.append, wanted=wanted, batch_rows=batch_rows))
    return reading


def as_bytes(value):
    """A value as its bytes; none for '' and NULL, which a raw table cannot tell apart."""
    return (value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value) or None


def gather(batches):
    """Batches of either kind by table and columns: its rows as bytes, their numbers and their bytes in the dump."""
    tables = {}
    for batch in batches:
        rows, numbers, offsets = tables.setdefault((batch.table, batch.columns), ([], [], []))
        cells = (
            batch.rows if isinstance(batch, RawRows) else zip(*(one.to_pylist() for one in batch.arrays), strict=True)
        )
        rows.extend(tuple(map(as_bytes, row)) for row in cells)
        numbers.extend(map(int, batch.row_numbers))
        offsets.extend(batch.byte_offsets if isinstance(batch, RawRows) else batch.byte_offsets.to_pylist())
    return tables


def read_both(dump, *, step=1 << 20, error=None, batch_rows=1000, wanted=want_all):
    """What the careful reader and the one by blocks make of a dump, and how many rows came by blocks."""
    found, by_blocks = [], 0
    for reader in (read_sqldump, read_sqldump_blocks):
        rejections = []
        stream = Dribble(dump, step, error)
        batches = list(reader(stream, reject=rejections.append, wanted=wanted, batch_rows=batch_rows))
        by_blocks = sum(len(one.row_numbers) for one in batches if not isinstance(one, RawRows))
        found.append((gather(batches), rejections))
    return *found, by_blocks


CREATE = "CREATE TABLE `t` (\n  `n` int(11) NOT NULL,\n  `s` text,\n  `b` blob,\n  `f` bit(9)\n) ENGINE=InnoDB;\n"
