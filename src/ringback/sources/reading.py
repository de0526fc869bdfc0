"""One exhibit in, raw rows out: picks the reader, applies the mapping, keeps the origin and counts everything.

Rows in = rows kept + rows rejected, for every table of every exhibit.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.schemas import FEW_VALUES, RAW_TABLES
from ringback.sources.base import (
    Batch,
    Enough,
    RawColumns,
    RawRows,
    Reach,
    Reaching,
    Reject,
    Rejection,
    Wanted,
    half_of_the_row,
    never_enough,
    want_all,
)
from ringback.sources.filenames import table_of_file
from ringback.sources.formats import SEVERAL_TABLES, read_part
from ringback.sources.gathering import gathered
from ringback.sources.limits import Limits
from ringback.sources.mapping import PRESETS, Projection, SeizureMapping, project
from ringback.sources.mark import array_holds_mark, rows_hold_mark, stream_holds_mark
from ringback.sources.members import Part
from ringback.sources.seized import SeizedFile, open_parts
from ringback.sources.sniffing import tell_format
from ringback.sources.texts import as_columns, as_text
from ringback.sources.times import guess_time_format, to_iso_column

# As many damaged places of an exhibit are named; more are counted.
MOST_DAMAGE = 1000
_MOST_REJECTIONS = 50_000


@dataclass(slots=True)
class ReadingTally:
    """What reading one exhibit came to.

    Attributes:
        rows: Rows kept, by role.
        seen: (part of the exhibit, seized table) to the highest row number given out, rejected rows included.
        rejections: Rows and places that could not be read; those that were handed over are gone from it.
        rejected: (seized table, reason) to rows that could not be read.
        damage: The first places where the exhibit itself is damaged.
        damaged_places: How many there are.
        hand_over: Takes rejections when there are many of them: an exhibit may be nothing else.
        quarantined: (seized table, column) to rows in which it held something.
        bad_encoding: (seized table, field) to values with bytes that were no text; shown with a replacement mark.
        passed_over: Seized tables that the mapping does not name.
        unread_files: Files in an archive that are in no known format, by what they are instead: how many, and a name.
        time_formats: (place, seized table, column of times) to the format that its digits told, or None.
        remarks: What else there is to say of how the exhibit was read, in words.
        synthetic: Whether a value of any column carried the mark of a synthetic seizure.
    """

    rows: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    damage: list[Rejection] = field(default_factory=list)
    damaged_places: int = 0
    hand_over: Callable[[list[Rejection]], None] | None = None
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad_encoding: Counter[tuple[str, str]] = field(default_factory=Counter)
    passed_over: set[str] = field(default_factory=set)
    unread_files: dict[str, tuple[int, str]] = field(default_factory=dict)
    time_formats: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)
    synthetic: bool = False

    def see(self, part: int, table: str, row: int) -> None:
        """Note that a table of a part of the exhibit has at least this many rows."""
        self.seen[part, table] = max(row, self.seen.get((part, table), 0))

    def reject(self, part: int, rejection: Rejection) -> None:
        """Note a row, or a place, that could not be read."""
        self.rejections.append(rejection)
        # A place with no row number is damage beside the rows, not a row that was seen.
        if rejection.row:
            self.see(part, rejection.table, rejection.row)
            self.rejected[rejection.table, rejection.reason] += 1
        elif not rejection.damage and len(self.remarks) < MOST_DAMAGE:
            self.remarks.append(f"table {rejection.table}: {rejection.detail}")
        if rejection.damage:
            self.damaged_places += 1
            if self.damaged_places <= MOST_DAMAGE:
                self.damage.append(rejection)
        if self.hand_over and len(self.rejections) >= _MOST_REJECTIONS:
            self.hand_over(self.rejections)
            self.rejections.clear()

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

    def reaching(table: str, columns: tuple[str, ...]) -> Reach:
        return _reach(projections.get((table, columns)), columns)

    batches = raw_batches(seized, tally=tally, wanted=wanted, reaching=reaching, progress=progress)
    for part, place, batch in batches:
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


def _reach(projection: Projection | None, columns: tuple[str, ...]) -> Reach:
    """How far a row must go: up to what a role always needs, whatever a mapping names beside it."""
    if projection is None:
        return half_of_the_row("", columns)
    always = PRESETS["ringback"][projection.role].required
    placed = [(name in always, at) for name, at in zip(projection.fields, projection.positions, strict=True)]
    required = [at + 1 for needed, at in placed if needed]
    return Reach(max(required, default=1), max((at + 1 for _needed, at in placed), default=len(columns)))


def raw_batches(
    seized: SeizedFile,
    *,
    tally: ReadingTally,
    wanted: Wanted,
    enough: Enough = never_enough,
    reaching: Reaching = half_of_the_row,
    progress: Callable[[int], None] = lambda _n: None,
) -> Iterator[tuple[int, str, Batch]]:
    """Batches with the number and name of the part they are from: an archive may have several, others have one.

    Args:
        seized: The exhibit.
        tally: Gets what could not be read.
        wanted: Which tables are wanted.
        enough: Ends the reading of a part that is one table, and passes over rows of a dump or a database.
        reaching: How far rows must go, where they may leave out fields at their end.
        progress: Called with the bytes of the file consumed since the last call.
    """
    with ExitStack() as stack:
        parts = stack.enter_context(closing(_parts(seized, tally, progress, stack)))
        for number, part in enumerate(parts):
            table = table_of_file(part.file or part.name or seized.name)
            reject = _rejecter(tally, number, part.tell_place)
            batches = read_part(
                part,
                exhibit=seized.exhibit,
                table=table,
                options=seized.options,
                reject=reject,
                wanted=wanted,
                enough=enough,
                reaching=reaching,
                pass_over=tally.passed_over.add,
            )
            several = part.format in SEVERAL_TABLES
            try:
                for batch in batches:
                    # Two members may have tables of one name: their rows are told apart by the member's own.
                    place = f"{part.name}: {batch.table}" if several and seized.format == "archive" else part.name
                    yield number, place, batch
                    if not several and enough(batch.table):
                        break
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
    return open_parts(
        seized, reject=_rejecter(tally, 0), pass_over=tally.pass_over_file, progress=progress, within=stack
    )


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
        tally.reject(part, rejection)

    return reject


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
    few_values = FEW_VALUES if projection.role == "calls" else ()
    for name, position in zip(projection.fields, projection.positions, strict=True):
        if position < 0:
            array = pa.nulls(count, pa.string())
        else:
            array, bad = as_text(batch.column(position, few_values=name in few_values))
            if bad:
                tally.bad_encoding[batch.table, name] += bad
            if name.endswith("_at") and (
                form := time_format or _guessed(array, (place, batch.table, batch.columns[position]), tally)
            ):
                array = to_iso_column(array, form)
        # Of one type whatever the reader gave: small tables are made into one.
        arrays[name] = array.dictionary_encode() if name in few_values else array
    # The mark counts in every column, whatever the mapping makes of it: where it stands is for no setting to say.
    tally.synthetic = tally.synthetic or any(map(array_holds_mark, batch.arrays))
    return pa.table(arrays).select(list(RAW_TABLES[projection.role].names))


def _guessed(array: pa.StringArray, key: tuple[str, str, str], tally: ReadingTally) -> str | None:
    """What times of digits are, settled by the first of them in a table."""
    if key not in tally.time_formats and array.null_count < len(array):
        tally.time_formats[key] = guess_time_format(array.to_pylist(), column=key[2])
    return tally.time_formats.get(key)


def _repeated(text: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), count), pa.array([text], pa.string()))
