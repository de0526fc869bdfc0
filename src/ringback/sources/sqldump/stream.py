"""A sliding window of text over a dump's bytes, and the statements, strings and comments in it."""

import codecs
import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import BinaryIO

from ringback.sources.sqldump.mysql_values import DOUBLE, SINGLE

CHUNK = 1 << 20
# Everything that must be seen in one piece, but for strings, is shorter than this: 4,096 names of 64 characters.
LOOKAHEAD = 1 << 19
# An unclosed quote must not draw a whole dump into memory. No server with usual settings has longer values.
LONGEST_STRING = 1 << 28
_LONGEST_KEPT = 1 << 24
_BYTE_ORDER_MARK = codecs.BOM_UTF8.decode("latin-1")

_BLANK = re.compile(r"\s*+", re.ASCII)
_STRING = re.compile(rf"'{SINGLE}'|\"{DOUBLE}\"|`[^`]*+`", re.DOTALL)
# The server executes /*!40101 ... */ and /*M!100100 ... */, so the text inside counts. No server executes 999999 (the
# sandbox mark of newer dumps).
_EXECUTED = re.compile(r"/\*M?!(?!999999)[0-9]*+")
_COMMENT_STARTS = frozenset("#-/*")
_LINE_COMMENT = re.compile(r"#|--(?:[\s\x00-\x1f]|\Z)", re.ASCII)


class Torn(Exception):  # noqa: N818 - it says where the dump ends, which need not be a fault
    """The dump ends inside a statement.

    Args:
        row: Number of the row in which it ends, 0 for none.
        byte: Where that row starts; None if only the start of the statement is known.
    """

    def __init__(self, row: int = 0, byte: int | None = None) -> None:
        super().__init__(row, byte)
        self.row = row
        self.byte = byte


@lru_cache(maxsize=64)
def _run(stops: str) -> re.Pattern[str]:
    """Compile a pattern that runs over strings and plain characters up to one of `stops` or a comment."""
    plain = re.escape("".join(dict.fromkeys("'\"`#-/*" + stops)))
    single = [rf"{re.escape(a)}(?=[^{re.escape(b)}])" for a, b in ("--", "/*", "*/") if a not in stops]
    strings = [rf"'{SINGLE}'", rf"\"{DOUBLE}\"", "`[^`]*+`"]
    return re.compile(rf"(?:{'|'.join([f'[^{plain}]++', *strings, *single])})*+", re.DOTALL)


