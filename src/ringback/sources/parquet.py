"""Reader of Parquet files: every value becomes text that means exactly what was stored."""

import json
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ringback.sources.base import BATCH_ROWS, RawRows, Reject, Rejection, Value, Wanted, want_all
from ringback.sources.delimited.headers import distinct_names

# Errors, other than its own, that pyarrow raises for damaged or hostile files.
_DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)
_UNITS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
# From here on, floats of these types do not hold every whole number.
_EXACT_LIMIT = {"float": 2.0**24, "halffloat": 2.0**11}


class _Unreadable:
    """Placeholder for a value that cannot be turned into text."""


_UNREADABLE = _Unreadable()
_Column = list[Value | _Unreadable]


def _decimal_text(value: Decimal) -> str:
    return format(value, "f")


def _short_float_text(limit: float) -> Callable[[float], str]:
    """Write floats of fewer than 64 bits with only the digits that they hold.

    447700900123 stored in 32 bits is 447700895744, another number: it is written as 4.477009e+11.
    """
    kind = np.float32 if limit > 2**11 else np.float16

    def text(value: float) -> str:
        if math.isfinite(value) and abs(value) >= limit:
            return np.format_float_scientific(kind(value), unique=True, trim="-")
        return str(kind(value))

    return text


def _duration_text(unit: str) -> Callable[[int], str]:
    """Write a length of time in seconds, exactly."""
    return lambda value: _decimal_text(Decimal(value) / _UNITS_PER_SECOND[unit])


def _json_default(value: object) -> str:
    """Write a value of a type that JSON does not have."""
    return value.hex() if isinstance(value, bytes) else str(value)


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_json_default)


def _spelled(column: Any, spell: Callable[[Any], Value]) -> _Column:  # noqa: ANN401
    """Turn values into text one by one, so that an unreadable value does not lose the others."""
    values: list[Value | _Unreadable] = []
    for scalar in column:
        try:
            value = scalar.as_py()
            values.append(None if value is None else spell(value))
        except (ValueError, OverflowError, RecursionError):
            values.append(_UNREADABLE)
    return values


def _times(column: Any) -> Any:  # noqa: ANN401
    """Write times with as many digits of the second as they need: none, 3, 6 or 9."""
    text = column.cast(pa.string())
    text = pc.replace_substring_regex(text, r"\.0+$", "")
    return pc.replace_substring_regex(text, r"(\.\d{3}|\.\d{6})(?:000)+$", r"\1")


def _timestamps(column: Any) -> Any:  # noqa: ANN401
    """Write zoned times in UTC with a Z (they are stored in UTC), and naive ones unchanged."""
    if column.type.tz is None:
        return _times(column)
    texts = pc.replace_substring(_times(column.cast(pa.timestamp(column.type.unit))), " ", "T")
    return pc.binary_join_element_wise(texts, "Z", "")


def _texts(column: Any) -> _Column:  # noqa: ANN401
    """The column as texts; bytes that are not UTF-8 become surrogate escapes."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        large = pa.types.is_large_string(column.type)
        raw = column.cast(pa.large_binary() if large else pa.binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "surrogateescape") for value in raw]


def _column_values(column: Any) -> _Column:  # noqa: ANN401
    """Turn one column into texts (bytes where it is binary), None for null."""
    types, kind = pa.types, column.type
    if types.is_dictionary(kind):
        return _column_values(column.dictionary_decode())
    if isinstance(kind, pa.BaseExtensionType):
        return _spelled(column, str) if str(kind).startswith("extension<arrow.uuid") else _column_values(column.storage)
    if types.is_string(kind) or types.is_large_string(kind):
        return _texts(column)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind) or types.is_null(kind):
        return list(column.to_pylist())
    if types.is_boolean(kind) or types.is_integer(kind):
        return list(column.cast(pa.string()).to_pylist())
    if types.is_float64(kind):
        return [None if value is None else repr(value) for value in column.to_pylist()]
    if types.is_floating(kind):
        return _spelled(column, _short_float_text(_EXACT_LIMIT[str(kind)]))
    if types.is_timestamp(kind):
        return list(_timestamps(column).to_pylist())
    if types.is_date(kind):
        return list(column.cast(pa.date32()).cast(pa.string()).to_pylist())
    if types.is_time(kind):
        return list(_times(column).to_pylist())
    if types.is_duration(kind):
        return _spelled(column.cast(pa.int64()), _duration_text(kind.unit))
    return _spelled(column, _decimal_text if types.is_decimal(kind) else _json_text if types.is_nested(kind) else str)


def read_parquet(
    path: Path,
    *,
    table: str,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[RawRows]:
    """Read every undamaged row group; reject the others and say which rows are lost.

    Whole numbers become digits; floats the shortest text with the same value (with an exponent if they are 32-bit and
    too large to be exact); decimals plain text; naive times `2021-07-01 12:00:00`; zoned times `2021-07-01T12:00:00Z`
    in UTC; lengths of time seconds; booleans words; nested values JSON text; binary values bytes.

    Args:
        path: The exhibit, not compressed.
        table: Name for the rows.
        reject: Called with `torn_file` for a file or row group that cannot be read, `bad_value` for a single row.
        wanted: Asked once, with all column names.
        batch_rows: Rows in a batch.

    Raises:
        OSError: The file itself cannot be read.
    """
    with pa.OSFile(str(path)) as source:
        try:
            file = pq.ParquetFile(
                source, coerce_int96_timestamp_unit="us", page_checksum_verification=True, pre_buffer=False
            )
            columns = distinct_names(file.schema_arrow.names)
            groups = [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)]
        except _DAMAGE as error:
            _raise_if_device(error)
            reject(Rejection(table, 0, None, "torn_file", "its footer is missing or damaged", damage=True))
            return
        if not wanted(table, columns):
            return
        start = 1
        for index, count in enumerate(groups):
            yield from _read_group(file, index, start, RawRows(table, columns, [], []), reject, batch_rows)
            start += count


def _raise_if_device(error: BaseException) -> None:
    """Raise errors of disks and networks: they say nothing about the exhibit."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _read_group(
    file: Any,  # noqa: ANN401
    index: int,
    start: int,
    like: RawRows,
    reject: Reject,
    batch_rows: int,
) -> Iterator[RawRows]:
    """Read one row group, whose first row has the number `start`, as far as possible."""
    end = start + file.metadata.row_group(index).num_rows
    batches = file.iter_batches(batch_size=batch_rows, row_groups=[index])
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                break
            columns = [_column_values(column) for column in batch.columns]
        except _DAMAGE as error:
            _raise_if_device(error)
            break
        rows: list[Any] = list(zip(*columns, strict=True)) if columns else [()] * batch.num_rows
        numbers = list(range(start, start + len(rows)))
        start += len(rows)
        if any(_UNREADABLE in column for column in columns):
            numbers = [n for n, row in zip(numbers, rows, strict=True) if not _rejected(row, n, like, reject)]
            rows = [row for row in rows if _UNREADABLE not in row]
        yield RawRows(like.table, like.columns, rows, numbers)
    if start < end:
        detail = f"row group {index + 1} is damaged; rows {start} to {end - 1} are lost"
        reject(Rejection(like.table, start, None, "torn_file", detail, damage=True))


def _rejected(row: Any, number: int, like: RawRows, reject: Reject) -> bool:  # noqa: ANN401
    """Reject a row that holds an unreadable value, naming its column."""
    if _UNREADABLE not in row:
        return False
    column = like.columns[row.index(_UNREADABLE)]
    reject(Rejection(like.table, number, None, "bad_value", f"the value of {column} cannot be read"))
    return True
