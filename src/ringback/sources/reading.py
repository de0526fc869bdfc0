"""One exhibit in, raw rows out: picks the reader, applies the mapping, keeps the origin and counts everything.

Rows in = rows kept + rows rejected, for every table of every exhibit.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.schemas import RAW_TABLES
from ringback.sources.base import Batch, RawColumns, RawRows, Reject, Rejection, Wanted, want_all
from ringback.sources.formats import SEVERAL_TABLES, read_part
from ringback.sources.gathering import gathered
from ringback.sources.limits import Limits, Meter
from ringback.sources.mapping import Projection, SeizureMapping, project
from ringback.sources.mark import array_holds_mark, rows_hold_mark, stream_holds_mark
from ringback.sources.members import Part, archive_parts, unpacked_file
from ringback.sources.opening import file_packing, list_members, open_unpacked
from ringback.sources.parts import ExhibitPart, JoinedParts, find_place
from ringback.sources.sniffing import BESIDE, FILE_FORMATS, tell_format
from ringback.sources.texts import as_columns, as_text
from ringback.sources.times import guess_time_format, to_iso


@dataclass(frozen=True, slots=True)
class SeizedFile:
    """An exhibit as the readers see it: its reference, registered name, place, format and reading options.

    `beside` are the files that belong to a database, by ending; `read_with` is the exhibit that such a file belongs to.
    """

    exhibit: str
    name: str
    path: Path
    format: str
    options: dict[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    beside: Mapping[str, Path] = field(default_factory=dict)
    read_with: str = ""


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
        unread_files: Files in an archive that are in no known format, by what they are instead: how many, and a name.
        time_formats: (place, seized table, column of times) to the format that its digits told, or None.
        synthetic: Whether a value of any column carried the mark of a synthetic seizure.
    """

    rows: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad_encoding: Counter[tuple[str, str]] = field(default_factory=Counter)
    passed_over: set[str] = field(default_factory=set)
    unread_files: dict[str, tuple[int, str]] = field(default_factory=dict)
    time_formats: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    synthetic: bool = False

    def see(self, part: int, table: str, row: int) -> None:
        """Note that a table of a part of the exhibit has at least this many rows."""
        self.seen[part, table] = max(row, self.seen.get((part, table), 0))

    def pass_over_file(self, name: str, what: str) -> None:
        """Note a file in an archive that holds no rows; its name is masked."""
        count, first = self.unread_files.get(what, (0, mask_numbers(name)))
        self.unread_files[what] = count + 1, first


def detect_format(path: Path, *, exhibit: str = "(new)") -> str:
    """The format of a file, by its content.

    Raises:
        RingbackError: `exhibit_unreadable`, or `source_unknown` when it is none of `options.FORMATS`.
    """
    try:
        with _opening(exhibit, path):
            found = tell_format(path)
    except (EOFError, ValueError) as error:
        raise RingbackError("source_unknown", exhibit=exhibit, path=path, problem=str(error)) from error
    if found is None:
        raise RingbackError("source_unknown", exhibit=exhibit, path=path, problem="its beginning looks like none")
    return found


def holds_synthetic_mark(path: Path, format_: str, limits: Limits | None = None) -> bool:
    """Whether the content of a file carries the mark of a synthetic seizure, anywhere.

    Raises:
        RingbackError: `unpack_refused` for a bomb, `source_unknown`, `workbook_unreadable`.
    """
    seized = SeizedFile("(new)", path.name, path, format_, limits=limits or Limits())
    with ExitStack() as stack, _opening(seized.exhibit, path):
        parts = stack.enter_context(closing(_parts(seized, ReadingTally(), lambda _n: None, stack)))
        return any(map(_part_holds_mark, parts))


