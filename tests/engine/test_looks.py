"""Rows that repeat one another look alike, however their columns were cut; others do not, but for chance."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback import schemas as t
from ringback.engine.looks import looks_of, save_repeated_looks
from ringback.engine.store import RunStore

UTC_US = pa.timestamp("us", "UTC")
START = datetime(2021, 8, 2, 9, 0, tzinfo=UTC)
texts = st.one_of(st.none(), st.text(max_size=12))
rows = st.lists(st.tuples(texts, texts, st.one_of(st.none(), st.integers(0, 3))), min_size=1, max_size=20)


def look(given_rows):
    ids, accounts, starts = zip(*given_rows, strict=True)
    return looks_of(
        pa.array(ids, pa.string()),
        pa.array(accounts, pa.string()).dictionary_encode(),
        pa.array(starts, pa.int64()).cast(UTC_US),
    ).to_pylist()


@settings(deadline=None)
@given(rows)
def test_equal_rows_have_equal_looks_whatever_stands_around_them(given_rows):
    looks = look(given_rows)
    assert looks == [look([row])[0] for row in given_rows]
    assert look(given_rows[::-1]) == looks[::-1]


@settings(deadline=None)
@given(rows)
def test_a_slice_of_a_column_looks_like_itself(given_rows):
    around = [("before", "ann", 9), *given_rows, ("behind", "bob", 8)]
    ids, accounts, starts = (pa.array(column) for column in zip(*around, strict=True))
    cut = [column.slice(1, len(given_rows)) for column in (ids, starts.cast(UTC_US))]
    sliced = looks_of(cut[0], accounts.slice(1, len(given_rows)).dictionary_encode(), cut[1])
    assert sliced.to_pylist() == look(given_rows)


def test_identifiers_accounts_and_starts_tell_rows_apart():
    ids = [("7", "ann", 1), ("8", "ann", 1), ("7", "bob", 1), ("7", "ann", 2), ("77", "ann", 1), (None, "ann", 1)]
    many = [(f"C-{number:09}", f"account{number % 50}", number // 7) for number in range(20_000)]
    assert len(set(look(ids + many))) == len(ids) + len(many)


def test_looks_that_come_twice_are_found_across_exhibits(tmp_path):
    store = RunStore(tmp_path / "run")
    for exhibit, looks in (("EX-001", [1, 2, 3]), ("EX-002", [3, 4, 4])):
        store.save_rows(f"{t.READ_CALLS.name}.{exhibit}", pa.table({"look": pa.array(looks, pa.int64())}))
    save_repeated_looks(store)
    assert pq.read_table(store.path(t.REPEATED_LOOKS.name))["look"].to_pylist() == [3, 4]


def test_a_run_without_calls_has_no_looks(tmp_path):
    store = RunStore(tmp_path / "run")
    save_repeated_looks(store)
    assert store.rows(t.REPEATED_LOOKS.name) == 0
