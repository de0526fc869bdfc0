"""Searches bytes and values for the mark of a synthetic seizure. A case with the mark must never text anybody."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from ringback.schemas import SYNTHETIC_MARK
from ringback.sources.base import Value, WrittenColumns

# Encodings in which raw bytes are searched. Most others write the mark as UTF-8 does; in the rest it shows in values.
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_MARKS = tuple(SYNTHETIC_MARK.encode(encoding) for encoding in _ENCODINGS)
_MARKS_WITHOUT_NUL = tuple(mark for mark in _MARKS if b"\0" not in mark)
_OVERLAP = max(map(len, _MARKS)) - 1
_CHUNK = 1024 * 1024


def stream_holds_mark(stream: BinaryIO) -> bool:
    """Whether the mark is in a stream, as far as the stream can be read."""
    tail = b""
    try:
        while chunk := stream.read(_CHUNK):
            searched = tail + chunk
            if _bytes_hold_mark(searched):
                return True
            tail = searched[-_OVERLAP:]
    except EOFError:
        pass
    return False


def rows_hold_mark(rows: Sequence[Sequence[Value]]) -> bool:
    """Whether any value of any column holds the mark.

    >>> rows_hold_mark([["1", None], ["2", "SYNTHETIC-7"]])
    True
    """
    return any(map(column_holds_mark, zip(*rows, strict=True)))


def column_holds_mark(column: Iterable[Value]) -> bool:
    """Whether any value of a column holds the mark."""
    # One long text is searched far faster than many short ones. The mark has no line end in it, so it cannot be found
    # across two values.
    values = [value for value in column if value]
    try:
        return SYNTHETIC_MARK in "\n".join(values)  # type: ignore[arg-type]
    except TypeError:
        return any(_value_holds_mark(value) for value in values)


def columns_hold_mark(arrays: Sequence[pa.Array]) -> bool:
    """Whether any value of some columns holds the mark."""
    # Where it is not in the bytes it is in no value; the columns need not be made then.
    if isinstance(arrays, WrittenColumns) and not _bytes_hold_mark(arrays.written):
        return False
    return any(map(array_holds_mark, arrays))


def array_holds_mark(array: pa.StringArray | pa.BinaryArray) -> bool:
    """Whether any value of an array of texts or bytes holds the mark. Fast: it searches the array's one buffer."""
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return False
    # An array may be a slice of a longer one.
    first, end = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1][[0, -1]].tolist()
    if not _bytes_hold_mark(data.slice(first, end - first).to_pybytes()):
        return False
    # In the buffer values touch each other: the mark may have been found across two of them.
    return any(map(_value_holds_mark, array.to_pylist()))


def _value_holds_mark(value: Value) -> bool:
    data = value if isinstance(value, bytes) else (value or "").encode("utf-8", "surrogatepass")
    return _bytes_hold_mark(data)


def _bytes_hold_mark(data: bytes) -> bool:
    # To look for a byte takes a fraction of what looking for a mark takes.
    return any(mark in data for mark in (_MARKS if b"\0" in data else _MARKS_WITHOUT_NUL))
