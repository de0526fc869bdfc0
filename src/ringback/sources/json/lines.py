"""Reader of JSON: one object per line is read here, a document (a list, or a tree with lists in it) in `document`."""

import codecs
import io
import itertools
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ringback.sources.base import BATCH_ROWS, Enough, RawRows, Reject, Rejection, Value, Wanted, never_enough, want_all
from ringback.sources.encodings.long_lines import LONGEST_LINE, TOO_LONG
from ringback.sources.json.document import read_document
from ringback.sources.json.rows import JsonTable
from ringback.sources.json.shapes import has_members, holds_lists_of_values, is_wrapping
from ringback.sources.json.text_window import find_lists
from ringback.sources.json.values import FLAT, NESTED, as_row
from ringback.sources.streams import SNIFF_BYTES, EarlyEnd

_BUFFER = 1024 * 1024
# The byte order marks of UTF-16, as surrogate escapes.
_UTF16_MARKS = ("\udcff\udcfe", "\udcfe\udcff")
_SAMPLE_LINES = 50


def is_document(head: bytes) -> bool:
    """Whether a JSON text is a document: a list, an object over several lines, or an object that only wraps lists.

    Args:
        head: Its first bytes; an incomplete last line is ignored.

    >>> is_document(b'[{"id": 1}]'), is_document(b'{"rows":[\\n{"id":1}'), is_document(b'{"id": 1}\\n{"id": 2}\\n')
    (True, True, False)
    """
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape").lstrip(" \t\r\n,")
    if text.startswith(("[", "\x1e", "/")):
        return True
    if not text.startswith("{"):
        return False
    try:
        found, end = FLAT.raw_decode(text)
    except (ValueError, RecursionError):
        lines = [line.strip() for line in text.split("\n")[:_SAMPLE_LINES] if line.strip()]
        whole = 2 * sum(map(_is_object, lines))
        return whole < len(lines) or (whole == len(lines) and lines[0].endswith(("[", "{", ",")))
    rest, _, more = text[end:].partition("\n")
    if "\n" in text[:end] or rest.strip():
        return True
    lists, alone = find_lists(text, 0), not more.strip()
    if lists and is_wrapping(found, lists, alone=alone):
        return True
    return alone and bool(found) and (not has_members(found) or holds_lists_of_values(found))


def _is_object(line: str) -> bool:
    try:
        return isinstance(FLAT.decode(line), dict)
    except (ValueError, RecursionError):
        return False


def read_json(
    stream: BinaryIO,
    *,
    table: str,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
) -> Iterator[RawRows]:
    """Read each line that is a JSON object, or a whole document (see `document`); reject the rest and go on.

    Numbers keep their spelling, true and false become words, null is None. A nested value becomes compact JSON text,
    unless `values.as_row` knows its form. The columns are the keys of the first objects; a new key later starts a
    batch with one column more. Invalid UTF-8 is kept as surrogate escapes. Blank lines are not counted.

    >>> rejected = []
    >>> lines = io.BytesIO(b'{"id": 1, "cost": 4.50}\\n{"id": tru\\n{"id": 3, "paid": true}\\n')
    >>> for batch in read_json(lines, table="t", reject=rejected.append):
    ...     print(batch.columns, batch.rows, batch.row_numbers, batch.byte_offsets)
    ('id', 'cost', 'paid') [['1', '4.50', None], ['3', None, 'true']] [1, 3] [0, 35]
    >>> print(rejected[0].row, rejected[0].reason)
    2 bad_json

    Args:
        stream: The decompressed bytes; EOFError from it means that the archive breaks off there.
        table: Name for the rows, where a document gives no other.
        reject: Called with each row that cannot be read.
        wanted: Asked once for each table, with the keys of its first objects.
        batch_rows: Rows in a batch.
        enough: Ends the reading of a document that consists of one list.

    Raises:
        NoRowsError: A document holds no rows, and it is not damaged.
    """
    end = EarlyEnd.of(stream)
    head = end.read_on(b"", SNIFF_BYTES)
    whole = EarlyEnd(_with_its_end(itertools.chain([head], end.pieces()), end))
    if is_document(head):
        yield from read_document(whole, table=table, reject=reject, wanted=wanted, batch_rows=batch_rows, enough=enough)
    else:
        yield from _read_lines(whole, table=table, reject=reject, wanted=wanted, batch_rows=batch_rows)


def _with_its_end(pieces: Iterator[bytes], end: EarlyEnd) -> Iterator[bytes]:
    """The pieces; `end` gets the reason if they break off."""
    yield from pieces
    if end.torn:
        raise EOFError(end.torn)


def _read_object(text: str) -> dict[str, Value] | None:
    """Read one line as an object of texts; None where it is some other JSON value.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deeply.
    """
    found = FLAT.decode(text)
    return as_row(found, lambda: NESTED.decode(text)) if isinstance(found, dict) else None


def _parse(state: JsonTable, text: str, at: int, *, unfinished: bool) -> dict[str, Value] | None:
    """Read one line; None (and a rejection) where it is not one readable object."""
    try:
        found = _read_object(text)
    except RecursionError:
        state.drop(at, "bad_json", "nested too deeply", damage=unfinished)
        return None
    except ValueError as error:
        if unfinished:
            state.drop(at, "torn_last_row", "the file ends inside this object", damage=True)
        else:
            place = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
            state.drop(at, "bad_json", f"is not valid JSON{place}")
        return None
    if found is None:
        state.drop(at, "not_an_object", "is JSON, but not an object")
    return found


def _read_lines(end: EarlyEnd, *, table: str, reject: Reject, wanted: Wanted, batch_rows: int) -> Iterator[RawRows]:
    too_long = Rejection(table, 0, None, "line_too_long", TOO_LONG, damage=True)
    state = JsonTable(table, reject=reject, wanted=wanted, batch_rows=batch_rows)
    for at, text, unfinished in _lines(end, too_long=lambda: reject(too_long)):
        if text.startswith(_UTF16_MARKS):
            reject(Rejection(table, 0, 0, "encoding", "is UTF-16; convert it to UTF-8", damage=True))
            return
        state.seen += 1
        found = _parse(state, text, at, unfinished=unfinished)
        if found is None:
            continue
        state.add(found, at, size=len(text))
        if state.full:
            yield from state.ready()
        elif state.unwanted:
            return
    yield from state.rest()
    if state.unwanted:
        return
    if end.torn and not state.told:
        reject(Rejection(table, 0, None, "torn_file", end.torn, damage=True))
    if state.seen and not state.kept and not state.told:
        reject(Rejection(table, 0, None, "no_rows", "no line of it is a JSON object", damage=True))


def _lines(end: EarlyEnd, too_long: Callable[[], None]) -> Iterator[tuple[int, str, bool]]:
    """Yield each line that is not blank: the byte where it starts, its text, and whether its line end is missing.

    Of a line that is too long, which is reported, only the beginning is given.
    """
    at = 0
    reader = io.BufferedReader(end, _BUFFER)
    while line := reader.readline(LONGEST_LINE):
        start, at = at, at + len(line)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            too_long()
            while more := reader.readline(_BUFFER):
                at += len(more)
                if more.endswith(b"\n"):
                    line += b"\n"
                    break
        if not start and line.startswith(codecs.BOM_UTF8):
            start, line = 3, line[3:]
        if not line.isspace() and line:
            yield start, line.decode("utf-8", "surrogateescape"), not line.endswith(b"\n")
