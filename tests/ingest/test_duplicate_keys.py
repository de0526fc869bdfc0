"""Rows that repeat one another have the same key, however their columns were cut; others do not, but for chance."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback import schemas as t
from ringback.engine.store import RunStore
from ringback.ingest import duplicate_keys as module
from ringback.ingest.duplicate_keys import duplicate_keys, save_repeated_keys

UTC_US = pa.timestamp("us", "UTC")
START = datetime(2021, 8, 2, 9, 0, tzinfo=UTC)
texts = st.one_of(st.none(), st.text(max_size=12))
legs = st.one_of(st.none(), st.sampled_from(["a", "b", " B", "A\t", ""]), st.text(max_size=3))
rows = st.lists(st.tuples(texts, legs, texts, st.one_of(st.none(), st.integers(0, 3))), min_size=1, max_size=20)


def keys_of(given_rows):
    ids, legs, accounts, starts = zip(*given_rows, strict=True)
    return duplicate_keys(
        pa.array(ids, pa.string()),
        pa.array(legs, pa.string()).dictionary_encode(),
        pa.array(accounts, pa.string()).dictionary_encode(),
        pa.array(starts, pa.int64()).cast(UTC_US),
    ).to_pylist()


@settings(deadline=None)
@given(rows)
def test_equal_rows_have_equal_keys_whatever_stands_around_them(given_rows):
    keys = keys_of(given_rows)
    assert keys == [keys_of([row])[0] for row in given_rows]
    assert keys_of(given_rows[::-1]) == keys[::-1]


@settings(deadline=None)
@given(rows)
def test_a_slice_of_a_column_has_the_keys_of_its_rows(given_rows):
    around = [("before", "b", "ann", 9), *given_rows, ("behind", "a", "bob", 8)]
    columns = [pa.array(column) for column in zip(*around, strict=True)]
    ids, legs, accounts, starts = (column.slice(1, len(given_rows)) for column in columns)
    sliced = duplicate_keys(ids, legs.dictionary_encode(), accounts.dictionary_encode(), starts.cast(UTC_US))
    assert sliced.to_pylist() == keys_of(given_rows)


def test_identifiers_legs_accounts_and_starts_tell_rows_apart():
    ids = [("7", None, "ann", 1), ("8", None, "ann", 1), ("7", None, "bob", 1), ("7", None, "ann", 2)]
    ids += [("77", None, "ann", 1), (None, None, "ann", 1), ("7", "a", "ann", 1), ("7", "b", "ann", 1)]
    many = [(f"C-{number:09}", None, f"account{number % 50}", number // 7) for number in range(20_000)]
    assert len(set(keys_of(ids + many))) == len(ids) + len(many)


def test_legs_that_are_written_differently_have_the_same_key():
    assert len(set(keys_of([("7", leg, "ann", 1) for leg in ("b", "B", " b", "\tB\n")]))) == 1
    assert len(set(keys_of([("7", leg, "ann", 1) for leg in (None, "", "c", "left")]))) == 1


@pytest.mark.parametrize("at_once", [1, 2, 64, 2**24])
def test_keys_that_come_twice_are_found_across_exhibits(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", at_once)
    store = RunStore(tmp_path / "run")
    for exhibit, keys in (("EX-001", [1, 2, 3]), ("EX-002", [3, 4, 4])):
        store.save_rows(f"{t.PARSED_CALLS.name}.{exhibit}", pa.table({"duplicate_key": pa.array(keys, pa.int64())}))
    save_repeated_keys(store)
    assert pq.read_table(store.path(t.REPEATED_KEYS.name))["duplicate_key"].to_pylist() == [3, 4]


def test_a_run_without_calls_has_no_repeated_keys(tmp_path):
    store = RunStore(tmp_path / "run")
    save_repeated_keys(store)
    assert store.rows(t.REPEATED_KEYS.name) == 0
