"""Literals of INSERT and escapes of COPY in PostgreSQL dumps, and their values."""

import re

import numpy as np

from ringback.sources.base import Value
from ringback.sources.sqldump.mysql_values import Kind

STANDARD = r"'[^']*+(?:''[^']*+)*+'"
ESCAPED = r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"
_NUMBER = r"[-+]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+"
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_IN_STRING = re.compile(r"''|\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_IN_COPY = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_COPY_SIMPLE = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_IN_BYTEA = re.compile(rb"\\(?:([0-3][0-7]{2})|(\\))")
# What a character after a backslash stands for in COPY, but for the octal and hexadecimal forms.
COPY_MEANINGS = np.arange(256, dtype=np.uint8)
for _character, _meaning in _COPY_SIMPLE.items():
    COPY_MEANINGS[_character[0]] = _meaning[0]
COPY_PLAIN = np.zeros(256, bool)
# Encodings of dumps, by PostgreSQL's names. Encodings that use ASCII bytes inside other characters are left out.
CODECS = {
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "SQL_ASCII": "utf-8",
    "KOI8R": "koi8_r",
    "KOI8U": "koi8_u",
    "EUC_JP": "euc_jp",
    "EUC_KR": "euc_kr",
    "EUC_CN": "gb2312",
    "WIN866": "cp866",
    "WIN874": "cp874",
    **{f"LATIN{number}": f"iso8859_{part}" for number, part in enumerate((1, 2, 3, 4, 9, 10, 13, 14, 15, 16), 1)},
    **{f"WIN{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"ISO_8859_{part}": f"iso8859_{part}" for part in range(5, 9)},
}


def literal_pattern(*, standard: bool) -> re.Pattern[str]:
    """The pattern of a literal, with `standard_conforming_strings` on or off."""
    plain = f"(?P<standard>{STANDARD})" if standard else f"(?P<old>{ESCAPED})"
    return re.compile(
        rf"""(?P<null>NULL\b)|(?P<default>DEFAULT\b)|(?P<true>TRUE\b)|(?P<false>FALSE\b)|(?P<number>{_NUMBER})
        |E(?P<escaped>{ESCAPED})|B'(?P<bits>[01]*+)'|{plain}""",
        re.VERBOSE | re.DOTALL | re.ASCII | re.IGNORECASE,
    )


def read_pg_literal(literal: re.Match[str], kind: Kind, codec: str) -> Value:
    r"""The value of a literal, as the server's own text.

    Args:
        literal: A match of `literal_pattern` in a text of one character per byte.
        kind: `Kind.BINARY` for bytea; any other is text.
        codec: Python's name of the dump's encoding.

    >>> pattern = literal_pattern(standard=True)
    >>> [read_pg_literal(pattern.match(one), Kind.TEXT, "utf-8") for one in ("true", r"'it''s \n'", r"E'a\tb'")]
    ['t', "it's \\n", 'a\tb']
    >>> read_pg_literal(pattern.match(r"'\x00ff'"), Kind.BINARY, "utf-8")
    b'\x00\xff'
    """
    form = literal.lastgroup
    if form in {"null", "default", None}:
        return None
    if form in {"true", "false"}:
        return (form or "")[0]
    written = literal[form or 0]
    if form in {"number", "bits"}:
        return written
    inside = written[1:-1]
    if form == "standard":
        data = inside.replace("''", "'").encode("latin-1")
    else:
        data = _IN_STRING.sub(lambda found: _in_string(found, codec), inside).encode("latin-1")
    return read_bytea(data) if kind is Kind.BINARY else data.decode(codec, "surrogateescape")


def _in_string(found: re.Match[str], codec: str) -> str:
    octal, two, four, eight, other = found.groups()
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if two:
        return chr(int(two, 16))
    if four or eight:
        number = int(four or eight, 16)
        return chr(min(number, 0x10FFFF)).encode(codec, "replace").decode("latin-1")
    return "'" if other is None else _SIMPLE.get(other, other)


def unescape_copy(cell: bytes) -> bytes:
    r"""Undo the escapes of a COPY cell, the rare ones too.

    >>> unescape_copy(rb"a\tb\\n\101\x42\q")
    b'a\tb\\nABq'
    """
    return _IN_COPY.sub(_in_copy, cell)


def _in_copy(found: re.Match[bytes]) -> bytes:
    octal, two, other = found.groups()
    if other is not None:
        return _COPY_SIMPLE.get(other, other)
    return bytes([int(octal, 8) & 0xFF if octal else int(two, 16)])


def read_bytea(written: bytes) -> bytes:
    r"""The bytes of a bytea in either of its text forms; unchanged if it is in neither.

    >>> read_bytea(rb"\x4142"), read_bytea(rb"a\\\001")
    (b'AB', b'a\\\x01')
    """
    if written.startswith(b"\\x"):
        try:
            return bytes.fromhex(written[2:].decode("ascii"))
        except ValueError:
            return written
    return _IN_BYTEA.sub(lambda found: b"\\" if found[1] is None else bytes([int(found[1], 8)]), written)
