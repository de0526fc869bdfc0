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
