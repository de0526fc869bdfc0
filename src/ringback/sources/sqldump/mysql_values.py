"""Literals of MySQL and MariaDB dumps: their grammar, and their values by the kind of column."""

import re
from enum import Enum

from ringback.sources.base import Value

# The inside of a quoted string. Possessive, so that hostile input cannot cause backtracking.
SINGLE = r"[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+"
DOUBLE = r'[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+'
_INTRODUCER = r"_[A-Za-z0-9]++\s*+"
_NUMBER = r"[-+]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+"

LITERAL = re.compile(
    rf"""(?P<null>NULL\b)
    |(?:{_INTRODUCER})?+
      (?:0x(?P<hex>[0-9A-Fa-f]++)|[xX]'(?P<quoted_hex>[0-9A-Fa-f]*+)'
        |0b(?P<bits>[01]++)|[bB]'(?P<quoted_bits>[01]*+)'
        |[nN]?+'(?P<single>{SINGLE})'|"(?P<double>{DOUBLE})")
    |(?P<number>{_NUMBER})
    |(?P<truth>TRUE|FALSE)\b""",
    re.VERBOSE | re.DOTALL | re.ASCII | re.IGNORECASE,
)
# The beginning of a literal that continues beyond the text at hand.
OPEN_LITERAL = re.compile(
    rf"(?:{_INTRODUCER})?+(?:[nN]?+['\"]|[xX]'[0-9A-Fa-f]*+\Z|[bB]'[01]*+\Z)", re.DOTALL | re.ASCII
)

_SINGLE_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_DOUBLE_ESCAPE = re.compile(r'\\(.)|""', re.DOTALL)
# The server keeps the backslash of \% and \_, which have a meaning only in patterns.
ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def to_text(view: str) -> str:
    r"""The text of a value that is given as one character per byte; undecodable bytes become surrogates.

    >>> to_text("caf\xc3\xa9 \xff")
    'café \udcff'
    """
    return view if view.isascii() else view.encode("latin-1").decode("utf-8", "surrogateescape")


class Kind(Enum):
    """The kind of a column, as far as it matters for reading its literals."""

    TEXT = "text, dates, enums: quoted"
    NUMBER = "bare numbers"
    BINARY = "bytes"
    BIT = "bit(n), an integer however it was written"
    UNKNOWN = "no CREATE TABLE said"


def unescape(text: str) -> str:
    r"""Undo the escapes and doubled quotes inside a single-quoted literal.

    >>> unescape(r"it\'s ''5\%''\0") == "it's '5\\%'\0"
    True
    """
    return _SINGLE_ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[1]
    return match[0][0] if character is None else ESCAPED.get(character, character)


def read_literal(literal: re.Match[str], kind: Kind) -> Value:
    """The value of a literal in a column of this kind.

    Args:
        literal: A match of `LITERAL` in a text of one character per byte.
        kind: The column's kind; `Kind.UNKNOWN` lets the literal decide.

    >>> [read_literal(LITERAL.match(text), Kind.UNKNOWN) for text in ("NULL", "-1.50", "0x00ff", "b'101'")]
    [None, '-1.50', b'\\x00\\xff', '5']
    >>> read_literal(LITERAL.match("0x4f4b"), Kind.TEXT), read_literal(LITERAL.match("'ab'"), Kind.BINARY)
    ('OK', b'ab')
    """
    form = literal.lastgroup
    if form == "null":
        return None
    written = literal[form or 0]
    if form in {"number", "truth"}:
        return written
    if form in {"bits", "quoted_bits"}:
        data = int(written or "0", 2).to_bytes((len(written) + 7) // 8, "big")
        return _of_kind(data, Kind.BIT if kind is Kind.UNKNOWN else kind)
    if form in {"hex", "quoted_hex"}:
        data = bytes.fromhex("0" * (len(written) % 2) + written)
        return data if kind is Kind.UNKNOWN else _of_kind(data, kind)
    text = unescape(written) if form == "single" else _DOUBLE_ESCAPE.sub(_escaped, written)
    if kind is Kind.BINARY or kind is Kind.BIT:
        return _of_kind(text.encode("latin-1"), kind)
    if kind is Kind.UNKNOWN and literal[0][:7].lower() == "_binary":
        return text.encode("latin-1")
    return to_text(text)


def _of_kind(data: bytes, kind: Kind) -> Value:
    if kind is Kind.BINARY:
        return data
    if kind is Kind.TEXT:
        return data.decode("utf-8", "surrogateescape")
    # No integer of MySQL is longer than 8 bytes; Python refuses to print a huge one.
    return str(int.from_bytes(data, "big")) if len(data) <= 8 else "0x" + data.hex()
