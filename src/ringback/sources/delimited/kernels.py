r"""Compiled loops over the bytes of delimited text: they find its fields, and copy or number the values of a column.

A field is kept as the places of the bytes around it. For every row, `bounds[0]` has the byte before its first field,
`bounds[1]` the byte after that field, and so on. A field lies between two of them and still has its quotes.

Text is compared and copied in words of eight bytes: see `jit.words_of`.
"""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import ODD, WORD_BYTES, Words, compiled

Bytes = NDArray[np.uint8]
Bounds = NDArray[np.int32]
_LF, _CR, _QUOTE, _BACKSLASH, _N = 10, 13, 34, 92, 78
# The size that `find_fields` returns for text that is not cleanly quoted.
UNCLEAN = -1
# What `code_column` returns for a column with too many values, or with quotes inside a value.
UNCODED = -1
# Longest search in the hash table. Only values crafted to collide need more, and they could make it take for ever.
_MOST_TRIES = 1000
# Marks are searched in windows of this many bytes: few enough to stay in the processor's cache.
_WINDOW = 1 << 15
_ODD = np.uint64(ODD % 2**64)
# Eight flags of a byte each, multiplied by this, have their bits side by side in the highest byte.
_SIDE_BY_SIDE = np.uint64(0x0102040810204080)
# For each byte of eight flags: which of them are set, and how many.
_SET = np.array(
    [[at for at in range(8) if flags >> at & 1] + [0] * (8 - flags.bit_count()) for flags in range(256)], np.int32
)
_COUNTS = np.array([flags.bit_count() for flags in range(256)], np.uint64)


@compiled
def count_line_ends(text: Bytes) -> int:
    """Number of line feeds."""
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
def find_fields(  # noqa: PLR0915 - one pass over the bytes
    text: Bytes,
    delimiter: int,
    most_lines: int,
    least: int,
    surplus: int,
    bounds: Bounds,
    numbers: NDArray[np.int64],
    misfits: NDArray[np.int64],
    taken: NDArray[np.int64],
) -> tuple[int, int, int, int]:
    """Find the rows of a text and their fields.

    Args:
        text: Bytes that begin with a row, fewer than 2**31.
        delimiter: The byte between two fields.
        most_lines: A row with this many line ends inside quotes is not clean.
        least: Fewest fields of a row that fits; missing ones are taken as empty.
        surplus: Most empty fields beyond the columns of a row that fits; below 0 for any number.
        bounds: Filled for the rows that fit; shape (columns + 1, rows), with room for one row more than there are.
        numbers: Filled with the number of each row that fits, from 1; empty lines have no number.
        misfits: Filled for each other row: its number, its fields, where it begins and where it ends.
        taken: Zeros, longer by two than rows have columns. Element n is set to how many rows fit that have n fields,
            but for the usual rows, which have one field per column; the last element counts all longer rows.

    Returns:
        How many rows fit, how many do not, the number of the last row, and the bytes up to its end, or UNCLEAN.
    """
    length, width = len(text), len(bounds) - 1
    start = row_start = fields = lines = fitting = misfitting = number = size = 0
    inside, closed, filled = False, -1, False
    bounds[0, 0] = -1
    flags, marks = np.zeros(_WINDOW, np.uint8), np.empty(_WINDOW + WORD_BYTES, np.int32)
    for window in range(0, length, _WINDOW):
        count = _find_marks(text[window : window + _WINDOW], window, delimiter, flags, marks)
        each = 0
        while each < count:
            if fields == 0 and not inside and closed < row_start:
                before = each
                each, fitting, number = _take_plain_rows(
                    text, delimiter, marks[:count], each, bounds, numbers, fitting, number
                )
                if each > before:
                    row_start = size = start = int(bounds[0, fitting]) + 1
                    continue
            at = int(marks[each])
            each += 1
            byte = text[at]
            if inside:
                if byte == _QUOTE:
                    inside, closed = False, at
                elif byte == _LF or (byte == _CR and at + 1 < length and text[at + 1] != _LF):
                    lines += 1
                continue
            # A quote directly after a closing one: the two stand for one quote in the value.
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
            elif behind > start and (behind != start + 2 or text[start] != _QUOTE):
                filled = True
            start = at + 1
            if byte == delimiter:
                continue
            if fields > 1 or behind > row_start:
                number += 1
                fits = fields == width or _fits(fields, width, least, surplus, filled)
                if lines >= most_lines or (lines > 0 and not fits):
                    return 0, 0, 0, UNCLEAN
                if fits:
                    for missing in range(fields, width):
                        bounds[missing + 1, fitting] = bounds[missing, fitting] + 1
                    taken[min(fields, width + 1)] += fields != width
                    numbers[fitting] = number
                    fitting += 1
                else:
                    misfits[misfitting, 0], misfits[misfitting, 1] = number, fields
                    misfits[misfitting, 2], misfits[misfitting, 3] = row_start, at + 1
                    misfitting += 1
            bounds[0, fitting] = at
            row_start = size = start
            fields = lines = 0
            filled = False
    return fitting, misfitting, number, size


