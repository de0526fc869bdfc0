"""Which rows are accepted although they have fewer or more fields than the header."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ringback.sources.base import Reach
from ringback.sources.delimited.dialect import Row
from ringback.sources.encodings.long_lines import PLACE

_LEFT_OUT = [PLACE]
# Any number of surplus empty fields, not a fixed one.
ANY_SURPLUS: Final = -1
# Short rows that may have been cut off are accepted once there are this many, and one in so many rows so far.
_FEWEST_SHORT, _ROWS_A_SHORT = 2, 1000
# If at least this share of the first rows has one number of surplus fields, the file was written like that.
_SETTLING_TENTHS = 9


@dataclass(slots=True)
class RowShapes:
    """The numbers of fields that rows of one table may have.

    Attributes:
        width: Fields of the header.
        named: Fields up to the last one with a name.
        reach: Fields up to the last one that a row must have, and up to the last one that is read.
        surplus: Number of empty fields that rows have beyond the header; may be ANY_SURPLUS.
        strict: Whether a row must have as many fields as the header.
        settled: Whether it is decided that this file was written with short rows.
        waiting: Short rows so far that may have been cut off.
        short: Short rows accepted.
        long: Rows accepted that have more fields than the header.
        widest: Most fields of an accepted row.
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
        """Fewest fields of a row that is accepted now.

        A row that goes beyond the last field that is read has all that matters. One with all named fields is complete.
        """
        if self.strict:
            return self.width
        certain = min(self.named, self.reach.read + 1)
        return max(1, min(certain, self.reach.required) if self.settled else certain)

    def fit(self, fields: Row) -> Row | None:
        """The fields of an accepted row, one per column; None for any other row."""
        has = len(fields)
        if fields == _LEFT_OUT:
            return None
        if has == self.width:
            return fields
        # NUL bytes show that something is lost there.
        if self.strict or any("\0" in value for value in fields):
            return None
        if has < self.width:
            return [*fields, *[""] * (self.width - has)] if has >= self.least else None
        allowed = self.surplus in (ANY_SURPLUS, has - self.width)
        return fields[: self.width] if allowed and not any(fields[self.width :]) else None

    def take(self, has: int, count: int = 1) -> None:
        """Count accepted rows that had `has` fields."""
        self.short += count * (has < self.width)
        self.long += count * (has > self.width)
        self.widest = max(self.widest, has)

    def take_block(self, *, short: int, long: int, widest: int) -> None:
        """Count the accepted rows of a block."""
        self.short += short
        self.long += long
        self.widest = max(self.widest, widest)

    def may_wait(self, fields: Row) -> bool:
        """Whether a short row may be accepted later, when more like it were seen."""
        return fields != _LEFT_OUT and self.could_wait(len(fields))

    def could_wait(self, has: int) -> bool:
        """Whether a row with this many fields may be accepted later."""
        return not self.strict and not self.settled and self.reach.required <= has < self.least

    def settles(self, row: int) -> bool:
        """Count a waiting row, given its number; returns whether there are enough of them now."""
        self.waiting += 1
        self.settled = self.waiting >= _FEWEST_SHORT and self.waiting * _ROWS_A_SHORT >= row
        return self.settled

    def settles_with(self, rows: Iterable[int]) -> bool:
        """Whether these waiting rows, given by number, make enough of them; they are counted only if so."""
        before = self.waiting
        if any(self.settles(row) for row in rows):
            return True
        self.waiting = before
        return False

    def is_cut(self, has: int) -> bool:
        """Whether the last row of a file, if it has no line end, has fewer fields than a complete one."""
        if self.strict:
            return has < self.width
        if self.surplus > 0:
            return has < self.width + self.surplus
        return has < min(self.named, self.widest or self.named)


def find_surplus(rows: Sequence[Row], width: int) -> int:
    """How many empty fields rows have beyond the header, judged by the first rows: see `RowShapes.surplus`.

    A row with an unquoted delimiter in a value has a surplus field too, and its values are in the wrong columns. If its
    last value is empty, it looks like a row that ends in a delimiter. So surplus fields are believed only where nearly
    all rows have them, or where the last column of the other rows is never empty.

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
