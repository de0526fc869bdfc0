"""Values in INSERT scripts of SQL Server, Oracle and SQLite: literals, and known expressions of literals."""

import re
from collections.abc import Callable

from ringback.sources.base import Value
from ringback.sources.sqldump.insert_times import UnreadTimestampError, read_by_bytes, read_by_model, read_by_style
from ringback.sources.sqldump.mysql_values import to_text

_STRING = r"'[^']*+(?:''[^']*+)*+'"
# Oracle's own quotes: q'[it's]'.
_QUOTED = r"[nN]?[qQ]'(?:\[(?:.*?)\]|\{(?:.*?)\}|\((?:.*?)\)|<(?:.*?)>|(?P<q>[^\s\[{(<])(?:.*?)(?P=q))'"
_NUMBER = r"[-+]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+"
NAME = r"(?:\[(?:[^\]]|\]\])*+\]|\"(?:[^\"]|\"\")*+\"|`[^`]*+`|[A-Za-z_#@\x80-\xff][\w$#@\x80-\xff]*+)"
_TOKEN = re.compile(
    rf"""(?P<quoted>{_QUOTED})|(?P<blob>[xX]'[0-9A-Fa-f]*+')|(?P<string>(?:[nN]|_utf8)?+{_STRING})
    |(?P<hex>0[xX][0-9A-Fa-f]*+)|(?P<number>{_NUMBER})|(?P<name>{NAME})|(?P<mark>\|\||::|[(),+{{}}.])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_BLANK = re.compile(r"(?:\s++|--[^\n]*+\n|/\*.*?\*/)*+", re.DOTALL)
_OPEN = re.compile(r"(?:[nN]|_utf8)?+[qQ]?+'|[xX]'|\[|\"|`|--|/\*", re.ASCII)
_PREFIXES = frozenset({"n", "q", "nq", "x", "_utf8"})
# Longer than any word, number or mark.
_LONGEST_WORD = 256
_TIMESTAMPS = frozenset({"datetime", "smalldatetime", "date", "datetime2", "datetimeoffset", "time"})
_WIDE = frozenset({"nvarchar", "nchar", "ntext"})
_NARROW = frozenset({"varchar", "char", "text"})
_UNICODE = re.compile(r"\\(?:\\|[uU+]?([0-9A-Fa-f]{4}))")
_DEEPEST = 40


class Unfinished(Exception):  # noqa: N818 - it says that more text is needed, which need not be a fault
    """The text ends inside a value."""


class StrangeValueError(Exception):
    """Something whose value is not known without executing it."""


def _chr(code: Value) -> Value:
    number = int(str(code))
    return chr(number) if 0 <= number < 0x110000 else _strange("a character that does not exist")


def _replace(text: Value, old: Value, new: Value) -> Value:
    return str(text or "").replace(str(old or ""), str(new or "")) if old else text


def _unistr(text: Value) -> Value:
    return _UNICODE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", str(text or ""))


def _to_timestamp(text: Value, model: Value = None, *_settings: Value) -> Value:
    if text is None:
        return None
    return read_by_model(str(text), str(model)) if model else read_by_style(str(text), None)


def _same(value: Value) -> Value:
    return value


def _nothing() -> Value:
    return None


def _hex(text: Value) -> Value:
    return bytes.fromhex(str(text or ""))


def _concat(*values: Value) -> Value:
    return "".join(str(value) for value in values if value is not None)


def _strange(what: str) -> Value:
    raise StrangeValueError(what)


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **dict.fromkeys(("TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ"), _to_timestamp),
    **dict.fromkeys(
        ("TO_CLOB", "TO_NCLOB", "TO_NUMBER", "TO_NCHAR", "TO_CHAR", "DATE", "DATETIME", "TIMESTAMP"), _same
    ),
    **dict.fromkeys(("CHR", "CHAR", "NCHAR"), _chr),
    **dict.fromkeys(("EMPTY_CLOB", "EMPTY_BLOB"), _nothing),
    **dict.fromkeys(("UNISTR",), _unistr),
    "REPLACE": _replace,
    "CONCAT": _concat,
    "HEXTORAW": _hex,
}
_BEFORE_STRINGS = frozenset({"TIMESTAMP", "DATE", "DATETIME", "TIME"})


class RowText:
    """Reads the values of one row from a text.

    Args:
        text: The text, one character per byte.
        at: Place of the row's opening bracket.
        ended: Whether the text goes up to the end of the script.

    Attributes:
        at: The current place.
    """

    def __init__(self, text: str, at: int, *, ended: bool) -> None:
        self._text, self.at, self._ended = text, at, ended

    def values(self) -> list[Value]:
        r"""The row's values; moves past its closing bracket.

        >>> RowText("(CAST(N'2021-07-01T14:55:02' AS DateTime), N'it''s', NULL, -4.50)", 0, ended=True).values()
        ['2021-07-01T14:55:02', "it's", None, '-4.50']

        Raises:
            Unfinished: The text ends first.
            StrangeValueError: There is something other than a known expression.
        """
        try:
            return self._values()
        except StrangeValueError:
            # A word or a mark that is cut off by the end of the text looks strange.
            if not self._ended and len(self._text) - self.at < _LONGEST_WORD:
                raise Unfinished from None
            raise

    def _values(self) -> list[Value]:
        self._take("(")
        values: list[Value] = []
        if self._peek() == ")":
            self.at += 1
            return values
        while True:
            values.append(self._expression(0))
            if self._peek() == ")":
                self.at += 1
                return values
            self._take(",")

    def _peek(self) -> str:
        """The next character after blanks and comments; "" only at the end of the script."""
        match = _BLANK.match(self._text, self.at)
        self.at = match.end() if match else self.at
        if self.at >= len(self._text):
            raise Unfinished
        return self._text[self.at]

    def _token(self) -> re.Match[str]:
        self._peek()
        token = _TOKEN.match(self._text, self.at)
        if token is not None and token[0].lower() in _PREFIXES and self._text.startswith("'", token.end()):
            raise Unfinished  # a string whose end is not in the text
        # A token that ends with the text may continue after it.
        if token is not None and (self._ended or token.end() < len(self._text)):
            return token
        if token is not None or _OPEN.match(self._text, self.at):
            raise Unfinished
        raise StrangeValueError("something that is no value")

    def _take(self, mark: str) -> None:
        if self._peek() != mark:
            raise StrangeValueError("something that is no value")
        self.at += 1

    def _is_next(self, word: str) -> bool:
        """Move past a word if it is here."""
        self._peek()
        token = _TOKEN.match(self._text, self.at)
        if token is None or token[0].upper() != word:
            return False
        self.at = token.end()
        return True

    def _expression(self, depth: int) -> Value:
        if depth > _DEEPEST:
            raise StrangeValueError("brackets nested too deeply")
        value = self._term(depth)
        while True:
            here = self._peek()
            if self._text.startswith("||", self.at) or (here == "+" and isinstance(value, str)):
                self.at += 2 if here == "|" else 1
                more = self._term(depth)
                if here == "+" and (isinstance(more, bytes) or _is_number(value) or _is_number(more)):
                    raise StrangeValueError("a sum")
                # In Oracle, NULL is an empty text.
                value = str(value or "") + str(more or "")
            elif self._text.startswith("::", self.at):
                self.at += 2
                self._type()
            elif self._is_next("COLLATE"):
                self.at = self._token().end()
            else:
                return value

    def _term(self, depth: int) -> Value:
        token = self._token()
        self.at = token.end()
        form, written = token.lastgroup, token[0]
        form = "quoted" if form == "q" else form
        if form == "string":
            return to_text(written[written.index("'") + 1 : -1].replace("''", "'"))
        if form == "number":
            return written
        if form == "quoted":
            return to_text(written[written.index("'") + 2 : -2])
        if form == "hex":
            return bytes.fromhex("0" * (len(written) % 2) + written[2:])
        if form == "blob":
            return _from_hex(written[2:-1])
        if written == "(":
            value = self._expression(depth + 1)
            self._take(")")
            return value
        if written == "{":
            return self._escape(depth)
        if form == "name":
            return self._named(written, depth)
        raise StrangeValueError("something that is no value")

    def _escape(self, depth: int) -> Value:
        """A time in braces, as ODBC writes it: {ts '2021-07-01 14:55:02'}."""
        kind = self._token()
        if kind[0].lower() not in ("ts", "d", "t"):
            raise StrangeValueError("braces around something that is not a time")
        self.at = kind.end()
        value = self._term(depth)
        self._take("}")
        return value

    def _named(self, name: str, depth: int) -> Value:
        word = name.upper()
        if word in ("NULL", "DEFAULT"):
            return None
        if word in ("TRUE", "FALSE"):
            return name
        here = self._peek()
        if word in _BEFORE_STRINGS and here == "'":
            return self._term(depth)
        if here != "(":
            raise StrangeValueError(f"{word[:40]}, which is not executed" if word.isidentifier() else "a name")
        self.at += 1
        try:
            if word in ("CAST", "TRY_CAST"):
                return self._cast(depth)
            if word in ("CONVERT", "TRY_CONVERT"):
                return self._convert(depth)
            function = _FUNCTIONS.get(word)
            if function is None:
                raise StrangeValueError(f"{word[:40]}(...), which is not executed")
            return function(*self._arguments(depth))
        except (UnreadTimestampError, TypeError, ValueError, OverflowError) as error:
            raise StrangeValueError(f"{word}(...) in an unknown form") from error

    def _arguments(self, depth: int) -> list[Value]:
        if self._peek() == ")":
            self.at += 1
            return []
        found = [self._expression(depth + 1)]
        while self._peek() == ",":
            self.at += 1
            found.append(self._expression(depth + 1))
        self._take(")")
        return found

    def _cast(self, depth: int) -> Value:
        value = self._expression(depth + 1)
        if not self._is_next("AS"):
            raise StrangeValueError("a CAST without a type")
        kind = self._type()
        self._take(")")
        return _as_type(value, kind)

    def _convert(self, depth: int) -> Value:
        kind = self._type()
        self._take(",")
        value = self._expression(depth + 1)
        style = None
        if self._peek() == ",":
            self.at += 1
            style = int(str(self._expression(depth + 1)))
        self._take(")")
        if kind in _TIMESTAMPS and isinstance(value, str):
            return read_by_style(value, style)
        return _as_type(value, kind)

    def _type(self) -> str:
        """The name of a type, in lower case; moves past it and its size."""
        token = self._token()
        while True:
            if token.lastgroup != "name":
                raise StrangeValueError("a type without a name")
            self.at = token.end()
            if self._peek() != ".":
                break
            self.at += 1
            token = self._token()
        if self._peek() == "(":
            self.at += 1
            while (size := self._token())[0] != ")":
                if size.lastgroup not in ("number", "name") and size[0] != ",":
                    raise StrangeValueError("a type with a size that is not a number")
                self.at = size.end()
            self.at += 1
        return token[0].strip('[]"').lower()


def _is_number(value: Value) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(_NUMBER, value))


def _from_hex(digits: str) -> bytes:
    if len(digits) % 2:
        raise StrangeValueError("half a byte")
    return bytes.fromhex(digits)


def _as_type(value: Value, kind: str) -> Value:
    """A value after SQL Server's CAST, where the cast changes its text."""
    if not isinstance(value, bytes):
        return value
    if kind in _TIMESTAMPS:
        return read_by_bytes(value, kind)
    if kind in _WIDE:
        return value.decode("utf-16-le")
    if kind in _NARROW:
        return value.decode("cp1252")
    if kind in ("int", "bigint", "smallint", "tinyint", "bit"):
        return str(int.from_bytes(value, "big", signed=kind != "tinyint" and len(value) > 1))
    return value