@compiled
def _fits(fields: int, width: int, least: int, surplus: int, filled: bool) -> bool:
    """Whether a row with fewer or more fields than columns fits; `filled`: some surplus field is not empty."""
    if fields < width:
        return fields >= least
    return not filled and (surplus < 0 or fields == width + surplus)


@compiled
def _take_plain_rows(
    text: Bytes,
    delimiter: int,
    marks: NDArray[np.int32],
    each: int,
    bounds: Bounds,
    numbers: NDArray[np.int64],
    fitting: int,
    number: int,
) -> tuple[int, int, int]:
    """Take plain rows: rows without quotes that end in a line feed, as nearly all do. Stop at the first other row.

    Args:
        text: As for `find_fields`.
        delimiter: As for `find_fields`.
        marks: Places of delimiters, line ends and quotes.
        each: Index of the first mark after the beginning of a row.
        bounds: As for `find_fields`.
        numbers: As for `find_fields`.
        fitting: How many rows fit so far.
        number: The number of the last row.

    Returns:
        `each`, `fitting` and `number` after the rows taken.
    """
    width = len(bounds) - 1
    plain = True
    while plain and each + width <= len(marks):
        plain = text[marks[each + width - 1]] == _LF
        for field in range(width - 1):
            plain &= text[marks[each + field]] == delimiter
        if plain:
            for field in range(width):
                bounds[field + 1, fitting] = marks[each + field]
            each += width
            number += 1
            numbers[fitting] = number
            fitting += 1
            bounds[0, fitting] = marks[each - 1]
    return each, fitting, number


@compiled
def _find_marks(text: Bytes, first: int, delimiter: int, flags: Bytes, marks: NDArray[np.int32]) -> int:
    """Find delimiters, line ends and quotes in a window of the text.

    The loop has no branch that the processor could predict wrongly.

    Args:
        text: The window.
        first: Place of its first byte in the whole text.
        delimiter: The byte between two fields.
        flags: Scratch space: one flag per byte of a window, zero beyond the end of the text.
        marks: Filled with the places; longer than a window by one word.

    Returns:
        How many places there are.
    """
    mark = np.uint8(delimiter)  # as narrow as the bytes are, so that many are compared at once
    for at in range(len(text)):
        byte = text[at]
        flags[at] = (byte == mark) | (byte == np.uint8(_LF)) | (byte == np.uint8(_CR)) | (byte == np.uint8(_QUOTE))
    flags[len(text) :] = 0
    count, place = np.uint64(0), np.int32(first)
    for flags_of_eight in flags.view(np.uint64):
        side_by_side = (flags_of_eight * _SIDE_BY_SIDE) >> np.uint64(56)
        # Four places are always written, and the surplus is overwritten next: eight bytes seldom hold more marks.
        for each in range(4):
            marks[count + np.uint64(each)] = place + _SET[side_by_side, each]
        if _COUNTS[side_by_side] > 4:
            for each in range(4, WORD_BYTES):
                marks[count + np.uint64(each)] = place + _SET[side_by_side, each]
        count += _COUNTS[side_by_side]
        place += np.int32(WORD_BYTES)
    return int(count)


@compiled
def _row_ends(text: Bytes, start: int) -> bool:
    """Whether some line ends outside quotes at or after `start`, which is itself outside quotes."""
    inside = False
    for at in range(start, len(text)):
        if text[at] == _QUOTE:
            inside = not inside
        elif text[at] == _LF and not inside:
            return True
    return False


@compiled
def field_bytes(before: Bounds, behind: Bounds) -> int:
    """Total bytes of the fields of a column, quotes included."""
    size = 0
    for row in range(len(before)):
        size += behind[row] - before[row] - 1
    return size


