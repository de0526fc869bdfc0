"""Lists of people as files: CSV, JSON, Parquet, or an Excel workbook. The caller logs it first."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ringback.errors import RingbackError
from ringback.files.output import check_new_file, write_private
from ringback.reporting.figures import plain_value
from ringback.results.list_workbook import MOST_ROWS, write_workbook

LIST_FORMATS = ("csv", "json", "parquet", "xlsx")


@dataclass(frozen=True, slots=True)
class ListAbout:
    """What a workbook says about its list.

    Attributes:
        time_zone: The case's time zone; times are shown in it and in UTC.
        facts: Name to value, in order.
    """

    time_zone: str
    facts: Mapping[str, object] = field(default_factory=dict)


def choose_format(path: Path, asked: str | None = None) -> str:
    """The format of a list, by the ending of its file, which has to be one of `LIST_FORMATS`.

    Args:
        path: The file.
        asked: A format that was asked for by name; the ending has to agree, or be missing.

    Raises:
        RingbackError: `list_format_unknown`.

    >>> choose_format(Path("list.XLSX")), choose_format(Path("list"), "csv")
    ('xlsx', 'csv')
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending in LIST_FORMATS and asked in (None, ending):
        return ending
    if asked and not ending:
        return asked
    known = ", ".join(f".{one}" for one in LIST_FORMATS)
    shown = f'the ending "{path.suffix}"' if ending else "no ending"
    problem = f"{shown} and the format {asked}" if asked else shown
    raise RingbackError("list_format_unknown", path=path, problem=problem, known=known)


def check_list(path: Path, format_: str, rows: int) -> None:
    """Make sure that a list can be written like this, before it is logged.

    Raises:
        RingbackError: `output_exists`, `output_unwritable`, or `list_too_long` for a workbook.
    """
    check_new_file(path)
    if format_ == "xlsx" and rows > MOST_ROWS:
        raise RingbackError("list_too_long", path=path, rows=rows, most=MOST_ROWS)


def write_list(path: Path, table: pa.Table, format_: str, about: ListAbout) -> None:
    """Write a list to a new file that only its owner can read, whole or not at all.

    Raises:
        RingbackError: `disk_full`, `output_unwritable` or `output_exists`.
    """
    write_private(path, _as_format(table, format_, about, beside=path.parent), replace=False)


def _as_format(
    table: pa.Table, format_: str, about: ListAbout, *, beside: Path
) -> str | bytes | Callable[[BinaryIO], None]:
    if format_ == "parquet":
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        return bytes(sink.getvalue())
    if format_ == "xlsx":
        return lambda file: write_workbook(file, table, time_zone=about.time_zone, facts=about.facts, beside=beside)
    rows = [plain_value(row) for row in table.to_pylist()]
    if format_ == "json":
        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    text = io.StringIO()
    writer = csv.DictWriter(text, table.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
