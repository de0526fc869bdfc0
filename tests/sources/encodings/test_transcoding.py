"""Text in UTF-16, and in encodings that case.toml names, for readers that take only UTF-8."""

import io

import pytest

from ringback.sources.base import RawRows, Rejection
from ringback.sources.encodings.transcoding import (
    as_utf8,
    open_utf8,
    rejecting_without_bytes,
    tell_encoding,
    without_bytes,
)
from ringback.sources.streams import stream_of
from sources.whole_exhibits import read_whole

DUMP = (
    "-- MySQL dump 10.13\r\nCREATE TABLE `calls` (`account` text, `started_at` text, `called_number` text,"
    " `duration` int);\r\nINSERT INTO `calls` VALUES ('füchse','2021-07-01 14:55:02','07700900123',74),"
    "('x','2021-07-01 14:55:02','07700900124',75);\r\n-- Dump completed\r\n"
)
LINES = '{"account":"füchse","started_at":"2021-07-01 14:55:02","called_number":"07700900123","duration":74}\r\n'
COPY = (
    "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"
    "COPY public.calls (account, started_at, called_number, duration) FROM stdin;\n"
    "füchse\t2021-07-01 14:55:02\t07700900123\t74\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("text", "form"), [(DUMP, "mysqldump"), (LINES, "jsonl"), (COPY, "pgdump")])
def test_every_encoding_gives_the_same_rows(text, form, encoding, tmp_path):
    path = tmp_path / "calls.x"
    mark = {"utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path.write_bytes(mark + text.encode(encoding))
    found = read_whole(path, format_=form if encoding == "utf-16-le" else None)
    assert found.format == form
    assert found.values("account", "called_number")[0] == ("füchse", "07700900123")
    assert found.tally.rejections == []
    assert (found.calls[0]["origin_byte"] is None) is encoding.startswith("utf-16")


@pytest.mark.parametrize("text", [DUMP, LINES])
def test_an_encoding_that_case_toml_names(text, tmp_path):
    path = tmp_path / "calls.x"
    path.write_bytes(text.encode("cp1252"))
    found = read_whole(path, encoding="cp1252")
    assert found.values("account")[0] == ("füchse",)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"", "utf-8"),
        (b"a", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        ("žluťoučký kůň".encode("utf-16-be"), "utf-8"),
        (b'{"a": 1}\n' * 9 + b"\0\0\0", "utf-8"),
        ('{"a": 1}\n'.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_detected_by_the_first_bytes(head, encoding):
    assert tell_encoding(head) == encoding
    assert b"\0" not in as_utf8(head) or encoding == "utf-8"


def test_a_converted_stream_breaks_off_where_the_original_does():
    def pieces():
        yield "\ufeffab".encode("utf-16-le")
        raise EOFError("the compressed data end early")

    stream, transcoded = open_utf8(stream_of(pieces()), None)
    assert (stream.read(), transcoded) == (b"ab", True)
    with pytest.raises(EOFError):
        stream.read()


def test_utf8_text_is_passed_on_unchanged():
    plain = io.BufferedReader(io.BytesIO(b"abc"))
    assert open_utf8(plain, None) == (plain, False)
    assert open_utf8(io.BytesIO(b"abc"), "utf-8")[0].read() == b"abc"


def test_converted_text_has_no_byte_offsets():
    told = []
    rejecting_without_bytes(told.append)(Rejection("t", 1, 7, "bad_json", ""))
    assert told == [Rejection("t", 1, None, "bad_json", "")]
    [batch] = without_bytes(iter([RawRows("t", ("a",), [["1"]], [1], [7])]))
    assert batch.byte_offsets is None
