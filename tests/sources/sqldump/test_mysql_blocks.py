"""Rows read by blocks equal those of the careful reader: same values, numbers, bytes and rejections."""

import random
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ringback.sources.sqldump import mysql_blocks, stream
from ringback.sources.sqldump.mysql_blocks import RowBlock
from ringback.sources.sqldump.mysql_values import Kind
from sqldump_reading import CREATE, read_both
from sqldump_writing import rows_of_values, styles, texts, write
from tiers import examples, first_quick

any_dump = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PLAIN = "CREATE TABLE `t` (`n` int, `s` text, `d` decimal(9,2), `o` varchar(9), `b` blob);\n"
HEAD = b"INSERT INTO `t` VALUES "
# Cells as they may be written, valid and invalid: the block has to recognise those beyond doubt.
cells = st.one_of(
    st.sampled_from(
        [b"NULL", b"null", b"NULLS", b"''", b"0", b"-1.50", b"1e-10", b"+5", b"1-2", b"--1", b"TRUE", b".5"]
    ),
    st.sampled_from(
        [b"0x41", b"b'1'", b"_binary 'a\\0'", b"_binary'x'", b"N'x'", b'"it\'s"', b"'a''b'", b"'\\''", b""]
    ),
    st.sampled_from(
        [b"now()", b"(1)", b"(1,2,3,4,5)", b"-- x'\n1", b"/*'*/2", b"1 ", b" 1", b"'a' 'b'", b"\\'", b"`x`"]
    ),
    st.sampled_from([b"'\\%\\_\\n\\\\'", b"'a\\\\'", b"'),('", b"'\xff\xc3'", b"'\xc3\xa9\\\xc3\xa9'", b"1*2", b"1+2"]),
    texts.map(lambda text: b"'" + text.encode("utf-8", "surrogateescape").replace(b"'", b"\\'") + b"'"),
)
rows_of_cells = st.lists(st.lists(cells, min_size=5, max_size=5) | st.lists(cells, max_size=6), max_size=10)
gaps = st.sampled_from([b",", b",", b",", b",\n", b", ", b",,", b"", b";", b",\r\n", b" ,", b",/*'*/", b";\n" + HEAD])


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(mysql_blocks, "FEWEST_ROWS", 1)
    monkeypatch.setattr(mysql_blocks, "BLOCK", 400)
    monkeypatch.setattr(stream, "CHUNK", 100)
    monkeypatch.setattr(stream, "LOOKAHEAD", 300)


@any_dump
@given(rows=rows_of_values, style=styles, step=st.integers(1, 40), batch_rows=st.integers(1, 5), data=st.data())
def test_what_another_writer_wrote_reads_alike(small_blocks, rows, style, step, batch_rows, data):
    dump, _ = write(rows, style)
    cut = data.draw(st.integers(0, len(dump)) | st.just(len(dump)))
    careful, fast, _ = read_both(dump[:cut], step=step, batch_rows=batch_rows)
    assert fast == careful


@any_dump
@given(rows=rows_of_values, style=styles, data=st.data())
def test_a_damaged_byte_reads_alike(small_blocks, rows, style, data):
    dump, _ = write(rows, style)
    at = data.draw(st.integers(0, len(dump) - 1))
    damaged = dump[:at] + bytes([data.draw(st.integers(0, 255) | st.sampled_from(b"'\\(),\"`"))]) + dump[at + 1 :]
    careful, fast, _ = read_both(damaged)
    assert fast == careful


@settings(any_dump, max_examples=examples(400))
@given(rows=rows_of_cells, between=st.lists(gaps, min_size=10, max_size=10), step=st.integers(50, 5000), data=st.data())
@example(rows=[[b"1", b"'a\\'", b"1", b"'b'", b"1"]] * 2, between=[b","] * 10, step=5000, data=None)
@example(rows=[[b"1-2", b"5", b"1", b"'b'", b"1"]] * 2, between=[b","] * 10, step=5000, data=None)
def test_cells_right_and_wrong_read_alike(small_blocks, rows, between, step, data):
    written = b"".join(b"(" + b",".join(row) + b")" + gap for row, gap in zip(rows, between, strict=False))
    created = PLAIN if data is None or data.draw(st.booleans()) else ""
    dump = created.encode() + HEAD + written + b"(1,'x',2,'y',3);\n"
    careful, fast, _ = read_both(dump, step=step)
    assert fast == careful


def big_dump(rows, *, odd=0.0, seed=1):
    """A dump in which a share of the rows is odd."""
    chance = random.Random(seed)
    out = []
    for number in range(rows):
        text = chance.choice(["plain", "it\\'s", 'caf\u00e9 \\"q\\"', "a\\\\", "),(", ""])
        if chance.random() < odd:
            text = chance.choice(["do''ubled", "x')/*'*/,(0,'", "y',NULL,NULL,NULL),(1,2),(1,'"])
        out.append(f"({number},'{text}',{number / 4},NULL,_binary '\\0{number}')")
    return (PLAIN + HEAD.decode() + ",".join(out) + ";\n").encode()


@pytest.mark.parametrize("odd", first_quick([0.0, 0.001, 0.02, 1.0], 3))
def test_a_long_statement_reads_alike(odd):
    careful, fast, by_blocks = read_both(big_dump(40_000, odd=odd), batch_rows=20_000)
    assert fast == careful
    expected = {0.0: 39_900, 0.001: 30_000}.get(odd, 0)
    assert by_blocks >= expected


def test_bytes_that_are_no_text_stay_the_bytes_they_were():
    rows = b",".join(b"(%d,'\xff%d',1,'\xc3\xa9',NULL)" % (number, number) for number in range(200))
    careful, fast, by_blocks = read_both(PLAIN.encode() + HEAD + rows + b";")
    assert by_blocks >= 199
    assert fast == careful
    assert fast[0]["t", ("n", "s", "d", "o", "b")][0][7] == (b"7", b"\xff7", b"1", b"\xc3\xa9", None)


def test_a_row_longer_than_a_block_is_read_by_itself():
    rows = [b"(%d,'a',1,'b','c')" % number for number in range(3000)]
    rows[1500] = b"(1500,'" + b"long\\n" * 600_000 + b"',1,'b','c')"
    careful, fast, by_blocks = read_both(PLAIN.encode() + HEAD + b",".join(rows) + b";")
    assert by_blocks >= 2900
    assert fast == careful


def test_a_block_says_which_rows_follow_one_another():
    block = RowBlock(b"(1,'a'),(2,'b'),\n(3,'c'), (4,'d'),(x,'e'),(6,NULL)", (Kind.NUMBER, Kind.TEXT))
    assert block.good.tolist() == [True, True, True, True, False, True]
    assert block.starts.tolist()[:3] == [0, 8, 17]
    assert [array.to_pylist() for array in block.arrays][1][:4] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "middle",
    [
        b"(1,'a',1,'b','c')" + b"," * 200_000,
        b"(" * 400_000,
        b"()" * 100_000,
        b"(1,'a',1,'b','c'" + b"'" * 400_000,
        b"(1," + b"'\\" * 200_000,
        b"(1,'" + b"(),'" * 100_000,
        b"(1,2,3,4,5)/*'*/," * 20_000,
        b"(1,'a',1,'b','c')," * 20 + b'(1,"\'",2,3,4),' * 20_000,
    ],
    ids=range(8),
)
def test_no_nonsense_takes_long(middle):
    started = time.process_time()
    careful, fast, _ = read_both(CREATE.encode() + PLAIN.encode() + HEAD + middle + b";\n")
    assert fast == careful
    assert time.process_time() - started < 10
