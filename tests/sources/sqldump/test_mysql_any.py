"""The mysqldump reader on any values (from a writer made for this test), on any cut, on damage and on nonsense."""

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ringback.sources.sqldump import stream
from sqldump_reading import CREATE, Dribble, read
from sqldump_writing import Style, render, rows_of_values, styles, write
from tiers import examples


@pytest.fixture
def small_window(monkeypatch):
    monkeypatch.setattr(stream, "CHUNK", 11)
    monkeypatch.setattr(stream, "LOOKAHEAD", 120)


any_dump = settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@any_dump
@given(rows=rows_of_values, style=styles, step=st.integers(1, 40), batch_rows=st.integers(1, 5))
@example(
    rows=[("1", "'\\", b"\\'", "0")] * 3,
    style=Style(True, False, False, False, b","),
    step=1,
    batch_rows=2,
)
def test_what_another_writer_wrote_is_read_back(small_window, rows, style, step, batch_rows):
    dump, ends = write(rows, style)
    reading = read(Dribble(dump, step), batch_rows=batch_rows)
    assert not reading.rejections
    assert reading.rows() == rows
    assert reading.numbers() == list(range(1, len(rows) + 1))
    assert [end - len(render(row, style)) for row, end in zip(rows, ends, strict=True)] == reading.offsets()


@any_dump
@given(rows=rows_of_values, style=styles, step=st.integers(1, 40), data=st.data())
def test_a_cut_anywhere_leaves_exactly_the_whole_rows_before_it(small_window, rows, style, step, data):
    dump, ends = write(rows, style)
    cut = data.draw(st.integers(0, len(dump)))
    reading = read(Dribble(dump[:cut], step))
    assert reading.rows() == [row for row, end in zip(rows, ends, strict=True) if end <= cut]
    if reading.rejections:
        assert reading.reasons == ["torn_statement"]
        assert 0 <= reading.rejections[0].byte <= cut
    else:
        assert not dump[:cut].strip() or dump[:cut].rstrip().endswith(b";")


@any_dump
@given(rows=rows_of_values, style=styles, data=st.data())
def test_a_damaged_byte_never_stops_the_reader(small_window, rows, style, data):
    dump, _ = write(rows, style)
    at = data.draw(st.integers(0, len(dump) - 1))
    damaged = dump[:at] + bytes([data.draw(st.integers(0, 255))]) + dump[at + 1 :]
    reading = read(damaged)
    assert all(one.reason for one in reading.rejections)


@any_dump
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                b"INSERT INTO|REPLACE|CREATE TABLE|`t`| VALUES |(|)|,|;|'|\"|\\|--|-- |#|/*|/*!5|*/|NULL|0x"
                b"|b'|_binary|DELIMITER //|\n| |1|USE ".split(b"|")
            ),
            max_size=40,
        ).map(b"".join),
    )
)
def test_nonsense_ends_in_rejections(small_window, dump):
    reading = read(Dribble(dump, 7))
    assert all(one.byte is None or 0 <= one.byte <= len(dump) for one in reading.rejections)


def test_an_unclosed_quote_does_not_draw_the_whole_dump_into_memory(small_window, monkeypatch):
    monkeypatch.setattr(stream, "LONGEST_STRING", 200)
    reading = read("INSERT INTO `t` VALUES (1),(2),('" + "x" * 5000 + "');")
    assert reading.rows() == [("1",), ("2",)]
    assert [(one.reason, one.row) for one in reading.rejections] == [("torn_statement", 3)]
    assert "quote is missing" in reading.rejections[0].detail


def test_memory_stays_flat(monkeypatch):
    """A dump of one INSERT is never held whole: the window stays a few chunks long."""
    monkeypatch.setattr(stream, "CHUNK", 1 << 12)
    monkeypatch.setattr(stream, "LOOKAHEAD", 1 << 12)
    longest = 0
    fill = stream.SqlStream.fill

    def watched(self):
        nonlocal longest
        added = fill(self)
        longest = max(longest, len(self.text))
        return added

    monkeypatch.setattr(stream.SqlStream, "fill", watched)
    rows = ",".join(f"({number},'text')" for number in range(50_000))
    for wanted in (True, False):
        asked = read(CREATE + f"INSERT INTO `t` (`n`,`s`) VALUES {rows};", wanted=lambda *_, wanted=wanted: wanted)
        assert len(asked.rows()) == (50_000 if wanted else 0)
        assert longest <= 3 << 12


@pytest.mark.parametrize(
    "dump",
    [
        "INSERT INTO t VALUES (1)" + "," * 300_000 + ";",
        "INSERT INTO t VALUES (1)" + ", " * 300_000 + "(2);",
        "INSERT INTO t VALUES (" + "1," * 300_000 + "1);",
        "INSERT INTO t VALUES " + "(" * 300_000,
        "INSERT INTO t VALUES (1)" + ")" * 300_000 + ";",
        "INSERT INTO t VALUES (0x" + "f" * 300_001 + "),(b'" + "1" * 300_001 + "');",
        "CREATE TABLE t (" + ",".join(f"c{n} int" for n in range(30_000)) + ");INSERT INTO t VALUES (1);",
        "INSERT INTO t (" + ",".join(f"c{n}" for n in range(30_000)) + ") VALUES (1);",
        "CREATE TABLE t (" + "-" * 300_000 + "(" * 300_000,
        "-" * 300_000 + "/" * 300_000 + "'",
        "#\n" * 100_000,
        "`" * 300_001,
        ";" * 300_000,
        "x;" * 100_000,
    ],
    ids=lambda dump: f"{dump[:20]}..{dump[-20:]}".encode("unicode_escape").decode(),
)
def test_no_nonsense_takes_long(dump):
    started = time.process_time()
    read(dump)
    assert time.process_time() - started < 10
