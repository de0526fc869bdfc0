"""The PostgreSQL reader on any values, on any cut, on damage and on forms that pg_dump never writes."""

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.sources.base import want_all
from ringback.sources.sqldump import postgres_copy, stream
from ringback.sources.sqldump.postgres import read_pgdump
from sqldump_reading import Dribble, gather
from tiers import examples

any_dump = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CREATE = b"CREATE TABLE public.t (\n    n integer NOT NULL,\n    s text DEFAULT '(,'::text,\n    \"B\" bytea\n);\n\n"
texts = st.one_of(st.text(max_size=9), st.text(alphabet="\\'\"\t\n\r\b\f\v.N$;,()-/*Ex\u00e9", max_size=9)).map(
    lambda text: text.replace("\0", "").encode("utf-8", "replace")
)
rows = st.lists(st.tuples(st.integers(-9, 10**9), texts | st.none(), st.binary(max_size=5) | st.none()), max_size=9)
COPY_ESCAPES = {
    b"\\": b"\\\\",
    b"\b": b"\\b",
    b"\f": b"\\f",
    b"\n": b"\\n",
    b"\r": b"\\r",
    b"\t": b"\\t",
    b"\v": b"\\v",
}


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(postgres_copy, "BLOCK", 60)
    monkeypatch.setattr(stream, "CHUNK", 50)
    monkeypatch.setattr(stream, "LOOKAHEAD", 200)


def copied(value):
    return b"\\N" if value is None else b"".join(COPY_ESCAPES.get(one, one) for one in map(bytes, zip(value)))


def quoted(value, *, standard):
    if value is None:
        return b"NULL"
    value = value.replace(b"'", b"''")
    return b"'" + value + b"'" if standard or b"\\" not in value else b"E'" + value.replace(b"\\", b"\\\\") + b"'"


def write(found, style):
    """A dump in one of the styles: its bytes, the rows as they should be read, and the byte after each row."""
    out = bytearray(b"--\n-- PostgreSQL database dump\n--\n\n" + CREATE)
    if style == "old":
        out += b"SET standard_conforming_strings = off;\n"
    if style == "copy":
        out += b'COPY public.t (n, s, "B") FROM stdin;\n'
    ends = []
    for number, text, data in found:
        hexed = None if data is None else b"\\x" + data.hex().encode()
        if style == "copy":
            out += b"\t".join([b"%d" % number, copied(text), copied(hexed)]) + b"\n"
        else:
            cells = [b"%d" % number, quoted(text, standard=style != "old"), quoted(hexed, standard=style != "old")]
            out += b"INSERT INTO public.t VALUES (" + b", ".join(cells) + b");\n"
        ends.append(len(out) - (1 if style == "copy" else 2))
    out += b"\\.\n\n" if style == "copy" else b""
    out += b"\n--\n-- PostgreSQL database dump complete\n--\n"
    return bytes(out), [(b"%d" % n, s or None, b or None) for n, s, b in found], ends


def read(dump, *, step=1 << 20, wanted=want_all, error=None):
    rejections = []
    tables = gather(read_pgdump(Dribble(dump, step, error), reject=rejections.append, wanted=wanted, batch_rows=3))
    return tables, rejections


def only(tables):
    return next(iter(tables.values()))[0] if tables else []


@any_dump
@given(found=rows, style=st.sampled_from(["copy", "insert", "old"]), step=st.integers(1, 300), data=st.data())
def test_what_another_writer_wrote_is_read_back_as_far_as_a_cut(small_blocks, found, style, step, data):
    dump, expected, ends = write(found, style)
    cut = data.draw(st.integers(40, len(dump)) | st.just(len(dump)))
    tables, rejections = read(dump[:cut], step=step)
    whole = [row for row, end in zip(expected, ends, strict=True) if end < cut]
    assert only(tables)[: len(whole)] == whole
    assert len(only(tables)) <= len(whole) + 1
    # Half of the mark of a last comment is a torn statement too.
    complete = b"database dump complete" in dump[:cut] and not dump[:cut].endswith(b"\n-")
    assert bool(rejections) != complete
    for _rows, numbers, offsets in tables.values():
        assert numbers == list(range(1, len(numbers) + 1))
        assert offsets == sorted(set(offsets))


@any_dump
@given(found=rows, style=st.sampled_from(["copy", "insert", "old"]), data=st.data())
def test_a_damaged_byte_never_stops_the_reader(small_blocks, found, style, data):
    dump, _, _ = write(found, style)
    at = data.draw(st.integers(0, len(dump) - 1))
    _, rejections = read(dump[:at] + data.draw(st.binary(max_size=2)) + dump[at + 1 :])
    assert all(one.byte is None or 0 <= one.byte <= len(dump) + 1 for one in rejections)


def copy(*lines, head=b"COPY public.t (n, s) FROM stdin;\n"):
    return head + b"".join(line + b"\n" for line in lines) + b"\\.\n"


