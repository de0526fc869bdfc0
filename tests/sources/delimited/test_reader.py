"""Delimited text: dirty inputs by expected result, damage at every byte, round trips and hostile bytes."""

import codecs
import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch_reading import numbers_of, rows_of
from ringback.sources.archives.unpack import open_unpacked
from ringback.sources.delimited.dialect import DELIMITERS, sniff_delimiter
from ringback.sources.delimited.headers import distinct_names
from ringback.sources.delimited.reader import read_delimited
from ringback.sources.delimited.row_table import SWALLOWED_LINES
from tiers import examples


def _read(data, **options):
    """Columns, rows, row numbers and rejections of some bytes."""
    rejected = []
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    batches = list(read_delimited(stream, table="calls", reject=rejected.append, **options))
    columns = batches[0].columns if batches else ()
    assert all(batch.columns == columns and batch.table == "calls" for batch in batches)
    rows = [list(row) for batch in batches for row in rows_of(batch)]
    numbers = [int(number) for batch in batches for number in numbers_of(batch)]
    assert len(rows) == len(numbers)
    return columns, rows, numbers, rejected


def _reasons(rejected):
    return sorted((r.row, r.reason, r.damage) for r in rejected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [["1", "2"]]),
        ("a;b\n1,5;2\n", [["1,5", "2"]]),
        ("a\tb\n1,5\t2;0\n", [["1,5", "2;0"]]),
        ("a|b\n1|2\n", [["1", "2"]]),
        ("a\x1fb\n1\x1f2\n", [["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["1", "2"]]),
        ("a,b\r1,2\r3,4\r", [["1", "2"], ["3", "4"]]),
        ("a,b\n1,2", [["1", "2"]]),
        ("\n\na,b\n\n1,2\n\n\n3,4\n", [["1", "2"], ["3", "4"]]),
        ('a,b\n"1,0","2 ""two"""\n', [["1,0", '2 "two"']]),
        ('a,b\n"line one\nline two",2\n', [["line one\nline two", "2"]]),
        ('a,b\n"line one\r\nline two",2\r\n', [["line one\r\nline two", "2"]]),
        ("a,b\n,2\n", [[None, "2"]]),
        ('a,b\n"",\\N\n', [[None, None]]),
        ("a,b\n 1 , 2\n", [[" 1 ", " 2"]]),
        ('a,b\n5" pipe,2\n', [['5" pipe', "2"]]),
        ('a,b\n"x"y,2\n', [["xy", "2"]]),
        ("a,b\n1\u2028,2\x85\x0c\n", [["1\u2028", "2\x85\x0c"]]),
        ('a,b\n"say \\"hi\\", x",2\n', [['say "hi", x', "2"]]),
        ('a,b\n"C:\\dir\\",2\n"D:\\",3\n', [["C:\\dir\\", "2"], ["D:\\", "3"]]),
        ("a\tb\n1\\\t2\t3\n\\N\t4\n", [["1\t2", "3"], [None, "4"]]),
        ('a\n""\nx\n', [[None], ["x"]]),
        ("a,b\n😀,𝔘\n", [["😀", "𝔘"]]),
    ],
)
def test_usual_forms_are_read(text, expected):
    _, rows, numbers, rejected = _read(text.encode())
    assert rows == expected
    assert numbers == list(range(1, len(expected) + 1))
    assert rejected == []


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark", "utf-16-be-mark", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_line_end(delimiter, codec, ending):
    table = [["näme", "cost, in £; or |"], ["Zoë", "1,50"], ["Łuk" if codec != "cp1252" else "Luk", ""]]
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator=ending).writerows(table)
    text = target.getvalue()
    data = ("\ufeff" + text).encode(codec[:9]) if codec.endswith("-mark") else text.encode(codec)
    columns, rows, _, rejected = _read(data, encoding="cp1252" if codec == "cp1252" else None)
    assert columns == tuple(table[0])
    assert rows == [table[1], [table[2][0], None]]
    assert rejected == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (" id , Dialled Number ,x", ("id", "Dialled Number", "x")),
        ("a,a,a", ("a", "a_2", "a_3")),
        ("a,a_2,a", ("a", "a_2", "a_3")),
        ("a,,", ("a", "column_2", "column_3")),
        ('"\ufeffa","b"', ("a", "b")),
    ],
)
def test_header_names_are_cleaned_and_distinct(header, expected):
    row = ",".join("1" * (header.count(",") + 1))
    assert _read(f"{header}\n{row}\n".encode())[0] == expected


def test_many_equal_names_are_made_distinct_quickly():
    names = distinct_names(["a"] * 50_000)
    assert len(set(names)) == 50_000


def test_a_header_from_elsewhere_makes_the_first_line_data():
    columns, rows, _, _ = _read(b"1;2,5\n3;4\n", header=["a", "b"])
    assert columns == ("a", "b")
    assert rows == [["1", "2,5"], ["3", "4"]]


