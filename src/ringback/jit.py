"""Loops over single bytes and numbers, compiled to machine code: plain Python to read, tens of times faster to run.

Whole-array operations of NumPy go over the same bytes once for every question that is asked of them; such a loop
asks all of them at once. With `NUMBA_DISABLE_JIT=1` the loops run as the plain Python they are.

An array that a loop hands on to another compiled function is counted in and out, which takes longer than a small
function itself: such functions are given single numbers, or records.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Read-only, as buffers of Arrow are: a loop is compiled anew for arrays that may be written to.
_NOTHING = bytes(4)
# One for each byte: the eight bytes from there on. A record, so that a compiled loop minds that it may lie anywhere.
Words = np.recarray[tuple[int], np.dtype[np.void]]
WORD_BYTES = 8
_WORD = np.dtype([("word", "<u8")])
# An odd factor whose bits are well mixed, for hashes; products overflow, which is as good as any other mixing.
ODD = -0x61C8864680B583EB
_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Compile a function on its first call; the machine code is kept beside the source, or in the user's cache.

    >>> @compiled
    ... def total(numbers):
    ...     return numbers.sum()
    """
    # Divided as NumPy divides: no check for nought at every turn.
    compile_ = partial(numba.njit, nogil=True, error_model="numpy")
    try:
        return cast(_Function, compile_(cache=True)(function))
    except RuntimeError:
        # Nowhere to keep it: then every process compiles anew.
        return cast(_Function, compile_()(function))


def text_buffers(texts: pa.StringArray | pa.BinaryArray) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The bytes of all texts of a column, and where each begins, with the end of the last, for a compiled loop.

    A null is as long as its bytes, which are none in all arrays that are made here.
    """
    _validity, bounds, data = texts.buffers()
    return (
        np.frombuffer(data or _NOTHING, np.uint8)[: None if data else 0],
        np.frombuffer(bounds or _NOTHING, np.int32)[texts.offset : texts.offset + len(texts) + 1],
    )


def words_of(data: NDArray[np.uint8]) -> Words:
    """The eight bytes from each byte on, up to the last eight: a view, so that what is written to it is in the data.

    >>> words_of(np.frombuffer(b"abcdefghi", np.uint8)).word.tolist() == [
    ...     int.from_bytes(b"abcdefgh", "little"), int.from_bytes(b"bcdefghi", "little")]
    True
    """
    count = max(len(data) - WORD_BYTES + 1, 0)
    return np.ndarray((count,), _WORD, data, strides=(1,)).view(np.recarray)
