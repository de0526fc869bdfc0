"""Loops over single bytes and numbers, compiled to machine code: plain Python to read, tens of times faster to run.

NumPy's whole-array operations go over the same bytes once for each question; a compiled loop answers all questions in
one pass. With `NUMBA_DISABLE_JIT=1` the loops run as plain Python.

Numba counts references to an array that a loop passes to another compiled function. That takes longer than a small
function itself, so small functions take single numbers, or records.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar, cast

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ringback.program.source import FOLDER, source_digest
from ringback.settings import cache_dir

# The source of the loops, of all that they call, and of all constants that are compiled into them.
LOOPS_IN = ("ingest/", "numbers/", "sources/", "schemas/", "text/", "jit.py")
# Read-only like Arrow's buffers: for writable arrays a loop would be compiled a second time.
_NOTHING = bytes(4)
# One entry for each byte: the eight bytes from there on. As a record it may lie at any address, aligned or not.
Words = np.recarray[tuple[int], np.dtype[np.void]]
WORD_BYTES = 8
_WORD = np.dtype([("word", "<u8")])
# An odd factor with well-mixed bits, for hashes. Its products overflow, which is as good as any other mixing.
ODD = -0x61C8864680B583EB
_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Compile a function on its first call; the machine code is kept for the next process.

    >>> @compiled
    ... def total(numbers):
    ...     return numbers.sum()
    """
    # Division as in NumPy: without a check for zero at every step.
    compile_ = partial(numba.njit, nogil=True, error_model="numpy")
    folder = _machine_code()
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
        # A function that stands in no file, as at a prompt, cannot be kept.
        with suppress(RuntimeError):
            return cast(_Function, compile_(cache=True)(function))
    # Nowhere to keep it: then every process compiles anew.
    return cast(_Function, compile_()(function))


@lru_cache(maxsize=1)
def _machine_code() -> Path | None:
    """The folder for the machine code of this state of the source; None where none can be made.

    Numba keeps a function's code until the function's own file changes. But constants and functions of other files are
    compiled into it too, so each state of the source has a folder of its own.
    """
    name = source_digest(within=LOOPS_IN)[:16]
    for parent in (os.environ.get("NUMBA_CACHE_DIR"), cache_dir() / "loops", FOLDER / "__pycache__" / "loops"):
        if parent:
            folder = Path(parent) / name
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError:
                continue
            if os.access(folder, os.W_OK):
                return folder
    return None


def text_buffers(texts: pa.StringArray | pa.BinaryArray) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The bytes of a column's texts; and where each text begins, with the end of the last one, shape (n + 1,).

    A null has whatever bytes its place holds: none, in all arrays that ringback makes.
    """
    _validity, bounds, data = texts.buffers()
    return (
        np.frombuffer(data or _NOTHING, np.uint8)[: None if data else 0],
        np.frombuffer(bounds or _NOTHING, np.int32)[texts.offset : texts.offset + len(texts) + 1],
    )


def words_of(data: NDArray[np.uint8]) -> Words:
    """The eight bytes from each byte on, up to the last eight: a view, so writing to it changes the data.

    >>> words_of(np.frombuffer(b"abcdefghi", np.uint8)).word.tolist() == [
    ...     int.from_bytes(b"abcdefgh", "little"), int.from_bytes(b"bcdefghi", "little")]
    True
    """
    count = max(len(data) - WORD_BYTES + 1, 0)
    return np.ndarray((count,), _WORD, data, strides=(1,)).view(np.recarray)
