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
