"""JSON documents: lists of objects at any depth, wrapped rows, damage, and any size of window."""

import gzip
import io
import json
import zipfile

import pytest

from ringback.errors import RingbackError
from ringback.sources.json import document as jsondoc
from ringback.sources.json import text_window
from ringback.sources.json.document import NoRowsError
from ringback.sources.json.lines import is_document, read_json
from sources.whole_exhibits import read_whole

CALLS = [
    {"account": "fox", "started_at": "2021-07-01 14:55:02", "called_number": f"077009001{n:02}", "duration": n}
    for n in range(12)
]
WANTED = [{key: str(value) for key, value in call.items()} for call in CALLS]
SHAPES = {
    "indented": json.dumps(CALLS, indent=2),
    "indented with tabs": json.dumps(CALLS, indent="\t"),
    "on one line": json.dumps(CALLS),
    "without blanks": json.dumps(CALLS, separators=(",", ":")),
    "one a line": "[\n" + ",\n".join(map(json.dumps, CALLS)) + "\n]\n",
    "commas in front": "[" + "\n,".join(map(json.dumps, CALLS)) + "]",
    "rows": json.dumps({"rows": CALLS}),
    "data, indented": json.dumps({"status": "ok", "count": 12, "data": CALLS}, indent=4),
    "what follows the rows": json.dumps({"results": CALLS, "total": 12, "next": None}),
    "calls": json.dumps({"exported_at": "2021-09-01", "calls": CALLS}),
    "deep": json.dumps({"response": {"header": {"status": 0}, "result": {"docs": CALLS}}}),
    "elasticsearch": json.dumps(
        {
            "took": 3,
            "timed_out": False,
            "_shards": {"total": 1},
            "hits": {"total": {"value": 12}, "hits": [{"_index": "cdr", "_id": "x", "_source": c} for c in CALLS]},
        }
    ),
    "elasticdump": "\n".join(json.dumps({"_index": "cdr", "_type": "_doc", "_id": "x", "_source": c}) for c in CALLS),
    "couchdb": '{"total_rows":12,"offset":0,"rows":[\r\n'
    + ",\r\n".join(json.dumps({"id": "1", "key": "1", "value": {"rev": "1-a"}, "doc": c}) for c in CALLS)
    + "\r\n]}\r\n",
    "a couchdb view": json.dumps({"rows": [{"id": "1", "key": 2021, "value": c} for c in CALLS]}),
    "couchdb's changes": "\n".join(
        json.dumps({"seq": n, "id": "1", "changes": [{"rev": "1-a"}], "doc": call}) for n, call in enumerate(CALLS)
    ),
    "phpmyadmin": '[\n{"type":"header","version":"5.2.1","comment":"Export to JSON plugin for PHPMyAdmin"},\n'
    '{"type":"database","name":"asteriskcdrdb"},\n'
    '{"type":"table","name":"calls","database":"asteriskcdrdb","data":\n[\n'
    + ",\n".join(map(json.dumps, CALLS))
    + "\n]\n}\n]\n",
    "older phpmyadmin": "/**\n Export to JSON plugin for PHPMyAdmin\n @version 4.6.6\n */\n\n// Database 'panel'\n\n"
    "// panel.calls\n\n" + json.dumps(CALLS),
    "dbeaver": json.dumps({"calls": CALLS}, indent="\t"),
    "dbeaver, of a query": json.dumps({'SELECT * FROM panel."calls" c': CALLS}, indent="\t"),
    "pages, one a line": "\n".join(json.dumps({"_scroll_id": "x", "data": CALLS[n : n + 4]}) for n in (0, 4, 8)),
    "pages in a list": json.dumps([{"page": n, "data": CALLS[n : n + 4]} for n in (0, 4, 8)]),
    "objects, one after the other": "\n".join(json.dumps(call, indent=2) for call in CALLS),
    "objects without line ends": "".join(map(json.dumps, CALLS)),
    "objects with commas": ",\n".join(map(json.dumps, CALLS)),
    "a text sequence": "".join(f"\x1e{json.dumps(call)}\n" for call in CALLS),
    "names and lists": json.dumps({"columns": list(CALLS[0]), "rows": [list(call.values()) for call in CALLS]}),
    "names in objects": json.dumps(
        {"meta": [{"name": name, "type": "String"} for name in CALLS[0]], "data": [list(c.values()) for c in CALLS]}
    ),
    "clickhouse": json.dumps({"meta": [{"name": name, "type": "String"} for name in CALLS[0]], "data": CALLS}),
    "dynamodb's scan": json.dumps(
        {
            "Items": [
                {k: {"N" if k == "duration" else "S": str(v)} for k, v in call.items()} | {"gone": {"NULL": True}}
                for call in CALLS
            ],
            "Count": 12,
        }
    ),
    "dynamodb's export": "\n".join(json.dumps({"Item": {k: {"S": str(v)} for k, v in c.items()}}) for c in CALLS),
    "splunk": "\n".join(json.dumps({"preview": False, "offset": n, "result": c}) for n, c in enumerate(CALLS)),
}


