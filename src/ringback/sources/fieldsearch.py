"""A loop that looks for one value in all fields of delimited text."""

import numpy as np
from numpy.typing import NDArray

from ringback.compiled import compiled

_QUOTE = 34


@compiled
def find_value(text: NDArray[np.uint8], bounds: NDArray[np.int32], value: NDArray[np.uint8], rows: NDArray[np.uint8]) -> int:
    """Find the rows in which some field is a value, quoted or not.

    Args:
        text: As for `fieldloops.find_fields`.
        bounds: As `fieldloops.find_fields` filled them.
        value: The bytes, without quotes in them.
        rows: One flag for each row of the bounds, zero; set where it is.

    Returns:
        How many fields are.
    """
    size, found = len(value), 0
    for field in range(len(bounds) - 1):
        for row in range(len(rows)):
            start = bounds[field, row] + 1
            more = bounds[field + 1, row] - start - size
            if more == 0 or (more == 2 and text[start] == _QUOTE):
                first = start + more // 2
                at = 0
                while at < size and text[first + at] == value[at]:
                    at += 1
                if at == size:
                    rows[row] = 1
                    found += 1
    return found
