"""Which seized rows look alike: a hash of identifier, leg, account and start of each, and the hashes that come twice.

Sorting one whole number a row takes a fraction of what grouping the texts takes. Rows that look alike by chance cost a
little time and are told apart by the stage that asks for repetitions.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ringback.engine.store import RunStore
from ringback.schemas import READ_CALLS, REPEATED_LOOKS

# So many looks are sorted in memory, of 8 bytes each; of more, one share after the other.
_ROWS_AT_ONCE = 16 * 1024 * 1024
_BATCH_ROWS = 512 * 1024
_ODD = np.uint64(0x9E3779B97F4A7C15)
_OTHER_ODD = np.uint64(0xC2B2AE3D27D4EB4F)


def looks_of(
    call_ids: pa.StringArray, legs: pa.DictionaryArray, accounts: pa.DictionaryArray, started_at: pa.TimestampArray
) -> pa.Int64Array:
    """A hash of each row's identifier, leg, account and start: equal rows have equal ones, and others seldom.

    >>> same = looks_of(pa.array(["7", "7", "7"]), pa.array(["b", " B", "a"]).dictionary_encode(),
    ...     pa.array(["x", "x", "x"]).dictionary_encode(), pa.array([1, 1, 1], pa.timestamp("us", "UTC")))
    >>> same[0] == same[1], same[0] == same[2]
    (True, False)
    """
    moments = started_at.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
    mixed = _tails(call_ids) * _ODD ^ (moments * _OTHER_ODD) ^ _hashes(accounts, _hash) ^ _hashes(legs, _hash_of_leg)
    # The high bits of a product depend on all bits of its factors.
    return pa.array((mixed ^ (mixed >> np.uint64(32))).view(np.int64))


def _hashes(texts: pa.DictionaryArray, hash_of: Callable[[str | None], int]) -> NDArray[np.uint64]:
    known = np.array([hash_of(text) for text in [*texts.dictionary.to_pylist(), None]], np.uint64)
    hashes: NDArray[np.uint64] = known[texts.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
    return hashes


def _hash_of_leg(text: str | None) -> int:
    """Both legs of a call share the rest; whatever is neither a nor b is one kind."""
    leg = (text or "").strip().lower()
    return _hash(leg) if leg in ("a", "b") else 0


@lru_cache(maxsize=100_000)
def _hash(text: str | None) -> int:
    return int.from_bytes(hashlib.blake2b((text or "").encode(), digest_size=8).digest(), "little")


def _tails(texts: pa.StringArray) -> NDArray[np.uint64]:
    """The last eight bytes of each text, and its length: what call identifiers differ in."""
    texts = texts.fill_null("")
    _validity, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    body = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    padded = np.concatenate((np.zeros(8, np.uint8), body))
    windows = as_strided(padded, (padded.size - 7, 8), (1, 1))
    tails = np.ascontiguousarray(windows[bounds[1:]]).view(np.uint64).ravel()
    lengths = np.diff(bounds)
    # A shorter text has bytes of the one before it in front: they are the low ones.
    before = (np.maximum(8 - lengths, 0) * 8).astype(np.uint64)
    tails = np.where(before < 64, tails >> np.minimum(before, np.uint64(63)), np.uint64(0))
    return tails ^ lengths.astype(np.uint64)


def save_repeated_looks(store: RunStore) -> None:
    """Save the looks that more than one seized row has: REPEATED_LOOKS."""
    if store.has(REPEATED_LOOKS.name):
        return
    shares = 1 + store.rows(READ_CALLS.name) // _ROWS_AT_ONCE
    again = np.concatenate([_repeated(_looks(store, share, shares)) for share in range(shares)])
    store.save_rows(REPEATED_LOOKS.name, pa.table({"look": pa.array(np.sort(again), pa.int64())}))


def _looks(store: RunStore, share: int, shares: int) -> NDArray[np.int64]:
    """The looks of all rows, or of one share of them; equal looks are in the same share."""
    found = []
    for path in store.parts(READ_CALLS.name):
        for batch in pq.ParquetFile(path).iter_batches(columns=["look"], batch_size=_BATCH_ROWS):
            looks = batch["look"].to_numpy()
            found.append(looks if shares == 1 else looks[looks.view(np.uint64) % np.uint64(shares) == share])
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _repeated(looks: NDArray[np.int64]) -> NDArray[np.int64]:
    looks.sort()
    return np.unique(looks[1:][looks[1:] == looks[:-1]])