def _read(text, **options):
    rejected = []
    data = text.encode() if isinstance(text, str) else text
    batches = list(read_json(io.BytesIO(data), table="calls", reject=rejected.append, **options))
    return batches, rejected


def _rows(batches, table="calls"):
    return [
        {k: v for k, v in zip(batch.columns, row, strict=True) if v is not None}
        for batch in batches
        for row in batch.rows
        if batch.table == table
    ]


def _calls(rows):
    return [{key: row.get(key) for key in CALLS[0]} for row in rows]


@pytest.mark.parametrize("window", [None, 1, 7, 100])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_calls_whatever_the_window(shape, window, monkeypatch):
    if window:
        monkeypatch.setattr(text_window, "_CHUNK", window)
    batches, rejected = _read(SHAPES[shape])
    assert _calls(_rows(batches)) == WANTED
    assert rejected == []
    assert {batch.table for batch in batches} == {"calls"}
    assert [n for batch in batches for n in batch.row_numbers] == list(range(1, 13))


@pytest.mark.parametrize("shape", ["rows", "data, indented", "couchdb", "phpmyadmin", "deep", "elasticsearch"])
def test_a_document_that_is_too_large_to_be_looked_at_whole_gives_the_same(shape, monkeypatch):
    monkeypatch.setattr(text_window, "_CHUNK", 50)
    monkeypatch.setattr(jsondoc, "_LARGE", 400)
    batches, rejected = _read(SHAPES[shape])
    assert (_calls(_rows(batches)), rejected) == (WANTED, [])


@pytest.mark.parametrize("shape", [one for one in SHAPES if not one.startswith("names")])
def test_offsets_are_those_of_the_rows_in_the_file(shape, monkeypatch):
    monkeypatch.setattr(text_window, "_CHUNK", 64)
    data = ("\ufeff" + SHAPES[shape].replace("fox", "füchse")).encode()
    batches, _ = _read(data)
    offsets = [at for batch in batches for at in batch.byte_offsets]
    assert all(data[at : at + 1] == b"{" or data[at : at + 2] == b"\x1e{" for at in offsets)
    assert offsets == sorted(set(offsets))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_exhibit_of_every_shape_is_recognised_and_read(shape, tmp_path):
    for name, pack in (("calls.json", bytes), ("calls.json.gz", gzip.compress)):
        path = tmp_path / name
        path.write_bytes(pack(SHAPES[shape].encode()))
        found = read_whole(path)
        assert found.format in ("json", "jsonl")
        assert [row["called_number"] for row in found.calls] == [one["called_number"] for one in CALLS]
        assert found.tally.rejections == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("shape", ["indented", "rows", "elasticdump"])
def test_documents_in_other_encodings(shape, encoding, tmp_path):
    path = tmp_path / "calls.json"
    path.write_bytes(SHAPES[shape].encode(encoding))
    found = read_whole(path)
    assert [row["called_number"] for row in found.calls] == [one["called_number"] for one in CALLS]
    assert (found.calls[3]["origin_byte"] is None) is (encoding == "utf-16")


