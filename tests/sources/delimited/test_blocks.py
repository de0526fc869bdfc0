"""Blocks of whole columns give exactly what reading line by line gives."""

import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batch_reading import numbers_of, rows_of
from ringback.jit import ODD
from ringback.sources.base import RawColumns, Reach
from ringback.sources.delimited import blocks, reader, row_table
from ringback.sources.delimited.blocks import split_block
from ringback.sources.delimited.headers import Start
from ringback.sources.delimited.kernels import _WINDOW, UNCODED, code_column
from ringback.sources.delimited.reader import read_delimited
from ringback.sources.delimited.row_shapes import ANY_SURPLUS
from tiers import examples

# UTF-8 by another name: the reader does not use blocks for it, and reads line by line.
BY_BLOCKS, BY_LINES = "utf-8", "utf-8-sig"


def read(data, **options):
    rejected = []
    batches = list(read_delimited(io.BytesIO(data), table="t", reject=rejected.append, **options))
    rows = [tuple(row) for batch in batches for row in rows_of(batch)]
    numbers = [number for batch in batches for number in numbers_of(batch)]
    return rows, numbers, rejected, [type(batch) for batch in batches]


def assert_same(data, **options):
    by_blocks, by_lines = read(data, encoding=BY_BLOCKS, **options), read(data, encoding=BY_LINES, **options)
    # A row that is judged by itself may come before or after its neighbours.
    rows_of_each = [sorted(zip(one[1], one[0], strict=True), key=lambda one: one[0]) for one in (by_blocks, by_lines)]
    assert rows_of_each[0] == rows_of_each[1]
    assert sorted(by_blocks[2], key=repr) == sorted(by_lines[2], key=repr)


field = st.one_of(
    st.text(alphabet="ab7+ \u00e9\u20ac", max_size=6).map(str.encode),
    st.text(alphabet='a,"\n\r', max_size=6).map(lambda text: b'"' + text.replace('"', '""').encode() + b'"'),
    st.sampled_from([b"", b'""', b'""""', b"\\N", b"\xff\xfe", b'"caf\xe9, x"', b"NULL", b"\x00", b" ", b'"\\"']),
)
# Fields that no writer of CSV makes: their blocks are read line by line.
odd = st.sampled_from([b'a"b', b'"a"b', b'"a', b"\r", b'x\\"y', b'"x\\"y"', b"a,b", b"\\,", b'"""'])
row = st.lists(field, min_size=3, max_size=3)
rows = st.lists(st.one_of(row, row, row, st.lists(st.one_of(field, odd), max_size=5)).map(b",".join), max_size=25)


@settings(max_examples=examples(400), deadline=None)
@given(
    rows,
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.sampled_from([40, 90, 4096]),
    st.sampled_from([20, 60, 4096]),
    st.sampled_from([0, 1, ANY_SURPLUS]),
    st.sampled_from([Reach(1, 2), Reach(2, 2), Reach(1, 3), Reach(3, 3)]),
)
@example([b'a,"x\r', b'y",c', b"d,e"], b"\n", True, 40, 4096, 0, Reach(2, 3))
@example([b"a,b", b"a", b'"a"', b"a,b,c", b"a,b,,", b"a,b,c,"], b"\n", True, 40, 4096, ANY_SURPLUS, Reach(1, 3))
@example([b"a", b"one,two,three", b'"one",two,"three"', b"three,two,b", b"a"], b"\n", True, 40, 4096, 0, Reach(1, 3))
def test_blocks_equal_lines(lines, end, closed, size, piece, surplus, reach):
    data = b"one,two,three" + end + end.join(lines) + (end if closed else b"")
    with pytest.MonkeyPatch.context() as patch:
        settle_start(patch, surplus)
        # Whether backslashes escape is decided by the rows at hand, and blocks of different sizes hold different rows.
        patch.setattr(reader, "_BLOCK_BYTES", 4096 if b"\\" in data else size)
        patch.setattr(reader, "_PIECE_BYTES", 4096 if b"\\" in data else piece)
        assert_same(data, reaching=lambda _table, _columns: reach)


