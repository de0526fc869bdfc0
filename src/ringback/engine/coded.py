"""Texts as codes of their dictionary: what is asked of a few different words is asked once of each."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def coded(texts: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary, as they are where they are one."""
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def codes(texts: pa.Array) -> tuple[NDArray[np.int32], int]:
    """A code for each text, from 0, and -1 for none; and how many codes there can be.

    >>> found, count = codes(pa.array(["GB", None, "US", "GB"]))
    >>> found.tolist(), count
    ([0, -1, 1, 0], 3)
    """
    given = coded(texts)
    indices = given.indices.fill_null(-1) if given.indices.null_count else given.indices
    return indices.cast(pa.int32()).to_numpy(), len(given.dictionary) + 1


def matches(texts: pa.Array, test: Callable[[pa.Array], pa.BooleanArray]) -> pa.BooleanArray:
    """Whether a test of texts holds, for each of them; of none it does not.

    >>> import pyarrow.compute as pc
    >>> matches(pa.array(["GB", None, "US"]), lambda words: pc.equal(words, "GB")).to_pylist()
    [True, False, False]
    """
    given = coded(texts)
    return test(given.dictionary).take(given.indices).fill_null(False)