def _part_holds_mark(part: Part) -> bool:
    if part.format in ("parquet", "excel"):
        batches = read_part(
            part, exhibit="(new)", table="any", options={}, reject=lambda _r: None, wanted=want_all,
            pass_over=lambda _n: None,
        )  # fmt: skip
        try:
            return any(rows_hold_mark(batch.rows) for batch in batches if isinstance(batch, RawRows))
        except RingbackError:
            if not part.name:
                raise
            return False
    if part.path is None:
        return part.stream is not None and stream_holds_mark(part.stream)
    # Values of a database lie in its file, and in the files beside it, as they are.
    for path in (part.path, *part.beside.values()):
        with path.open("rb") as stream:
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
        RingbackError: `exhibit_unreadable`, `source_unknown`, `unpack_refused`, `mapping_column_missing`, or an error
            of the format's own reader.
    """
    tables = _role_tables(seized, mapping, tally, progress)
    with _opening(seized.exhibit, seized.path):
        yield from gathered(tables) if seized.format == "archive" else tables


@contextmanager
def _opening(exhibit: str, path: Path) -> Iterator[None]:
    """Make an error of a disk or a network one that names the exhibit."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error)
        raise RingbackError("exhibit_unreadable", exhibit=exhibit, path=path, problem=problem) from error


def _role_tables(
    seized: SeizedFile, mapping: SeizureMapping, tally: ReadingTally, progress: Callable[[int], None]
) -> Iterator[tuple[str, pa.Table]]:
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

    for part, place, batch in _batches(seized, tally, wanted, progress):
        if not wanted(batch.table, batch.columns):
            continue
        if len(batch.row_numbers):
            tally.see(part, batch.table, int(batch.row_numbers[-1]))
        projection = projections[batch.table, batch.columns]
        assert projection is not None
        time_format = mapping.roles[projection.role].time_format
        columns = as_columns(batch) if isinstance(batch, RawRows) else batch
        yield (
            projection.role,
            _to_arrow(columns, projection, seized.exhibit, place or batch.table, time_format=time_format, tally=tally),
        )


def _batches(
    seized: SeizedFile, tally: ReadingTally, wanted: Wanted, progress: Callable[[int], None]
) -> Iterator[tuple[int, str, Batch]]:
    """Batches with the number and name of the part they are from: an archive may have several, others have one."""
    with ExitStack() as stack:
        parts = stack.enter_context(closing(_parts(seized, tally, progress, stack)))
        for number, part in enumerate(parts):
            table = _stem(part.file or part.name or seized.name)
            reject = _rejecter(tally, number, part.tell_place)
            batches = read_part(
                part,
                exhibit=seized.exhibit,
                table=table,
                options=seized.options,
                reject=reject,
                wanted=wanted,
                pass_over=tally.passed_over.add,
            )
            several = seized.format == "archive" and part.format in SEVERAL_TABLES
            try:
                for batch in batches:
                    # Two members may have tables of one name: their rows are told apart by the member's own.
                    yield number, (f"{part.name}: {batch.table}" if several else part.name), batch
            except RingbackError as error:
                if not part.name:
                    raise
                if error.code in ("sqlite_unreadable", "workbook_unreadable"):
                    reject(Rejection(part.name, 0, None, "unreadable_file", str(error.facts["problem"]), damage=True))
                elif error.code == "mapping_column_missing" and (torn := _find_end(part)):
                    reject(Rejection(part.name, 0, None, "torn_file", torn, damage=True))
                else:
                    raise


def _parts(
    seized: SeizedFile, tally: ReadingTally, progress: Callable[[int], None], stack: ExitStack
) -> Generator[Part, None, None]:
    reject = _rejecter(tally, 0)
    split: Sequence[ExhibitPart] = seized.options.get("parts", ())
    packed = sum(one.bytes for one in split) or seized.path.stat().st_size
    meter = Meter(seized.limits, exhibit=seized.exhibit, path=seized.path, packed=packed)
    if seized.options.get("part_of"):
        return  # read with the exhibit that it continues
    if split:
        yield _joined(seized, split, meter, progress, stack)
    elif seized.format == "archive":
        yield from archive_parts(
            seized.path, meter=meter, reject=reject, pass_over=tally.pass_over_file, progress=progress
        )
    elif seized.format in BESIDE:
        progress(seized.path.stat().st_size)
        if not seized.read_with:
            detail = "is a log of a database that is not an exhibit here: add the database too"
            reject(Rejection("", 0, None, "log_without_database", detail, damage=True))
    elif seized.format in FILE_FORMATS:
        try:
            path = unpacked_file(seized.path, meter=meter, reject=reject, progress=progress, within=stack)
        except ValueError as error:
            raise RingbackError(
                "source_unknown", exhibit=seized.exhibit, path=seized.path, problem=str(error)
            ) from error
        yield Part("", seized.format, path=path, beside=seized.beside)
    else:
        members = list_members(seized.path)
        for member in members:
            with ExitStack() as opened:
                unpacked = open_unpacked(seized.path, member=member, progress=progress, unpacked=meter.add)
                stream = _enter(unpacked, seized, opened)
                # Only the members of a zip have names of their own. A copy in the case folder has its reference in
                # front of its name; the registered name has not.
                own = not seized.path.name.startswith(member)
                yield Part(member if len(members) > 1 else "", seized.format, stream=stream, file=member if own else "")


