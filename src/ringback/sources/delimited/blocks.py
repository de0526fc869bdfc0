"""Splits blocks of delimited bytes into columns, by the loops of `kernels.py`.

It takes only blocks in which every row is cleanly quoted, and gives the same rows as the line-by-line way of
`reader.py`, which reads all other blocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ringback.jit import WORD_BYTES, Words, words_of
from ringback.sources.delimited.kernels import (
    UNCODED,
    Bounds,
    Bytes,
    code_column,
    copy_column,
    count_line_ends,
    field_bytes,
    find_fields,
)
from ringback.sources.delimited.search_kernel import find_values
from ringback.sources.encodings.undecodable import KEEP_BYTES

Places = NDArray[np.int64]
# A column is dictionary-coded where each of its values is in this many rows on average.
_ROWS_A_VALUE = 4


@dataclass(frozen=True, slots=True)
class MisfitRow:
    """A row with the wrong number of fields.

    Attributes:
        number: Its number among the block's rows, from 1.
        fields: How many fields it has.
        start: Place of its first byte.
        end: Place after its line end.
    """

    number: int
    fields: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a block.

    Attributes:
        fields: One array of values per column, of the rows that fit.
        numbers: Number of each row that fits, from 1 at the start of the block, misfit rows counted too.
        misfits: The rows that do not fit.
        rows: How many rows the block has in all, without empty lines.
        size: Bytes of all these rows; an unfinished row may follow them.
        short: How many of the rows that fit have fewer fields than there are columns.
        long: How many of the rows that fit have more fields; the surplus ones are empty.
        widest: The most fields of a row that fits; 0 where no row fits.
    """

    fields: "BlockFields"
    numbers: Places
    misfits: tuple[MisfitRow, ...]
    rows: int
    size: int
    short: int = 0
    long: int = 0
    widest: int = 0

    def find_rows(self, values: Sequence[bytes]) -> Places:
        """Places, among the rows that fit, of rows with a field that equals one of some values."""
        return self.fields.find_rows(values)

    def without(self, rows: Places) -> "Block":
        """The block without the rows at these places."""
        return replace(self, fields=self.fields.without(rows), numbers=np.delete(self.numbers, rows))


