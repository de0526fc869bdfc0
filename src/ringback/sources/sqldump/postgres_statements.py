"""The statements, comments and psql lines of a PostgreSQL dump, over the sliding window of `stream`."""

import re
from typing import BinaryIO

from ringback.sources.sqldump.postgres_values import ESCAPED, STANDARD, literal_pattern
from ringback.sources.sqldump.standard_sql import StandardStream

_WORD = r"[A-Za-z_\x80-\xff][\w$\x80-\xff]*+"
_DOLLAR = re.compile(r"\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?\$", re.ASCII)

_START = re.compile(
    r"\s*(--|/\*|\\(un)?(restrict|connect)|(INSERT|COPY|CREATE|DROP|SET|SELECT|ALTER|BEGIN)\s)", re.IGNORECASE
)
_INSIDE = re.compile(
    r"^(-- PostgreSQL database (cluster )?dump|COPY .* FROM stdin;\r?$"
    r"|SET (standard_conforming_strings|client_encoding) )",
    re.IGNORECASE | re.MULTILINE,
)


def looks_like_pgdump(head: str) -> bool:
    """Whether the beginning of a file is that of a PostgreSQL dump."""
    return bool(_START.match(head) and _INSIDE.search(head))


def _statement(string: str) -> re.Pattern[str]:
    """A pattern for a statement up to its semicolon or its next dollar quote, with strings of this form.

    Dollar quotes are handled separately: Python 3.11 sometimes fails where a repeated group refers to another one.
    """
    pieces = (
        r"[^\w'\"$;/\-\x80-\xff]++",
        rf"[eE]{ESCAPED}",
        rf"(?![eE]'){_WORD}",
        r"[0-9]++",
        string,
        r'"[^"]*+"',
        r"\$(?:[0-9]++|(?![\w$\x80-\xff]))",
        r"--[^\n]*+",
        r"-(?!-)",
        r"/\*(?s:.*?)\*/",
        r"/(?!\*)",
    )
    return re.compile(rf"(?:{'|'.join(pieces)})*+", re.ASCII)


class PgStream(StandardStream):
    """A window over a PostgreSQL dump.

    Args:
        stream: The unpacked dump.

    Attributes:
        literal: The pattern of a literal, by the dump's settings.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.set_standard_strings(on=True)

    def set_standard_strings(self, *, on: bool) -> None:
        """Follow `standard_conforming_strings`: if on, a backslash in plain quotes has no special meaning."""
        self.literal = literal_pattern(standard=on)
        self._statement = _statement(STANDARD if on else ESCAPED)

    def _find_end(self) -> int:
        """The place after the statement's semicolon; 0 where it is not in the window."""
        at = self.pos
        while found := self._statement.match(self.text, at):
            at = found.end()
            if self.text.startswith(";", at):
                return at + 1
            quote = _DOLLAR.match(self.text, at)
            closing = self.text.find(quote[0], quote.end()) if quote else -1
            if quote is None or closing < 0:
                break
            at = closing + len(quote[0])
        return 0
