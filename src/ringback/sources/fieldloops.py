r"""Loops over the bytes of delimited text: where its fields are, and the values of one column.

A field is told by the bytes around it: `bounds[0]` has for every row the byte before its first field, `bounds[1]` the
byte behind that field, and so on. What lies between two of them is a field, still with its quotes.
"""

import numpy as np
from numpy.typing import NDArray

from ringback.compiled import compiled

Bytes = NDArray[np.uint8]
_LF, _CR, _QUOTE, _BACKSLASH, _N = 10, 13, 34, 92, 78
# The size that `find_fields` gives for text that is not plainly clean.
UNCLEAN = -1
# Marks are looked for in so many bytes before they are looked at: few enough to stay in the processor's cache.
_WINDOW = 1 << 15


@compiled
def count_line_ends(text: Bytes) -> int:
    """How many line feeds there are."""
    count = 0
    for at in range(len(text)):
        count += text[at] == _LF
    return count


@compiled
def may_escape(text: Bytes, delimiter: int) -> bool:
    """Whether a backslash stands before a delimiter, a quote or a line end."""
    mark = np.uint8(delimiter)  # as narrow as the bytes are, so that many are compared at once
    count = 0
    for at in range(len(text) - 1):
        byte = text[at + 1]
        told = (byte == mark) | (byte == np.uint8(_QUOTE)) | (byte == np.uint8(_LF)) | (byte == np.uint8(_CR))
        count += told & (text[at] == np.uint8(_BACKSLASH))
    return count > 0


@compiled
def find_fields(
    text: Bytes,
    delimiter: int,
    most_lines: int,
    bounds: NDArray[np.int32],
    numbers: NDArray[np.int64],
    misfits: NDArray[np.int64],
) -> tuple[int, int, int, int]:
    """Find the rows of a text and their fields.

    Args:
        text: Bytes that begin with a row, fewer than 2**31.
        delimiter: The byte between two fields.
        most_lines: A row with so many line ends inside of quotes is not clean.
        bounds: Filled for the rows that have one field less than it is long; has room for one row more than there are.
        numbers: Filled with the number of each of those rows, from 1; empty lines have none.
        misfits: Filled with number and fields of each other row.

    Returns:
        How many rows fit, how many do not, the number of the last row, and the bytes up to its end, or UNCLEAN.
    """
    length, width = len(text), len(bounds) - 1
    start = row_start = fields = lines = fitting = misfitting = number = size = 0
    inside, closed = False, -1
    bounds[0, 0] = -1
    plain = np.ones(256, np.bool_)
    plain[delimiter] = plain[_LF] = plain[_CR] = plain[_QUOTE] = False
    marks = np.empty(_WINDOW, np.int32)
    for window in range(0, length, _WINDOW):
        # Every place is written and few are kept: there is no branch that the processor could guess wrong.
        count = 0
        for at in range(window, min(window + _WINDOW, length)):
            marks[count] = at
            count += not plain[text[at]]
        for each in range(count):
            at = int(marks[each])
            byte = text[at]
            if inside:
                if byte == _QUOTE:
                    inside, closed = False, at
                elif byte == _LF or (byte == _CR and at + 1 < length and text[at + 1] != _LF):
                    lines += 1
                continue
            # A quote right behind one that closed makes two that stand for one.
            if byte == _QUOTE and (at == start or at == closed + 1):
                inside = True
                continue
            if byte == _CR and at + 1 < length and text[at + 1] == _LF:
                continue
            behind = at - 1 if byte == _LF and at > start and text[at - 1] == _CR else at
            if byte not in (delimiter, _LF) or (closed >= start and closed + 1 != behind):
                if _row_ends(text, at):
                    return 0, 0, 0, UNCLEAN
                return fitting, misfitting, number, size
            fields += 1
            if fields <= width:
                bounds[fields, fitting] = behind
            start = at + 1
            if byte == delimiter:
                continue
            if fields > 1 or behind > row_start:
                number += 1
                if lines >= most_lines or (lines > 0 and fields != width):
                    return 0, 0, 0, UNCLEAN
                if fields == width:
                    numbers[fitting] = number
                    fitting += 1
                else:
                    misfits[misfitting, 0], misfits[misfitting, 1] = number, fields
                    misfitting += 1
            bounds[0, fitting] = at
            row_start = size = start
            fields = lines = 0
    return fitting, misfitting, number, size


@compiled
def _row_ends(text: Bytes, start: int) -> bool:
    """Whether a line ends outside of quotes, from a place on that is outside itself."""
    inside = False
    for at in range(start, len(text)):
        if text[at] == _QUOTE:
            inside = not inside
        elif text[at] == _LF and not inside:
            return True
    return False


@compiled
def copy_column(
    text: Bytes,
    bounds: NDArray[np.int32],
    rows: int,
    column: int,
    values: Bytes,
    offsets: NDArray[np.int32],
    validity: Bytes,
) -> int:
    r"""Copy the values of a column out of the text, without quotes; what is empty or `\N` is null.

    Args:
        text: The bytes.
        bounds: Where the fields are, by `find_fields`.
        rows: How many rows there are.
        column: Number of the column, from 0.
        values: Filled with the bytes of the values; at least as long as all fields together.
        offsets: Filled with where each value begins, and where the last one ends.
        validity: One bit for each value, all zero; set where it is not null.

    Returns:
        How many values are not null.
    """
    found = 0
    # Unsigned, so that none can mean a place counted from the end: to look for that is most of the time of such a loop.
    size, one = np.uint64(0), np.uint64(1)
    for row in range(rows):
        before = size
        offsets[row] = before
        start, end = np.uint64(bounds[column, row] + 1), np.uint64(bounds[column + 1, row])
        if start == end:
            continue
        if text[start] == _QUOTE:
            at = start + one
            while at < end - one:
                values[size] = text[at]
                size += one
                # A quote inside is one of two.
                if text[at] == _QUOTE:
                    at += one
                at += one
        else:
            for place in range(start, end):
                values[size] = text[place]
                size += one
        if size - before == 2 and values[before] == _BACKSLASH and values[before + one] == _N:
            size = before
        if size > before:
            found += 1
            validity[row >> 3] |= 1 << (row & 7)
    offsets[rows] = size
    return found
