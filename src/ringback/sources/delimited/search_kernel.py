"""A compiled loop that searches all fields of delimited text for some values."""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import compiled

_QUOTE = 34


@compiled
def find_values(
    text: NDArray[np.uint8],
    bounds: NDArray[np.int32],
    values: NDArray[np.uint8],
    ends: NDArray[np.int64],
    lengths: NDArray[np.uint8],
    rows: NDArray[np.uint8],
) -> int:
    """Find the rows in which some field equals one of the values, quoted or not.

    Args:
        text: As for `kernels.find_fields`.
        bounds: As `kernels.find_fields` filled them.
        values: The bytes of all values, one after the other; no value contains a quote.
        ends: Where the first value begins, and where each value ends.
        lengths: For each length of a field: whether a field of that length can equal a value.
        rows: One flag per row of the bounds, all zero; set where the row has such a field.

    Returns:
        How many fields equal one of the values.
    """
    found, longest = 0, len(lengths)
    for field in range(len(bounds) - 1):
        for row in range(len(rows)):
            length = bounds[field + 1, row] - bounds[field, row] - 1
            if length >= longest or not lengths[length]:
                continue
            for value in range(len(ends) - 1):
                start, size = bounds[field, row] + 1, ends[value + 1] - ends[value]
                if length == size + 2 and text[start] == _QUOTE:
                    start += 1
                elif length != size:
                    continue
                at = 0
                while at < size and text[start + at] == values[ends[value] + at]:
                    at += 1
                if at == size:
                    rows[row] = 1
                    found += 1
    return found
