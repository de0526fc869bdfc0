"""Blocks of delimited bytes, split into rows and fields by whole arrays: only where every row is cleanly quoted.

What is not plainly clean is left to the careful way of `delimited.py`; what this gives equals what that gives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_LF, _CR, _QUOTE = 10, 13, 34
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MisfitRow:
    """A row with the wrong number of fields: its number among the block's rows, from 1, and how many it has."""

    number: int
    fields: int


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a block.

    Attributes:
        fields: One array of values per column, of the rows that fit.
        numbers: Row number of each of them in the block, from 1, misfit rows counted too.
        misfits: The rows that do not fit.
        rows: How many rows the block has in all; empty lines are none.
        size: Bytes that they take up; a row that the block does not finish comes after them.
    """

    fields: Sequence[pa.Array]
    numbers: Places
    misfits: tuple[MisfitRow, ...]
    rows: int
    size: int


class _Fields(Sequence[pa.Array]):
    """The columns of a block; the array of a column is made when it is asked for."""

    def __init__(self, data: bytes, starts: Places, ends: Places, doubled: NDArray[np.bool_] | None) -> None:
        self._rows, self._width = starts.shape
        self._ends, self._starts, self._doubled = ends, starts, doubled
        # Each field is followed by a piece that nobody asks for: the mark behind it, and quotes around.
        offsets = np.empty(2 * starts.size + 1, np.int32)
        offsets[0:-1:2], offsets[1::2], offsets[-1] = starts.ravel(), ends.ravel(), len(data)
        self._holds_null_mark = b"\\N" in data
        self._pieces = pa.BinaryArray.from_buffers(
            pa.binary(), 2 * starts.size, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
        )

    def __len__(self) -> int:
        return int(self._width)

    @overload
    def __getitem__(self, column: int) -> pa.Array: ...
    @overload
    def __getitem__(self, column: slice) -> Sequence[pa.Array]: ...
    def __getitem__(self, column: int | slice) -> pa.Array | Sequence[pa.Array]:
        if isinstance(column, slice):
            return [self[each] for each in range(*column.indices(self._width))]
        if not 0 <= column < self._width:
            raise IndexError(column)
        empty = self._starts[:, column] == self._ends[:, column]
        if empty.all():
            return pa.nulls(self._rows, pa.string())
        places = np.arange(2 * column, 2 * self._rows * self._width, 2 * self._width)
        values = self._pieces.take(pa.array(places, mask=empty if empty.any() else None))
        if self._doubled is not None and (doubled := self._doubled[:, column]).any():
            mask = pa.array(doubled)
            single = pc.replace_substring(values.filter(mask), b'""', b'"')
            values = pc.replace_with_mask(values, mask, single)
        if self._holds_null_mark:
            values = pc.if_else(pc.equal(values, pa.scalar(b"\\N", pa.binary())), None, values)
        try:
            return values.cast(pa.string())
        except pa.ArrowInvalid:
            return values

    def __iter__(self) -> Iterator[pa.Array]:
        return (self[column] for column in range(self._width))


def split_block(data: bytes, *, delimiter: int, width: int, most_lines: int) -> Block | None:
    r"""Split bytes that begin with a row; None where some row is not plainly clean, or none is whole.

    >>> block = split_block(b'1,"a, b"\n2,c\n3,d', delimiter=44, width=2, most_lines=100)
    >>> block.fields[1].to_pylist(), block.numbers.tolist(), block.size
    (['a, b', 'c'], [1, 2], 13)

    Args:
        data: The bytes, in an encoding that has ASCII bytes for ASCII characters only.
        delimiter: Its byte.
        width: Number of fields in a row, at least 2.
        most_lines: A quoted value of more lines than this is not clean.
    """
    text = np.frombuffer(data, np.uint8)
    is_mark = text == delimiter
    is_mark |= text == _LF
    marks = np.flatnonzero(is_mark)
    quotes = np.flatnonzero(text == _QUOTE) if b'"' in data else marks[:0]
    inside = _inside_quotes(marks, quotes) if quotes.size else None
    outer = marks if inside is None else marks[~inside]
    row_ends = np.flatnonzero(text[outer] == _LF)
    if not row_ends.size or outer[-1] >= 2**31 - 1:
        return None
    outer = outer[: row_ends[-1] + 1]
    size = int(outer[-1]) + 1
    opens = quotes[: np.searchsorted(quotes, size)]
    if not _quoting_is_clean(text, opens, delimiter):
        return None
    has_returns = b"\r" in data
    returns = _lone_returns(text[:size]) if has_returns else marks[:0]
    if (np.searchsorted(opens, returns) % 2 == 0).any():
        return None  # a row end that is none of the other rows'
    if inside is not None:
        hidden = marks[inside]
        line_ends = np.concatenate((hidden[text[hidden] == _LF], returns))
        if _most_in_a_row(line_ends, outer[row_ends]) >= most_lines:
            return None
    starts = np.empty_like(outer)
    starts[0], starts[1:] = 0, outer[:-1] + 1
    ends = outer.copy()
    if has_returns:
        last = row_ends[(outer[row_ends] > starts[row_ends]) & (text[outer[row_ends] - 1] == _CR)]
        ends[last] -= 1
    counts = np.diff(row_ends, prepend=-1)
    misfits: tuple[MisfitRow, ...] = ()
    kept, numbers = np.ones(counts.size, bool), np.arange(1, counts.size + 1)
    if (counts != width).any():
        found = _judge(data, starts, ends, row_ends, counts, width)
        if found is None:
            return None
        kept, numbers, misfits = found
        whole = np.repeat(kept, counts)
        starts, ends = starts[whole], ends[whole]
    doubled = _unquote(text, opens, starts, ends) if opens.size else None
    shape = (-1, width)
    fields = _Fields(
        data, starts.reshape(shape), ends.reshape(shape), doubled if doubled is None else doubled.reshape(shape)
    )
    return Block(fields, numbers[kept], misfits, int(numbers[-1]), size)


def _inside_quotes(marks: Places, quotes: Places) -> NDArray[np.bool_]:
    """Which marks stand between an odd quote and the next one."""
    before = np.searchsorted(marks, quotes)
    steps = np.bincount(before[0::2], minlength=marks.size + 1) - np.bincount(before[1::2], minlength=marks.size + 1)
    return np.cumsum(steps)[:-1] > 0


def _quoting_is_clean(text: NDArray[np.uint8], quotes: Places, delimiter: int) -> bool:
    """Whether quotes come in pairs that begin and end where fields do, or stand doubled inside such a pair."""
    if quotes.size % 2:
        return False
    if not quotes.size:
        return True
    opens, closes = quotes[0::2], quotes[1::2]
    before = text[np.maximum(opens - 1, 0)]
    begins = (before == delimiter) | (before == _LF) | (opens == 0)
    behind = text[closes + 1]  # always there: the block ends with a line end outside quotes
    ends = (behind == delimiter) | (behind == _LF)
    ends |= (behind == _CR) & (text[np.minimum(closes + 2, text.size - 1)] == _LF)
    doubled = closes[:-1] + 1 == opens[1:]
    begins[1:] |= doubled
    ends[:-1] |= doubled
    return bool(begins.all() and ends.all())


def _lone_returns(text: NDArray[np.uint8]) -> Places:
    """Carriage returns without a line feed behind them."""
    returns: Places = np.flatnonzero(text == _CR)
    lone: Places = returns[text[np.minimum(returns + 1, text.size - 1)] != _LF]
    return lone


def _most_in_a_row(places: Places, row_ends: Places) -> int:
    places = places[places < row_ends[-1]]
    return int(np.bincount(np.searchsorted(row_ends, places)).max()) if places.size else 0


def _judge(
    data: bytes, starts: Places, ends: Places, row_ends: Places, counts: Places, width: int
) -> tuple[NDArray[np.bool_], Places, tuple[MisfitRow, ...]] | None:
    """Which rows fit, the number of every row, and the misfits; None where a misfit is more than one line."""
    kept = counts == width
    firsts = row_ends - counts + 1
    blank = (counts == 1) & (starts[firsts] == ends[row_ends])
    numbers = np.cumsum(~blank)
    misfits = []
    for row in np.flatnonzero(~kept & ~blank):
        line = data[starts[firsts[row]] : ends[row_ends[row]]]
        if b"\n" in line or b"\r" in line:
            return None
        misfits.append(MisfitRow(int(numbers[row]), int(counts[row])))
    return kept, numbers, tuple(misfits)


def _unquote(text: NDArray[np.uint8], quotes: Places, starts: Places, ends: Places) -> NDArray[np.bool_] | None:
    """Take the quotes off, in place; tells in which fields doubled quotes remain, None where in none."""
    # A field that begins with a quote ends with its partner, which the check before made sure of.
    quoted = text[starts] == _QUOTE
    quoted &= ends > starts
    starts += quoted
    ends -= quoted
    pairs = quotes[2::2][quotes[1:-1:2] + 1 == quotes[2::2]]
    if not pairs.size or not starts.size:
        return None
    doubled = np.zeros(starts.size, bool)
    doubled[np.minimum(np.searchsorted(ends, pairs, side="right"), starts.size - 1)] = True
    doubled &= quoted
    return doubled
