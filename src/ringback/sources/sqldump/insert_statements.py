"""The statements of INSERT scripts of SQL Server, Oracle and SQLite, over the sliding window of `stream`."""

import re
from typing import BinaryIO

from ringback.sources.sqldump.standard_sql import StandardStream

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


class ScriptStream(StandardStream):
    """A window over a script. A quote inside a string is doubled; a backslash has no special meaning.

    Args:
        stream: The unpacked script, UTF-8.

    Attributes:
        has_batches: Whether lines with GO or / were met, which end statements with semicolons inside.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.ensure()
        self.has_batches = bool(_BATCH_END.search(self.text))

    def skip_body(self) -> None:
        """Move past a procedure or a trigger: to the line that ends the batch, or to its own END."""
        end = _BATCH_END if self.has_batches else _BODY_END
        while not (found := end.search(self.text, self.pos)):
            self.pos = max(self.pos, len(self.text) - 256)
            if not self.fill():
                self.pos = len(self.text)
                return
        self.pos = found.end()

    def _find_end(self) -> int:
        """The place after the statement; 0 where it is not in the window."""
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
                return 0  # a string, a comment or a bracket is not closed in the window
            if not self.ended and len(self.text) - at < 4096:
                return 0
            if _NEXT_STATEMENT.match(self.text, at + 1):
                return at + 1
            at += 1