def test_bytes_that_are_no_utf8_are_kept():
    _, rows, _, rejected = _read("a,b\nZoë,2\n".encode("cp1252"), encoding="utf-8")
    assert rows == [["Zo\udceb", "2"]]
    assert rejected == []


def test_utf16_that_is_damaged_is_kept_too():
    data = "\ufeffa,b\n1,2\n".encode("utf-16-le") + b"\x00\xd83\x00,\x004\x00\n\x00x"
    _, rows, _, rejected = _read(data)
    assert rows[0] == ["1", "2"]
    assert rows[1:] or rejected


@pytest.mark.parametrize(
    ("text", "numbers", "reasons"),
    [
        ("a,b\n1\n1,2\n1,2,3\n4,5\n", [2, 4], [(1, "field_count", False), (3, "field_count", False)]),
        ("a,b,c\n1,2,3\n4,5", [1], [(2, "torn_last_row", True)]),
        ("a,b,c\n1,2,3\n4,5\n", [1], [(2, "field_count", False)]),
        ("a,b\n1,2\n3,4,5", [1], [(2, "field_count", False)]),
        ('a,b\n1,2\n3,"4', [1], [(2, "torn_last_row", True)]),
        ('a,b\n1,2\n3,"4\n5,6\n7,8\n', [1], [(2, "torn_last_row", True)]),
        ('a,b\n1,2\n3,"4\n5,6\n7,"8"\n9,0\n', [1, 3, 4, 5], [(2, "unclosed_quote", True)]),
        ('a,b\n"1\n2",3,4\n5,6\n', [2], [(1, "field_count", False)]),
        ('a,b\n"x\n1,2\ny\nz",3\n5,6\n', [1, 2], []),
        ("a,b\n", [], []),
        ("", [], []),
        ('a,"b', [], [(0, "torn_last_row", True)]),
    ],
)
def test_bad_rows_are_rejected_and_reading_goes_on(text, numbers, reasons):
    _, rows, given_numbers, rejected = _read(text.encode())
    assert given_numbers == numbers
    assert _reasons(rejected) == reasons
    assert all(len(row) == 2 or "c" in text for row in rows)


def test_the_detail_counts_and_never_quotes():
    rejected = _read(b"a,b\n07700900123\n")[3]
    assert rejected[0].detail == "has 1 fields, the header has 2"
    assert rejected[0].table == "calls"


@pytest.mark.parametrize("rows_after", [SWALLOWED_LINES - 10, SWALLOWED_LINES + 10, 5_000, 30_000])
def test_a_quote_never_closed_costs_one_row_in_a_long_file(rows_after):
    before = "".join(f"{n},x,y\n" for n in range(10))
    after = "".join(f"{n},x,y\n" for n in range(rows_after))
    _, rows, numbers, rejected = _read(f'a,b,c\n{before}0,"x,y\n{after}'.encode())
    if rows_after < SWALLOWED_LINES:
        assert len(rows) == 10
        assert _reasons(rejected) == [(11, "torn_last_row", True)]
    else:
        assert len(rows) == 10 + rows_after
        assert numbers == [*range(1, 11), *range(12, 12 + rows_after)]
        assert _reasons(rejected) == [(11, "unclosed_quote", True)]


def test_every_second_row_with_an_open_quote_is_rejected_alone():
    text = "a,b,c\n" + '1,"x,y\n2,x,y\n3,x,"y z"\n' * 500
    _, rows, _, rejected = _read(text.encode())
    assert len(rows) == 1000
    assert {r.reason for r in rejected} == {"unclosed_quote"}
    assert len(rejected) == 500


def test_two_rows_run_together_by_broken_quoting_are_not_kept_as_one():
    _, rows, _, rejected = _read(b'a,b,c\n1,"x,y\n2,"x,y\n3,x,y\n')
    assert rows == [["3", "x", "y"]]
    assert _reasons(rejected) == [(1, "unclosed_quote", True)]
    assert rejected[0].detail == "broken quoting over 2 lines, which are lost"


def test_a_long_text_in_quotes_is_one_value():
    long = "\n".join(f"line {n}, and so on; and on" for n in range(60_000))
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows([["a", "b", "c"], ["1", long, "3"], ["4", "5", "6"]])
    _, rows, _, rejected = _read(target.getvalue().encode())
    assert rows == [["1", long, "3"], ["4", "5", "6"]]
    assert rejected == []


def test_a_value_longer_than_the_csv_module_allows():
    _, rows, _, _ = _read(b"a,b\n" + b"x" * 300_000 + b",2\n")
    assert len(rows[0][0]) == 300_000


def test_escapes_are_found_far_behind_the_beginning():
    text = "a,b\n" + "plain text,2\n" * 30_000 + '"say \\"hi\\", x",2\n'
    _, rows, _, rejected = _read(text.encode())
    assert rows[-1] == ['say "hi", x', "2"]
    assert rejected == []


