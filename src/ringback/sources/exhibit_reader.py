"""Reads one exhibit: picks the reader, applies the mapping, keeps the origin of rows, and counts everything.

Rows read = rows kept + rows rejected, for every table of every exhibit.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from ringback.errors import RingbackError
from ringback.sources.answer_tables import AnswerTables
from ringback.sources.archives.detect import SIDECARS, tell_format
from ringback.sources.archives.limits import Limits
from ringback.sources.archives.members import Part
from ringback.sources.base import (
    Batch,
    Enough,
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
from ringback.sources.coalesce import gathered
from ringback.sources.dispatch import SEVERAL_TABLES, name_table, read_part
from ringback.sources.exhibit_file import SeizedFile, definitions_for, open_parts
from ringback.sources.fields.text_columns import as_columns
from ringback.sources.filenames import table_of_file
from ringback.sources.mapping import PRESETS, Projection, SeizureMapping, project
from ringback.sources.raw_tables import raw_table
from ringback.sources.reading_tally import ReadingTally
from ringback.sources.sqldump.definitions import PartDefinitions
from ringback.sources.synthetic_mark import rows_hold_mark, stream_holds_mark
from ringback.text.printable import printable, shortened


def detect_format(path: Path, *, exhibit: str = "(new)") -> str:
    """The format of a file, by its content.

    Raises:
        RingbackError: `exhibit_unreadable`, or `source_unknown` for a format that is not in `options.FORMATS`.
    """
    try:
        with _opening(exhibit, path):
            found = tell_format(path)
    except (EOFError, ValueError) as error:
        raise RingbackError("source_unknown", exhibit=exhibit, path=path, problem=shortened(str(error))) from error
    if found is None:
        raise RingbackError("source_unknown", exhibit=exhibit, path=path, problem="its beginning looks like none")
    return found


def holds_synthetic_mark(path: Path, format_: str, limits: Limits | None = None) -> bool:
    """Whether the content of a file has the mark of a synthetic seizure anywhere.

    Raises:
        RingbackError: `unpack_refused` for a decompression bomb, `source_unknown`, `workbook_unreadable`.
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
    # A database and its sidecar files hold text values as plain bytes.
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
    answer_tables: AnswerTables | None = None,
) -> Iterator[tuple[str, pa.Table]]:
    """Read one exhibit: yields (role, rows of the role's raw table) and fills `tally`.

    A damaged exhibit yields what can be read; the damage is a rejection with `damage` set. Calls of an archive also
    have the column ANSWERS_OF.

    Args:
        seized: The exhibit.
        mapping: Which table has which role, and which column serves which field.
        tally: Filled while reading.
        progress: Called with the bytes of the file consumed since the last call.
        answer_tables: What an earlier reading of the same exhibit found out of the tables of an archive.

    Raises:
        RingbackError: `exhibit_unreadable`, `source_unknown`, `unpack_refused`, `mapping_column_missing`, or an error
            of the format's own reader.
    """
    tables = _role_tables(seized, mapping, tally, progress, answer_tables or AnswerTables())
    with _opening(seized.exhibit, seized.path):
        yield from gathered(tables) if seized.format == "archive" else tables


@contextmanager
def _opening(exhibit: str, path: Path) -> Iterator[None]:
    """Turn an error of a disk or a network into one that names the exhibit."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error)
        raise RingbackError("exhibit_unreadable", exhibit=exhibit, path=path, problem=problem) from error


def _role_tables(
    seized: SeizedFile,
    mapping: SeizureMapping,
    tally: ReadingTally,
    progress: Callable[[int], None],
    answer_tables: AnswerTables,
) -> Iterator[tuple[str, pa.Table]]:
    projections: dict[tuple[str, tuple[str, ...]], Projection | None] = {}

    def wanted(table: str, columns: tuple[str, ...]) -> bool:
        table, columns = printable(table), tuple(map(printable, columns))
        tally.tables.add(table)
        tally.columns[table] = columns
        role = mapping.find_role(table)
        if role is None:
            tally.passed_over.add(table)
            return False
        if (table, columns) not in projections:
            projections[table, columns] = project(role, exhibit=seized.exhibit, table=table, columns=columns)
        return True

    def reaching(table: str, columns: tuple[str, ...]) -> Reach:
        columns = tuple(map(printable, columns))
        return _reach(projections.get((printable(table), columns)), columns)

    batches = raw_batches(seized, tally=tally, wanted=wanted, reaching=reaching, progress=progress)
    for part, place, batch in batches:
        if not wanted(batch.table, batch.columns):
            continue
        if len(batch.row_numbers):
            tally.see(part, batch.table, int(batch.row_numbers[-1]))
        if seized.format == "json":
            # The only list of a document gets the file's name if the mapping does not know the list's own key.
            tally.passed_over -= {name for name in tally.passed_over if tally.columns.get(name) == batch.columns}
        projection = projections[batch.table, batch.columns]
        assert projection is not None
        role = mapping.roles[projection.role]
        columns = as_columns(batch) if isinstance(batch, RawRows) else batch
        rows = raw_table(columns, projection, seized.exhibit, place or batch.table, mapping=role, tally=tally)
        if place and projection.role == "calls":
            rows = answer_tables.with_table(rows, projection, part=part, place=place, table=batch.table)
        yield projection.role, rows


def _reach(projection: Projection | None, columns: tuple[str, ...]) -> Reach:
    """How many fields a row must have: up to the last one that the role always needs. Other mapped fields may lack."""
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
    """Yields batches, each with the number and name of its part. Only an archive has several parts.

    Args:
        seized: The exhibit.
        tally: Takes what could not be read.
        wanted: Which tables are wanted.
        enough: Ends the reading of a part that is one table, and skips rows of a dump or a database.
        reaching: How many fields a row must have, in formats whose rows may lack fields at the end.
        progress: Called with the bytes of the file consumed since the last call.
    """
    definitions = definitions_for(seized)
    with ExitStack() as stack:
        parts = stack.enter_context(closing(_parts(seized, tally, progress, stack)))
        for number, part in enumerate(parts):
            table = table_of_file(part.file or part.name or seized.name)
            reject = _rejecter(tally, number, part.tell_place)
            if part.format not in SEVERAL_TABLES and part.format not in SIDECARS:
                tally.named.add(name_table(part.format, table, seized.options))
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
                defined=PartDefinitions(definitions, part.name or seized.name),
            )
            several = part.format in SEVERAL_TABLES
            try:
                for batch in batches:
                    batch.table, batch.columns = printable(batch.table), tuple(map(printable, batch.columns))
                    # Tables of two members may have the same name: the member's name keeps their rows apart.
                    place = f"{part.name}: {batch.table}" if several and seized.format == "archive" else part.name
                    yield number, place, batch
                    if not several and enough(batch.table):
                        break
            except RingbackError as error:
                if not part.name:
                    raise
                if error.code in ("sqlite_unreadable", "workbook_unreadable", "json_without_rows"):
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
    """Why the stream of a part breaks off, so that its last line is incomplete; "" if it does not."""
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
