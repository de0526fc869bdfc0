"""Parquet: every type becomes text of the same meaning, and damage is reported after everything readable."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.parquet import read_parquet
from tiers import examples

NOON = dt.datetime(2021, 7, 1, 12)  # noqa: DTZ001


def _read(path, **options):
    rejected = []
    batches = list(read_parquet(path, table="calls", reject=rejected.append, **options))
    return batches, rejected


def _column(tmp_path, array):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": array}), path)
    batches, rejected = _read(path)
    assert rejected == []
    return [row[0] for batch in batches for row in batch.rows]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([447700900123, -5, None]), ["447700900123", "-5", None]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([447700900123.0, 0.1, 1e22, None]), ["447700900123.0", "0.1", "1e+22", None]),
        (pa.array([float("nan"), float("inf")]), ["nan", "inf"]),
        # 32 bits cannot hold a phone number: digits that are lost must not be made up.
        (pa.array([447700900123.0, 60.0, 0.1, None], pa.float32()), ["4.477009e+11", "60.0", "0.1", None]),
        (pa.array([Decimal("150.00"), None]), ["150.00", None]),
        (pa.array([Decimal("0.00000001")]), ["0.00000001"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array(["07700 900123", "", None]), ["07700 900123", "", None]),
        (pa.array([b"\x00\xff", None]), [b"\x00\xff", None]),
        (pa.array([b"ab"], pa.binary(2)), [b"ab"]),
        (pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (pa.array([NOON, None], pa.timestamp("s")), ["2021-07-01 12:00:00", None]),
        (pa.array([NOON.replace(microsecond=120000)], pa.timestamp("us")), ["2021-07-01 12:00:00.120"]),
        (pa.array([NOON.replace(microsecond=1)], pa.timestamp("us")), ["2021-07-01 12:00:00.000001"]),
        (pa.array([1], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001"]),
        (pa.array([NOON, None], pa.timestamp("ms", "Europe/London")), ["2021-07-01T12:00:00Z", None]),
        (pa.array([NOON.date(), None]), ["2021-07-01", None]),
        (pa.array([dt.time(9, 30)]), ["09:30:00"]),
        (pa.array([90_500], pa.duration("ms")), ["90.5"]),
        (pa.array([{"a": [1, 2.5, None]}, None]), ['{"a":[1.0,2.5,null]}', None]),
        (pa.nulls(2), [None, None]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_every_type_becomes_text_of_the_same_meaning(tmp_path: Path, array, expected):
    assert _column(tmp_path, array) == expected


def test_texts_that_are_not_utf8_keep_their_bytes(tmp_path: Path):
    array = pa.array([b"L\xe9on", b"ok", None]).view(pa.string())
    assert _column(tmp_path, array) == ["L\udce9on", "ok", None]


def test_spark_times_of_96_bits_do_not_wrap_round(tmp_path: Path):
    path = tmp_path / "a.parquet"
    table = pa.table({"a": pa.array([dt.datetime(1, 1, 1), NOON], pa.timestamp("us"))})  # noqa: DTZ001
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    batches, _ = _read(path)
    assert [row[0] for row in batches[0].rows] == ["0001-01-01 00:00:00", "2021-07-01 12:00:00"]


def test_rows_are_numbered_over_batches_and_row_groups(tmp_path: Path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(25)}), path, row_group_size=10)
    batches, rejected = _read(path, batch_rows=4)
    assert [n for batch in batches for n in batch.row_numbers] == list(range(1, 26))
    assert [int(row[0]) for batch in batches for row in batch.rows] == list(range(25))
    assert max(len(batch.rows) for batch in batches) == 4
    assert rejected == []


def test_equal_column_names_are_made_distinct_and_wanted_is_asked_once(tmp_path: Path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    asked = []
    batches, _ = _read(path, wanted=lambda table, columns: asked.append((table, columns)) is not None)
    assert batches == []
    assert asked == [("calls", ("a", "a_2"))]
    assert _read(path)[0][0].rows == [("1", "2")]


def test_one_unreadable_value_costs_one_row(tmp_path: Path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": pa.array([[1000], [1]], pa.list_(pa.timestamp("ns")))}), path)
    batches, rejected = _read(path)
    assert len(batches[0].rows) + len(rejected) == 2
    assert [(r.row, r.reason) for r in rejected] in ([], [(2, "bad_value")])


def test_a_damaged_row_group_is_reported_and_the_others_read(tmp_path: Path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [f"town {n}" for n in range(3000)]}), path, row_group_size=1000)
    group = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    at = group.dictionary_page_offset or group.data_page_offset
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(data)
    batches, rejected = _read(path)
    assert [n for batch in batches for n in batch.row_numbers] == [*range(1, 1001), *range(2001, 3001)]
    assert [(r.row, r.reason, r.damage) for r in rejected] == [(1001, "torn_file", True)]
    assert rejected[0].detail == "row group 2 is damaged; rows 1001 to 2000 are lost"


def test_a_file_cut_at_any_byte_is_torn_and_never_raises(tmp_path: Path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", None]}), path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        batches, rejected = _read(path)
        assert batches == []
        assert [(r.reason, r.damage) for r in rejected] == [("torn_file", True)]


def test_a_file_that_is_missing_is_not_called_torn(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        _read(tmp_path / "missing.parquet")


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(st.tuples(st.none() | st.text(), st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.floats()))
)
def test_any_table_reads_back_as_it_was_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("p") / "a.parquet"
    clean = [("".join(c for c in t if not 0xD800 <= ord(c) < 0xE000) if t else t, i, f) for t, i, f in rows]
    types = (pa.string(), pa.int64(), pa.float64())
    arrays = [pa.array([row[n] for row in clean], kind) for n, kind in enumerate(types)]
    pq.write_table(pa.Table.from_arrays(arrays, names=["t", "i", "f"]), path)
    batches, rejected = _read(path)
    assert rejected == []
    assert [tuple(row) for batch in batches for row in batch.rows] == [
        (t, None if i is None else str(i), None if f is None else repr(f)) for t, i, f in clean
    ]