def _joined(
    seized: SeizedFile,
    split: Sequence[ExhibitPart],
    meter: Meter,
    progress: Callable[[int], None],
    stack: ExitStack,
) -> Part:
    """A dump that came in parts, as one; damage is told with the part that it lies in."""
    if seized.format in FILE_FORMATS or seized.format in BESIDE or seized.format == "archive":
        problem = f"{seized.format} cannot be read in parts: join them into one file first"
        raise RingbackError("source_unknown", exhibit=seized.exhibit, path=seized.path, problem=problem)
    joined = JoinedParts(split)
    packed = file_packing(seized.path) is not None

    def tell_place(byte: int) -> str:
        return f"found while {joined.now.ref} was read" if packed else find_place(split, byte)

    unpacked = open_unpacked(seized.path, progress=progress, unpacked=meter.add, joined=joined)
    return Part("", seized.format, stream=_enter(unpacked, seized, stack), tell_place=tell_place)


def _enter(unpacked: AbstractContextManager[tuple[BinaryIO, str]], seized: SeizedFile, stack: ExitStack) -> BinaryIO:
    try:
        stream, _inner = stack.enter_context(unpacked)
    except ValueError as error:
        raise RingbackError("source_unknown", exhibit=seized.exhibit, path=seized.path, problem=str(error)) from error
    return stream


def _find_end(part: Part) -> str:
    """Why the stream of a part breaks off, so that its last line is not whole; "" where it does not."""
    try:
        while part.stream is not None and part.stream.read(1 << 20):
            pass
    except EOFError as error:
        return str(error)
    return ""


def _rejecter(tally: ReadingTally, part: int, tell_place: Callable[[int], str] | None = None) -> Reject:
    def reject(rejection: Rejection) -> None:
        if tell_place and rejection.damage and rejection.byte is not None:
            rejection = replace(rejection, detail=f"{rejection.detail} ({tell_place(rejection.byte)})")
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
        "csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "sql", "gz", "zst", "zip", "bz2", "xz",
        "db", "db3", "sqlite", "sqlite3", "xlsx", "xlsb", "xls", "ods",
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
        array, bad = as_text(batch.arrays[position])
        if bad:
            tally.bad_encoding[batch.table, name] += bad
        if name.endswith("_at") and (
            form := time_format or _guessed(array, (place, batch.table, batch.columns[position]), tally)
        ):
            array = pa.array([to_iso(text, form) for text in array.to_pylist()], pa.string())
        arrays[name] = array
    # The mark counts in every column, whatever the mapping makes of it: where it stands is for no setting to say.
    tally.synthetic = tally.synthetic or any(map(array_holds_mark, batch.arrays))
    return pa.table(arrays).select(list(RAW_TABLES[projection.role].names))


def _guessed(array: pa.StringArray, key: tuple[str, str, str], tally: ReadingTally) -> str | None:
    """What times of digits are, settled by the first of them in a table."""
    if key not in tally.time_formats and array.null_count < len(array):
        tally.time_formats[key] = guess_time_format(array.to_pylist(), column=key[2])
    return tally.time_formats.get(key)


def _repeated(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)
