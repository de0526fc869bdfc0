"""Seized values as columns of text: handles empty values, bytes, and undecodable text."""

from collections.abc import Sequence

import pyarrow as pa

from ringback.jit import text_buffers
from ringback.sources.base import RawColumns, RawRows, Value

# What `str.strip` takes off texts of ASCII.
ASCII_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f "


def as_columns(batch: RawRows) -> RawColumns:
    """Rows as columns."""
    columns = list(zip(*batch.rows, strict=True)) or [()] * len(batch.columns)
    offsets = None if batch.byte_offsets is None else pa.array(batch.byte_offsets, pa.int64())
    numbers = pa.array(batch.row_numbers, pa.int64())
    return RawColumns(batch.table, batch.columns, [_value_array(values) for values in columns], numbers, offsets)


def _value_array(values: Sequence[Value]) -> pa.Array:
    """Values as text, with '' as null (CSV cannot tell them apart); as bytes where one of them is no text."""
    try:
        return pa.array([value or None for value in values], pa.string())
    except (UnicodeEncodeError, pa.ArrowException, TypeError):
        return pa.array([_as_bytes(value) if value else None for value in values], pa.binary())


def _as_bytes(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        # A surrogate escape stands for a byte that was no UTF-8: back to that byte.
        return value.encode("utf-8", "surrogateescape")
    except UnicodeError:
        return value.encode("utf-8", "surrogatepass")


def as_dictionary(texts: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary; unchanged if they are one already."""
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def is_ascii(texts: pa.StringArray) -> bool:
    """Whether texts have no other characters."""
    data, bounds = text_buffers(texts)
    return len(texts) == 0 or bytes(data[bounds[0] : bounds[-1]]).isascii()


def as_text(array: pa.Array) -> tuple[pa.StringArray, int]:
    """Values as text, with U+FFFD for undecodable bytes; and how many values held such bytes.

    A dictionary holds texts only, and stays a dictionary.
    """
    if pa.types.is_string(array.type) or pa.types.is_dictionary(array.type):
        return array, 0
    try:
        return array.cast(pa.string()), 0
    except pa.ArrowInvalid:
        pass
    texts: list[str | None] = []
    bad = 0
    for value in array.to_pylist():
        try:
            texts.append(value and value.decode("utf-8"))
        except UnicodeError:
            bad += 1
            texts.append(value.decode("utf-8", "replace"))
    return pa.array(texts, pa.string()), bad
