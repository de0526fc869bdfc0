"""One part of an exhibit -> raw rows, by the reader of its format."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from ringback.sources.base import Batch, Enough, Reaching, Reject, Rejection, Wanted, half_of_the_row, never_enough
from ringback.sources.cdrcsv import find_header, open_cdr_csv
from ringback.sources.delimited import read_delimited
from ringback.sources.freeswitch import read_freeswitch_json
from ringback.sources.jsonl import read_jsonl
from ringback.sources.members import Part
from ringback.sources.opening import SNIFF_BYTES
from ringback.sources.parquet import read_parquet
from ringback.sources.pgdump import read_pgdump
from ringback.sources.sniffing import BESIDE
from ringback.sources.sqldump import read_sqldump_blocks
from ringback.sources.sqlitefile import read_sqlite
from ringback.sources.workbook import read_workbook

# Formats in which one file holds several tables, whose names say more than the file's.
SEVERAL_TABLES = frozenset({"mysqldump", "pgdump", "sqlite", "excel"})
# What the programs themselves call the table, where the file's name says nothing.
_OWN_TABLES = {"asterisk_csv": "cdr", "freeswitch_csv": "cdr", "freeswitch_json": "json_cdr"}


def read_part(
    part: Part,
    *,
    exhibit: str,
    table: str,
    options: Mapping[str, Any],
    reject: Reject,
    wanted: Wanted,
    pass_over: Callable[[str], None],
    enough: Enough = never_enough,
    reaching: Reaching = half_of_the_row,
) -> Iterator[Batch]:
    """Read one part.

    Args:
        part: The part; its stream or file is used up.
        exhibit: The exhibit's reference, for errors.
        table: What the file's own name makes of the table's.
        options: The exhibit's section of case.toml.
        reject: Gets what cannot be read.
        wanted: Asked for each table.
        pass_over: Gets the names of what is like a table and is none.
        enough: Asked before rows of a dump, and after some of a database, whether the next may be passed over.
        reaching: Asked for each table whose rows may leave out fields at their end: how far they must go.

    Raises:
        RingbackError: `sqlite_unreadable`, `workbook_unreadable`, or what `wanted` raises.
    """
    table = str(options.get("table", _OWN_TABLES.get(part.format, table)))
    if part.format in BESIDE:
        return iter(())
    if part.path is not None:
        if part.format == "parquet":
            return read_parquet(part.path, table=table, reject=reject, wanted=wanted)
        if part.format == "excel":
            header = options.get("header")
            return read_workbook(part.path, table=table, exhibit=exhibit, reject=reject, wanted=wanted, header=header)
        return read_sqlite(
            part.path,
            exhibit=exhibit,
            reject=reject,
            beside=part.beside,
            wanted=wanted,
            pass_over=pass_over,
            enough=enough,
        )
    assert part.stream is not None
    if part.format == "mysqldump":
        return read_sqldump_blocks(part.stream, reject=reject, wanted=wanted, enough=enough)
    if part.format == "pgdump":
        return read_pgdump(part.stream, reject=reject, wanted=wanted, enough=enough)
    if part.format == "jsonl":
        return read_jsonl(part.stream, table=table, reject=reject, wanted=wanted)
    if part.format == "freeswitch_json":
        return read_freeswitch_json(part.stream, table=table, reject=reject, wanted=wanted)
    return _read_text(
        part.stream, part.format, table=table, options=options, reject=reject, wanted=wanted, reaching=reaching
    )


def _read_text(
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
    headless = form in ("asterisk_csv", "freeswitch_csv")
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
            detail = "no line of it looks like the call records that were said to be in it"
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
        # What these programs leave out of a row need not have stood at its end.
        reaching=None if headless else reaching,
    )
