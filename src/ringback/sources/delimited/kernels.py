r"""Loops over the bytes of delimited text: where its fields are, and the values of one column.

A field is told by the bytes around it: `bounds[0]` has for every row the byte before its first field, `bounds[1]` the
byte behind that field, and so on. What lies between two of them is a field, still with its quotes.

Text is compared and copied eight bytes at a time, as `words` of it: see `jit.words_of`.
"""

import numpy as np
from numpy.typing import NDArray

from ringback.jit import ODD, WORD_BYTES, Words, compiled

Bytes = NDArray[np.uint8]
Bounds = NDArray[np.int32]
_LF, _CR, _QUOTE, _BACKSLASH, _N = 10, 13, 34, 92, 78
# The size that `find_fields` gives for text that is not plainly clean.
UNCLEAN = -1
# What `code_column` gives for a column whose values it cannot tell apart plainly, or that has too many.
UNCODED = -1
# Values so far from where they belong were made to be: to go on would take as long as they like.
_MOST_TRIES = 1000
# Marks are looked for in so many bytes before they are looked at: few enough to stay in the processor's cache.
_WINDOW = 1 << 15
_ODD = np.uint64(ODD % 2**64)
# Eight flags, of a byte each, times this: their bits side by side in the highest byte.
_SIDE_BY_SIDE = np.uint64(0x0102040810204080)
# For eight flags side by side: which of them are set, and how many.
_SET = np.array(
    [[at for at in range(8) if flags >> at & 1] + [0] * (8 - flags.bit_count()) for flags in range(256)], np.int32
)
_COUNTS = np.array([flags.bit_count() for flags in range(256)], np.uint64)


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
        most_lines: A row with so many line ends inside of quotes is not clean.
        least: Fewest fields of a row that fits; those missing are empty.
        surplus: How many empty fields more than `bounds` has room for a row that fits may have; any number below 0.
        bounds: Filled for the rows that fit; longer by one than they have fields, with room for one row more than
            there are.
        numbers: Filled with the number of each of those rows, from 1; empty lines have none.
        misfits: Filled with number and fields of each other row, where it begins and where it ends.
        taken: Zeros, longer by two than rows have fields: filled with how many rows fit that have so many fields, but
            those that have one for each column; the last one stands for all that have more.

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
    """Whether a row with fewer or more fields than columns fits; `filled` says that one of those too many is."""
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
    """Take rows that are nothing but delimiters up to a line feed, as nearly all are, up to the first that is not.

    Args:
        text: As for `find_fields`.
        delimiter: As for `find_fields`.
        marks: Places of delimiters, line ends and quotes.
        each: Which of them is the first behind the beginning of a row.
        bounds: As for `find_fields`.
        numbers: As for `find_fields`.
        fitting: How many rows fit so far.
        number: The number of the last row.

    Returns:
        The last three of these, behind the rows taken.
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

    There is no branch that the processor could guess wrong.

    Args:
        text: The window.
        first: Place of its first byte in the whole text.
        delimiter: The byte between two fields.
        flags: Room for one of each byte of a window, zero where the text has none.
        marks: Filled with the places; longer than a window by a word.

    Returns:
        How many there are.
    """
    mark = np.uint8(delimiter)  # as narrow as the bytes are, so that many are compared at once
    for at in range(len(text)):
        byte = text[at]
        flags[at] = (byte == mark) | (byte == np.uint8(_LF)) | (byte == np.uint8(_CR)) | (byte == np.uint8(_QUOTE))
    flags[len(text) :] = 0
    count, place = np.uint64(0), np.int32(first)
    for flags_of_eight in flags.view(np.uint64):
        side_by_side = (flags_of_eight * _SIDE_BY_SIDE) >> np.uint64(56)
        # Four are written, and few of them kept: eight bytes seldom have more.
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
    """Whether a line ends outside of quotes, from a place on that is outside itself."""
    inside = False
    for at in range(start, len(text)):
        if text[at] == _QUOTE:
            inside = not inside
        elif text[at] == _LF and not inside:
            return True
    return False


@compiled
def field_bytes(before: Bounds, behind: Bounds) -> int:
    """How many bytes the fields of a column have together, quotes counted too."""
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
    r"""Copy the values of a column out of the text, without quotes; what is empty or `\N` is null.

    Args:
        text: The bytes; a word of them begins at each byte of a row.
        words: `words_of` the text.
        before: The byte before the column's field in each row, shape (rows,): a row of the `bounds` of `find_fields`.
        behind: The byte behind it, shape (rows,): the next row of these.
        values: Filled with the bytes of the values; longer by a word, at least, than all fields together.
        value_words: `words_of` the values.
        offsets: Filled with where each value begins, and where the last one ends.
        validity: One bit for each value, all zero; set where it is not null.

    Returns:
        How many values are not null.
    """
    found = 0
    # Unsigned, so that none can mean a place counted from the end: to look for that is most of the time of such a loop.
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
                # A quote inside is one of two.
                if text[at] == _QUOTE:
                    at += one
                at += one
        else:
            # What the last word has too much is written over by the next value.
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
    r"""Number the distinct values of a column, without copying any; what is empty or `\N` is null.

    Args:
        text: As for `copy_column`.
        words: As for `copy_column`.
        before: As for `copy_column`.
        behind: As for `copy_column`.
        codes: Filled with the number of each row's value, from 0; of a null with 0.
        firsts: Filled with the first row of each value; as long as there may be values.
        validity: As for `copy_column`.

    Returns:
        How many values there are, and the rows that are not null; or UNCODED where values are too many, made to be
        alike, or one has a quote inside.
    """
    found = valid = 0
    one, word, bits = np.uint64(1), np.uint64(WORD_BYTES), np.uint64(64)
    size = 2
    while size < 2 * len(firsts):
        size *= 2
    # Where a value's number is; on another value's place, the next free one is taken.
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
        # So many bits of the last word are not the value's.
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