def test_several_tables_of_one_document_go_by_their_own_names():
    users = [{"account": "fox", "plan": "gold"}, {"account": "owl", "plan": "tin"}]
    for text in (
        json.dumps({"version": 2, "users": users, "log": {"calls": CALLS}}),
        json.dumps(
            [{"type": "table", "name": "users", "data": users}, {"type": "table", "name": "calls", "data": CALLS}]
        ),
        json.dumps({"tables": [{"name": "users", "rows": users}, {"name": "calls", "rows": CALLS}]}),
    ):
        batches, rejected = _read(text)
        assert _rows(batches, "users") == users
        assert _calls(_rows(batches)) == WANTED
        assert rejected == []


@pytest.mark.parametrize(
    "call",
    [
        {"account": "fox", "at": "2021", "legs": [{"to": "a"}]},
        {"account": "fox", "at": "2021", "to": "a", "cost": 1, "line": 2, "data": [{"k": 1}, {"k": 2}]},
        {"account": "fox", "at": "2021", "tags": [{"x": [{"y": 1}]}]},
    ],
)
def test_a_row_that_has_a_list_is_still_a_row(call):
    for text in (
        json.dumps([call, call]),
        json.dumps([call, call], indent=1),
        json.dumps(call) + "\n" + json.dumps(call),
        json.dumps({"rows": [call, call]}),
        json.dumps(call, indent=2) + json.dumps(call, indent=2),
    ):
        batches, rejected = _read(text)
        assert [row["account"] for row in _rows(batches)] == ["fox", "fox"], text
        assert rejected == []


def test_one_object_alone_is_a_row():
    call = {"account": "fox", "at": "2021-07-01", "to": "07700 900123", "legs": [{"to": "a"}, {"to": "b"}]}
    for text in (json.dumps(call), json.dumps(call, indent=2)):
        assert [row["to"] for row in _rows(_read(text)[0])] == ["07700 900123"]


EXTENDED = [
    ('{"$date": "2021-07-01T13:55:02Z"}', "2021-07-01T13:55:02Z"),
    ('{"$date": {"$numberLong": "1625147702000"}}', "2021-07-01T13:55:02Z"),
    ('{"$date": {"$numberLong": "1625147702250"}}', "2021-07-01T13:55:02.250Z"),
    ('{"$date": 1625147702000}', "2021-07-01T13:55:02Z"),
    ('{"$date": {"$numberLong": "-1000"}}', "1969-12-31T23:59:59Z"),
    ('{"$date": {"$numberLong": "99999999999999999"}}', '{"$date":{"$numberLong":"99999999999999999"}}'),
    ('{"$timestamp": {"t": 1625147702, "i": 1}}', "2021-07-01T13:55:02Z"),
    ('{"$numberInt": "74"}', "74"),
    ('{"$numberLong": "447700900123"}', "447700900123"),
    ('{"$numberDouble": "74.0"}', "74.0"),
    ('{"$numberDecimal": "4.50"}', "4.50"),
    ('{"$oid": "60dd00000000000000000001"}', "60dd00000000000000000001"),
    ('{"$undefined": true}', None),
    ('{"$regex": "a", "$options": ""}', '{"$regex":"a","$options":""}'),
    ('{"a": 1.50}', '{"a":1.50}'),
    ("447700900123", "447700900123"),
    ("4.50", "4.50"),
    ("true", "true"),
]


@pytest.mark.parametrize(("value", "expected"), EXTENDED)
@pytest.mark.parametrize("form", ["%s\n%s\n", "[%s,%s]", '{"docs": [\n%s,\n%s]}'])
def test_extended_json_stands_for_plain_values(value, expected, form):
    row = f'{{"_id": {{"$oid": "1"}}, "v": {value}}}'
    batches, rejected = _read(form % (row, row))
    assert [row.get("v") for row in _rows(batches)] == [expected] * 2
    assert rejected == []


