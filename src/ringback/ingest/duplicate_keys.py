"""Which rows may be the same call: a key of identifier, leg, account and start for each, and the repeated keys.

Sorting one whole number per row takes a fraction of the time of grouping the texts. Rows that have the same key by
chance cost a little time; the stage that looks for duplicates tells them apart.
"""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ringback.engine.store import RunStore
from ringback.jit import ODD, compiled, text_buffers
from ringback.schemas import PARSED_CALLS, REPEATED_KEYS

# This many keys of 8 bytes are sorted in memory; more are sorted in shares, one after the other.
_ROWS_AT_ONCE = 16 * 1024 * 1024
_BATCH_ROWS = 512 * 1024
# Odd factors, one for each part of a key.
_OTHER_ODD, _THIRD_ODD = -0x3D4D51C2D82B14B1, 0x165667B19E3779F9
_EMPTY = 0


def duplicate_keys(
    call_ids: pa.StringArray, legs: pa.DictionaryArray, accounts: pa.DictionaryArray, started_at: pa.TimestampArray
) -> pa.Int64Array:
    """A hash of each row's identifier, leg, account and start: equal rows have equal hashes, other rows seldom.

    >>> same = duplicate_keys(pa.array(["7", "7", "7"]), pa.array(["b", " B", "a"]).dictionary_encode(),
    ...     pa.array(["x", "x", "x"]).dictionary_encode(), pa.array([1, 1, 1], pa.timestamp("us", "UTC")))
    >>> same[0] == same[1], same[0] == same[2]
    (True, False)
    """
    timestamps = started_at.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    people, sides = (
        _row_hashes(accounts, _hash_texts(*text_buffers(accounts.dictionary))),
        _row_hashes(legs, _sides(legs)),
    )
    return pa.array(_mix(*text_buffers(call_ids), timestamps, people, sides))


def _row_hashes(texts: pa.DictionaryArray, hashes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The hash of each row's text; a null has the hash of ''."""
    known = np.append(hashes, _EMPTY)
    found: NDArray[np.int64] = known[texts.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
    return found


def _sides(legs: pa.DictionaryArray) -> NDArray[np.int64]:
    """A number for each leg, since the two legs of a call agree in the rest; all but a and b have the same number."""
    sides = [(leg or "").strip().lower() for leg in legs.dictionary.to_pylist()]
    return np.array([ord(side) if side in ("a", "b") else _EMPTY for side in sides], np.int64)


@compiled
def _hash_texts(data: NDArray[np.uint8], bounds: NDArray[np.int32]) -> NDArray[np.int64]:
    hashes = np.empty(len(bounds) - 1, np.int64)
    for row in range(len(hashes)):
        mixed = _EMPTY
        for at in range(bounds[row], bounds[row + 1]):
            mixed = (mixed ^ data[at]) * ODD
            mixed ^= mixed >> 32
        hashes[row] = mixed
    return hashes


@compiled
def _mix(
    data: NDArray[np.uint8],
    bounds: NDArray[np.int32],
    timestamps: NDArray[np.int64],
    people: NDArray[np.int64],
    sides: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The key of each row, from the last eight bytes and the length of its identifier, and from the other parts."""
    keys = np.empty(len(timestamps), np.int64)
    for row in range(len(timestamps)):
        start, end = bounds[row], bounds[row + 1]
        tail = np.int64(end - start)
        for at in range(max(start, end - 8), end):
            tail = tail * 251 + data[at]
        mixed = (tail * ODD) ^ (timestamps[row] * _OTHER_ODD) ^ people[row] ^ (sides[row] * _THIRD_ODD)
        # The high bits of a product depend on all bits of its factors.
        keys[row] = mixed ^ (mixed >> 32)
    return keys


def save_repeated_keys(store: RunStore) -> None:
    """Save the keys that more than one seized row has: REPEATED_KEYS."""
    if store.has(REPEATED_KEYS.name):
        return
    shares = 1 + store.rows(PARSED_CALLS.name) // _ROWS_AT_ONCE
    again = np.concatenate([_repeated(_keys(store, share, shares)) for share in range(shares)])
    store.save_rows(REPEATED_KEYS.name, pa.table({"duplicate_key": pa.array(np.sort(again), pa.int64())}))


def _keys(store: RunStore, share: int, shares: int) -> NDArray[np.int64]:
    """The keys of all rows, or of one share of them; equal keys are in the same share."""
    found = np.empty(store.rows(PARSED_CALLS.name), np.int64)
    count = 0
    for path in store.parts(PARSED_CALLS.name):
        # Memory-mapped: the usual way of reading would copy each batch once more.
        file = pq.ParquetFile(path, memory_map=True)
        for batch in file.iter_batches(columns=["duplicate_key"], batch_size=_BATCH_ROWS):
            keys = batch["duplicate_key"].to_numpy()
            if shares > 1:
                keys = keys[keys.view(np.uint64) % np.uint64(shares) == share]
            found[count : count + len(keys)] = keys
            count += len(keys)
    return found[:count]


def _repeated(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    keys.sort()
    again: NDArray[np.int64] = keys[1:][keys[1:] == keys[:-1]]
    # The first of each: `np.unique` would load a package first.
    first = np.ones(len(again), bool)
    first[1:] = again[1:] != again[:-1]
    found: NDArray[np.int64] = again[first]
    return found
