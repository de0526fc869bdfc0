"""A list of people as an Excel workbook: numbers are texts, times are times, and no cell is ever a formula."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

import pyarrow as pa

from ringback.text.printable import printable

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

# A sheet of Excel holds 1,048,576 rows, and the first is the header.
MOST_ROWS = 1_048_575
_LONGEST_TEXT = 32_767
_CUT = " ... (cut: a cell holds no more; the CSV has all of it)"
# Excel counts days from 1900 and knows none before.
_FIRST_YEAR = 1900
_BATCH_ROWS = 10_000
_WIDEST = 60
_TIME_FORM = "yyyy-mm-dd hh:mm:ss"


def write_workbook(
    file: BinaryIO, table: pa.Table, *, time_zone: str, facts: Mapping[str, object], beside: Path
) -> None:
    """Write a workbook with two sheets: the list, and facts about it.

    Args:
        file: Where to.
        table: The list; at most `MOST_ROWS` rows.
        time_zone: Each time is shown in it and in UTC.
        facts: What the second sheet says: name to value.
        beside: A folder for temporary files. They hold numbers, so it must not be a shared place such as /tmp.
    """
    # Imported here, because few who ask for results want a workbook.
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    # Rows go to a file as they come, in a folder of our own: a long list does not have to fit into memory.
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=beside) as scratch:
        options = {
            "constant_memory": True,
            "tmpdir": scratch,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": False,
        }
        book = xlsxwriter.Workbook(file, options)
        sheet = book.add_worksheet("list")
        _Sheet(book, sheet, table, time_zone).write()
        _write_facts(book, book.add_worksheet("about"), facts)
        try:
            book.close()
        except FileCreateError as error:
            # Raise the error of the system, which the library wraps.
            raise error.args[0] if error.args and isinstance(error.args[0], OSError) else error from None


class _Sheet:
    """The sheet of the list."""

    def __init__(self, book: "xlsxwriter.Workbook", sheet: "Worksheet", table: pa.Table, time_zone: str) -> None:
        self._sheet, self._table, self._zone = sheet, table, ZoneInfo(time_zone)
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@"})
        self._time = book.add_format({"num_format": _TIME_FORM})
        self._columns: list[tuple[str, str]] = []
        for name, type_ in zip(table.column_names, table.schema.types, strict=True):
            if pa.types.is_timestamp(type_):
                self._columns += [(f"{name} ({time_zone})", name), (f"{name} (UTC)", name)]
            else:
                self._columns.append((name, name))

    def write(self) -> None:
        """Write header, rows, filter and widths."""
        sheet, rows = self._sheet, self._table.num_rows
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), len(self._columns) - 1)
        for place, (label, name) in enumerate(self._columns):
            sheet.set_column(place, place, self._width(label, name))
            sheet.write_string(0, place, label, self._head)
        # Numbers are texts on purpose, so no green corner has to warn about it.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})
        row = 0
        for batch in self._table.to_batches(max_chunksize=_BATCH_ROWS):
            for found in batch.to_pylist():
                row += 1
                for place, (label, name) in enumerate(self._columns):
                    self._cell(row, place, found[name], utc=label.endswith("(UTC)"))

    def _cell(self, row: int, place: int, value: Any, *, utc: bool) -> None:  # noqa: ANN401 - whatever a list holds
        sheet = self._sheet
        if value is None:
            return
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            shown = aware.astimezone(UTC if utc else self._zone)
            if shown.year >= _FIRST_YEAR:
                sheet.write_datetime(row, place, shown.replace(tzinfo=None), self._time)
            else:
                sheet.write_string(row, place, shown.isoformat(), self._text)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            sheet.write_number(row, place, float(value))
        else:
            sheet.write_string(row, place, _as_text(value), self._text)

    def _width(self, label: str, name: str) -> int:
        if label != name:
            return 22
        texts = self._table.column(name).slice(0, _BATCH_ROWS).to_pylist()
        return min(_WIDEST, max([len(label), *(len(str(one)) for one in texts)]) + 3)


def _write_facts(book: "xlsxwriter.Workbook", sheet: "Worksheet", facts: Mapping[str, object]) -> None:
    bold, text = (
        book.add_format({"bold": True, "valign": "top"}),
        book.add_format({"num_format": "@", "text_wrap": True}),
    )
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name, bold)
        if isinstance(value, int) and not isinstance(value, bool):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, _as_text(value), text)


def _as_text(value: object) -> str:
    text = printable(str(value))
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - len(_CUT)] + _CUT
