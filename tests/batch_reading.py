"""Batches of either kind as plain rows, for comparison."""

from ringback.sources.base import RawRows


def rows_of(batch):
    if isinstance(batch, RawRows):
        return batch.rows
    columns = [[_text(value) for value in array.to_pylist()] for array in batch.arrays]
    return list(zip(*columns, strict=True))


def numbers_of(batch):
    return batch.row_numbers if isinstance(batch, RawRows) else batch.row_numbers.to_pylist()


def _text(value):
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
