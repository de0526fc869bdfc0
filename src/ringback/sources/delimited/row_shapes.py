"""Which rows are rows although they have fewer or more fields than the header."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ringback.sources.base import Reach
from ringback.sources.delimited.dialect import Row
from ringback.sources.encodings.long_lines import PLACE

_LEFT_OUT = [PLACE]
# Any number of empty fields more than the header has, as against so many.
ANY_SURPLUS: Final = -1
# Rows that could be cut are taken for rows once they are so many, and one in so many of those before them.
_FEWEST_SHORT, _ROWS_A_SHORT = 2, 1000
# From this share of the first rows on, one number of surplus fields is how the file was written.
_SETTLING_TENTHS = 9


@dataclass(slots=True)
class RowShapes:
    """The numbers of fields that rows of one table may have.

    Attributes:
        width: Fields of the header.
        named: Those up to the last one with a name.
        reach: Fields up to the last column that a row must have, and up to the last that anybody reads.
        surplus: How many empty fields more than the header rows have: none, so many, or ANY_SURPLUS.
        strict: Whether a row must have as many as the header.
        settled: Whether short rows are how this file was written.
        waiting: Short rows so far that could be cut.
        short: Short rows taken.
        long: Rows taken that have more fields than the header.
        widest: Most fields of a row that was taken.
    """

    width: int
    named: int
    reach: Reach
    surplus: int = 0
    strict: bool = False
    settled: bool = False
    waiting: int = 0
    short: int = 0
    long: int = 0
    widest: int = 0

    @property
    def least(self) -> int:
        """Fewest fields of a row that is taken now.

        One with a field behind all that is read was not cut where it matters, and one with all named fields is whole.
        """
        if self.strict:
            return self.width
        certain = min(self.named, self.reach.read + 1)
        return max(1, min(certain, self.reach.required) if self.settled else certain)

    def fit(self, fields: Row) -> Row | None:
        """The fields of a row that is taken, one for each column; None for any other row."""
        has = len(fields)
        if fields == _LEFT_OUT:
            return None
        if has == self.width:
            return fields
        # Where NUL bytes stand something is lost.
        if self.strict or any("\0" in value for value in fields):
            return None
        if has < self.width:
            return [*fields, *[""] * (self.width - has)] if has >= self.least else None
        allowed = self.surplus in (ANY_SURPLUS, has - self.width)
        return fields[: self.width] if allowed and not any(fields[self.width :]) else None

    def take(self, has: int, count: int = 1) -> None:
        """Count rows that were taken."""
        self.short += count * (has < self.width)
        self.long += count * (has > self.width)
        self.widest = max(self.widest, has)

    def take_block(self, *, short: int, long: int, widest: int) -> None:
        """Count the rows of a block that were taken."""
        self.short += short
        self.long += long
        self.widest = max(self.widest, widest)

    def may_wait(self, fields: Row) -> bool:
        """Whether a short row may be taken later, when more like it were seen."""
        return fields != _LEFT_OUT and self.could_wait(len(fields))

    def could_wait(self, has: int) -> bool:
        """Whether a row with so many fields may be taken later."""
        return not self.strict and not self.settled and self.reach.required <= has < self.least

    def settles(self, row: int) -> bool:
        """Count a row that waits, by its number; tells whether it and those before it are enough."""
        self.waiting += 1
        self.settled = self.waiting >= _FEWEST_SHORT and self.waiting * _ROWS_A_SHORT >= row
        return self.settled

    def settles_with(self, rows: Iterable[int]) -> bool:
        """Whether rows that wait would be enough, by their numbers; they are counted only then."""
        before = self.waiting
        if any(self.settles(row) for row in rows):
            return True
        self.waiting = before
        return False

    def is_cut(self, has: int) -> bool:
        """Whether the last row of a file, without a line end, has fewer fields than a whole one."""
        if self.strict:
            return has < self.width
        if self.surplus > 0:
            return has < self.width + self.surplus
        return has < min(self.named, self.widest or self.named)


def find_surplus(rows: Sequence[Row], width: int) -> int:
    """How many empty fields more than the header rows have, by the first of them: see `RowShapes.surplus`.

    A row in which a delimiter was not quoted has a field more, too, and its values in wrong places; where the last one
    is empty, it looks like a row that ends in a delimiter. So either nearly all rows are like that, or the last column
    of the others is never empty.

    >>> find_surplus([["1", "2", ""], ["3", "4", ""]], 2), find_surplus([["1", "2", ""], ["3", ""]], 2)
    (1, 0)
    """
    full = [row for row in rows if len(row) >= width]
    fitting = [row for row in full if len(row) == width]
    more = [len(row) - width for row in full if len(row) > width and not any(row[width:])]
    usual = max(set(more), key=more.count, default=0)
    if usual and more.count(usual) * 10 >= _SETTLING_TENTHS * len(full):
        return usual
    return ANY_SURPLUS if fitting and all(row[-1] for row in fitting) else 0
