"""Turns JSON objects into rows of texts: numbers keep their spelling, and databases' wrappers are taken off."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ringback.sources.base import Value

_PLAIN = {str, type(None)}
_WORDS = {True: "true", False: "false"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Wrappers around a plain value in MongoDB's extended JSON.
_EXTENDED = frozenset(
    {"$oid", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$symbol", "$uuid", "$date", "$timestamp"}
)
# Wrappers around every value in DynamoDB's JSON.
_DYNAMO = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})
# A row wrapped in another object: its key, the keys that the wrapper must have, and the other keys that it may have.
_ENVELOPES: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("_source", frozenset(), frozenset({"_index", "_type", "_id", "_score", "_version", "_routing", "_ignored",
                                        "_seq_no", "_primary_term", "sort", "fields", "highlight", "found"})),
    ("doc", frozenset({"id"}), frozenset({"key", "value", "seq", "changes", "deleted", "rev"})),
    ("value", frozenset({"id", "key"}), frozenset({"rev"})),
    ("Item", frozenset(), frozenset()),
    ("result", frozenset({"preview"}), frozenset({"offset", "lastrow"})),
)  # fmt: skip


class Number(str):
    """A number in its own spelling; the type keeps it apart from a text."""

    __slots__ = ()


# Control characters inside texts are against the standard, but the row is readable: they are accepted.
FLAT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
NESTED = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number, strict=False)


def compact(value: object) -> str:
    """Write a nested value as JSON without blanks, with the spelling of its numbers."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{compact(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    if isinstance(value, Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def as_row(found: dict[str, Any], again: Callable[[], dict[str, Any]]) -> dict[str, Value]:
    r"""The fields of an object as texts.

    True and false become words, null is None, a nested value becomes compact JSON text. MongoDB's extended JSON becomes
    plain values, with dates in ISO form. A row that CouchDB, Elasticsearch, DynamoDB or Splunk wrapped in another
    object is taken out of it.

    Args:
        found: The object as decoded by `FLAT`.
        again: Decodes it again with `NESTED`, which most rows do not need.

    >>> text = '{"at": {"$date": {"$numberLong": "1625147702000"}}, "talk": {"$numberInt": "74"}, "tags": [1.50]}'
    >>> as_row(FLAT.decode(text), lambda: NESTED.decode(text))
    {'at': '2021-07-01T13:55:02Z', 'talk': '74', 'tags': '[1.50]'}
    """
    kinds = set(map(type, found.values()))
    if kinds <= _PLAIN:
        return found
    if dict not in kinds and list not in kinds:
        return {key: _WORDS[value] if isinstance(value, bool) else value for key, value in found.items()}
    row = _unwrapped(again())
    if row and all(map(_is_typed, row.values())):
        return {key: _untyped(value) for key, value in row.items()}
    return {key: _as_value(value) for key, value in row.items()}


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """The row inside a wrapper; else the object itself."""
    for key, needed, allowed in _ENVELOPES:
        inner = found.get(key)
        rest = found.keys() - {key}
        # CouchDB gives only the revision as the value of a document, unless a view gives more.
        if isinstance(inner, dict) and needed <= rest <= needed | allowed and not (key == "value" and len(inner) < 2):
            own = "_id" if key == "_source" else "id"
            named = {own: found[own]} if own in found and own not in inner and key in ("_source", "value") else {}
            return named | inner
    return found


def _as_value(value: Any) -> Value:  # noqa: ANN401
    if isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return _plain_value(value)
    if isinstance(value, list):
        return compact(value)
    return value  # type: ignore[no-any-return]


def _plain_value(value: dict[str, Any]) -> Value:
    """The value that extended JSON stands for; any other object as compact text."""
    if len(value) == 1:
        [(key, inner)] = value.items()
        if key == "$undefined":
            return None
        if key == "$date" and (timestamp := _read_date(inner)):
            return timestamp
        if key == "$timestamp" and isinstance(inner, dict) and (timestamp := _read_timestamp(inner.get("t"), 1000)):
            return timestamp
        if key in _EXTENDED and isinstance(inner, str):
            return str(inner)
    return compact(value)


def _read_date(inner: Any) -> str | None:  # noqa: ANN401
    """A date from ISO text, or from milliseconds since 1970, which may be wrapped too."""
    if isinstance(inner, dict) and len(inner) == 1:
        inner = inner.get("$numberLong")
    elif isinstance(inner, str) and not isinstance(inner, Number):
        return inner
    return _read_timestamp(inner, 1)


def _read_timestamp(count: Any, milliseconds: int) -> str | None:  # noqa: ANN401
    try:
        timestamp = _EPOCH + timedelta(milliseconds=int(count) * milliseconds)
    except (TypeError, ValueError, OverflowError):
        return None
    form = "milliseconds" if timestamp.microsecond else "seconds"
    return timestamp.replace(tzinfo=None).isoformat(timespec=form) + "Z"


def _is_typed(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _DYNAMO


def _untyped(value: dict[str, Any]) -> Value:
    [(kind, inner)] = value.items()
    if kind == "NULL":
        return None
    return _as_value(inner)