BROKEN = [
    ('[{"a":1},{"a":tru},{"a":3}]', ["1", "3"], [(2, "bad_json", True)]),
    ('[{"a":1},{"a":"x},{"a":3},{"a":4}]', ["1", "3", "4"], [(2, "bad_json", True)]),
    ('[{"a":1},{"a":"x},{"a":3}]', ["1", "3"], [(2, "bad_json", True)]),
    ('[\n{"a":1},\n{"a":tru},\n{"a":3}\n]', ["1", "3"], [(2, "bad_json", False)]),
    ('[{"a":1},{"a":2},{"a":', ["1", "2"], [(3, "torn_last_row", True)]),
    ('[{"a":1},{"a":2},', ["1", "2"], [(0, "torn_file", True)]),
    ('[\n  {\n    "a": 1\n  },\n  {\n    "a": 2', ["1"], [(2, "torn_last_row", True)]),
    ('[\n  {\n    "a": 1\n  },\n  {\n    "a" 2\n  },\n  {\n    "a": 3\n  }\n]', ["1", "3"], [(2, "bad_json", True)]),
    ('{"rows":[{"a":1},{"a":2}', ["1", "2"], [(0, "torn_file", True)]),
    ('{"rows":[{"a":1},{"a":2}]', ["1", "2"], [(0, "torn_file", True)]),
    ('{"rows":[{"a":1},#!,{"a":2}]}', ["1", "2"], [(2, "bad_json", True)]),
    ('{"n":1,"rows":[{"a":1}], oops "more":[{"a":2}]}', ["1"], [(0, "bad_json", True)]),
    ('[{"a":1},7,{"a":2}]', ["1", "2"], [(2, "not_an_object", False)]),
    ('[7,{"a":1}]', ["1"], [(1, "not_an_object", False)]),
    ('[{"a":1}]]\n[{"a":2}]', ["1", "2"], [(2, "bad_json", True)]),
    ('[{"a":1}\n{"a":2}]', ["1", "2"], []),
    ('[{"a":1},{"a":2},]', ["1", "2"], []),
]


@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize(("text", "kept", "told"), BROKEN)
def test_damage_is_rejected_and_reading_goes_on(text, kept, told, window, monkeypatch):
    if window:
        monkeypatch.setattr(text_window, "_CHUNK", window)
    batches, rejected = _read(text)
    assert [row["a"] for row in _rows(batches)] == kept
    assert [(one.row, one.reason, one.damage) for one in rejected] == told


@pytest.mark.parametrize("shape", ["indented", "rows", "couchdb", "phpmyadmin", "on one line", "elasticsearch"])
def test_a_document_cut_at_any_byte_gives_a_prefix_and_says_so(shape):
    data = SHAPES[shape].rstrip().encode()
    whole = _rows(_read(data)[0])
    for size in range(1, len(data), 7):
        try:
            batches, rejected = _read(data[:size])
        except NoRowsError:
            assert size < 20
            continue
        rows = _rows(batches)
        assert rows == whole[: len(rows)], size
        assert [one for one in rejected if one.damage], size


def test_a_list_inside_a_bad_row_is_not_read_as_rows():
    row = '{"a":1,"b":2,"c":[{"x":1},{"x":2}]}'
    batches, rejected = _read(f'[{row},{{"a":1,"b":tru,"c":[{{"x":1}},{{"x":2}}]}},{row}]')
    assert [row["a"] for row in _rows(batches)] == ["1", "1"]
    assert [one.row for one in rejected] == [2]


@pytest.mark.parametrize(
    "text",
    [
        '{"calls": {"-Na": {"to": "x"}, "-Nb": {"to": "y"}}}',
        "[\n1,\n2\n]\n",
        '{"a": {"b": {"c": 1}}}',
        '{\n  "a": {\n    "b": [1, 2]\n  }\n}',
    ],
)
def test_a_document_without_rows_says_so(text, tmp_path):
    path = tmp_path / "calls.json"
    path.write_text(text)
    with pytest.raises(NoRowsError):
        _read(text)
    with pytest.raises(RingbackError, match="EX-001 is a JSON document in which there are no rows") as caught:
        read_whole(path, format_="json")
    assert caught.value.code == "json_without_rows"