class BlockFields(Sequence[pa.Array]):
    """The columns of a block. The array of a column is made on request.

    Args:
        written: The bytes, in which a word begins at each byte of a row.
        bounds: Where the fields of each row begin and end.
        rows: How many rows there are.
    """

    def __init__(self, written: bytes, bounds: Bounds, rows: int) -> None:
        self.written = written
        self._text = np.frombuffer(written, np.uint8)
        self._words, self._bounds, self._rows, self._width = words_of(self._text), bounds, rows, len(bounds) - 1

    def __len__(self) -> int:
        return self._width

    @overload
    def __getitem__(self, column: int) -> pa.Array: ...
    @overload
    def __getitem__(self, column: slice) -> Sequence[pa.Array]: ...
    def __getitem__(self, column: int | slice) -> pa.Array | Sequence[pa.Array]:
        if isinstance(column, slice):
            return [self[each] for each in range(*column.indices(self._width))]
        if not 0 <= column < self._width:
            raise IndexError(column)
        return _copied(self._text, self._words, *self._around(column))

    def __iter__(self) -> Iterator[pa.Array]:
        return (self[column] for column in range(self._width))

    def coded(self, column: int) -> pa.Array:
        """A column as a dictionary of its values; as plain values where they are many, no text, or contain quotes."""
        rows, (before, behind) = self._rows, self._around(column)
        codes, firsts = np.empty(rows, np.int32), np.empty(rows // _ROWS_A_VALUE + 1, np.int32)
        validity = _no_bits(rows)
        count, valid = code_column(self._text, self._words, before, behind, codes, firsts, validity)
        if count == UNCODED:
            return self[column]
        values = _copied(self._text, self._words, before[firsts[:count]], behind[firsts[:count]])
        if not pa.types.is_string(values.type):
            return self[column]
        buffers = [None if valid == rows else pa.py_buffer(validity), pa.py_buffer(codes)]
        indices = pa.Array.from_buffers(pa.int32(), rows, buffers, rows - valid)
        return pa.DictionaryArray.from_arrays(indices, values)

    def find_rows(self, values: Sequence[bytes]) -> Places:
        """Places of the rows in which some field equals one of the values, quoted or not."""
        flags, ends = np.zeros(self._rows, np.uint8), np.cumsum([0, *map(len, values)])
        # The length alone rules out most fields. A quoted field is two bytes longer than its value.
        lengths = np.zeros(max(map(len, values), default=0) + 3, np.uint8)
        lengths[[len(value) + more for value in values for more in (0, 2)]] = 1
        if not find_values(self._text, self._bounds, np.frombuffer(b"".join(values), np.uint8), ends, lengths, flags):
            return np.empty(0, np.int64)
        return np.flatnonzero(flags)

    def without(self, rows: Places) -> "BlockFields":
        """The same columns without the rows at these places."""
        return BlockFields(self.written, np.delete(self._bounds[:, : self._rows], rows, 1), self._rows - len(rows))

    def row(self, row: int) -> list[str]:
        """The fields of one row; an empty field is ''."""
        places = self._bounds[:, row].tolist()
        fields = [self._text[before + 1 : behind].tobytes() for before, behind in pairwise(places)]
        plain = [field[1:-1].replace(b'""', b'"') if field.startswith(b'"') else field for field in fields]
        return [field.decode("utf-8", KEEP_BYTES) for field in plain]

    def _around(self, column: int) -> tuple[Bounds, Bounds]:
        """Place of the byte before the column's field in each row, and of the byte after it."""
        return self._bounds[column, : self._rows], self._bounds[column + 1, : self._rows]


def _copied(text: Bytes, words: Words, before: Bounds, behind: Bounds) -> pa.Array:
    """The values of a column, given the places of the bytes around them."""
    rows, most = len(before), field_bytes(before, behind)
    values, offsets = np.empty(most + WORD_BYTES, np.uint8), np.empty(rows + 1, np.int32)
    validity = _no_bits(rows)
    found = copy_column(text, words, before, behind, values, words_of(values), offsets, validity) if most else 0
    if not found:
        return pa.nulls(rows, pa.string())
    values = values[: offsets[rows]]
    buffers = [None if found == rows else pa.py_buffer(validity), pa.py_buffer(offsets), pa.py_buffer(values)]
    if values.max() < 128:
        return pa.Array.from_buffers(pa.string(), rows, buffers, rows - found)
    array = pa.Array.from_buffers(pa.binary(), rows, buffers, rows - found)
    try:
        return array.cast(pa.string())
    except pa.ArrowInvalid:
        return array


def _no_bits(rows: int) -> Bytes:
    """A validity bitmap in which every row is null."""
    return np.zeros((rows + 7) // 8, np.uint8)


def split_block(
    data: bytes, *, delimiter: int, width: int, most_lines: int, least: int | None = None, surplus: int = 0
) -> Block | None:
    r"""Split bytes that begin with a row; None where some row is not cleanly quoted, or no row is complete.

    >>> block = split_block(b'1,"a, b"\n2,c\n3,d', delimiter=44, width=2, most_lines=100)
    >>> block.fields[1].to_pylist(), block.numbers.tolist(), block.size
    (['a, b', 'c'], [1, 2], 13)

    Args:
        data: The bytes, in an encoding that has ASCII bytes for ASCII characters only.
        delimiter: The delimiter's byte.
        width: Number of fields in a row, at least 2.
        most_lines: A quoted value of more lines than this is not clean.
        least: Fewest fields of a row that fits; `width` where it is left out.
        surplus: Most empty fields beyond `width` of a row that fits; below 0 for any number.
    """
    least = width if least is None else least
    if len(data) >= 2**31:
        return None  # places are kept in 32 bits
    text = np.frombuffer(data, np.uint8)
    lines = count_line_ends(text)
    bounds = np.empty((width + 1, min(lines, len(data) // least) + 1), np.int32)
    numbers, misfits, taken = np.empty(lines, np.int64), np.empty((lines, 4), np.int64), np.zeros(width + 2, np.int64)
    fitting, misfitting, rows, size = find_fields(
        text, delimiter, most_lines, least, surplus, bounds, numbers, misfits, taken
    )
    if size <= 0:
        return None
    short, long = int(taken[:width].sum()), int(taken[width + 1])
    widest = int(np.flatnonzero(taken)[-1]) if short + long else 0
    if len(data) - size < WORD_BYTES:
        data += bytes(WORD_BYTES)  # a word can be read from each byte of a row
    return Block(
        BlockFields(data, bounds, fitting),
        numbers[:fitting],
        tuple(MisfitRow(*told) for told in misfits[:misfitting].tolist()),
        rows,
        size,
        short,
        long,
        max(widest, width if fitting > short + long else 0),
    )
