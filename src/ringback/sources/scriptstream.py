"""The statements of INSERT scripts of SQL Server, Oracle and SQLite, over the sliding window of `sqlstream`."""

import re
from collections.abc import Callable
from typing import BinaryIO

from ringback.sources.sqlstream import SqlStream, Torn

# A statement without rows is taken in one piece, and so is a row.
LONGEST_STATEMENT = 1 << 26
_BLANK = re.compile(r"\s*+", re.ASCII)
_WORD_LIST = """
    ALTER ANALYZE BEGIN CHECKPOINT COMMENT COMMIT CREATE DBCC DECLARE DEFINE DELETE DENY DISABLE
    DROP ELSE ENABLE END EXEC EXECUTE EXIT GO GRANT IF INSERT LOCK MERGE PRAGMA PREPARE PRINT PROMPT
    QUIT RAISERROR RECONFIGURE REINDEX RELEASE REM REMARK REPLACE REVOKE ROLLBACK SAVEPOINT SELECT
    SET SHOW SPOOL START THROW TRUNCATE UNDEFINE UNLOCK UPDATE USE VACUUM WAITFOR WHENEVER
"""
WORDS = frozenset(_WORD_LIST.split())
_PIECES = re.compile(
    r"(?:[^'\";\[\-/\n`]++|'[^']*+'|\"[^\"]*+\"|\[[^\]\n]*+\]|`[^`]*+`|--[^\n]*+|-(?!-)|/\*(?s:.*?)\*/|/(?!\*)"
    r"|\[(?![^\]\n]*+\]))++"
)
_NEXT_STATEMENT = re.compile(
    rf"\s*+(?:/[ \t]*+(?:\r?\n|\Z)|(?:{'|'.join(sorted(WORDS))})\b|\Z)", re.IGNORECASE | re.ASCII
)
_BATCH_END = re.compile(r"^[ \t]*+(?:GO\b[ \t]*+[0-9]*+|/)[ \t]*+\r?$", re.IGNORECASE | re.MULTILINE)
_BODY_END = re.compile(r"^[ \t]*+END[ \t]*+;[ \t]*+\r?$", re.IGNORECASE | re.MULTILINE)


class ScriptStream(SqlStream):
    """A window over a script. A quote inside a string is doubled; a backslash is just one.

    Args:
        stream: The unpacked script, UTF-8.

    Attributes:
        has_batches: Whether lines with GO or / were met, which end what has semicolons inside.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.ensure()
        self.has_batches = bool(_BATCH_END.search(self.text))

    def skip_blank(self, note: Callable[[str], None] | None = None) -> None:
        """Skip white space and comments.

        Args:
            note: Is given the first characters of each line comment.

        Raises:
            Torn: the script ends in a comment.
        """
        while True:
            blank = _BLANK.match(self.text, self.pos)
            self.pos = blank.end() if blank else self.pos
            if self.pos == len(self.text) and self.fill():
                continue
            self.ensure(16)
            if self.text.startswith("--", self.pos):
                if note:
                    note(self.text[self.pos : self.pos + 80])
                self._skip_line()
            elif self.text.startswith("/*", self.pos):
                self.pos += 2
                self._skip_past("*/")
            else:
                return

    def skip_line(self) -> None:
        """Move to the next line."""
        self._skip_line()

    def skip_body(self) -> None:
        """Move past a procedure or a trigger: to the line that ends the batch, or to its own END."""
        end = _BATCH_END if self.has_batches else _BODY_END
        while not (found := end.search(self.text, self.pos)):
            self.pos = max(self.pos, len(self.text) - 256)
            if not self.fill():
                self.pos = len(self.text)
                return
        self.pos = found.end()

    def take_statement(self, delimiter: str = ";", *, keep: bool = False) -> str:
        """Move past the statement, which a semicolon ends, or a line that begins another one; its text.

        Args:
            delimiter: Always `;` here.
            keep: Whether to return the text.

        Raises:
            Torn: the script ends in a string, or the statement has no end within reason.
        """
        del delimiter
        while not (end := self._find_end()):
            if len(self.text) - self.pos > LONGEST_STATEMENT or not self.fill():
                raise Torn
        start, self.pos = self.pos, end
        return self.text[start:end] if keep else ""

    def _find_end(self) -> int:
        """The place behind the statement; 0 where it is not in the window."""
        at = self.pos
        while True:
            if pieces := _PIECES.match(self.text, at):
                at = pieces.end()
            here = self.text[at : at + 1]
            if here == ";":
                return at + 1
            if not here:
                return at if self.ended else 0
            if here != "\n":
                return 0  # a string, a comment or a bracket that is not closed here
            if not self.ended and len(self.text) - at < 4096:
                return 0
            if _NEXT_STATEMENT.match(self.text, at + 1):
                return at + 1
            at += 1
