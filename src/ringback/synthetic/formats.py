"""Writers of the same rows as CSV, JSON lines, Parquet or a dump. Null differs from empty text, if the format allows.

Text may hold lone surrogates, which stand for single bytes of a wrong encoding. Text formats write those bytes.
Parquet, whose texts must be valid, gets the characters that the bytes stand for.
"""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from ringback.synthetic.tables import SEIZED, SUBJECTS, SeizedTable

FORMATS: Final = ("csv", "jsonl", "parquet", "mysqldump")
DUMP_NAME: Final = "seizure.sql"
Column = Sequence[str | None]


class Output(Protocol):
    """Writer of one seizure, table by table."""

    def begin(self, table: SeizedTable) -> None:
        """Start a table."""

    def write(self, columns: Sequence[Column]) -> None:
        """Add rows to the table, given as columns of equal length."""

    def end(self) -> None:
        """End the table."""

    def close(self) -> None:
        """End the seizure."""


def encode(text: str) -> bytes:
    """The bytes of a text; a lone surrogate is a single byte of a wrong encoding.

    >>> encode("caf" + chr(0xDCE9))
    b'caf\\xe9'
    """
    return text.encode("utf-8", "surrogateescape")


def repair(text: str | None) -> str | None:
    """A text in which bytes of Windows-1252 are replaced by their characters.

    >>> repair("caf" + chr(0xDCE9))
    'café'
    """
    if text is None or text.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in text):
        return text
    return "".join(
        bytes([ord(sign) - 0xDC00]).decode("cp1252") if "\udc80" <= sign <= "\udcff" else sign for sign in text
    )


class CsvOutput:
    """Comma-separated files with a header; null and empty text are both written as nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None

    def begin(self, table: SeizedTable) -> None:
        """Start a file."""
        self._file = (self._folder / f"{table.name}.csv").open("wb")
        self.write([[column] for column in table.columns])

    def write(self, columns: Sequence[Column]) -> None:
        """Add rows."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(zip(*columns, strict=True))
        if self._file is not None:
            self._file.write(encode(text.getvalue()))

    def end(self) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()

    def close(self) -> None:
        """Nothing is left to do."""


class JsonLinesOutput:
    """One JSON object per line; every value is a text or null."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._table = SEIZED[0]

    def begin(self, table: SeizedTable) -> None:
        """Start a file."""
        self._table = table
        self._file = (self._folder / f"{table.name}.jsonl").open("wb")

    def write(self, columns: Sequence[Column]) -> None:
        """Add rows."""
        dumps = json.JSONEncoder(ensure_ascii=False).encode
        parts = []
        for name, column in zip(self._table.columns, columns, strict=True):
            key = f'"{name}": '
            if name in self._table.plain:
                parts.append([f'{key}"{value}"' if value is not None else f"{key}null" for value in column])
            else:
                parts.append([f"{key}{dumps(value)}" if value is not None else f"{key}null" for value in column])
        lines = ["{" + ", ".join(row) + "}\n" for row in zip(*parts, strict=True)]
        if self._file is not None:
            self._file.write(encode("".join(lines)))

    def end(self) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()

    def close(self) -> None:
        """Nothing is left to do."""


class ParquetOutput:
    """Parquet files in which every column is text, as in a panel's export."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: pq.ParquetWriter | None = None
        self._schema = pa.schema([])

    def begin(self, table: SeizedTable) -> None:
        """Start a file."""
        self._schema = pa.schema([(column, pa.string()) for column in table.columns])
        path = self._folder / f"{table.name}.parquet"
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, columns: Sequence[Column]) -> None:
        """Add rows as one row group."""
        arrays = []
        for column in columns:
            try:
                arrays.append(pa.array(column, pa.string()))
            except UnicodeEncodeError:
                arrays.append(pa.array([repair(value) for value in column], pa.string()))
        if self._writer is not None:
            self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def end(self) -> None:
        """End the file."""
        if self._writer is not None:
            self._writer.close()

    def close(self) -> None:
        """Nothing is left to do."""


def possible_files() -> tuple[str, ...]:
    """Every file name that a seizure of any format may put into its folder."""
    names = [f"{table.name}.{suffix}" for table in SEIZED for suffix in ("csv", "jsonl", "parquet")]
    return (*names, f"{SUBJECTS.name}.csv", DUMP_NAME, "case_settings.json", "reports", "truth")