def settle_start(patch, surplus=0):
    """Fix what is decided by the first rows, because larger blocks decide by more of them."""
    patch.setattr(reader, "find_start", lambda *_lines, **_known: Start(",", 0))
    patch.setattr(row_table, "find_surplus", lambda _rows, _width: surplus)


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(st.sampled_from([b"a", b",", b"\n", b'"', b"\r", b"\xc3", b"\\", b"7,b,c\n", b'"x",y,z\r\n']), max_size=60)
)
def test_any_bytes_are_read_alike_by_blocks_and_by_lines(pieces):
    with pytest.MonkeyPatch.context() as patch:
        escaped = any(b"\\" in piece for piece in pieces)
        patch.setattr(reader, "_BLOCK_BYTES", 4096 if escaped else 64)
        patch.setattr(reader, "_PIECE_BYTES", 4096 if escaped else 20)
        settle_start(patch)
        assert_same(b"one,two,three\n" + b"".join(pieces))


# Values are compared and copied eight bytes at a time.
WORDS = (b"abcdefgh", b"bcdefgh,abcdefghb\n", b"a,abcdefgh\n", b"abcdefga,a\n", b'"abcdefgh",a\n')


@settings(max_examples=examples(500), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"a", b",", b"\n", b'"', b'""', b"\r", b"\r\n", b"\\N", b"\xc3\xa9", b"\xc3", b"a,b\n", b'"\n",\n', *WORDS]
        ),
        max_size=40,
    )
)
@example([b'"a"', b"a", b",", b"b", b"\n"])
@example([b"a", b",", b"\\N", b"\n", b'""', b",", b'"\\N"', b"\r\n"])
@example([b'"', b'""', b'"', b",", b'"', b'""', b"\xc3", b'"', b"\n", b"a,b\n"])
def test_a_block_is_what_the_careful_reader_makes_of_its_bytes(pieces):
    data = b"".join(pieces)
    block = split_block(data, delimiter=ord(","), width=2, most_lines=100)
    if block is None:
        return
    careful_rows, numbers, rejected, _kinds = read(
        data[: block.size], encoding=BY_LINES, header=["one", "two"], delimiter=",", reaching=None
    )
    values = [array.cast("binary").to_pylist() for array in block.fields]
    as_bytes = [tuple(v if v is None else v.encode("utf-8", "surrogateescape") for v in row) for row in careful_rows]
    assert list(zip(*values, strict=True)) == as_bytes
    assert [array.to_pylist() for array in coded_columns(block)] == [array.to_pylist() for array in block.fields]
    assert block.numbers.tolist() == numbers
    assert [(misfit.number, f"has {misfit.fields} fields, the header has 2") for misfit in block.misfits] == [
        (bad.row, bad.detail) for bad in rejected
    ]
    assert block.rows == len(numbers) + len(rejected)


def coded_columns(block, *, rows_a_value=1):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_ROWS_A_VALUE", rows_a_value)
        return [block.fields.coded(column) for column in range(len(block.fields))]


def test_a_column_is_coded_where_its_values_are_few_and_plain():
    lines = ["a,,1,x,\\N", '"a",,2,"x, y",""', "abcdefghi,,3,x,", 'abcdefgh,,4,"a ""b""",'] * 2
    block = split_block("\n".join([*lines, ""]).encode(), delimiter=ord(","), width=5, most_lines=100)
    kinds = [pa.types.is_dictionary(array.type) for array in coded_columns(block, rows_a_value=4)]
    # Three values for eight rows; none; four, which are too many; a quote inside; none.
    assert kinds == [True, True, False, False, True]
    names, nothing, *_others = coded_columns(block)
    assert names.dictionary.to_pylist() == ["a", "abcdefghi", "abcdefgh"]
    assert (names.null_count, nothing.null_count) == (0, 8)
    bad = split_block(b"\xff,1\n" * 8, delimiter=ord(","), width=2, most_lines=100)
    assert bad.fields.coded(0).to_pylist() == [b"\xff"] * 8


