"""Loops over single bytes and numbers, compiled to machine code: plain Python to read, tens of times faster to run.

Whole-array operations of NumPy go over the same bytes once for every question that is asked of them; such a loop
asks all of them at once. With `NUMBA_DISABLE_JIT=1` the loops run as the plain Python they are.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Compile a function on its first call; the machine code is kept beside the source, or in the user's cache.

    >>> @compiled
    ... def total(numbers):
    ...     return numbers.sum()
    """
    try:
        return cast(_Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        # Nowhere to keep it: then every process compiles anew.
        return cast(_Function, numba.njit(nogil=True)(function))
