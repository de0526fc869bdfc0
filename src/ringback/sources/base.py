"""The interface of readers: batches of raw rows with their origin, and rejections."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pyarrow as pa

# A value as seized. It is bytes only where the format says that the value is binary; readers never guess.
Value = str | bytes | None
BATCH_ROWS = 20_000


@dataclass(slots=True)
class RawRows:
    """A batch of rows of one seized table.

    Attributes:
        table: Name of the seized table, or the file's stem where the format has no table names.
        columns: The seized column names.
        rows: One sequence per row, each as long as `columns`.
        row_numbers: Row number of each row in its table, from 1, rejected rows counted too.
        byte_offsets: Byte at which each row starts in the decompressed exhibit; None where the format has none.
    """

    table: str
    columns: tuple[str, ...]
    rows: list[Sequence[Value]]
    row_numbers: list[int]
    byte_offsets: list[int] | None = None


@runtime_checkable
class CodedColumns(Protocol):
    """Columns that can be made as dictionaries directly, without making arrays of text first."""

    def coded(self, column: int) -> pa.Array:
        """A column as a dictionary of its values, or as text where that is not possible."""


@runtime_checkable
class WrittenColumns(Protocol):
    """Columns of which the bytes are at hand in which their values stand, whole and as they are."""

    @property
    def written(self) -> bytes:
        """These bytes, and whatever stands between and around the values."""


@dataclass(slots=True)
class RawColumns:
    """A batch of rows of one seized table, column by column: what the fast readers yield.

    Attributes:
        table: As for `RawRows`.
        columns: The seized column names.
        arrays: One array per column, all of one length: `pa.string()`, or `pa.binary()` for a column in which some
            value may be no UTF-8. A missing value is null or ''; both mean the same.
        row_numbers: int64, row number of each row in its table, from 1, rejected rows counted too.
        byte_offsets: int64, byte at which each row starts in the decompressed exhibit; None where the format has none.
    """

    table: str
    columns: tuple[str, ...]
    arrays: Sequence[pa.Array]
    row_numbers: pa.Int64Array
    byte_offsets: pa.Int64Array | None = None

    def column(self, position: int, *, few_values: bool) -> pa.Array:
        """One of `arrays`; a column of few values as a dictionary of texts, where the reader can make one."""
        arrays = self.arrays
        return arrays.coded(position) if few_values and isinstance(arrays, CodedColumns) else arrays[position]


Batch = RawRows | RawColumns


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that could not be read, or a place where the file itself is damaged.

    Attributes:
        table: Seized table, '' where it is not known.
        row: Row number in the table, from 1; 0 where it is not known.
        byte: Byte in the decompressed exhibit, or None.
        reason: A short code, such as `field_count`, `torn_last_row`, `torn_statement`.
        detail: What was wrong, in words. It never quotes a value of the row.
        damage: True when the exhibit itself is damaged, so that rows after this point may be missing.
    """

    table: str
    row: int
    byte: int | None
    reason: str
    detail: str
    damage: bool = False


Reject = Callable[[Rejection], None]
# Whether rows of a table with this name and these columns are wanted. A reader asks once per table. It may skip an
# unwanted table, but still has to tokenise it.
Wanted = Callable[[str, tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many fields a row must have, in formats whose writers may leave out empty fields at the end of a row.

    Attributes:
        required: Fields up to the last one that a row must have to be of use.
        read: Fields up to the last one that is read at all.
    """

    required: int
    read: int


def half_of_the_row(_table: str, columns: tuple[str, ...]) -> Reach:
    """How many fields a row must have while nobody knows what its columns mean."""
    return Reach((len(columns) + 1) // 2, len(columns))


# Called with the name and the columns of a wanted table.
Reaching = Callable[[str, tuple[str, ...]], Reach]

# Whether enough rows of a table were seen for now. Readers ask before rows that can be skipped cheaply. Skipped rows
# get no number, so answer yes only where row numbers are not needed.
Enough = Callable[[str], bool]


def never_enough(_table: str) -> bool:
    """Read every row."""
    return False


def want_all(_table: str, _columns: tuple[str, ...]) -> bool:
    """Want every table."""
    return True
