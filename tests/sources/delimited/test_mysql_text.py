"""Text files as MySQL writes them: every value is read back, and damage is reported."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.delimited.mysql_text import read_tab_text
from ringback.sources.encodings.long_lines import LONGEST_LINE
from tiers import examples

COLUMNS = ("a", "b", "c")


def _read(data, columns=COLUMNS, **options):
    rejected = []
    stream = io.BufferedReader(io.BytesIO(data)) if isinstance(data, bytes) else data
    batches = list(
        read_tab_text(stream, table="cdr", columns=columns, told_by="EX-002", reject=rejected.append, **options)
    )
    return batches, rejected


def _rows(batches):
    return [tuple(row) for batch in batches for row in batch.rows]


def escape(value):
    """Write like the server's SELECT ... INTO OUTFILE: backslashes as escapes, \\N for NULL."""
    if value is None:
        return b"\\N"
    data = value.encode("utf-8", "surrogateescape")
    return data.replace(b"\\", b"\\\\").replace(b"\t", b"\\\t").replace(b"\n", b"\\\n").replace(b"\0", b"\\0")


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(*[st.none() | st.text(st.characters(exclude_categories=["Cs"]))] * 3), max_size=8))
def test_what_the_server_wrote_is_read_back(rows):
    data = b"".join(b"\t".join(map(escape, row)) + b"\n" for row in rows if not (row[2] or "").endswith("\r"))
    batches, rejected = _read(data)
    assert _rows(batches) == [row for row in rows if not (row[2] or "").endswith("\r")]
    assert rejected == []


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (b'"Bank" <+443456008050>\t\t\\N\n', ('"Bank" <+443456008050>', "", None)),
        (b'"never closed\tx\ty\n', ('"never closed', "x", "y")),
        (b"a\\\\\tb\\nc\tN\n", ("a\\", "b\nc", "N")),
        (b"a\\\nb\tc\td\n", ("a\nb", "c", "d")),
        (b"L\xe9on\t\\0\t\\Z\r\n", ("L\udce9on", "\0", "\x1a")),
        (b"x\ty\tz", ("x", "y", "z")),
    ],
)
def test_values(line, row):
    batches, rejected = _read(b"1\t2\t3\n" + line)
    assert _rows(batches) == [("1", "2", "3"), row]
    assert batches[0].byte_offsets == [0, 6]
    assert rejected == []


@pytest.mark.parametrize(
    ("data", "kept", "told"),
    [
        (b"1\t2\t3\n1\t2\n4\t5\t6\n", 2, [(2, "field_count", False)]),
        (b"1\t2\t3\n1\t2\t3\t4\n", 1, [(2, "field_count", False)]),
        (b"1\t2\t3\n1\t2", 1, [(2, "torn_last_row", True)]),
        (b"1\t2\n1\t2\n", 0, [(1, "field_count", False), (2, "field_count", False), (0, "columns_unfit", True)]),
        (b"", 0, []),
        (b"1\t2\t3\n" + b"x" * (LONGEST_LINE + 9) + b"\n1\t2\t3\n", 2,
         [(0, "line_too_long", True), (2, "field_count", False)]),
    ],
)  # fmt: skip
def test_damage_is_rejected_with_its_reason(data, kept, told):
    batches, rejected = _read(data)
    assert len(_rows(batches)) == kept
    assert [(one.row, one.reason, one.damage) for one in rejected] == told


def test_a_stream_that_breaks_off_is_damage():
    class Broken(io.BytesIO):
        def readline(self, size=-1):
            line = super().readline(size)
            if not line:
                raise EOFError("the compressed data end early")
            return line

    batches, rejected = _read(Broken(b"1\t2\t3\n"))
    assert (len(_rows(batches)), [one.reason for one in rejected]) == (1, ["torn_file"])


def test_batches_and_wanted():
    assert [len(batch.rows) for batch in _read(b"1\t2\t3\n" * 25, batch_rows=10)[0]] == [10, 10, 5]
    assert _read(b"1\t2\t3\n", wanted=lambda _table, _columns: False) == ([], [])
