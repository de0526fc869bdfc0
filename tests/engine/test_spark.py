"""Spark runs what Ibis compiled, and saves it as DuckDB does: one file, in order, with the types of its schema."""

from datetime import UTC, datetime
from decimal import Decimal

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.common.exceptions import UnsupportedOperationError

from ringback import schemas as t
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.spark import SparkEngine
from ringback.engine.spark_session import find_missing, open_session
from ringback.engine.spark_sql import spark_sql
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.schemas.table import Column, Table
from ringback.stages.called_parties import called_parties
from ringback.stages.figures import people_by_minute
from stages.literal_tables import START, arrow

TEXTS = Table("texts", "one row per text", (Column("place", "int64", ""), Column("text", "string", "")))


# What a column of a call holds here, by its type; the tests are about tables, not about calls.
VALUES = {"string": "mobile", "int64": 447700900001, "float64": 61.0, "boolean": True, t.UTC: START}


def call(row=1, **values):
    made = {column.name: VALUES[column.type] for column in t.CALLS.columns}
    return made | {"origin_row": row, "called_region": "GB", "own": None} | values


@pytest.fixture
def engine(spark, tmp_path):
    # An apostrophe, a blank and what Hadoop takes for patterns: a path is a path.
    with SparkEngine(RunStore(tmp_path / "it's a run [1] {a,b} *"), master="local[2]", memory_limit="1GB") as engine:
        yield engine


def save_calls(engine, *rows):
    engine.store.save_rows(t.CALLS.name, arrow(t.CALLS, rows))
    return engine.table(t.CALLS)


def save_texts(engine, *texts):
    engine.store.save_rows(TEXTS.name, arrow(TEXTS, [{"place": n, "text": text} for n, text in enumerate(texts)]))
    return engine.table(TEXTS)


def on_both(engine, expression):
    """The rows on Spark and on DuckDB, from the same files."""
    with DuckDBEngine(engine.store, memory_limit="200MB", threads=1) as other:
        return engine.dicts(expression), other.dicts(expression)


def test_a_saved_table_is_one_file_with_the_types_of_its_schema(engine):
    calls = save_calls(engine, call(1), call(2))
    engine.save(t.CALLED_PARTIES, called_parties(calls))
    engine.save(t.PEOPLE_BY_MINUTE, people_by_minute(calls))
    for schema in (t.CALLED_PARTIES, t.PEOPLE_BY_MINUTE):
        assert pq.read_schema(engine.store.path(schema.name)).equals(arrow(schema, []).schema), schema.name
    assert engine.dicts(engine.table(t.PEOPLE_BY_MINUTE)) == [{"minute": START, "people": 1}]
    assert engine.store.find_damage() == []
    assert list((engine.store.folder / ".spill").iterdir()) == []


def test_a_saved_table_keeps_its_order_over_many_parts(engine):
    engine._session.conf.set("spark.sql.shuffle.partitions", "12")
    calls = save_calls(engine, *(call(row * 7919 % 2000) for row in range(2000)))
    engine.save(t.CALLS, calls.order_by(calls.origin_row.desc()))
    saved = pq.read_table(engine.store.path("calls"))
    assert saved.column("origin_row").to_pylist() == list(range(1999, -1, -1))


def test_a_table_without_rows_is_saved_as_one(engine):
    engine.save(t.CALLED_PARTIES, called_parties(save_calls(engine)))
    assert engine.store.tables[t.CALLED_PARTIES.name].rows == 0
    assert pq.read_schema(engine.store.path("called_parties")).equals(arrow(t.CALLED_PARTIES, []).schema)


def test_the_parts_of_a_raw_table_are_read_together(engine):
    for exhibit in ("EX-001", "EX-002"):
        engine.store.save_rows(f"calls.{exhibit}", arrow(t.CALLS, [call(1, exhibit=exhibit)]))
    calls = engine.table(t.CALLS)
    assert [row["exhibit"] for row in engine.dicts(calls.order_by("exhibit"))] == ["EX-001", "EX-002"]


def test_a_table_that_duckdb_wrote_is_read_whatever_its_encodings(engine):
    rows = [call(row, duration_s=row / 7, called_number=447700900000 + row % 1000) for row in range(40_000)]
    calls = save_calls(engine, *rows)
    with DuckDBEngine(engine.store, memory_limit="200MB", threads=1) as other:
        other.save(t.LONG_CALLS, calls)
    groups = pq.read_metadata(engine.store.path("long_calls")).row_group(0)
    written = {encoding for place in range(groups.num_columns) for encoding in groups.column(place).encodings}
    assert {"BYTE_STREAM_SPLIT", "RLE_DICTIONARY", "DELTA_BINARY_PACKED"} <= written
    saved = engine.table(t.LONG_CALLS)
    assert engine.dicts(saved.order_by("origin_row")) == rows