class SqlStream:
    """A window over the stream's text. `pos` only moves forward, and the text before it is dropped.

    Every byte is one character of the text: the syntax is all ASCII. So places in the text are places in the dump, and
    `mysql_values.to_text` decodes a value.

    Args:
        stream: The unpacked dump.

    Attributes:
        text: The characters in the window.
        pos: The current place in `text`.
        ended: Whether the stream has no more bytes.
        failure: Why the stream broke off, '' if it did not.
    """

    def __init__(self, stream: BinaryIO) -> None:
        # With read1, nothing that came before an early end is lost.
        self._read_some: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self.text = ""
        self.pos = 0
        self.ended = False
        self.failure = ""
        self._base = 0
        self._room = 0
        self.fill()
        if self.text.startswith(_BYTE_ORDER_MARK):
            self.pos = len(_BYTE_ORDER_MARK)

    def fill(self) -> bool:
        """Drop the text before `pos` and read as much as is left, at least a chunk; False if nothing came."""
        left = len(self.text) - self.pos
        if self.ended or left > LONGEST_STRING:
            return False
        self._base = self.here()
        pieces = [self.text[self.pos :]]
        self.pos = 0
        missing = max(CHUNK, left)  # doubling keeps long strings linear
        while missing > 0 and not self.ended:
            data = self._read(missing)
            missing -= len(data)
            self.ended = not data
            pieces.append(data.decode("latin-1"))
        self.text = "".join(pieces)
        return len(self.text) > left

    def _read(self, size: int) -> bytes:
        try:
            return self._read_some(size)
        except (EOFError, OSError, zlib.error) as error:
            reason = f": {error}" if isinstance(error, EOFError) else ""
            self.failure = f"the stream breaks off ({type(error).__name__}{reason})"
            return b""

    def ensure(self, count: int = 0) -> bool:
        """Have `count` characters (0: the usual lookahead) at hand, or all there are; True if some were read."""
        added = False
        count = count or LOOKAHEAD
        while len(self.text) - self.pos < count and self.fill():
            added = True
        return added

    def byte(self, at: int) -> int:
        """The byte in the dump at which the character `text[at]` starts."""
        return self._base + at

    def here(self) -> int:
        """The byte in the dump at the current place."""
        return self.byte(self.pos)

    def skip_blank(self, note: Callable[[str], None] | None = None) -> None:
        """Skip white space and comments, and the marks (not the inside) of executed comments.

        Args:
            note: Is given the first characters of each line comment.

        Raises:
            Torn: the dump ends in a comment.
        """
        while True:
            blank = _BLANK.match(self.text, self.pos)
            self.pos = blank.end() if blank else self.pos
            if self.pos == len(self.text) and self.fill():
                continue
            if self.text[self.pos : self.pos + 1] not in _COMMENT_STARTS:
                return
            self.ensure(16)
            if _LINE_COMMENT.match(self.text, self.pos):
                self.ensure(80)
                if note:
                    note(self.text[self.pos : self.pos + 80])
                self._skip_line()
            elif not self._skip_mark():
                return

    def _skip_mark(self) -> bool:
        """Skip a block comment, or a mark of an executed one; False if there is none here."""
        if self.text.startswith("*/", self.pos):
            self.pos += 2
        elif executed := _EXECUTED.match(self.text, self.pos):
            self.pos = executed.end()
        elif self.text.startswith("/*", self.pos):
            self.pos += 2
            self._skip_past("*/")
        else:
            return False
        return True

    def _skip_line(self) -> None:
        while (end := self.text.find("\n", self.pos)) < 0:
            self.pos = len(self.text)
            if not self.fill():
                return
        self.pos = end + 1

    def _skip_past(self, mark: str) -> None:
        while (end := self.text.find(mark, self.pos)) < 0:
            self.pos = max(self.pos, len(self.text) - len(mark) + 1)
            if not self.fill():
                raise Torn
        self.pos = end + len(mark)

    def take_statement(self, delimiter: str, *, keep: bool = False) -> str:
        """Move past the statement's delimiter. Delimiters in strings and comments do not count.

        Args:
            delimiter: What ends a statement, `;` unless DELIMITER changed it.
            keep: Return the statement without its comments, at most 16 MB of it; else return nothing.

        Raises:
            Torn: the dump ends first.
        """
        kept: list[str] | None = [] if keep else None
        self._room = _LONGEST_KEPT
        while True:
            self.skip_to(delimiter[0], kept)
            self.ensure(len(delimiter))
            if self.text.startswith(delimiter, self.pos):
                self.pos += len(delimiter)
                return "".join(kept or ())
            if self.pos == len(self.text):
                raise Torn
            self._pass(self.pos + 1, kept)

    def skip_past_next(self, pattern: re.Pattern[str]) -> None:
        """Move past the next match of a short pattern, even inside strings and comments.

        Raises:
            Torn: there is none.
        """
        while not (match := pattern.search(self.text, self.pos)):
            self.pos = max(self.pos, len(self.text) - 64)
            if not self.fill():
                raise Torn
        self.pos = match.end()

    def skip_to(self, stops: str, kept: list[str] | None = None) -> None:
        """Move to the first of the characters `stops` outside strings and comments, or to the end.

        Args:
            stops: Single characters.
            kept: Takes the text that is passed, without comments.

        Raises:
            Torn: the dump ends in a string or a comment.
        """
        run = _run(stops)
        while True:
            if match := run.match(self.text, self.pos):
                self._pass(match.end(), kept)
            self.ensure(16)
            here = self.text[self.pos : self.pos + 1]
            if here in {"/", "*"} and self._skip_mark():
                self._keep(" ", kept)
            elif not here or here in stops:
                return
            elif _LINE_COMMENT.match(self.text, self.pos):
                self._skip_line()
                self._keep("\n", kept)
            elif here in "'\"`":
                self._complete_string()
            elif here in "-/*":
                self._pass(self.pos + 1, kept)

    def _pass(self, end: int, kept: list[str] | None) -> None:
        self._keep(self.text[self.pos : end] if kept is not None else "", kept)
        self.pos = end

    def _keep(self, text: str, kept: list[str] | None) -> None:
        if kept is not None and self._room > 0:
            kept.append(text)
            self._room -= len(text)

    def _complete_string(self) -> None:
        while not _STRING.match(self.text, self.pos):
            if not self.fill():
                raise Torn
