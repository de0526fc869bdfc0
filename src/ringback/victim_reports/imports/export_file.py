"""An export as a file: hashed, and read row by row with the readers of exhibits. It is never changed, and not kept."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.records.exhibits import hash_file
from ringback.sources.archives.limits import Limits
from ringback.sources.base import RawRows, Reach, half_of_the_row, want_all
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.exhibit_reader import detect_format, raw_batches
from ringback.sources.fields.text_columns import as_columns, as_text
from ringback.sources.reading_tally import ReadingTally
from ringback.text.printable import printable

# The formats that exports come in.
FORMATS = ("csv", "json", "jsonl", "excel")
_NEW = "(export)"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """An export.

    Attributes:
        path: The file.
        format: One of `FORMATS`.
        sha256: Its hash when it was opened.
        bytes: Its size.
        limits: Limits on decompression.
    """

    path: Path
    format: str
    sha256: str
    bytes: int
    limits: Limits

    def check_unchanged(self) -> None:
        """Check that nobody changed the file meanwhile.

        Raises:
            RingbackError: `report_export_changed`.
        """
        if hash_file(self.path) != self.sha256:
            raise RingbackError("report_export_changed", path=self.path)


@dataclass(slots=True)
class ExportRow:
    """One row: the part of the file and the table that it is in, its number there from 1, and its values by column."""

    place: str
    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A row that could not be read, or, with row 0, a place where the file is damaged."""

    place: str
    row: int
    reason: str
    detail: str


@dataclass(slots=True)
class ExportReading:
    """What one reading of an export came to; complete once all rows were taken.

    Attributes:
        columns: All columns, in the order in which they were met.
        rows: All rows that the file has, those that could not be read included.
        unread: Rows and places that could not be read.
        bad_encoding: Values with bytes that are no text, which have a replacement mark instead.
        passed_over: Files of a zip that are no table.
    """

    columns: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    unread: list[UnreadRow] = field(default_factory=list)
    bad_encoding: int = 0
    passed_over: int = 0


def open_export(path: Path, limits: Limits) -> ExportFile:
    """Hash an export, and find its format.

    Raises:
        RingbackError: `report_export_unreadable`, or `source_unknown`.
    """
    if not path.is_file():
        problem = "it is no plain file" if path.exists() else "there is no such file"
        raise RingbackError("report_export_unreadable", path=path.absolute(), problem=problem)
    try:
        sha256, size = hash_file(path), path.stat().st_size
    except OSError as error:
        raise RingbackError("report_export_unreadable", path=path.absolute(), problem=say_problem(error)) from error
    if not size:
        raise RingbackError("report_export_unreadable", path=path.absolute(), problem="it is empty")
    format_ = detect_format(path, exhibit=_NEW)
    if format_ not in FORMATS:
        problem = f"it looks like {format_}; exports are {', '.join(FORMATS)}"
        raise RingbackError("report_export_unreadable", path=path.absolute(), problem=problem)
    return ExportFile(path, format_, sha256, size, limits)


def read_rows(
    export: ExportFile, reading: ExportReading, *, mapped: Collection[str] | None = None
) -> Iterator[ExportRow]:
    """All rows that can be read, in order.

    Args:
        export: The file.
        reading: Filled on the way.
        mapped: The columns that matter: a row may lack what stands behind the last of them. None for all columns.

    Raises:
        RingbackError: `report_export_unreadable`, `unpack_refused`, or an error of the format's reader.
    """

    def reaching(table: str, columns: tuple[str, ...]) -> Reach:
        places = [place for place, name in enumerate(map(printable, columns), 1) if mapped and name in mapped]
        return Reach(1, max(places)) if places else half_of_the_row(table, columns)

    tally = ReadingTally()
    seized = SeizedFile(_NEW, export.path.name, export.path, export.format, limits=export.limits)
    try:
        for part, place, batch in raw_batches(seized, tally=tally, wanted=want_all, reaching=reaching):
            if not len(batch.row_numbers):
                continue
            tally.see(part, batch.table, int(batch.row_numbers[-1]))
            columns = as_columns(batch) if isinstance(batch, RawRows) else batch
            reading.columns.update(dict.fromkeys(columns.columns))
            texts = []
            for array in columns.arrays:
                text, bad = as_text(array)
                reading.bad_encoding += bad
                texts.append(text.to_pylist())
            for at, row in enumerate(columns.row_numbers.to_pylist()):
                pairs = zip(columns.columns, texts, strict=True)
                values = {name: value for name, many in pairs if (value := many[at])}
                yield ExportRow(f"{part}:{place or batch.table}", int(row), values)
    except OSError as error:
        raise RingbackError("report_export_unreadable", path=export.path, problem=say_problem(error)) from error
    reading.rows = sum(tally.seen.values())
    reading.unread = [UnreadRow(one.table, one.row, one.reason, one.detail) for one in tally.rejections]
    reading.passed_over = sum(count for count, _name in tally.unread_files.values())
