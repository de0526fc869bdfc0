"""A line too long to be a row is left out and reported. With every reader, rows around it keep their numbers."""

import io

import pytest

from ringback.sources.delimited import reader as delimited
from ringback.sources.delimited import row_table
from ringback.sources.delimited.cdr import open_cdr_csv
from ringback.sources.delimited.reader import read_delimited
from ringback.sources.encodings import undecodable
from ringback.sources.encodings.long_lines import LONGEST_LINE, PLACE, without_long_lines
from ringback.sources.json.lines import read_json

LONG = b"9" * (LONGEST_LINE + 1)


def read(reader, data, **options):
    rejected = []
    batches = reader(io.BytesIO(data), table="t", reject=rejected.append, **options)
    rows = [
        (int(str(number)), tuple(row))
        for batch in batches
        for number, row in zip(
            batch.row_numbers,
            batch.rows if hasattr(batch, "rows") else zip(*(one.to_pylist() for one in batch.arrays), strict=True),
            strict=True,
        )
    ]
    return rows, [(one.row, one.reason, one.damage) for one in rejected]


@pytest.mark.parametrize("cut", [1, 2, 3, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_short_lines_pass_however_the_pieces_are_cut(cut, end):
    data = end.join([b"id,note", b"1,a", b"", b"2,b"])
    for whole in (data, data + end):
        pieces = (whole[at : at + cut] for at in range(0, len(whole), cut))
        assert b"".join(without_long_lines(pieces, pytest.fail)) == whole


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("encoding", [None, "cp1252"])
def test_a_long_line_of_text_costs_its_row_alone(end, encoding):
    lines = [b"id,note", b"1,a", b"2," + LONG, b"3,c", b"4," + LONG]
    rows, rejected = read(read_delimited, end.join([*lines, b""]), encoding=encoding)
    assert rows == [(1, ("1", "a")), (3, ("3", "c"))]
    assert sorted(rejected) == [
        (0, "line_too_long", True),
        (0, "line_too_long", True),
        (2, "field_count", False),
        (4, "field_count", False),
    ]


@pytest.mark.parametrize(("most_lines", "most_bytes"), [(5_000, LONGEST_LINE), (LONGEST_LINE, 1_000_000)])
@pytest.mark.parametrize("line", [b"x" * 1000 + b"\n", b'x""' * 300 + b"\n"])
@pytest.mark.parametrize("encoding", [None, "cp1252"])
def test_a_quote_that_is_never_closed_is_given_up(monkeypatch, most_lines, most_bytes, line, encoding):
    monkeypatch.setattr(row_table, "_MOST_LINES", most_lines)
    monkeypatch.setattr(row_table, "LONGEST_LINE", most_bytes)
    # More than is read at a time.
    data = b'id,note\n1,a\n2,"' + line * (20_000_000 // len(line)) + b"3,c\n"
    rows, rejected = read(read_delimited, data, encoding=encoding)
    assert (rows[0], rows[-1][1]) == ((1, ("1", "a")), ("3", "c"))
    assert (2, "unclosed_quote", True) in rejected


def test_a_long_header_and_a_file_of_one_long_line_are_reported():
    for data in (LONG, LONG + b",x\n1,2\n"):
        rows, rejected = read(read_delimited, data)
        assert rows == []
        assert (0, "line_too_long", True) in rejected


def test_bytes_that_begin_no_character_are_kept_as_they_are():
    strange = [b"\xff" * 9, b"\x80\x80a\xe2\x82", b"\xc3\xa9\xc3", b"\xf5\xbf\xc1", b"\xed\xa0\x80", b"\xf0\x9f"]
    for value in strange:
        assert delimited._lines(value) == [value.decode("utf-8", "surrogateescape")]


def test_millions_of_undecodable_bytes_are_not_handled_one_by_one():
    error = UnicodeDecodeError("utf-8", b"a" + b"\xff" * 1_000_000 + b"\xc3\xa9", 1, 2, "invalid start byte")
    kept, at = undecodable.keep_bytes(error)
    assert (len(kept), at) == (1_000_000, 1_000_001)


def test_a_long_object_costs_its_row_alone():
    lines = [b'{"id": 1}', b'{"id": "' + LONG + b'"}', b'{"id": 3}', b'{"id": ' + LONG]
    rows, rejected = read(read_json, b"\n".join(lines))
    assert rows == [(1, ("1",)), (3, ("3",))]
    assert [one for one in rejected if one[1] == "line_too_long"] == [(0, "line_too_long", True)] * 2
    assert {row for row, reason, _damage in rejected if reason != "line_too_long"} == {2, 4}


def test_the_byte_of_a_row_after_a_long_one_is_right():
    long_ = b'{"id": "' + LONG + b'"}\n'
    [batch] = read_json(io.BytesIO(long_ + b'{"id": 3}\n'), table="t", reject=lambda _bad: None)
    assert batch.byte_offsets == [len(long_)]


@pytest.mark.slow
def test_one_array_on_one_long_line_is_read():
    count = LONGEST_LINE // 10 + 10
    rows, rejected = read(read_json, b"[" + b",".join([b'{"id": 1}'] * count) + b"]\n")
    assert (len(rows), rejected) == (count, [])


def test_a_long_line_in_call_records_costs_one_row():
    # A quote after a blank: only then are lines read one by one.
    row = b'"","101", "07700900001"'
    lines = open_cdr_csv(io.BytesIO(b"\n" + LONG + b"\n" + row + b"\n"), row).read().split(b"\n")
    assert [len(line) > len(PLACE) for line in lines] == [True, False, True, False]