def test_lines_that_are_no_rows_are_rejected_with_their_place():
    dump = copy(b"1\ta", b"2", b"3\tb\tc", b"", b"4\td")
    tables, rejections = read(dump)
    assert only(tables) == [(b"1", b"a"), (b"4", b"d")]
    assert [(one.reason, one.row, dump[one.byte : one.byte + 2]) for one in rejections] == [
        ("field_count", 2, b"2\n"),
        ("field_count", 3, b"3\t"),
        ("field_count", 4, b"\n4"),
    ]
    assert next(iter(tables.values()))[1] == [1, 5]


def test_rare_escapes_and_raw_line_ends_after_a_backslash():
    tables, rejections = read(copy(rb"1	\101\x42\q\303\251", b"2\ta\\\nb\\\tc", b"3\t\\N", b"4\t\\\\N", b"5\t\\\\."))
    assert rejections == []
    assert only(tables) == [
        (b"1", b"ABq\xc3\xa9"), (b"2", b"a\nb\tc"), (b"3", None), (b"4", b"\\N"), (b"5", b"\\.")
    ]  # fmt: skip


def test_a_dump_with_carriage_returns():
    lines = copy(b"1\ta\r", b"2\t\\N\r", b"3\t\\r\r").replace(b"stdin;\n", b"stdin;\r\n").replace(b"\\.\n", b"\\.\r\n")
    tables, rejections = read(lines)
    assert rejections == []
    assert only(tables) == [(b"1", b"a"), (b"2", None), (b"3", b"\r")]


def test_a_slash_right_after_its_opening_closes_no_comment():
    tables, rejections = read(b"/*/ it's no end yet; */\n" + copy(b"1\ta"))
    assert rejections == []
    assert only(tables) == [(b"1", b"a")]


def test_tables_of_one_name_in_schemas_and_databases():
    block = copy(b"1\ta")
    dump = block + block.replace(b"public", b'"Old"') + b"\\connect second\n\n" + block + block
    tables, rejections = read(dump)
    assert rejections == []
    assert {name: numbers for (name, _), (_, numbers, _) in tables.items()} == {
        "t": [1],
        "Old.t": [1],
        "public.t": [1, 2],
    }


def test_schemas_named_by_the_search_path_alone():
    dump = b"SET search_path = public, pg_catalog;\n" + copy(b"1\ta", head=b"COPY t (n, s) FROM stdin;\n")
    tables, rejections = read(dump + dump.replace(b"public", b'"Old"') + copy(b"2\tb"))
    assert rejections == []
    assert {name: numbers for (name, _), (_, numbers, _) in tables.items()} == {"t": [1, 2], "Old.t": [1]}


def test_tables_that_nobody_wants_are_passed_over_and_asked_of_once():
    asked = []

    def wanted(table, columns):
        asked.append((table, columns))
        return table == "u"

    dump = CREATE + copy(b"1\tINSERT") * 2 + b"INSERT INTO t VALUES (1, ';');" + b"COPY u (a) FROM stdin;\nx\n\\.\n"
    tables, _ = read(dump, wanted=wanted)
    assert [name for name, _ in tables] == ["u"]
    assert [table for table, _ in asked] == ["t", "u"]


def test_statements_that_are_not_carried_out_and_odd_copies():
    dump = b"UPDATE t SET a = ';';\nCOPY t FROM stdin WITH (FORMAT csv);\n1,2\n\\.\nnonsense here;\nmore;\n"
    _, rejections = read(dump + b"INSERT INTO t VALUES (1, now());\n" + copy(b"1\ta"))
    assert [(one.reason, one.damage) for one in rejections] == [
        ("unknown_statement", False),
        ("unknown_statement", True),
        ("unknown_value", True),
    ]


@pytest.mark.parametrize(
    "dump",
    [
        copy(b"\t" * 4_000_000),
        copy(b"1\t" + b"\\" * 3_000_001),
        copy(b"1\t" + b"\\x" * 1_000_000),
        copy(*[b""] * 200_000),
        b"COPY t (a) FROM stdin;\n" + b"x" * 3_000_000,
        b"INSERT INTO t VALUES " + b"(" * 3_000_000,
        b"INSERT INTO t VALUES (" + b"'" * 3_000_001,
        b"INSERT INTO t VALUES (" + b"1," * 300_000 + b"1);",
        b"$a$" * 1_000_001,
        b"$$" + b"$a" * 1_000_000,
        b"CREATE TABLE t (" + b"(" * 1_000_000 + b";",
        b'"' * 1_000_001,
        b"E'" + b"\\'" * 1_000_000,
        b"/*" * 1_000_000,
        b"-" * 1_000_001 + b"\n;" * 100_000,
        b"SET x = " + b"a" * 1_000_000,
        b"\\" * 300_000,
        b"\\\n" * 100_000,
        b"x;" * 100_000,
    ],
    ids=range(19),
)
def test_no_nonsense_takes_long(dump):
    started = time.process_time()
    list(read_pgdump(io.BytesIO(dump), reject=lambda _one: None))
    assert time.process_time() - started < 15