@compiled
def copy_column(
    text: Bytes,
    words: Words,
    before: Bounds,
    behind: Bounds,
    values: Bytes,
    value_words: Words,
    offsets: NDArray[np.int32],
    validity: Bytes,
) -> int:
    r"""Copy the values of a column out of the text, without quotes. An empty field and `\N` are null.

    Args:
        text: The bytes, with a word's length of padding so that a word can be read from each byte of a row.
        words: `words_of(text)`.
        before: Place of the byte before the column's field in each row, shape (rows,): one row of `bounds`.
        behind: Place of the byte after it, shape (rows,): the next row of `bounds`.
        values: Filled with the bytes of the values; at least one word longer than all fields together.
        value_words: `words_of(values)`.
        offsets: Filled with where each value begins, and where the last one ends; length rows + 1.
        validity: One bit per value, all zero; set where the value is not null.

    Returns:
        How many values are not null.
    """
    found = 0
    # Unsigned, so that no index can be negative: numba's check for that would take most of the time of this loop.
    size, one, word = np.uint64(0), np.uint64(1), np.uint64(WORD_BYTES)
    for row in range(len(before)):
        first = size
        offsets[row] = first
        start, end = np.uint64(before[row] + 1), np.uint64(behind[row])
        if start == end:
            continue
        if text[start] == _QUOTE:
            at = start + one
            while at < end - one:
                values[size] = text[at]
                size += one
                # A quote inside a value is doubled.
                if text[at] == _QUOTE:
                    at += one
                at += one
        else:
            # Surplus bytes of the last word are overwritten by the next value.
            at = start
            while at < end:
                value_words[size + (at - start)].word = words[at].word
                at += word
            size += end - start
        if size - first == 2 and values[first] == _BACKSLASH and values[first + one] == _N:
            size = first
        if size > first:
            found += 1
            validity[row >> 3] |= 1 << (row & 7)
    offsets[len(before)] = size
    return found


@compiled
def code_column(
    text: Bytes,
    words: Words,
    before: Bounds,
    behind: Bounds,
    codes: NDArray[np.int32],
    firsts: NDArray[np.int32],
    validity: Bytes,
) -> tuple[int, int]:
    r"""Number the distinct values of a column without copying them. An empty field and `\N` are null.

    Args:
        text: As for `copy_column`.
        words: As for `copy_column`.
        before: As for `copy_column`.
        behind: As for `copy_column`.
        codes: Filled with the number of each row's value, from 0; 0 for a null.
        firsts: Filled with the first row of each distinct value; its length is the most values allowed.
        validity: As for `copy_column`.

    Returns:
        How many distinct values there are, and how many rows are not null. UNCODED instead of the first where there
        are too many values, values crafted to collide, or a quote inside a value.
    """
    found = valid = 0
    one, word, bits = np.uint64(1), np.uint64(WORD_BYTES), np.uint64(64)
    size = 2
    while size < 2 * len(firsts):
        size *= 2
    # A hash table with open addressing: it holds each value's number.
    places, last = np.full(size, -1, np.int32), np.uint64(size - 1)
    starts, ends = np.empty(len(firsts), np.uint64), np.empty(len(firsts), np.uint64)
    for row in range(len(before)):
        codes[row] = 0
        start, end = np.uint64(before[row] + 1), np.uint64(behind[row])
        if start < end and text[start] == _QUOTE:
            start, end = start + one, end - one
            for inside in range(start, end):
                if text[inside] == _QUOTE:
                    return UNCODED, 0
        length = end - start
        if start == end or (length == 2 and text[start] == _BACKSLASH and text[start + one] == _N):
            continue
        # This many bits of the last word lie beyond the value.
        beyond = bits - ((length - one) % word + one) * word
        mixed, at = length, start
        while at < end:
            value = words[at].word
            if at + word > end:
                value = (value << beyond) >> beyond
            mixed = (mixed ^ value) * _ODD
            mixed ^= mixed >> np.uint64(32)
            at += word
        place = mixed & last
        same = False
        tries = 0
        while places[place] >= 0 and not same:
            tries += 1
            if tries > _MOST_TRIES:
                return UNCODED, 0
            code = places[place]
            same = bool(ends[code] - starts[code] == length)
            at, other = start, starts[code]
            while at < end and same:
                differing = words[at].word ^ words[other].word
                same = bool(differing == 0 or (at + word > end and differing << beyond == 0))
                at, other = at + word, other + word
            if not same:
                place = (place + one) & last
        if not same:
            if found == len(firsts):
                return UNCODED, 0
            places[place], firsts[found], starts[found], ends[found] = found, row, start, end
            found += 1
        codes[row] = places[place]
        validity[row >> 3] |= 1 << (row & 7)
        valid += 1
    return found, valid
