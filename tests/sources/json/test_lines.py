"""JSON lines: numbers as written, keys that come later, damage at every byte and hostile bytes."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.archives.unpack import open_unpacked
from ringback.sources.json.document import NoRowsError
from ringback.sources.json.lines import read_json
from ringback.sources.json.rows import FIRST_OBJECTS, MAX_COLUMNS
from tiers import examples


def _read(data, **options):
    rejected = []
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    batches = list(read_json(stream, table="calls", reject=rejected.append, **options))
    for batch in batches:
        assert len(batch.rows) == len(batch.row_numbers) == len(batch.byte_offsets)
        assert all(len(row) == len(batch.columns) for row in batch.rows)
    return batches, rejected


def _rows(batches):
    return [dict(zip(batch.columns, row, strict=True)) for batch in batches for row in batch.rows]


def _filled(batches):
    """The rows without empty columns, because the columns of a batch depend on the rows that follow."""
    return [{key: value for key, value in row.items() if value is not None} for row in _rows(batches)]


def _reasons(rejected):
    return [(r.row, r.reason, r.damage) for r in rejected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("447700900123", "447700900123"),
        ("447700900123.0", "447700900123.0"),
        ("4.47701E+11", "4.47701E+11"),
        ("1" * 5000, "1" * 5000),
        ("-0", "-0"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('""', ""),
        ('"07700 900123"', "07700 900123"),
        ('"caf\\u00e9 \\ud83d\\ude00"', "café 😀"),
        ('"\\ud800"', "\ud800"),
        ('"a\tb"', "a\tb"),
        ('{"b": [1.50, "x", null, true]}', '{"b":[1.50,"x",null,true]}'),
        ('[ 1e5, {"ä": "\\"" } ]', '[1e5,{"ä":"\\""}]'),
        ("[]", "[]"),
    ],
)
def test_every_value_becomes_text_as_it_was_written(value, expected):
    batches, rejected = _read(f'{{"id": 1, "a": {value}}}\n'.encode())
    assert _rows(batches) == [{"id": "1", "a": expected}]
    assert type(_rows(batches)[0]["id"]) is str
    assert rejected == []


def test_bytes_that_are_no_utf8_are_kept():
    batches, _ = _read(b'{"a": "L\xe9on"}\n')
    assert _rows(batches) == [{"a": "L\udce9on"}]


def test_the_first_objects_settle_the_columns_together_and_missing_keys_are_null():
    batches, _ = _read(b'{"a": 1}\n{"b": 2, "a": 3}\n{"b": 4}\n{"a": 5, "b": 6}\n')
    assert [batch.columns for batch in batches] == [("a", "b")]
    assert [batch.rows for batch in batches] == [[["1", None], ["3", "2"], [None, "4"], ["5", "6"]]]
    assert [batch.row_numbers for batch in batches] == [[1, 2, 3, 4]]


def test_a_key_that_comes_after_many_objects_starts_a_new_batch():
    lines = b'{"a": 1}\n' * FIRST_OBJECTS + b'{"b": 2, "a": 3}\n{"a": 4}\n'
    batches, _ = _read(lines)
    assert [batch.columns for batch in batches] == [("a",), ("a", "b")]
    assert batches[1].rows == [["3", "2"], ["4", None]]
    assert batches[1].row_numbers == [FIRST_OBJECTS + 1, FIRST_OBJECTS + 2]


@pytest.mark.parametrize("late", [1, 37, 499])
@pytest.mark.parametrize("form", ["lines", "array", "indented"])
def test_a_key_that_the_first_objects_lack_is_asked_for_too(late, form):
    objects = [{"a": n} | ({"duration": 74} if n >= late else {}) for n in range(late + 2)]
    text = {
        "lines": "\n".join(map(json.dumps, objects)),
        "array": json.dumps(objects),
        "indented": json.dumps(objects, indent=2),
    }[form]
    asked = []
    batches, _ = _read(text.encode(), wanted=lambda table, columns: not asked.append((table, columns)))
    assert asked == [("calls", ("a", "duration"))]
    assert [row["duration"] for row in _rows(batches)] == [None] * late + ["74", "74"]


def test_offsets_point_at_the_lines_after_mark_and_blank_lines():
    data = b'\xef\xbb\xbf{"a": 1}\r\n\n  \n{"a": 2}\nbad\n {"a": 3}'
    batches, rejected = _read(data)
    offsets = [at for batch in batches for at in batch.byte_offsets]
    assert [data[at:].lstrip()[:8] for at in offsets] == [b'{"a": 1}', b'{"a": 2}', b'{"a": 3}']
    assert [n for batch in batches for n in batch.row_numbers] == [1, 2, 4]
    assert (rejected[0].row, rejected[0].byte) == (3, data.index(b"bad"))


@pytest.mark.parametrize(
    ("data", "kept", "reasons"),
    [
        (b'{"a": 1}\n{"a": \n{"a": 2}\n', 2, [(2, "bad_json", False)]),
        (b'{"a": 1}\n{"a": ', 1, [(2, "torn_last_row", True)]),
        (b'{"a": 1}\n{"a": 2}', 2, []),
        (b'{"a": 1}\n{"a": 2} x\n', 1, [(2, "bad_json", False)]),
        (b'{"a": 1}\n7\n"x"\n[1]\nnull\n', 1, [(n, "not_an_object", False) for n in (2, 3, 4, 5)]),
        (b'{"a": 1, "a": 2}\n', 1, []),
        (b"", 0, []),
        (b"\n\n", 0, []),
        (b"{}\n", 1, []),
        (b'[\n{"a": 1},\n{"a": 2}\n]\n', 2, []),
        (b'[{"a": 1},\n {"a": 2}]', 2, []),
        (b'[\n{"a": 1}\n,{"a": 2}\n]', 2, []),
        (b'[{"a": [{}, {}]}]\n', 1, []),
        (b'[\n{"a": 1},\nbad,\n{"a": 2}\n]\n', 2, [(2, "bad_json", False)]),
        (b'[\n{"a": 1},\n{"a": 2},\n', 2, [(0, "torn_file", True)]),
        (b'[\n{"a": 1},\n{"a"', 1, [(2, "torn_last_row", True)]),
        (b'[{"a": 1}, {"a": 2}]\n', 2, []),
        (b'[\n  {\n    "a": 1\n  }\n]\n', 1, []),
        ('\ufeff{"a": 1}\n'.encode("utf-16-le"), 0, [(0, "encoding", True)]),
    ],
)
def test_bad_lines_are_rejected_and_reading_goes_on(data, kept, reasons):
    batches, rejected = _read(data)
    assert len(_rows(batches)) == kept
    assert _reasons(rejected) == reasons


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 200_000, b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"])
def test_deep_nesting_is_a_rejection_at_worst(deep):
    batches, rejected = _read(b'{"a": 1}\n' + deep + b'\n{"a": 2}\n')
    assert [row["a"] for row in _rows(batches)][::2] in (["1"], ["1", "2"])
    assert len(_rows(batches)) + len(rejected) == 3
    assert all(r.reason == "bad_json" for r in rejected)


def test_a_file_with_ever_new_keys_cannot_grow_without_bound():
    data = b"".join(b'{"k%d": 1}\n' % n for n in range(MAX_COLUMNS + 5))
    rejected = []
    last = None
    for batch in read_json(io.BytesIO(data), table="t", reject=rejected.append):
        last = batch
    assert len(last.columns) == MAX_COLUMNS
    assert [r.reason for r in rejected] == ["too_many_columns"] * 5


def test_the_detail_never_quotes_the_row():
    _, rejected = _read(b'{"number": "07700900123", "a": 07700900123}\n')
    assert "0123" not in rejected[0].detail


def test_rows_come_in_batches_and_wanted_is_asked_once():
    data = b'{"a": 1}\n' * 25
    assert [len(batch.rows) for batch in _read(data, batch_rows=10)[0]] == [10, 10, 5]
    asked = []
    assert _read(data, wanted=lambda table, columns: bool(asked.append((table, columns)))) == ([], [])
    assert asked == [("calls", ("a",))]


SMALL = '{"id": 1, "näme": "Zoë"}\n{"id": 2, "näme": null}\r\n\n{"id": 3, "new": [1.0]}\n'.encode()


@pytest.mark.parametrize("data", [SMALL, b"[\n" + SMALL.replace(b"}\n", b"},\n").replace(b"\n\n", b"\n")[:-2] + b"\n]"])
def test_a_file_cut_at_any_byte_gives_a_prefix(data):
    whole = _filled(_read(data)[0])
    assert len(whole) == 3
    for size in range(len(data)):
        batches, rejected = _read(data[:size])
        rows = _filled(batches)
        assert rows == whole[: len(rows)]
        assert {r.reason for r in rejected} <= {"torn_last_row", "torn_file"}


def test_an_archive_cut_at_any_byte_gives_a_prefix_and_says_so(tmp_path: Path):
    whole = _filled(_read(SMALL)[0])
    packed = gzip.compress(SMALL)
    path = tmp_path / "a.jsonl.gz"
    for size in range(1, len(packed)):
        path.write_bytes(packed[:size])
        with open_unpacked(path) as (stream, _):
            batches, rejected = _read(stream)
        assert _filled(batches) == whole[: len(_filled(batches))]
        assert sum(r.damage for r in rejected) == 1


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
OBJECTS = st.dictionaries(st.text(), PLAIN | st.lists(PLAIN), max_size=5).map(lambda one: one | {"id": 7})


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(OBJECTS, max_size=6), st.booleans())
def test_what_a_writer_wrote_is_read_back(objects, ascii_only):
    text = "".join(json.dumps(item, ensure_ascii=ascii_only) + "\n" for item in objects)
    batches, rejected = _read(text.encode("utf-8", "surrogatepass"))
    assert rejected == []
    rows = _rows(batches)
    assert len(rows) == len(objects)
    for row, item in zip(rows, objects, strict=True):
        for key, value in item.items():
            if isinstance(value, str):
                assert row[key] == value
            elif value is None:
                assert row[key] is None
            else:
                assert json.loads(row[key]) == value or value != value or "NaN" in row[key]
        assert all(value is None for key, value in row.items() if key not in item)


SPITEFUL = st.lists(
    st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"', b'"a":', b"1", b",", b"\n", b'{"a": 1}\n', b"\xff", b"\\u", b"\x00"]
    ),
    max_size=40,
).map(b"".join)


@settings(max_examples=examples(400), deadline=None)
@given(st.binary(max_size=300) | SPITEFUL)
def test_hostile_bytes_give_rows_or_rejections_only(data):
    try:
        batches, rejected = _read(data)
    except NoRowsError:
        return
    told: dict[str, list[int]] = {}
    for table, row in [(b.table, n) for b in batches for n in b.row_numbers] + [(r.table, r.row) for r in rejected]:
        told.setdefault(table, []).extend([row] if row else [])
    assert all(sorted(rows) == list(range(1, len(rows) + 1)) for rows in told.values())
