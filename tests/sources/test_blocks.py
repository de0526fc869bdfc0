"""Blocks of whole columns give exactly what reading line by line gives."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batch_reading import numbers_of, rows_of
from ringback.sources import delimited
from ringback.sources.base import RawColumns
from ringback.sources.delimited import read_delimited

# UTF-8 by another name: the reader does not know it for blocks, and goes line by line.
BY_LINES = "utf-8-sig"


def read(data, **options):
    rejected = []
    batches = list(read_delimited(io.BytesIO(data), table="t", reject=rejected.append, **options))
    rows = [tuple(row) for batch in batches for row in rows_of(batch)]
    numbers = [number for batch in batches for number in numbers_of(batch)]
    return rows, numbers, rejected, [type(batch) for batch in batches]


def assert_same(data, **options):
    by_blocks, by_lines = read(data, **options), read(data, encoding=BY_LINES, **options)
    assert by_blocks[:2] == by_lines[:2]
    assert sorted(by_blocks[2], key=repr) == sorted(by_lines[2], key=repr)


field = st.one_of(
    st.text(alphabet="ab7+ \u00e9\u20ac", max_size=6).map(str.encode),
    st.text(alphabet='a,"\n\r', max_size=6).map(lambda text: b'"' + text.replace('"', '""').encode() + b'"'),
    st.sampled_from([b"", b'""', b'""""', b"\\N", b"\xff\xfe", b'"caf\xe9, x"', b"NULL", b"\x00", b" ", b'"\\"']),
)
# What no writer of CSV makes: these go line by line, together with what is around them.
odd = st.sampled_from([b'a"b', b'"a"b', b'"a', b"\r", b'x\\"y', b'"x\\"y"', b"a,b", b"\\,", b'"""'])
row = st.lists(field, min_size=3, max_size=3)
rows = st.lists(st.one_of(row, row, row, st.lists(st.one_of(field, odd), max_size=5)).map(b",".join), max_size=25)


@settings(max_examples=400, deadline=None)
@given(
    rows,
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.sampled_from([40, 90, 4096]),
    st.sampled_from([20, 60, 4096]),
)
@example([b'a,"x\r', b'y",c', b"d,e"], b"\n", True, 40, 4096)
def test_blocks_equal_lines(lines, end, closed, size, piece):
    data = b"one,two,three" + end + end.join(lines) + (end if closed else b"")
    with pytest.MonkeyPatch.context() as patch:
        # Whether backslashes escape is told from what is at hand, which is more or less.
        patch.setattr(delimited, "_BLOCK_BYTES", 4096 if b"\\" in data else size)
        patch.setattr(delimited, "_PIECE_BYTES", 4096 if b"\\" in data else piece)
        assert_same(data)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([b"a", b",", b"\n", b'"', b"\r", b"\xc3", b"\\", b"7,b,c\n", b'"x",y,z\r\n']), max_size=60)
)
def test_any_bytes_are_read_alike(pieces):
    with pytest.MonkeyPatch.context() as patch:
        escaped = any(b"\\" in piece for piece in pieces)
        patch.setattr(delimited, "_BLOCK_BYTES", 4096 if escaped else 64)
        patch.setattr(delimited, "_PIECE_BYTES", 4096 if escaped else 20)
        assert_same(b"one,two,three\n" + b"".join(pieces))


def test_clean_rows_come_as_columns():
    data = b"id,note\n" + b"".join(b'%d,"a ""b"", \r\nc%d"\n' % (n, n) for n in range(50_000))
    rows_read, numbers, rejected, kinds = read(data)
    assert rows_read == [(str(n), f'a "b", \r\nc{n}') for n in range(50_000)]
    assert numbers == list(range(1, 50_001))
    assert not rejected
    assert set(kinds) == {RawColumns}


def test_a_row_that_does_not_fit_keeps_its_place():
    data = b"a,b\n1,2\n\n3\n4,5\n,\n6,7,8\n9,10\n"
    rows_read, numbers, rejected, _kinds = read(data)
    assert rows_read == [("1", "2"), ("4", "5"), (None, None), ("9", "10")]
    assert numbers == [1, 3, 4, 6]
    assert [(bad.row, bad.reason, bad.detail) for bad in rejected] == [
        (2, "field_count", "has 1 fields, the header has 2"),
        (5, "field_count", "has 3 fields, the header has 2"),
    ]


def test_a_quote_never_closed_in_a_large_file_costs_one_row():
    rows_written = [b"%d,x,y" % n for n in range(200_000)]
    rows_written[70_000] = b'70000,"x,y'
    data = b"a,b,c\n" + b"\n".join(rows_written) + b"\n"
    rows_read, _numbers, rejected, kinds = read(data)
    assert len(rows_read) == 199_999
    assert [(bad.row, bad.reason, bad.damage) for bad in rejected] == [(70_001, "unclosed_quote", True)]
    assert RawColumns in kinds
