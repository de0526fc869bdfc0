"""Rows of delimited text found line by line, where a whole block cannot be split."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from ringback.sources.delimited.dialect import Dialect, Row


class _Feed:
    """Lines from one place on, up to a limit for each row; `dry`: a row asked for more lines than that."""

    def __init__(self, lines: list[str], at: int) -> None:
        self.lines, self.at, self.stop, self.dry = lines, at, at, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= self.stop:
            self.dry = True
            raise StopIteration
        line = self.lines[self.at]
        self.at += 1
        return line


class FoundRow(NamedTuple):
    """One row: its fields, how many lines it takes, and whether its quotes are closed and clean."""

    fields: Row
    lines: int
    closed: bool
    clean: bool


class RowWalk:
    """Walks lines row by row, with one strict `csv` reader for as long as rows are clean."""

    def __init__(self, dialect: Dialect, lines: list[str]) -> None:
        self._dialect, self._lines = dialect, lines
        self._feed = _Feed(lines, -1)
        self._reader: Iterator[Row] = iter(())

    def row(self, at: int, limit: int) -> FoundRow:
        """Read the row that starts at line `at`, over at most `limit` lines."""
        if self._feed.at != at or self._feed.dry:
            self._feed = _Feed(self._lines, at)
            self._reader = self._dialect.reader(self._feed)
        self._feed.stop = min(at + limit, len(self._lines))
        try:
            return FoundRow(next(self._reader, []), self._feed.at - at, not self._feed.dry, True)
        except csv.Error:
            if self._feed.dry:
                return FoundRow([], self._feed.at - at, False, True)
        # Broken quoting: read the row as leniently as spreadsheets do, and mark it as not clean.
        lenient = _Feed(self._lines, at)
        lenient.stop = self._feed.stop
        fields = next(self._dialect.reader(lenient, strict=False), [])
        self._feed.dry = True
        return FoundRow(fields, lenient.at - at, not lenient.dry, False)
