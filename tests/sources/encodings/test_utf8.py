"""The encoding of a text is detected by its bytes and converted to UTF-8, however the pieces are cut."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.sources.encodings import utf8
from ringback.sources.encodings.utf8 import (
    TELLING_BYTES,
    Encoding,
    lines_as_utf8,
    plain_head,
    tell_encoding,
    wide_as_utf8,
)

TEXT = "id;Gewählte Nummer\r\n1;07700 900001\r\n"


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (("\ufeff" + TEXT).encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-le") + bytes(5000), "utf-16-le"),
        ("имя,номер\nмария,07700 900001\n".encode("utf-16-le"), "utf-16-le"),
        ("имя,номер\nмария,07700 900001\n".encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
        (b"id,caf\xe9\n", "cp1252"),
        (b"a\n" * 50_000 + b"M\xfcller\n", "cp1252"),
        # Bytes that Windows-1252 does not define.
        (b"id,\x81\x8d\n1,2\n", "utf-8"),
        # A character cut off by the end of the sample, and one cut off by the end of the file.
        (b"a" * (TELLING_BYTES - 1) + "é".encode(), "utf-8"),
        (b"id,caf\xc3", "utf-8"),
        (b"a,b\n" + bytes(400) + b"1,2\n", "utf-8"),
        (b"a\0b", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_is_told(data, codec):
    assert tell_encoding(data).codec == codec


def test_a_named_encoding_wins_over_bytes_and_a_mark_over_all():
    assert tell_encoding(TEXT.encode("cp1252"), named="cp850").codec == "cp850"
    assert tell_encoding(TEXT.encode("utf-8-sig"), named="cp850").codec == "utf-8"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"M\xfcller;07700\xc2\xa0900001\n", "Müller;07700\u00a0900001\n"),
        (b"\x93team\x94 \x96 Z\xc3\xbcrich\n", "\u201cteam\u201d \u2013 Zürich\n"),
        (b"\xc3\x81vila;caf\xe9\n", "Ávila;café\n"),
        (b"\xe2\x82\xac \x80\n", "€ €\n"),
    ],
)
def test_both_encodings_in_one_line_are_read(data, text):
    told = tell_encoding(data)
    assert b"".join(lines_as_utf8([data], told)).decode() == text
    assert told.other_lines == 1


def test_lines_that_are_utf8_stay_among_others():
    told = Encoding("cp1252", mixed=True)
    data = "Müller\nMüller\n".encode("cp1252") + "Zoë\r\n".encode() + b"\x81\xfc\rplain"
    assert b"".join(lines_as_utf8([data], told)) == "Müller\nMüller\nZoë\r\n".encode() + b"\x81\xc3\xbc\rplain"
    assert told.other_lines == 3


PIECES = st.lists(st.sampled_from(["a", "é", "\n", "\r\n", "€", "😀", "\0"]), max_size=30).map("".join)


@given(PIECES, st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le"]), st.integers(1, 9))
def test_wide_text_is_utf8_however_it_is_cut(text, codec, cut):
    data = text.encode(codec)
    assert b"".join(wide_as_utf8((data[at : at + cut] for at in range(0, len(data), cut)), codec)) == text.encode()


@given(st.binary(max_size=40), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_any_bytes_can_be_read_as_wide_text(data, codec):
    b"".join(wide_as_utf8([data], codec)).decode("utf-8", "surrogateescape")


@given(
    st.lists(st.sampled_from([b"a", b"\xe9", "é".encode(), b"\n", b"\r", b"\x81"]), max_size=30).map(b"".join),
    st.integers(1, 9),
)
def test_lines_are_read_alike_however_they_are_cut(data, cut):
    pieces = (data[at : at + cut] for at in range(0, len(data), cut))
    one, many = Encoding("cp1252", mixed=True), Encoding("cp1252", mixed=True)
    whole = b"".join(lines_as_utf8([data], one))
    assert b"".join(lines_as_utf8(pieces, many)) == whole
    assert many.other_lines == one.other_lines
    with patch.object(utf8, "_STRETCH", cut):
        assert b"".join(lines_as_utf8([data], many := Encoding("cp1252", mixed=True))) == whole
    assert many.other_lines == one.other_lines


def test_the_beginning_of_a_text_is_plain():
    assert plain_head(bytes(99) + b"a,b\n" + bytes(99)) == b"a,b\n"
    assert plain_head("a,b\n".encode("utf-16-be") + bytes(99)) == b"a,b\n"
