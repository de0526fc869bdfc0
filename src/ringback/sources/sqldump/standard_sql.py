"""Common parts of readers of standard SQL: `--` and `/* */` are comments, and `;` ends a statement."""

import re
from abc import abstractmethod
from collections.abc import Callable

from ringback.sources.sqldump.stream import SqlStream, Torn

_BLANK = re.compile(r"\s*+", re.ASCII)
# Longest statement without rows, or longest row: each has to fit into the window. Function bodies are the longest.
LONGEST_STATEMENT = 1 << 26


class StandardStream(SqlStream):
    """A window over a script in which comments are never executed and the delimiter is fixed, unlike MySQL's."""

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
            if self.text[self.pos : self.pos + 1] not in {"-", "/"}:
                return
            self.ensure(80)
            if self.text.startswith("--", self.pos):
                if note:
                    note(self.text[self.pos : self.pos + 80])
                self.skip_line()
            elif self.text.startswith("/*", self.pos):
                self.pos += 2
                self._skip_past("*/")
            else:
                return

    def skip_line(self) -> str:
        """Move to the next line; returns the beginning of the skipped text."""
        self.ensure(4096)
        passed = self.text[self.pos : self.pos + 4096].partition("\n")[0]
        self._skip_line()
        return passed

    def take_statement(self, delimiter: str = ";", *, keep: bool = False) -> str:
        """Move past the statement; returns its text.

        Args:
            delimiter: Always `;` here.
            keep: Whether to return the text.

        Raises:
            Torn: the script ends in it, or the statement is too long.
        """
        del delimiter
        while not (end := self._find_end()):
            if len(self.text) - self.pos > LONGEST_STATEMENT or not self.fill():
                raise Torn
        start, self.pos = self.pos, end
        return self.text[start:end] if keep else ""

    @abstractmethod
    def _find_end(self) -> int:
        """The place after the statement; 0 where it is not in the window."""
