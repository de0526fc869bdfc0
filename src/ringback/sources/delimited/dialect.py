"""The dialect of a delimited text: its delimiter, and whether a backslash escapes."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|", "\x1f")

Row = list[str]


@dataclass(slots=True)
class Dialect:
    """How fields are separated; `escapes` is None until the file has shown whether a backslash escapes."""

    delimiter: str
    escapes: bool | None = None

    def reader(self, lines: Iterator[str], *, strict: bool = True) -> "Iterator[Row]":
        """A reader of the `csv` module; a strict one raises csv.Error where the quoting breaks."""
        escape = "\\" if self.escapes else None
        return csv.reader(lines, delimiter=self.delimiter, escapechar=escape, strict=strict)

    def read_line(self, line: str) -> Row | None:
        """Parse one line; None unless it is a complete, cleanly quoted row."""
        if line.count('"') % 2 and not self.escapes:
            return None
        try:
            return next(self.reader(iter((line,))), None)
        except csv.Error:
            return None

    def settle_escapes(self, lines: list[str], fits: Callable[[Row], bool]) -> None:
        """Decide whether backslashes escape, once some line shows it: one way of reading makes more rows fit."""
        text = "".join(lines)
        # A plain search for a backslash comes first: most files have none, and this runs for each block.
        if "\\" not in text or not any("\\" + mark in text for mark in ('"', self.delimiter, "\n", "\r")):
            return
        ways = [Dialect(self.delimiter, escapes) for escapes in (False, True)]
        faults = [_faults(way, protect_nulls(lines, way), fits) for way in ways]
        if faults[0] != faults[1]:
            self.escapes = faults[1] < faults[0]


def protect_nulls(lines: list[str], dialect: Dialect) -> list[str]:
    """Double the backslash of each field that is exactly `\\N`: as an escape it would become a plain N."""
    if not dialect.escapes:
        return lines
    mark = re.escape(dialect.delimiter)
    null = re.compile(rf"(?:(?<={mark})|^)\\N(?={mark}|\r|\n|$)")
    return [null.sub(r"\\\\N", line) if "\\N" in line else line for line in lines]


def _faults(dialect: Dialect, lines: list[str], fits: Callable[[Row], bool]) -> int:
    """Count the rows that break the quoting or have the wrong number of fields."""
    reader = dialect.reader(iter(lines))
    faults = 0
    while True:
        try:
            if (row := next(reader, None)) is None:
                return faults
            faults += bool(row) and not fits(row)
        except csv.Error:
            faults += 1


def sniff_delimiter(lines: Sequence[str], *, width: int | None = None) -> str:
    """Choose the delimiter that gives most rows the width of the first one; a comma where none does.

    Args:
        lines: The first lines, with their line ends.
        width: Number of fields, where the header is known from elsewhere.

    >>> sniff_delimiter(["name;cost\\n", "a;1,50\\n", '"b, c";2,75\\n'])
    ';'
    """
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = [row for row in Dialect(delimiter).reader(iter(lines), strict=False) if row]
        expected = width or (len(rows[0]) if rows else 0)
        body = rows if width else rows[1:] or rows
        agreement = sum(len(row) == expected for row in body) / max(1, len(body))
        score = agreement**2 * (expected - 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best
