"""Texts as codes of their dictionary: what is asked of a few different words is asked once of each."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def coded(texts: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary, as they are where they are one."""
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def codes(texts: pa.Array) -> tuple[NDArray[np.int64], int]:
    """A code for each text, from 1, and 0 for none; and how many codes there can be.

    >>> found, count = codes(pa.array(["GB", None, "US", "GB"]))
    >>> found.tolist(), count
    ([1, 0, 2, 1], 3)
    """
    given = coded(texts)
    return given.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1, len(given.dictionary) + 1


def matches(texts: pa.Array, test: Callable[[pa.Array], pa.BooleanArray]) -> pa.BooleanArray:
    """Whether a test of texts holds, for each of them; of none it does not.

    >>> import pyarrow.compute as pc
    >>> matches(pa.array(["GB", None, "US"]), lambda words: pc.equal(words, "GB")).to_pylist()
    [True, False, False]
    """
    given = coded(texts)
    return test(given.dictionary).take(given.indices).fill_null(False)