def test_money_moments_and_sums_survive(engine):
    paid = {"gbp": Decimal("9999999999999999.99"), "origin_row": 2**53 + 1}
    engine.store.save_rows("payment_rows", arrow(t.PAYMENT_ROWS, [paid]))
    rows = engine.table(t.PAYMENT_ROWS)
    assert engine.dicts(rows.select("gbp")) == [{"gbp": paid["gbp"]}]
    found = engine.rows(rows.aggregate(rows=rows.count(), total=rows.origin_row.sum(), one=rows.gbp.notnull().sum()))
    assert (found.schema.types, found.to_pylist()[0]["total"]) == ([pa.int64()] * 3, 2**53 + 1)
    late = datetime(2021, 8, 2, 23, 30, 0, 250_000, tzinfo=UTC)
    (row,) = engine.dicts(save_calls(engine, call(started_at=late)))
    assert row["started_at"] == late
    # The first stretch of local time begins in the year 1, where calendars differ.
    stretch = {"from_local": datetime.fromisoformat("0001-01-02"), "until_local": datetime.fromisoformat("9999-12-30")}
    engine.store.save_rows("zone_offsets", arrow(t.ZONE_OFFSETS, [stretch]))
    assert engine.dicts(engine.table(t.ZONE_OFFSETS).select("from_local", "until_local")) == [stretch]


def test_texts_mean_the_same_on_both_engines(engine):
    blanks = " \t\n\r\v\f"
    texts = save_texts(
        engine,
        f"{blanks}vf 61 fv{blanks}",
        "61\n",
        "61\u2028",
        "61\u0085",
        "61",
        "x\ny",
        "a\\b",
        "it's",
        "",
        None,
        "£5",
    )
    text = texts.text
    expression = texts.select(
        "place",
        stripped=text.strip(),
        number=text.re_extract(r"^(\d+)$", 1),
        dollar=text.re_extract(r"^a\\b$", 0),
        line=text.re_extract(r"^.+$", 0),
        found=text.re_search(r"^\d+$"),
        replaced=text.re_replace(r"\d", "0").replace("£", ""),
        whole=text.re_extract(r"^\d+$", 0).try_cast("int64"),
        part=text.substr(1, 2),
        tail=text.substr(2),
        starts=text.startswith("6"),
    ).order_by("place")
    ours, theirs = on_both(engine, expression)
    assert ours == theirs
    assert ours[0]["stripped"] == "vf 61 fv"
    assert [row["number"] for row in ours[1:5]] == ["", "", "", "61"]


def test_texts_are_joined_in_order(engine):
    texts = save_texts(engine, "b", None, "ä", "a", "B")
    expression = texts.aggregate(joined=texts.text.group_concat("; ", order_by=texts.text))
    nothing = texts.filter(texts.text.isnull()).aggregate(joined=texts.text.group_concat("; ", order_by=texts.text))
    assert on_both(engine, expression) == ([{"joined": "B; a; b; ä"}],) * 2
    ours, theirs = on_both(engine, nothing)
    assert ours == theirs


def test_what_spark_cannot_run_is_told_without_numbers(engine):
    texts = save_texts(engine, "07700 900123 is no number")
    with pytest.raises(RingbackError) as caught:
        engine.rows(texts.select(whole=texts.text.cast("int64")))
    assert caught.value.code == "spark_failed"
    assert "900123" not in str(caught.value)
    with pytest.raises(RingbackError):
        engine.save(TEXTS, texts.mutate(place=texts.text.cast("int64")))
    assert [path.name for path in engine.store.folder.glob(".*part")] == []
    assert engine.dicts(texts)[0]["place"] == 0


def test_fewer_rows_in_the_parts_than_were_written_save_nothing(engine, monkeypatch):
    calls = save_calls(engine, call(1), call(2))
    monkeypatch.setattr("ringback.engine.spark_output.find_parts", lambda _folder: [])
    with pytest.raises(RingbackError) as caught:
        engine.save(t.CALLED_PARTIES, called_parties(calls))
    assert caught.value.code == "spark_failed"
    assert not engine.store.has("called_parties")


def test_spark_listens_on_this_machine_alone(spark):
    context = spark.sparkContext
    assert context.uiWebUrl is None
    assert context.getConf().get("spark.driver.bindAddress") == "127.0.0.1"


@pytest.mark.parametrize(
    "expression",
    [
        lambda texts: texts.select(x=texts.place.cast("float64").cast("int64")),
        lambda texts: texts.select(x=texts.text.lstrip()),
        lambda texts: texts.select(x=texts.text.rstrip()),
        lambda texts: texts.aggregate(x=texts.text.group_concat("; ")),
        lambda texts: texts.select(x=texts.text.re_replace(r"(\d)", r"\1\1")),
        lambda texts: texts.select(x=texts.text.re_extract(texts.text, 0)),
    ],
)
def test_what_would_differ_is_refused(expression):
    texts = ibis.table(TEXTS.types(), name=TEXTS.name)
    # Ibis itself names what it has no translation for.
    with pytest.raises((UnsupportedOperationError, ibis.common.exceptions.OperationNotDefinedError)):
        spark_sql(expression(texts))


def test_a_machine_without_java_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "openjdk-17" in find_missing()
    with pytest.raises(RingbackError) as caught:
        open_session(master="local[1]", memory_limit="1GB", spill=tmp_path)
    assert caught.value.code == "spark_missing"


def test_a_machine_without_the_package_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert "ringback[spark]" in find_missing()
