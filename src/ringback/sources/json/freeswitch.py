"""Reader of FreeSWITCH's JSON call records (mod_json_cdr): one object per call leg, nested fields under dotted names.

The module writes one object per file. People join many of them into one file, one per line. Objects that a tool has
indented over several lines are read too, if each begins with a brace at the start of a line.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

from ringback.sources.base import BATCH_ROWS, RawRows, Reject, Rejection, Value, Wanted, want_all
from ringback.sources.json.rows import MAX_COLUMNS
from ringback.sources.json.text_window import JsonText
from ringback.sources.streams import EarlyEnd

# A call leg has some kilobytes, or some hundred with a long history.
LARGEST_OBJECT = 16 * 1024 * 1024
_BUFFER = 1024 * 1024
_DEEPEST = 12
_KEYS = (b'"variables"', b'"channel_data"', b'"callflow"', b'"core-uuid"')
_TOO_DEEP = 100_000
# Where another object may begin.
_NEXT = re.compile(r"[\n,}\]]\s*+(?=\{)")
_STARTS = re.compile(rb"\s*(\[\s*)?\{")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# Characters that the module's encoder always escapes (as it does the percent sign).
_RAW = re.compile(r"[\r\n #&+:;<=>?@\[\\\]^`{|}\"]")


# An inbound leg comes from the caller's phone; an outbound one goes to the person called.
_LEGS = {"inbound": "a", "outbound": "b"}


class _Number(str):
    """A number as written in the file."""

    __slots__ = ()


def looks_like_freeswitch_json(head: bytes) -> bool:
    """Whether a JSON text begins like a call record of mod_json_cdr.

    >>> looks_like_freeswitch_json(b'{"core-uuid":"a","switchname":"b","channel_data":{},"variables":{}}')
    True
    """
    head = head.removeprefix(b"\xef\xbb\xbf")
    return bool(_STARTS.match(head)) and b'"variables"' in head and sum(key in head for key in _KEYS) >= 2


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object as a dict. A key that comes several times, as `callflow` does in older versions, gets a list."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key not in found:
            found[key] = value
        elif isinstance(found[key], _Several):
            found[key].append(value)
        else:
            found[key] = _Several([found[key], value])
    return found


class _Several(list[Any]):
    """The values of a key that comes several times in an object."""


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_Number, strict=False, object_pairs_hook=_pairs
)


def flatten(call: dict[str, Any]) -> dict[str, Value]:
    """The fields of one call leg under dotted names, encoded values decoded.

    `callflow` is a list with the latest profile first; a single object is read as a list of one. One field is added:
    `leg`, which is a for an inbound and b for an outbound leg.

    >>> flatten({"variables": {"start_stamp": "2021-07-01%2012%3A00%3A00"}, "callflow": {"profile_index": "1"}})
    {'variables.start_stamp': '2021-07-01 12:00:00', 'callflow.0.profile_index': '1'}
    """
    call = dict(call)
    if isinstance(call.get("callflow"), dict):
        call["callflow"] = [call["callflow"]]
    variables = call.get("variables")
    if isinstance(variables, dict) and _is_encoded(variables):
        call["variables"] = {key: _decoded(value) for key, value in variables.items()}
    fields: dict[str, Value] = {}
    _collect(call, "", fields, 0)
    leg = _LEGS.get(str(fields.get("channel_data.direction") or fields.get("variables.direction")))
    return fields if leg is None else fields | {"leg": leg}


def _is_encoded(variables: dict[str, Any]) -> bool:
    """Whether values are URL-encoded: some hold an escape, and none holds a character that would be escaped."""
    texts = [value for value in variables.values() if isinstance(value, str)]
    return any(map(_ESCAPE.search, texts)) and not any(map(_RAW.search, texts))


def _decoded(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, str) or "%" not in value:
        return value
    return unquote_to_bytes(value).decode("utf-8", "surrogateescape")


def _collect(value: Any, name: str, fields: dict[str, Value], depth: int) -> None:  # noqa: ANN401
    if depth >= _DEEPEST and isinstance(value, dict | list):
        fields[name] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    elif isinstance(value, dict):
        for key, item in value.items():
            _collect(item, f"{name}.{key}" if name else key, fields, depth + 1)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _collect(item, f"{name}.{position}" if name else str(position), fields, depth + 1)
    elif isinstance(value, bool):
        fields[name] = "true" if value else "false"
    else:
        fields[name] = value


class _Table:
    """The state of the table while its rows are read."""

    def __init__(self, name: str, reject: Reject) -> None:
        self.name, self._reject = name, reject
        self.columns: dict[str, int] = {}
        self.seen = 0
        self._rows: list[dict[str, Value]] = []
        self._numbers: list[int] = []
        self._offsets: list[int] = []

    def drop(self, at: int, reason: str, detail: str, *, damage: bool = False) -> None:
        self.seen += 1
        self._reject(Rejection(self.name, self.seen, at, reason, detail, damage))

    def add(self, call: Any, at: int) -> None:  # noqa: ANN401
        if not isinstance(call, dict):
            self.drop(at, "not_an_object", "is JSON, but not an object")
            return
        fields = flatten(call)
        new = [key for key in fields if key not in self.columns]
        if len(self.columns) + len(new) > MAX_COLUMNS:
            # Variables are named by the author of the dial plan: the fields that every call has come first.
            fields = {key: value for key, value in fields.items() if key in self.columns or _is_usual(key)}
            new = [key for key in fields if key not in self.columns]
        for key in new:
            self.columns[key] = len(self.columns)
        self.seen += 1
        self._rows.append(fields)
        self._numbers.append(self.seen)
        self._offsets.append(at)

    def flush(self, least: int) -> Iterator[RawRows]:
        if len(self._rows) >= least:
            columns = tuple(self.columns)
            rows = [[row.get(column) for column in columns] for row in self._rows]
            yield RawRows(self.name, columns, rows, self._numbers, self._offsets)  # type: ignore[arg-type]
            self._rows, self._numbers, self._offsets = [], [], []


def _is_usual(key: str) -> bool:
    return key.startswith(("callflow.0.caller_profile.", "channel_data.")) and key.count(".") <= 3


def read_freeswitch_json(
    stream: BinaryIO,
    *,
    table: str,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = 2_000,
) -> Iterator[RawRows]:
    """Read each object; reject anything else, and go on at the next line that begins with a brace.

    URL-encoded values of `variables` are decoded, all or none of one object: they count as encoded if one holds an
    escape and none holds a character that the encoder would have escaped. Numbers keep their spelling.

    Args:
        stream: The decompressed bytes; EOFError from it means that the archive breaks off there.
        table: Name for the rows.
        reject: Called with each object that cannot be read.
        wanted: Asked for each batch, whose columns are those of all objects so far.
        batch_rows: Rows in a batch.
    """
    end = EarlyEnd.of(stream)
    state = _Table(table, reject)
    for at, text, problem in _objects(end):
        try:
            state.add(_DECODER.decode(text), at)
        except RecursionError:
            state.drop(at, "bad_json", "nested too deeply")
        except ValueError:
            if problem == "torn":
                state.drop(at, "torn_last_row", "the file ends inside this object", damage=True)
            elif problem == "lost":
                state.drop(at, "bad_json", "is not valid JSON; calls after it may be missing", damage=True)
            else:
                state.drop(at, "bad_json", "is not valid JSON")
        for batch in state.flush(min(batch_rows, BATCH_ROWS)):
            if not wanted(table, batch.columns):
                return
            yield batch
    for batch in state.flush(1):
        if wanted(table, batch.columns):
            yield batch
    if end.torn:
        reject(Rejection(table, 0, None, "torn_file", end.torn, damage=True))


def _objects(end: EarlyEnd) -> Iterator[tuple[int, str, str]]:
    """Yield each object: the byte where it starts, its text, and a problem: "", "torn" (the file ends) or "lost".

    Objects follow each other, one per line or not, in a list, or each wrapped in another object, as in CouchDB.
    """
    text = JsonText(end)
    depth = 0  # number of wrapping objects around this place
    while here := text.peek(separators=True):
        if here == "]" or (here == "[" and text.after() in "{[]"):
            text.pos += 1
            continue
        if here == "}" and depth:
            text.pos += 1
            depth -= 1
            continue
        at, found = text.byte(), text.decode(LARGEST_OBJECT)
        if found.problem == "torn":
            yield at, text.text[text.pos :], "torn"
            return
        if found.problem:
            written = "[" * _TOO_DEEP if found.problem == "deep" else ""
            yield at, written, "" if _go_on(text) == 1 else "lost"
        elif here == '"' and depth:
            # A key, or a value that is no call.
            text.pos = found.end
            text.pos += text.peek() == ":"
        elif isinstance(found.value, dict) and not is_call(found.value) and _holds_call(found.value):
            text.pos += 1
            depth += 1
        else:
            if not depth or is_call(found.value):
                yield at, text.text[text.pos : found.end], ""
            text.pos = found.end


def is_call(found: Any) -> bool:  # noqa: ANN401
    """Whether a value is an object like a call leg."""
    return isinstance(found, dict) and ("variables" in found or "channel_data" in found or "callflow" in found)


def _holds_call(found: dict[str, Any], depth: int = 0) -> bool:
    for value in found.values():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict) and (is_call(inner) or (depth < _DEEPEST and _holds_call(inner, depth + 1))):
            return True
    return False


def _go_on(text: JsonText) -> int:
    """Move to the next call after one that cannot be read; returns how many line ends were passed."""
    at, passed = text.pos + 1, 0
    while True:
        found = _NEXT.search(text.text, at)
        place = len(text.text) - 64 if found is None else found.start()
        if found is not None:
            at = found.end()
            tried = text.try_at(at)
            if is_call(tried.value):
                passed += text.text.count("\n", text.pos, at)
                text.pos = at
                return passed
            if tried.problem != "torn" or text.ended or len(text.text) - at > _BUFFER:
                continue
        place = max(text.pos + 1, place)
        passed += text.text.count("\n", text.pos, place)
        text.pos = place
        if not text.fill():
            passed += text.text.count("\n", text.pos)
            text.pos = len(text.text)
            return passed
        at = text.pos
