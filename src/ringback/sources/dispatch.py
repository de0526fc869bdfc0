"""Reads one part of an exhibit with the reader of its format, and gives raw rows."""

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from ringback.errors import RingbackError
from ringback.sources.archives.detect import SIDECARS
from ringback.sources.archives.members import Part
from ringback.sources.base import Batch, Enough, Reaching, Reject, Rejection, Wanted, half_of_the_row, never_enough
from ringback.sources.delimited.cdr import find_header, open_cdr_csv
from ringback.sources.delimited.dialect import sniff_delimiter
from ringback.sources.delimited.mysql_text import read_tab_text
from ringback.sources.delimited.reader import read_delimited
from ringback.sources.encodings.transcoding import open_utf8, rejecting_without_bytes, without_bytes
from ringback.sources.json.document import NoRowsError
from ringback.sources.json.freeswitch import read_freeswitch_json
from ringback.sources.json.lines import read_json
from ringback.sources.parquet import read_parquet
from ringback.sources.sqldump.definitions import NOTHING_DEFINED, PartDefinitions
from ringback.sources.sqldump.insert_scripts import read_sqlscript
from ringback.sources.sqldump.mysql import LookUp, read_sqldump_blocks
from ringback.sources.sqldump.mysql_tables import Creation
from ringback.sources.sqldump.postgres import read_pgdump
from ringback.sources.sqlite import read_sqlite
from ringback.sources.streams import SNIFF_BYTES, stream_of
from ringback.sources.workbook import read_workbook

# Formats in which one file holds several named tables. The tables' names say more than the file's.
SEVERAL_TABLES = frozenset({"mysqldump", "pgdump", "sqlite", "excel", "json", "sqlscript"})
# Formats whose readers take only UTF-8; text in another encoding is converted for them.
_UTF8_FORMATS = frozenset({"mysqldump", "pgdump", "sqlscript", "jsonl", "json", "freeswitch_json"})
# Formats whose call records have no header.
_HEADLESS_FORMATS = frozenset({"asterisk_csv", "freeswitch_csv"})
_DELIMITED_FORMATS = frozenset({"csv"}) | _HEADLESS_FORMATS
# The programs' own name for the table, where the file's name says nothing.
_OWN_TABLES = {"asterisk_csv": "cdr", "freeswitch_csv": "cdr", "freeswitch_json": "json_cdr"}


def read_part(  # noqa: PLR0913 - one argument for each thing that some reader asks
    part: Part,
    *,
    exhibit: str,
    table: str,
    options: Mapping[str, Any],
    reject: Reject,
    wanted: Wanted,
    pass_over: Callable[[str], None],
    enough: Enough = never_enough,
    defined: PartDefinitions = NOTHING_DEFINED,
    reaching: Reaching = half_of_the_row,
) -> Iterator[Batch]:
    """Read one part.

    Args:
        part: The part; its stream or file is used up.
        exhibit: The exhibit's reference, for errors.
        table: The table's name, made from the file's name.
        options: The exhibit's section of case.toml.
        reject: Called with what cannot be read.
        wanted: Asked for each table.
        pass_over: Called with the names of views and virtual tables, which are not read.
        enough: Asked before rows of a dump, and after batches of a database, whether the next rows may be skipped.
        defined: Definitions in other files, for columns that the part does not name.
        reaching: Asked for each table whose rows may lack fields at the end: how many fields a row must have.

    Raises:
        RingbackError: `sqlite_unreadable`, `workbook_unreadable`, `json_without_rows`, or what `wanted` raises.
        LookupError: No reader is named here for the format: a fault in the program.
    """
    table = name_table(part.format, table, options)
    if part.format in SIDECARS:
        return iter(())
    if part.path is not None:
        if part.format == "parquet":
            return read_parquet(part.path, table=table, reject=reject, wanted=wanted)
        if part.format == "excel":
            header = options.get("header")
            return read_workbook(part.path, table=table, exhibit=exhibit, reject=reject, wanted=wanted, header=header)
        if part.format == "sqlite":
            return read_sqlite(
                part.path,
                exhibit=exhibit,
                reject=reject,
                beside=part.beside,
                wanted=wanted,
                pass_over=pass_over,
                enough=enough,
            )
        raise _no_reader(part)
    assert part.stream is not None
    if part.format == "csv" and not options.get("header") and (told := defined.of_text()):
        return _read_defined(part.stream, *told, table=table, options=options, reject=reject, wanted=wanted)
    if part.format in _DELIMITED_FORMATS:
        return _read_delimited(
            part.stream, part.format, table=table, options=options, reject=reject, wanted=wanted, reaching=reaching
        )
    if part.format not in _UTF8_FORMATS:
        raise _no_reader(part)
    stream, transcoded = open_utf8(part.stream, options.get("encoding"))
    if transcoded:
        reject = rejecting_without_bytes(reject)
    batches = _read_utf8(
        replace(part, stream=stream), exhibit=exhibit, table=table, reject=reject, wanted=wanted, enough=enough,
        look_up=defined.of_table,
    )  # fmt: skip
    return without_bytes(batches) if transcoded else batches