def test_values_crafted_to_collide_are_still_read_right():
    back, made = pow(ODD % 2**64, -1, 2**64), []
    for high in range(200_000):
        mixed = high << 20
        value = (((mixed ^ (mixed >> 32)) * back % 2**64) ^ 8).to_bytes(8, "little")
        if not set(value) & set(b',"\r\n\\') and len(made) < 1100:
            made.append(value)
    assert len(made) == 1100
    block = split_block(b"".join(value + b",1\n" for value in made * 4), delimiter=44, width=2, most_lines=100)
    # Left to the copying loop, which notices bytes that are not text.
    assert block.fields.coded(0).to_pylist() == made * 4
    assert pa.types.is_dictionary(block.fields.coded(1).type)
    few = split_block(b"".join(value + b",1\n" for value in made[:900] * 4), delimiter=44, width=2, most_lines=100)
    texts, firsts = np.empty(3600, np.int32), np.empty(901, np.int32)
    assert codes_of(few, texts, firsts) == 900
    assert codes_of(block, np.empty(4400, np.int32), np.empty(1101, np.int32)) == UNCODED


def codes_of(block, codes, firsts):
    fields, rows_ = block.fields, block.rows
    before, behind = fields._around(0)
    return code_column(fields._text, fields._words, before, behind, codes, firsts, np.zeros(rows_ // 8 + 1, np.uint8))[
        0
    ]


def test_plain_rows_are_found_across_windows():
    lines = [f"{number},{'x' * (number % 41)},{number}" for number in range(_WINDOW // 8)]
    text = "\n".join([*lines, ""]).encode()
    assert len(text) > 3 * _WINDOW
    for end in (b"\n", b"\r\n"):
        block = split_block(text.replace(b"\n", end), delimiter=ord(","), width=3, most_lines=100)
        rows_read = zip(*(array.to_pylist() for array in block.fields), strict=True)
        assert [",".join(value or "" for value in values) for values in rows_read] == lines
        assert block.numbers.tolist() == list(range(1, len(lines) + 1))


@pytest.mark.parametrize(
    "row",
    [
        b'a"b,"c',
        b'"a"b,c',
        b'"a" ,c',
        b'a,b"c"',
        b"a\rb,c",
        b"a,b\r\r",
        b'"a\nb"',
        b'"a\r\nb",c,d',
        b'a,"' + b"\n" * 100 + b'"',
    ],
)
def test_a_row_that_is_not_plainly_clean_is_left_to_the_careful_reader(row):
    options = {"delimiter": ord(","), "width": 2, "most_lines": 100}
    assert split_block(b"1,2\n" + row + b"\n3,4\n", **options) is None
    # Nothing is known yet of an incomplete row.
    before = split_block(b"1,2\n" + row, **options)
    assert (before.rows, before.size) == (1, 4)


def test_nothing_depends_on_where_in_the_text_a_row_stands():
    rows_written = b'1,"a""\r\nb"\r\n\n2\n"",\\N\r\n"3",\xc3\xa9\n'
    for before in range(_WINDOW - len(rows_written), _WINDOW + 1):
        filler = b"x" * (before - 3)
        block = split_block(filler + b",y\n" + rows_written, delimiter=ord(","), width=2, most_lines=100)
        assert [array.to_pylist() for array in block.fields] == [
            [filler.decode(), "1", None, "3"],
            ["y", 'a"\r\nb', None, "\u00e9"],
        ]
        assert block.numbers.tolist() == [1, 2, 4, 5]
        assert [(misfit.number, misfit.fields) for misfit in block.misfits] == [(3, 1)]


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
    assert [(bad.row, bad.reason, bad.detail) for bad in sorted(rejected, key=lambda bad: bad.row)] == [
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


@pytest.mark.parametrize("few", [0, 2, 1_000])
@settings(deadline=None)
@given(data=st.text(alphabet='\\,"\n\ra', max_size=12).map(str.encode))
def test_both_searches_for_backslashes_agree(few, data):
    told = any(data[at] == ord("\\") and data[at + 1] in b',"\n\r' for at in range(len(data) - 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_table, "_FEW_BACKSLASHES", few)
        assert row_table._may_escape(data, ",") == told
