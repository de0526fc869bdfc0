"""One exhibit in, raw rows out: picks the reader, applies the mapping, keeps the origin and counts everything.

Rows in = rows kept + rows rejected, for every table of every exhibit.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from ringback.errors import RingbackError
from ringback.schemas import RAW_TABLES
from ringback.sources.base import Batch, Enough, RawColumns, RawRows, Reject, Rejection, Value, Wanted, never_enough
from ringback.sources.delimited import read_delimited
from ringback.sources.jsonl import read_jsonl
from ringback.sources.mapping import Projection, SeizureMapping, project
from ringback.sources.mark import array_holds_mark, rows_hold_mark, stream_holds_mark
from ringback.sources.opening import list_members, open_unpacked, sniff_format
from ringback.sources.parquet import read_parquet
from ringback.sources.sqldump import read_sqldump
from ringback.sources.times import to_iso

# Formats in which a file, or a member of a zip, is one table.
_ONE_TABLE = ("csv", "jsonl", "parquet")


@dataclass(frozen=True, slots=True)
class SeizedFile:
    """An exhibit as the readers see it: its reference, registered name, place, format and reading options."""

    exhibit: str
    name: str
    path: Path
    format: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ReadingTally:
    """What reading one exhibit came to.

    Attributes:
        rows: Rows kept, by role.
        seen: (part of the exhibit, seized table) to the highest row number given out, rejected rows included.
        rejections: Rows and places that could not be read.
        quarantined: (seized table, column) to rows in which it held something.
        bad_encoding: (seized table, field) to values with bytes that were no text; shown with a replacement mark.
        passed_over: Seized tables that the mapping does not name.
        synthetic: Whether a value of any column carried the mark of a synthetic seizure.
    """

    rows: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad_encoding: Counter[tuple[str, str]] = field(default_factory=Counter)
    passed_over: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    synthetic: bool = False

    def see(self, part: int, table: str, row: int) -> None:
        """Note that a table of a part of the exhibit has at least this many rows."""
        self.seen[part, table] = max(row, self.seen.get((part, table), 0))


def detect_format(path: Path, *, exhibit: str = "(new)") -> str:
    """The format of a file, by its content.

    Raises:
        RingbackError: `exhibit_unreadable`, or `source_unknown` when it is none of `options.FORMATS`.
    """
    try:
        found = sniff_format(path)
    except OSError as error:
        problem = error.strerror or str(error)
        raise RingbackError("exhibit_unreadable", exhibit=exhibit, path=path, problem=problem) from error
    except (EOFError, ValueError) as error:
        raise RingbackError("source_unknown", exhibit=exhibit, path=path, problem=str(error)) from error
    if found is None:
        raise RingbackError("source_unknown", exhibit=exhibit, path=path, problem="its beginning looks like none")
    return found


def holds_synthetic_mark(path: Path, format_: str) -> bool:
    """Whether the content of a file carries the mark of a synthetic seizure, anywhere."""
    if format_ == "parquet":
        return any(
            rows_hold_mark(batch.rows) for batch in read_parquet(path, table="any", reject=lambda _rejection: None)
        )
    for member in list_members(path):
        with open_unpacked(path, member=member) as (stream, _inner):
            if stream_holds_mark(stream):
                return True
    return False


def read_exhibit(
    seized: SeizedFile,
    mapping: SeizureMapping,
    *,
    tally: ReadingTally,
    progress: Callable[[int], None] = lambda _n: None,
) -> Iterator[tuple[str, pa.Table]]:
    """Read one exhibit; yields (role, rows of the role's raw table) and fills `tally` on the way.

    A damaged exhibit yields what can be read; the damage is a rejection with `damage` set.

    Args:
        seized: The exhibit.
        mapping: Which tables and columns are what.
        tally: Filled while reading.
        progress: Called with the bytes of the file consumed since the last call.

    Raises:
        RingbackError: `exhibit_unreadable` or `mapping_column_missing`.
    """
    projections: dict[tuple[str, tuple[str, ...]], Projection | None] = {}

    def wanted(table: str, columns: tuple[str, ...]) -> bool:
        tally.tables.add(table)
        role = mapping.find_role(table)
        if role is None:
            tally.passed_over.add(table)
            return False
        if (table, columns) not in projections:
            projections[table, columns] = project(role, exhibit=seized.exhibit, table=table, columns=columns)
        return True

    try:
        for part, place, batch in raw_batches(seized, tally=tally, wanted=wanted, progress=progress):
            if not wanted(batch.table, batch.columns):
                continue
            if len(batch.row_numbers):
                tally.see(part, batch.table, int(batch.row_numbers[-1]))
            projection = projections[batch.table, batch.columns]
            assert projection is not None
            time_format = mapping.roles[projection.role].time_format
            columns = _columns_of(batch) if isinstance(batch, RawRows) else batch
            yield (
                projection.role,
                _to_arrow(
                    columns, projection, seized.exhibit, place or batch.table, time_format=time_format, tally=tally
                ),
            )
    except OSError as error:
        problem = error.strerror or str(error)
        raise RingbackError("exhibit_unreadable", exhibit=seized.exhibit, path=seized.path, problem=problem) from error


def raw_batches(
    seized: SeizedFile,
    *,
    tally: ReadingTally,
    wanted: Wanted,
    enough: Enough = never_enough,
    progress: Callable[[int], None] = lambda _n: None,
) -> Iterator[tuple[int, str, Batch]]:
    """Batches with the number and name of the part they are from: a zip may have several, anything else has one.

    Args:
        seized: The exhibit.
        tally: Gets what could not be read.
        wanted: Which tables are wanted.
        enough: Ends the reading of a part that is one table, and passes over rows of a dump.
        progress: Called with the bytes of the file consumed since the last call.
    """
    if seized.format == "parquet":
        table = str(seized.options.get("table", _stem(seized.name)))
        for batch in read_parquet(seized.path, table=table, reject=_rejecter(tally, 0), wanted=wanted):
            yield 0, "", batch
            if enough(batch.table):
                break
        progress(seized.path.stat().st_size)
        return
    members = list_members(seized.path)
    for part, member in enumerate(members):
        with open_unpacked(seized.path, member=member, progress=progress) as (stream, _inner):
            # Only the members of a zip have names of their own. A copy in the case folder has its reference in front
            # of its name; the registered name has not.
            name = seized.name if seized.path.name.startswith(member) else member
            table = str(seized.options.get("table", _stem(name)))
            batches = _read_stream(stream, seized, table, reject=_rejecter(tally, part), wanted=wanted, enough=enough)
            for each in batches:
                # Two members of a zip may have tables of one name: their rows are told apart by the member's own.
                yield part, (name if len(members) > 1 else ""), each
                if seized.format in _ONE_TABLE and enough(each.table):
                    break


def _read_stream(
    stream: BinaryIO, seized: SeizedFile, table: str, *, reject: Reject, wanted: Wanted, enough: Enough
) -> Iterator[Batch]:
    if seized.format == "mysqldump":
        return read_sqldump(stream, reject=reject, wanted=wanted, enough=enough)
    if seized.format == "jsonl":
        return read_jsonl(stream, table=table, reject=reject, wanted=wanted)
    return read_delimited(
        stream,
        table=table,
        reject=reject,
        wanted=wanted,
        delimiter=seized.options.get("delimiter"),
        encoding=seized.options.get("encoding"),
        header=seized.options.get("header"),
    )


def _rejecter(tally: ReadingTally, part: int) -> Reject:
    def reject(rejection: Rejection) -> None:
        tally.rejections.append(rejection)
        if rejection.row:
            tally.see(part, rejection.table, rejection.row)

    return reject


def _stem(name: str) -> str:
    """The table that a file's name stands for: `calls` for calls.csv.gz.

    >>> _stem("export/calls.csv.gz")
    'calls'
    """
    stem = name.replace("\\", "/").rpartition("/")[2]
    while "." in stem and stem.rpartition(".")[2].casefold() in {
        "csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "sql", "gz", "zst", "zip",
    }:  # fmt: skip
        stem = stem.rpartition(".")[0]
    return stem


def _to_arrow(
    batch: RawColumns,
    projection: Projection,
    exhibit: str,
    place: str,
    *,
    time_format: str | None,
    tally: ReadingTally,
) -> pa.Table:
    """A batch as the role's raw table; counts what is quarantined or wrongly encoded."""
    count = len(batch.row_numbers)
    for index in projection.quarantined:
        tally.quarantined[batch.table, batch.columns[index]] += count - batch.arrays[index].null_count
    tally.rows[projection.role] += count
    arrays = {
        "exhibit": _repeated(exhibit, count),
        "origin_table": _repeated(place, count),
        "origin_row": batch.row_numbers,
        "origin_byte": pa.nulls(count, pa.int64()) if batch.byte_offsets is None else batch.byte_offsets,
    }
    for name, position in zip(projection.fields, projection.positions, strict=True):
        if position < 0:
            arrays[name] = pa.nulls(count, pa.string())
            continue
        array, bad = _as_text(batch.arrays[position])
        if bad:
            tally.bad_encoding[batch.table, name] += bad
        if time_format and name.endswith("_at"):
            array = pa.array([to_iso(text, time_format) for text in array.to_pylist()], pa.string())
        arrays[name] = array
    # The mark counts in every column, whatever the mapping makes of it: where it stands is for no setting to say.
    tally.synthetic = tally.synthetic or any(map(array_holds_mark, batch.arrays))
    return pa.table(arrays).select(list(RAW_TABLES[projection.role].names))


def _repeated(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _columns_of(batch: RawRows) -> RawColumns:
    """Rows as columns."""
    columns = list(zip(*batch.rows, strict=True)) or [()] * len(batch.columns)
    offsets = None if batch.byte_offsets is None else pa.array(batch.byte_offsets, pa.int64())
    numbers = pa.array(batch.row_numbers, pa.int64())
    return RawColumns(batch.table, batch.columns, [_value_array(values) for values in columns], numbers, offsets)


def _value_array(values: Sequence[Value]) -> pa.Array:
    """Values as text with '' as null (CSV cannot tell them apart); as bytes where one of them is no text."""
    try:
        return pa.array([value or None for value in values], pa.string())
    except (UnicodeEncodeError, pa.ArrowException, TypeError):
        return pa.array([_as_bytes(value) if value else None for value in values], pa.binary())


def _as_bytes(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        # A surrogate escape stands for a byte that was no UTF-8: back to that byte.
        return value.encode("utf-8", "surrogateescape")
    except UnicodeError:
        return value.encode("utf-8", "surrogatepass")


def _as_text(array: pa.Array) -> tuple[pa.StringArray, int]:
    """Values as text, with the mark U+FFFD for what is none; and how many held bytes that are no text."""
    if pa.types.is_string(array.type):
        return array, 0
    try:
        return array.cast(pa.string()), 0
    except pa.ArrowInvalid:
        pass
    texts: list[str | None] = []
    bad = 0
    for value in array.to_pylist():
        try:
            texts.append(value and value.decode("utf-8"))
        except UnicodeError:
            bad += 1
            texts.append(value.decode("utf-8", "replace"))
    return pa.array(texts, pa.string()), bad
