"""JSON lines -> raw rows: one object a line, numbers kept exactly as they were written."""

import codecs
import io
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ringback.sources.base import BATCH_ROWS, RawRows, Reject, Rejection, Value, Wanted, want_all
from ringback.sources.longlines import LONGEST_LINE, TOO_LONG
from ringback.sources.opening import EarlyEnd

# A file whose every object brings keys of its own would otherwise grow without bound.
MAX_COLUMNS = 2_000
_BUFFER = 1024 * 1024
_PLAIN = {str, type(None)}
# The byte order marks of UTF-16, as surrogate escapes.
_UTF16_MARKS = ("\udcff\udcfe", "\udcfe\udcff")
_WORDS = {True: "true", False: "false"}


class _Number(str):
    """A number inside a nested value, in its own spelling, told apart from a text."""

    __slots__ = ()


# Control characters inside texts are against the standard, but the row is readable: they are let through.
_FLAT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_NESTED = json.JSONDecoder(parse_int=_Number, parse_float=_Number, parse_constant=_Number, strict=False)


def _compact(value: object) -> str:
    """Write a nested value as JSON without blanks, its numbers as they were."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_compact(key)}:{_compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    if isinstance(value, _Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _read_object(text: str) -> dict[str, Value] | None:
    """Read one line as an object of texts; None where it is some other JSON value.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deeply.
    """
    found = _FLAT.decode(text)
    if not isinstance(found, dict):
        return None
    if set(map(type, found.values())) <= _PLAIN:
        return found
    if any(isinstance(value, dict | list) for value in found.values()):
        nested = _NESTED.decode(text)
        for key, value in nested.items():
            if isinstance(value, dict | list):
                found[key] = _compact(value)
    return {key: _WORDS[value] if isinstance(value, bool) else value for key, value in found.items()}


class _Array:
    """Peels the objects, one a line, out of a file that is one JSON array."""

    def __init__(self) -> None:
        self.opened = self.closed = False

    def peel(self, text: str, *, first: bool) -> str:
        """Take the brackets and commas of the array off a line; what is left is an object or nothing."""
        text = text.strip()
        if first and text.startswith("[") and text[1:].lstrip()[:1] in ("{", ""):
            self.opened, text = True, text[1:]
        if not self.opened or self.closed:
            return text
        if text.endswith("]"):
            self.closed, text = True, text[:-1]
        return text.strip().strip(",").strip()


class _Table:
    """What is known of the table while its rows are read."""

    def __init__(self, name: str, reject: Reject) -> None:
        self.name, self.reject = name, reject
        self.columns: tuple[str, ...] = ()
        self.known: set[str] = set()
        self.seen = 0
        self.torn_told = False
        self.batch = RawRows(name, (), [], [], [])

    def drop(self, at: int, reason: str, detail: str, *, damage: bool = False) -> None:
        self.torn_told |= damage
        self.reject(Rejection(self.name, self.seen, at, reason, detail, damage))

    def parse(self, text: str, at: int, *, unfinished: bool) -> dict[str, Value] | None:
        """Read one line; None (and a rejection) where it is not one readable object."""
        try:
            found = _read_object(text)
        except RecursionError:
            self.drop(at, "bad_json", "nested too deeply", damage=unfinished)
            return None
        except ValueError as error:
            if unfinished:
                self.drop(at, "torn_last_row", "the file ends inside this object", damage=True)
            else:
                place = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
                self.drop(at, "bad_json", f"is not valid JSON{place}")
            return None
        if found is None:
            self.drop(at, "not_an_object", "is JSON, but not an object")
        return found

    def admit(self, found: dict[str, Value], at: int) -> bool:
        """Add the new keys of an object to the columns, unless that makes too many."""
        if tuple(found) == self.columns:
            return True
        new = tuple(key for key in found if key not in self.known)
        if len(self.known) + len(new) > MAX_COLUMNS:
            self.drop(at, "too_many_columns", f"would make more than {MAX_COLUMNS} columns")
            return False
        self.columns += new
        self.known.update(new)
        return True

    def values(self, found: dict[str, Value]) -> list[Value]:
        """Put the values of an object in the order of the columns."""
        if tuple(found) == self.columns:
            return list(found.values())
        return [found.get(column) for column in self.columns]

    def flush(self) -> Iterator[RawRows]:
        if self.batch.rows:
            yield self.batch
        self.batch = RawRows(self.name, self.columns, [], [], [])

    def add(self, found: dict[str, Value], at: int) -> None:
        self.batch.rows.append(self.values(found))
        self.batch.row_numbers.append(self.seen)
        assert self.batch.byte_offsets is not None
        self.batch.byte_offsets.append(at)


def read_jsonl(
    stream: BinaryIO,
    *,
    table: str,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[RawRows]:
    """Read each line that is a JSON object; reject the others and go on.

    Numbers keep their spelling, true and false become words, null is None, a nested value is compact JSON
    text. The columns are the keys of the first object; a new key starts a new batch with one column more. One
    JSON array is read too where each object has a line of its own; any other array is rejected with a hint to
    convert it. Invalid UTF-8 is kept as surrogate escapes. Blank lines are not counted.

    >>> rejected = []
    >>> lines = io.BytesIO(b'{"id": 1, "cost": 4.50}\\n{"id": tru\\n{"id": 3, "paid": true}\\n')
    >>> for batch in read_jsonl(lines, table="t", reject=rejected.append):
    ...     print(batch.columns, batch.rows, batch.row_numbers, batch.byte_offsets)
    ('id', 'cost') [['1', '4.50']] [1] [0]
    ('id', 'cost', 'paid') [['3', None, 'true']] [3] [35]
    >>> print(rejected[0].row, rejected[0].reason)
    2 bad_json

    Args:
        stream: The unpacked bytes; EOFError from it means that the archive breaks off there.
        table: Name for the rows.
        reject: Gets each row that cannot be read.
        wanted: Asked once, with the keys of the first object.
        batch_rows: Rows in a batch.
    """
    end = EarlyEnd.of(stream)
    too_long = Rejection(table, 0, None, "line_too_long", TOO_LONG, damage=True)
    state, array = _Table(table, reject), _Array()
    for at, text, unfinished in _lines(end, too_long=lambda: reject(too_long)):
        if text.startswith(_UTF16_MARKS):
            reject(Rejection(table, 0, 0, "encoding", "is UTF-16; convert it to UTF-8", damage=True))
            return
        first = not state.seen
        peeled = array.peel(text, first=first and not array.opened)
        if not peeled:
            continue
        state.seen += 1
        if first and array.opened and _is_spread(peeled, unfinished=unfinished):
            state.drop(at, "json_array", "is one JSON array; convert it to one object a line (jq -c '.[]')")
            return
        found = state.parse(peeled, at, unfinished=unfinished)
        if found is None or not state.admit(found, at):
            continue
        if state.columns != state.batch.columns:
            if not state.batch.columns and not wanted(table, state.columns):
                return
            yield from state.flush()
        state.add(found, at)
        if len(state.batch.rows) >= batch_rows:
            yield from state.flush()
    yield from state.flush()
    if not state.torn_told and (end.torn or (array.opened and not array.closed)):
        detail = end.torn or "the array is never closed; objects after this one may be missing"
        reject(Rejection(table, 0, None, "torn_file", detail, damage=True))


def _lines(end: EarlyEnd, too_long: Callable[[], None]) -> Iterator[tuple[int, str, bool]]:
    """Give each line that is not blank: where it starts, its text, and whether its end is missing.

    Of one that is too long, which is told, the beginning is given as if it were all of it.
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


def _is_spread(text: str, *, unfinished: bool) -> bool:
    """Tell whether an array has several objects on a line, or one object over several lines."""
    try:
        return _FLAT.raw_decode(text)[1] < len(text)
    except (ValueError, RecursionError):
        return text == "{" and not unfinished
