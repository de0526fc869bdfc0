"""Texts as codes of their dictionary, so that each of a few different words is examined only once."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ringback.jit import text_buffers


def coded(texts: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary array; one that is given is returned as it is."""
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def filled(texts: pa.StringArray) -> pa.StringArray:
    """Texts with '' in place of null.

    >>> filled(pa.array(["GB", None])).to_pylist()
    ['GB', '']
    """
    if not texts.null_count:
        return texts
    data, bounds = text_buffers(texts)
    if np.diff(bounds)[~texts.is_valid().to_numpy(zero_copy_only=False)].any():
        return texts.fill_null("")
    # The bytes can stay as they are; `fill_null` would copy them text by text.
    return pa.Array.from_buffers(pa.string(), len(texts), [None, *map(pa.py_buffer, (bounds, data))])


def codes(texts: pa.Array) -> tuple[NDArray[np.int32], int]:
    """A code for each text, from 0, and -1 for null; and how many codes there can be.

    >>> found, count = codes(pa.array(["GB", None, "US", "GB"]))
    >>> found.tolist(), count
    ([0, -1, 1, 0], 3)
    """
    given = coded(texts)
    indices = given.indices.fill_null(-1) if given.indices.null_count else given.indices
    return indices.cast(pa.int32()).to_numpy(), len(given.dictionary) + 1


def matches(texts: pa.Array, test: Callable[[pa.Array], pa.BooleanArray]) -> pa.BooleanArray:
    """Whether each text passes a test; a null does not.

    >>> import pyarrow.compute as pc
    >>> matches(pa.array(["GB", None, "US"]), lambda words: pc.equal(words, "GB")).to_pylist()
    [True, False, False]
    """
    given = coded(texts)
    return test(given.dictionary).take(given.indices).fill_null(False)
