"""Cuts cells out of a text by their bounds and undoes their escapes, without making a Python object for each cell."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
BACKSLASH = 0x5C


def find_escapers(text: Bytes) -> Positions:
    r"""Positions of the backslashes that escape the next character. All other backslashes are escaped themselves.

    >>> find_escapers(np.frombuffer(rb"a\'b\\c\\\'", np.uint8)).tolist()
    [1, 4, 7, 9]
    """
    found = np.flatnonzero(text == BACKSLASH)
    if not len(found):
        return found
    starts = np.empty(len(found), bool)
    starts[0] = True
    np.not_equal(found[1:], found[:-1] + 1, out=starts[1:])
    places = np.arange(len(found))
    place_in_run = places - np.maximum.accumulate(np.where(starts, places, 0))
    return np.asarray(found[(place_in_run & 1) == 0])


def cut_cells(text: pa.Buffer, starts: Positions, ends: Positions, kept: Flags) -> pa.BinaryArray:
    """Copy cells out of a text of less than 2 GiB.

    Args:
        text: The text.
        starts: Where each cell starts, ascending; cells do not overlap.
        ends: Just after each cell.
        kept: False for cells that become null.

    >>> cut_cells(pa.py_buffer(b"(1,ab,)"), *map(np.array, ([1, 3, 6], [2, 5, 6], [True, True, False]))).to_pylist()
    [b'1', b'ab', None]
    """
    count = len(starts)
    if not count:
        return pa.array([], pa.binary())
    # An array of cells and gaps in turn, so that one list of offsets serves both: nothing is copied yet.
    offsets = np.empty(2 * count, np.int32)
    offsets[0::2] = starts
    offsets[1::2] = ends
    pieces = pa.Array.from_buffers(pa.binary(), 2 * count - 1, [None, pa.py_buffer(offsets), text])
    places = np.arange(0, 2 * count, 2, dtype=np.int32)
    return pc.take(pieces, pa.array(places, mask=None if kept.all() else ~kept), boundscheck=False)


def unescape_cells(cells: pa.BinaryArray, meanings: Bytes, plain: Flags) -> pa.BinaryArray:
    r"""Undo backslash escapes in every cell.

    Args:
        cells: Text between quotes or tabs; no cell ends in an unfinished escape.
        meanings: 256 bytes: what each character stands for after a backslash.
        plain: 256 flags: characters before which the backslash is kept.

    >>> meanings = np.arange(256, dtype=np.uint8); meanings[ord("n")] = 10
    >>> unescape_cells(pa.array([rb"a\nb", None, rb"\\n", b""], pa.binary()), meanings, np.zeros(256, bool)).to_pylist()
    [b'a\nb', None, b'\\n', b'']
    """
    validity, offset_buffer, data = cells.buffers()
    if data is None or b"\\" not in data.to_pybytes():
        return cells
    offsets = np.frombuffer(offset_buffer, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    text = np.frombuffer(data, np.uint8)[: offsets[-1]].copy()
    escapers = find_escapers(text)
    escaped = text[escapers + 1]
    text[escapers + 1] = meanings[escaped]
    dropped = escapers[~plain[escaped]]
    kept = np.ones(len(text), bool)
    kept[dropped] = False
    moved = (offsets - np.searchsorted(dropped, offsets)).astype(np.int32)
    buffers = [validity, pa.py_buffer(moved), pa.py_buffer(text[kept])]
    return pa.Array.from_buffers(pa.binary(), len(cells), buffers, offset=0)


def is_utf8(data: bytes) -> bool:
    """Whether bytes are valid, complete UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def as_text(cells: pa.BinaryArray, *, valid: bool) -> pa.StringArray | pa.BinaryArray:
    """Cells as text, or as bytes where one of them is not UTF-8.

    Args:
        cells: The cells.
        valid: Whether all of them are known to be UTF-8.
    """
    valid = valid or (cells.buffers()[2] or pa.py_buffer(b"")).to_pybytes().isascii()
    if valid:
        return pa.Array.from_buffers(pa.string(), len(cells), cells.buffers(), offset=cells.offset)
    try:
        return cells.cast(pa.string())
    except pa.ArrowInvalid:
        return cells
