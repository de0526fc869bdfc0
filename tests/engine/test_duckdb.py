"""DuckDB runs what Ibis compiled, and saves it with the types of its schema."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.full_disk import full_disk
from ringback import schemas as t
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.progress import watched_by
from ringback.schemas.table import Column, Table
from ringback.stages.called_parties import called_parties
from ringback.stages.figures import people_by_minute
from stages.literal_tables import START, arrow, call


@pytest.fixture
def engine(tmp_path):
    # An apostrophe in the path: it is quoted wherever it stands in SQL.
    with DuckDBEngine(RunStore(tmp_path / "it's a run"), memory_limit="200MB", threads=1) as engine:
        yield engine


def save_calls(engine, *rows):
    engine.store.save_rows(t.CALLS.name, arrow(t.CALLS, rows))
    return engine.table(t.CALLS)


def test_sums_come_back_as_whole_numbers(engine):
    calls = save_calls(engine, call(1), call(2**53 + 1))
    found = engine.rows(calls.aggregate(rows=calls.count(), total=calls.origin_row.sum(), long=calls.connected.sum()))
    assert found.schema.types == [pa.int64()] * 3
    assert found.to_pylist() == [{"rows": 2, "total": 2**53 + 2, "long": 2}]


def test_a_sum_of_nothing_is_null(engine):
    calls = save_calls(engine)
    assert engine.dicts(calls.aggregate(total=calls.origin_row.sum())) == [{"total": None}]


def test_a_saved_table_has_the_types_of_its_schema(engine):
    calls = save_calls(engine, call(1), call(2))
    engine.save(t.CALLED_PARTIES, called_parties(calls))
    engine.save(t.PEOPLE_BY_MINUTE, people_by_minute(calls))
    for schema in (t.CALLED_PARTIES, t.PEOPLE_BY_MINUTE):
        saved = pq.read_table(engine.store.path(schema.name))
        assert saved.schema.equals(arrow(schema, []).schema), schema.name
    assert engine.dicts(engine.table(t.PEOPLE_BY_MINUTE)) == [{"minute": START, "people": 1}]


def test_a_table_without_rows_is_saved_as_one(engine):
    engine.save(t.CALLED_PARTIES, called_parties(save_calls(engine)))
    assert engine.store.tables[t.CALLED_PARTIES.name].rows == 0
    assert engine.dicts(engine.table(t.CALLED_PARTIES)) == []


def test_a_saved_table_keeps_its_order(engine):
    calls = save_calls(engine, *(call(row) for row in range(200)))
    engine.save(t.CALLS, calls.order_by(calls.origin_row.desc()))
    assert [row["origin_row"] for row in engine.dicts(calls)] == list(range(199, -1, -1))


def test_columns_are_put_in_the_order_of_the_schema(engine):
    tables = engine.table(t.PEOPLE_BY_MINUTE)
    engine.store.save_rows("people_by_minute", arrow(t.PEOPLE_BY_MINUTE, [{"minute": START, "people": 7}]))
    engine.save(t.PEOPLE_BY_MINUTE, tables.select("people", "minute"))
    assert pq.read_schema(engine.store.path("people_by_minute")).names == ["minute", "people"]


def test_money_and_moments_survive(engine):
    paid = {"gbp": Decimal("9999999999999999.99"), "origin_row": 1}
    engine.store.save_rows("payment_rows", arrow(t.PAYMENT_ROWS, [paid]))
    assert engine.dicts(engine.table(t.PAYMENT_ROWS))[0]["gbp"] == paid["gbp"]
    late = datetime(2021, 8, 2, 23, 30, 0, 250_000, tzinfo=UTC)
    (row,) = engine.dicts(save_calls(engine, call(started_at=late)))
    assert row["started_at"] == late
    assert row["started_at"].utcoffset().total_seconds() == 0


def test_a_table_saved_later_is_seen(engine):
    calls = engine.table(t.CALLS)
    engine.store.save_rows("accounts", arrow(t.ACCOUNTS, []))
    assert engine.dicts(engine.table(t.ACCOUNTS)) == []
    save_calls(engine, call())
    assert len(engine.dicts(calls)) == 1


def test_a_full_disk_is_unwritable_and_leaves_nothing(engine):
    calls = save_calls(engine, *(call(row, account=f"{row * 7919:x}") for row in range(20_000)))
    with full_disk(1000), pytest.raises(RingbackError) as caught:
        engine.save(t.CALLED_PARTIES, called_parties(calls.mutate(called_number=calls.origin_row * 7919)))
    assert caught.value.code == "disk_full"
    assert not engine.store.has("called_parties")
    assert sorted(path.name for path in engine.store.folder.glob("*.parquet*")) == ["calls.parquet"]
    assert [path.name for path in engine.store.folder.glob(".*part")] == []


def test_a_folder_that_is_gone_is_unwritable(engine):
    calls = save_calls(engine, call())
    moved = engine.store.folder.with_name("moved")
    expression = called_parties(calls)
    engine.dicts(calls)
    engine.store.folder.rename(moved)
    with pytest.raises(RingbackError) as caught:
        engine.save(t.CALLED_PARTIES, expression)
    assert caught.value.code == "output_unwritable"


@pytest.fixture
def small_engine(tmp_path):
    """An engine that has to spill."""
    with DuckDBEngine(RunStore(tmp_path / "run"), memory_limit="128MB", threads=1) as engine:
        yield engine


def big_sort(engine, path):
    # Half a million long texts in an order of their own: more than the memory that it has.
    texts = "SELECT repeat(md5(range::VARCHAR), 12) AS text FROM range(500000) ORDER BY md5(range::VARCHAR)"
    with engine._explained(path):
        engine._connection.execute(f"CREATE TABLE sorted AS {texts}")


def test_a_disk_too_full_to_spill_names_the_spilling(small_engine):
    with full_disk(1_000_000), pytest.raises(RingbackError) as caught:
        big_sort(small_engine, small_engine.store.path("calls"))
    assert caught.value.code == "disk_full"
    assert ".spill" in str(caught.value)


def test_a_disk_with_less_room_than_there_is_to_spill_is_full(small_engine):
    small_engine._connection.execute("SET max_temp_directory_size = '5MB'")
    with pytest.raises(RingbackError) as caught:
        big_sort(small_engine, small_engine.store.path("calls"))
    assert caught.value.code == "disk_full"
    assert "does not fit into memory" in str(caught.value)


def test_a_join_that_spills_loses_no_row(small_engine):
    # What DuckDB got wrong after 1.5, without a word (its issue 25702): keys that were not in memory were taken for
    # unwanted ones. The filter lets it tell the scan which keys are wanted.
    keys = "SELECT range % 25 AS key FROM range(3000000)"
    for name in ("seized", "wanted"):
        small_engine._connection.execute(f"CREATE TABLE {name} AS {keys}")
    small_engine._connection.execute("SET memory_limit = '60MB'")
    query = "SELECT count(*) FROM seized WHERE key IN (SELECT key FROM wanted WHERE hash(key) <> 1)"
    assert small_engine._connection.execute(query).fetchone() == (3_000_000,)


TEXTS = Table("texts", "one row per text", (Column("n", "int64", "its number"), Column("text", "string", "itself")))


def save_texts(engine, count):
    engine.store.save_rows(TEXTS.name, pa.table({"n": list(range(count)), "text": [f"{n:x}" for n in range(count)]}))
    return engine.table(TEXTS)


def test_too_little_memory_says_what_to_raise(small_engine):
    texts = save_texts(small_engine, 3_000)
    pairs = texts.cross_join(texts.view().select(other="n")).mutate(long=texts.text.rpad(300, "x"))
    with pytest.raises(RingbackError) as caught:
        # One list of nine million texts cannot be spilled.
        small_engine.rows(pairs.aggregate(all=pairs.long.collect()))
    assert caught.value.code == "memory_short"
    assert "128MB" in str(caught.value)
    assert "--memory-limit" in caught.value.next_step


def test_the_limit_is_the_whole_process_s(tmp_path):
    with DuckDBEngine(RunStore(tmp_path / "run"), memory_limit="2GB", threads=1) as engine:
        (given,) = engine._connection.execute("SELECT current_setting('memory_limit')").fetchone()
    assert given == "1.3 GiB"


LONG_TEXTS = Table("long_texts", "one row per text of two letters or more", TEXTS.columns)


def test_a_defined_table_is_there_as_soon_as_its_rows_are(small_engine):
    texts = small_engine.table(TEXTS)
    small_engine.define(LONG_TEXTS, texts.filter(texts.text.length() > 1))
    longer = small_engine.table(LONG_TEXTS)
    save_texts(small_engine, 20)
    assert [row["text"] for row in small_engine.dicts(longer.order_by("n"))] == ["10", "11", "12", "13"]


def test_a_part_that_is_saved_later_is_there_too(small_engine):
    store = small_engine.store
    store.save_rows(f"{TEXTS.name}.EX-001", pa.table({"n": pa.array([1]), "text": pa.array(["a"])}))
    small_engine.define(LONG_TEXTS, small_engine.table(TEXTS).filter(small_engine.table(TEXTS).n > 0))
    ordered = small_engine.table(LONG_TEXTS).order_by("n")
    assert [row["n"] for row in small_engine.dicts(ordered)] == [1]
    store.save_rows(f"{TEXTS.name}.contacts", pa.table({"n": pa.array([2]), "text": pa.array(["b"])}))
    assert [row["n"] for row in small_engine.dicts(ordered)] == [1, 2]


def test_a_query_is_a_table_or_a_function_of_the_tables(engine):
    save_calls(engine, call(1), call(2))
    engine.define(t.CALLED_PARTIES, lambda m: called_parties(m.calls))
    assert [row["calls"] for row in engine.dicts(t.CALLED_PARTIES)] == [2]
    assert engine.dicts(lambda m: m.calls.aggregate(rows=m.calls.count())) == [{"rows": 2}]
    assert len(engine.rows(lambda m, _rule: m.calls, START)) == 2


@pytest.mark.slow
def test_whoever_watches_hears_how_far_a_query_is(small_engine, monkeypatch):
    monkeypatch.setattr("ringback.engine.duckdb._LOOK_EVERY_S", 0.01)
    shares = []
    watcher = SimpleNamespace(within=shares.append, note=lambda _text: None)
    texts = save_texts(small_engine, 4_000)
    pairs = texts.cross_join(texts.view().select(other="n")).order_by("text", "other").select("n", "text")
    with watched_by(watcher):
        small_engine.save(TEXTS, pairs)
    assert shares == sorted(shares)
    assert all(0 < share <= 1 for share in shares)
    assert shares