def test_rows_come_in_batches_and_wanted_is_asked_once():
    data = b"a,b\n" + b"1,2\n" * 25
    batches = list(read_delimited(io.BytesIO(data), table="t", reject=pytest.fail, batch_rows=10))
    assert [len(batch.row_numbers) for batch in batches] == [25]
    asked = []
    assert _read(data, wanted=lambda table, columns: bool(asked.append((table, columns))))[1] == []
    assert asked == [("calls", ("a", "b"))]


def test_an_unknown_encoding_is_an_error():
    with pytest.raises(LookupError):
        _read(b"a,b\n", encoding="klingon")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a,b;c,d\n", "1,2;3,4\n", "1,2,4\n", "5,6;7,8\n"], ","),
        (['"a;b;c;d",x\n', '"1;2;3;4",y\n'], ","),
        (["a;b;c\n", "1,5;2,5;3,5\n"], ";"),
        (["a,b,c\n", *["1,2|2,3\n"] * 20, "1,2\n"], ","),
        (["number\n", "1\n"], ","),
        ([], ","),
    ],
)
def test_the_delimiter_is_the_one_whose_rows_agree(lines, expected):
    assert sniff_delimiter(lines) == expected


SMALL = 'id,näme,text\n1,Zoë,"a ""b"", c"\n2,,"x\ny"\r\n\n3,"w,w",z\n4,Li,end\n'.encode()


def _is_prefix(rows, whole):
    """Whether rows are the first rows of the whole. A cut in the last value cannot be noticed."""
    if rows == whole[: len(rows)]:
        return True
    *first, last = rows
    expected = whole[len(first)]
    text = (last[-1] or "").rstrip("".join(map(chr, range(0xDC00, 0xDD00))))
    return first == whole[: len(first)] and last[:-1] == expected[:-1] and (expected[-1] or "").startswith(text)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_file_cut_at_any_byte_gives_a_prefix(codec):
    data = SMALL.decode().encode(codec)
    _, whole, _, rejected = _read(data)
    assert len(whole) == 4
    assert rejected == []
    for size in range(len(data)):
        _, rows, numbers, _ = _read(data[:size])
        assert _is_prefix(rows, whole), size
        assert numbers == list(range(1, len(rows) + 1))


def test_an_archive_cut_at_any_byte_gives_whole_rows_only(tmp_path: Path):
    _, whole, _, _ = _read(SMALL)
    packed = gzip.compress(SMALL)
    path = tmp_path / "a.csv.gz"
    for size in range(1, len(packed)):
        path.write_bytes(packed[:size])
        with open_unpacked(path) as (stream, _):
            _, rows, _, rejected = _read(stream)
        assert rows == whole[: len(rows)]
        assert sum(r.damage for r in rejected) == 1
        assert {r.reason for r in rejected} <= {"torn_last_row", "torn_file"}


# Without NUL bytes, which have tests of their own.
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    ["", ",", ";", '"', '""', "\n", "\r\n", "a,b", "\\", '\\"', "\t", "|", " x "]
)


@settings(max_examples=examples(300), deadline=None)
@given(
    st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(VALUES, min_size=n, max_size=n), min_size=1, max_size=6)),
    st.sampled_from(DELIMITERS),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_writer_wrote_is_read_back(rows, delimiter, quoting, ending, codec):
    if quoting == csv.QUOTE_MINIMAL:
        ending = "\r\n"  # the writer quotes only those line ends that it uses itself
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    header = [f"c{n}" for n in range(len(rows[0]))]
    writer.writerow(header)
    writer.writerows(rows)
    columns, read, numbers, rejected = _read(target.getvalue().encode(codec), delimiter=delimiter)
    assert columns == tuple(header)
    assert rejected == []
    assert read == [[None if value in ("", "\\N") else value for value in row] for row in rows]
    assert numbers == list(range(1, len(rows) + 1))


SPITEFUL = st.lists(
    st.sampled_from(
        [b"a", b",", b'"', b'""', b"\n", b"\r", b"\\", b";", b"\xff", b"\x00", b"1,2\n", b'"x",y\n', b"\\N"]
    ),
    max_size=60,
).map(b"".join)


@settings(max_examples=examples(400), deadline=None)
@given(st.binary(max_size=300) | SPITEFUL, st.sampled_from([None, ["a", "b"]]))
def test_hostile_bytes_give_rows_or_rejections_only(data, header):
    columns, rows, numbers, rejected = _read(data, header=header)
    assert all(len(row) == len(columns) for row in rows)
    told = sorted(numbers + [r.row for r in rejected if r.row])
    assert told == list(range(1, len(told) + 1))


class _Drip(io.RawIOBase):
    """A stream that gives single bytes, like a slow pipe."""

    def __init__(self, data):
        self._left = data

    def read(self, size=-1):
        piece, self._left = self._left[:1], self._left[1:]
        return piece


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
@pytest.mark.parametrize("text", ["", "a", "id,city\n1,Leeds\n2,York\n"])
def test_a_beginning_that_comes_byte_by_byte_is_read_like_any_other(mark, text):
    data = mark + text.encode("utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-8")
    assert _read(_Drip(data)) == _read(data)