def test_a_document_without_rows_in_an_archive_is_told_and_the_rest_is_read(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("map.json", '{"calls": {"-Na": {"to": "x"}}}')
        archive.writestr("calls.json", SHAPES["rows"])
        archive.writestr("both.json", json.dumps({"calls": CALLS, "users": [{"a": 1}]}))
    found = read_whole(path)
    assert len(found.calls) == 24
    assert {row["origin_table"] for row in found.calls} == {"calls.json: calls", "both.json: calls"}
    assert [(one.reason, one.damage) for one in found.tally.rejections] == [("unreadable_file", True)]


def test_lists_without_column_names_are_reported():
    _, rejected = _read('[["fox","07700 900123"],["owl","07700 900124"]]')
    assert ("lists_unread", True) in {(one.reason, one.damage) for one in rejected}
    assert not any("900" in one.detail for one in rejected)


@pytest.mark.parametrize("text", ["[]", '{"rows": []}', '{"calls": []}', "[\n]\n"])
def test_an_empty_list_is_no_damage(text):
    assert _read(text) == ([], [])


@pytest.mark.parametrize("text", ["garbage\nmore\n", "<html>\n</html>\n", '{"a": ISODate("2021-07-01")}\n' * 3])
def test_lines_none_of_which_is_an_object_are_damage(text):
    batches, rejected = _read(text)
    assert batches == []
    assert any(one.damage for one in rejected)


def test_memory_stays_small_on_one_long_line(monkeypatch):
    row = json.dumps(CALLS[0] | {"pad": "x" * 900})
    count = 40_000
    longest = 0
    real = text_window.JsonText.fill

    def fill(self):
        nonlocal longest
        done = real(self)
        longest = max(longest, len(self.text))
        return done

    monkeypatch.setattr(text_window.JsonText, "fill", fill)
    rows = sum(len(b.rows) for b in _read("[" + ",".join([row] * count) + "]")[0])
    assert rows == count
    assert longest < 3 * 1024 * 1024


@pytest.mark.parametrize(
    ("head", "document"),
    [
        (b'{"id": 1}\n{"id": 2}\n', False),
        (b'{"id": tru\n{"id": 2}\n{"id": 3}\n', False),
        (b'{"id": 1,\n{"id": 2}\n{"id": 3}\n', False),
        (b'{"id": 1}\n', False),
        (b'[{"id": 1}]', True),
        (b'{\n  "id": 1\n}\n{\n  "id": 2\n}', True),
        (b'{"total_rows":1,"rows":[\n{"id":1}\n]}', True),
        (b'{"rows":[{"id":1}]}', True),
        (b'{"data":[{"id":1}]}\n{"data":[{"id":2}]}\n', True),
        (b'{"id":1,"tags":[{"a":1}]}\n{"id":2,"tags":[{"a":1}]}\n', False),
        (b'{"id":1},\n{"id":2},\n', True),
    ],
)
def test_documents_are_distinguished_from_lines(head, document):
    assert is_document(head) is document


@pytest.mark.parametrize("key", ["export", "callRecords", "panel_log", "SELECT 1"])
def test_the_only_list_goes_by_the_name_that_the_mapping_wants(key, tmp_path):
    bad = json.dumps({key: CALLS})[:-2] + ', {"account": tru}, ' + json.dumps(CALLS[0]) + "]}"
    for name, text in (("calls-2021.json", json.dumps({key: CALLS})), ("calls.json", bad)):
        path = tmp_path / name
        path.write_text(text)
        found = read_whole(path)
        assert [row["called_number"] for row in found.calls][:12] == [one["called_number"] for one in CALLS]
        assert {one.table for one in found.tally.rejections} <= {"calls"}


def test_a_list_that_the_mapping_wants_by_its_own_name_keeps_it(tmp_path):
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({"users": [{"a": 1}], "log": CALLS}))
    found = read_whole(path, tables={"calls": {"table": "log"}})
    assert len(found.calls) == 12
    assert found.tally.passed_over == {"users"}
