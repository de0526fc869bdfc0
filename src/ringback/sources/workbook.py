"""Reader of workbooks (Excel's xlsx, xlsb and xls, OpenDocument's ods): each sheet is a table."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ringback.errors import RingbackError
from ringback.sources import workbook_worker
from ringback.sources.base import RawRows, Reject, Rejection, Wanted, want_all
from ringback.sources.delimited.headers import distinct_names

_MEMORY = 6 * 1024**3
_SECONDS = 1_800
Row = list[str | None]
# Default names of sheets: Sheet, Sheet1, Tabelle1, Feuil1.
_NO_NAME = re.compile(r"(work)?sheet|[^\W\d_]+ ?\d{1,3}", re.IGNORECASE)


def read_workbook(
    path: Path,
    *,
    table: str,
    exhibit: str,
    reject: Reject,
    wanted: Wanted = want_all,
    header: Sequence[str] | None = None,
    memory: int = _MEMORY,
) -> Iterator[RawRows]:
    """Read every sheet that is not empty, hidden ones too. A table has the name of its sheet.

    The first row that is not empty is the header, unless it is data (it holds a number, a time or a text of digits).
    A sheet without a header continues the sheet before it, if it is no wider: exports of more than a million rows are
    written like that. Otherwise its columns are column_1 and so on. Empty rows are not counted. The first of merged
    cells holds the value. A cell with an error is empty. Number formats are ignored: leading zeros that only the format
    shows are lost.

    Args:
        path: The workbook.
        table: Name for the rows of the only sheet, if that has a default name.
        exhibit: The exhibit's reference, for errors.
        reject: Called with sheets that cannot be read.
        wanted: Asked once for each table.
        header: Column names, where no sheet has a header.
        memory: Most bytes of memory that reading may use.

    Raises:
        RingbackError: `workbook_unreadable` for a file that is no workbook, is damaged as a whole, or is protected.
    """
    sheet: _Sheet | None = None
    for one in _printed(path, memory=memory):
        if "lost" in one:
            reject(Rejection(one["lost"], 0, None, "torn_file", one["problem"], damage=True))
        elif "problem" in one:
            if sheet is None:
                raise RingbackError("workbook_unreadable", exhibit=exhibit, path=path, problem=one["problem"])
            reject(Rejection(sheet.name, 0, None, "torn_file", one["problem"], damage=True))
        elif "sheet" in one:
            name = table if one["alone"] and _NO_NAME.fullmatch(one["sheet"]) else one["sheet"]
            sheet = _Sheet(name, data_first=one["data_first"], header=header, before=sheet)
        elif "rows" in one and sheet is not None:
            rows = one["rows"]
            if not sheet.columns:
                rows = sheet.take_header(rows)
                sheet.is_wanted = wanted(sheet.name, sheet.columns)
            if rows and sheet.is_wanted:
                yield sheet.batch(rows)


class _Sheet:
    """One sheet while its rows are read."""

    def __init__(self, name: str, *, data_first: bool, header: Sequence[str] | None, before: "_Sheet | None") -> None:
        self.name, self.columns, self.is_wanted = name, (), False
        self._header = header
        self._data_first, self._before = data_first, before
        self._count = 0

    columns: tuple[str, ...]

    def take_header(self, rows: list[Row]) -> list[Row]:
        """Set the columns from the first rows; returns the rows that are data."""
        width, before = len(rows[0]), self._before
        if self._header is None and self._data_first and before is not None and width <= len(before.columns):
            self.name, self.columns, self._count = before.name, before.columns, before._count
            return rows
        names = list(self._header or ())
        if self._header is None and not self._data_first:
            names = [(text or "").strip() for text in rows[0]]
            rows = rows[1:]
        self.columns = distinct_names([*names, *[""] * (width - len(names))])
        return rows

    def batch(self, rows: list[Row]) -> RawRows:
        width = len(self.columns)
        numbers = list(range(self._count + 1, self._count + len(rows) + 1))
        self._count += len(rows)
        return RawRows(self.name, self.columns, [row + [None] * (width - len(row)) for row in rows], numbers)


def _printed(path: Path, *, memory: int) -> Iterator[dict[str, Any]]:
    """What `workbook_worker` prints of a workbook; a problem if it failed."""
    command = [sys.executable, "-I", workbook_worker.__file__, str(path), str(memory), str(_SECONDS)]
    # Our own interpreter and our own file, with arguments and no shell.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:  # noqa: S603
        try:
            assert run.stdout is not None
            for line in run.stdout:
                try:
                    one = json.loads(line)
                except ValueError:
                    break
                if "end" in one:
                    return
                yield one
        finally:
            run.kill()
    yield {"problem": f"reading it took more than {memory // 1024**2:,} MiB or {_SECONDS:,} seconds, or broke off"}