def _no_reader(part: Part) -> LookupError:
    return LookupError(f"no reader is named for the format {part.format}")


def _read_utf8(
    part: Part,
    *,
    exhibit: str,
    table: str,
    reject: Reject,
    wanted: Wanted,
    enough: Enough,
    look_up: LookUp,
) -> Iterator[Batch]:
    """Read a part in a format whose reader takes only UTF-8."""
    stream = part.stream
    assert stream is not None
    if part.format == "mysqldump":
        return read_sqldump_blocks(stream, reject=reject, wanted=wanted, enough=enough, look_up=look_up)
    if part.format == "pgdump":
        return read_pgdump(stream, reject=reject, wanted=wanted, enough=enough)
    if part.format == "sqlscript":
        return read_sqlscript(stream, reject=reject, wanted=wanted, enough=enough)
    if part.format == "freeswitch_json":
        return read_freeswitch_json(stream, table=table, reject=reject, wanted=wanted)
    if part.format in ("json", "jsonl"):
        return _read_json(stream, exhibit, table=table, reject=reject, wanted=wanted, enough=enough)
    raise _no_reader(part)


def _read_json(
    stream: BinaryIO, exhibit: str, *, table: str, reject: Reject, wanted: Wanted, enough: Enough
) -> Iterator[Batch]:
    try:
        yield from read_json(stream, table=table, reject=reject, wanted=wanted, enough=enough)
    except NoRowsError as error:
        raise RingbackError("json_without_rows", exhibit=exhibit, problem=str(error)) from error


def _read_defined(
    stream: BinaryIO,
    told: Creation,
    told_by: str,
    *,
    table: str,
    options: Mapping[str, Any],
    reject: Reject,
    wanted: Wanted,
) -> Iterator[Batch]:
    """Read a text whose columns another file names, unless its first line is a header with the same names."""
    stream, transcoded = open_utf8(stream, options.get("encoding"))
    if transcoded:
        reject = rejecting_without_bytes(reject)
    try:
        head = stream.read(SNIFF_BYTES)
    except EOFError as error:
        reject(Rejection(table, 0, None, "torn_file", str(error), damage=True))
        return
    whole = stream_of(itertools.chain([head], iter(lambda: stream.read(SNIFF_BYTES), b"")))
    first = head.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r")
    delimiter = options.get("delimiter")
    table = str(options.get("table", told.table))
    if (delimiter or "\t") == "\t" and ("\t" in first or len(told.columns) == 1):
        names = tuple(name.strip().strip('"').casefold() for name in first.split("\t"))
        if names != tuple(name.casefold() for name in told.columns):
            batches: Iterator[Batch] = read_tab_text(
                whole, table=table, columns=told.columns, told_by=told_by, reject=reject, wanted=wanted
            )
            yield from without_bytes(batches) if transcoded else batches
            return
        header = None
    else:
        found = next(csv.reader([first], delimiter=delimiter or sniff_delimiter([first], width=len(told.columns))), [])
        is_header = [name.strip().casefold() for name in found] == [name.casefold() for name in told.columns]
        header = None if is_header else told.columns
    yield from read_delimited(whole, table=table, reject=reject, wanted=wanted, delimiter=delimiter, header=header)


def name_table(format_: str, table: str, options: Mapping[str, Any]) -> str:
    """The name of the table in a file that holds only one.

    >>> name_table("csv", "calls", {}), name_table("asterisk_csv", "Master", {}), name_table("csv", "x", {"table": "y"})
    ('calls', 'cdr', 'y')
    """
    return str(options.get("table", _OWN_TABLES.get(format_, table)))


def _read_delimited(
    stream: BinaryIO,
    form: str,
    *,
    table: str,
    options: Mapping[str, Any],
    reject: Reject,
    wanted: Wanted,
    reaching: Reaching,
) -> Iterator[Batch]:
    delimiter, header = options.get("delimiter"), options.get("header")
    headless = form in _HEADLESS_FORMATS
    if headless:
        try:
            head = stream.read(SNIFF_BYTES)
        except EOFError as error:
            reject(Rejection(table, 0, None, "torn_file", str(error), damage=True))
            return
        header = header or find_header(head)
        stream = open_cdr_csv(stream, head)
        delimiter = delimiter or ","
        if header is None:
            detail = "no line looks like the call records that the format promises"
            reject(Rejection(table, 0, None, "bad_format", detail, damage=True))
            return
    yield from read_delimited(
        stream,
        table=table,
        reject=reject,
        wanted=wanted,
        delimiter=delimiter,
        encoding=options.get("encoding"),
        header=header,
        # A field that these programs leave out need not be the last of a row.
        reaching=None if headless else reaching,
    )
