r"""Text files of rows as MySQL writes them: tabs between values, backslashes as escapes, \N for NULL.

mysqldump --tab, SELECT ... INTO OUTFILE and MySQL Shell write such files. They have no header: another file names the
columns.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ringback.sources.base import BATCH_ROWS, RawRows, Reject, Rejection, Value, Wanted, want_all
from ringback.sources.encodings.long_lines import LONGEST_LINE, TOO_LONG

_BUFFER = 1024 * 1024
_CELL = re.compile(r"(?:[^\\\t]++|\\.)*+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANINGS = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def read_tab_text(
    stream: BinaryIO,
    *,
    table: str,
    columns: tuple[str, ...],
    told_by: str,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[RawRows]:
    r"""Read every line that has one value per column; reject the others and go on.

    >>> import io
    >>> text = io.BytesIO(b"1\tit's \\\\ \\\t a tab\n2\t\\N\n")
    >>> [batch.rows for batch in read_tab_text(text, table="t", columns=("n", "s"), told_by="x", reject=print)]
    [[['1', "it's \\ \t a tab"], ['2', None]]]

    Args:
        stream: The decompressed bytes, UTF-8; EOFError from it means that the archive breaks off there.
        table: Name for the rows.
        columns: The columns.
        told_by: The exhibit that names them, for the message where no row fits.
        reject: Called with each row that cannot be read.
        wanted: Asked once.
        batch_rows: Rows in a batch.
    """
    if not wanted(table, columns):
        return
    batch = RawRows(table, columns, [], [], [])
    seen = kept = 0
    torn = ""
    lines = _lines(stream, lambda: reject(Rejection(table, 0, None, "line_too_long", TOO_LONG, damage=True)))
    while True:
        try:
            found = next(lines, None)
        except EOFError as error:
            torn = str(error)
            break
        if found is None:
            break
        at, line, unfinished = found
        seen += 1
        values = _values(line)
        if len(values) != len(columns):
            reason = "torn_last_row" if unfinished else "field_count"
            detail = f"has {len(values)} values for {len(columns)} columns"
            detail = "the file ends inside this row" if unfinished else detail
            reject(Rejection(table, seen, at, reason, detail, damage=unfinished))
            continue
        kept += 1
        batch.rows.append(values)
        batch.row_numbers.append(seen)
        assert batch.byte_offsets is not None
        batch.byte_offsets.append(at)
        if len(batch.rows) >= batch_rows:
            yield batch
            batch = RawRows(table, columns, [], [], [])
    if batch.rows:
        yield batch
    if torn:
        reject(Rejection(table, 0, None, "torn_file", torn, damage=True))
    elif seen and not kept:
        detail = f"no line has as many values as {told_by} names columns ({len(columns)}): it may describe another file"
        reject(Rejection(table, 0, None, "columns_unfit", detail, damage=True))


def _lines(stream: BinaryIO, too_long: Callable[[], None]) -> Iterator[tuple[int, str, bool]]:
    """Each row without its line end: the byte where it starts, its text, and whether its line end is missing."""
    at = 0
    while line := stream.readline(LONGEST_LINE):
        start, at = at, at + len(line)
        # A line end after a backslash belongs to the value.
        while _is_escaped(line) and len(line) < LONGEST_LINE and (more := stream.readline(LONGEST_LINE)):
            at += len(more)
            line += more
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            too_long()
            while (more := stream.readline(_BUFFER)) and not more.endswith(b"\n"):
                at += len(more)
            at += len(more)
            line = b"\n"
        ended = line.endswith(b"\n")
        yield start, line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape"), not ended


def _is_escaped(line: bytes) -> bool:
    """Whether a line ends in a backslash that is not itself escaped."""
    bare = line[:-1]
    return line.endswith(b"\n") and (len(bare) - len(bare.rstrip(b"\\"))) % 2 == 1


def _values(line: str) -> list[Value]:
    if "\\" not in line:
        return list(line.split("\t"))
    values: list[Value] = []
    at = 0
    while True:
        match = _CELL.match(line, at)
        end = match.end() if match else at
        cell = line[at:end]
        values.append(None if cell == "\\N" else _ESCAPE.sub(lambda one: _MEANINGS.get(one[1], one[1]), cell))
        if end >= len(line) or line[end] != "\t":
            return values
        at = end + 1
