"""Reading a whole dump for tests: everything it gave, put together by table."""

import io
from dataclasses import dataclass, field

from ringback.sources.base import RawRows, Rejection, want_all
from ringback.sources.sqldump import read_sqldump


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


CREATE = "CREATE TABLE `t` (\n  `n` int(11) NOT NULL,\n  `s` text,\n  `b` blob,\n  `f` bit(9)\n) ENGINE=InnoDB;\n"
