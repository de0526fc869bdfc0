"""Shapes of JSON documents: whether an object is a row or a wrapper around rows, and the name of a list."""

import re
from collections.abc import Mapping
from typing import Any

from ringback.sources.json.text_window import DEEPEST

_WORD = re.compile(r"\w+")
# Keys of lists of rows that say nothing about the rows.
WRAPPERS = frozenset(
    _WORD.findall(
        "rows data hits docs documents results result records items values value response list entries objects content"
        " elements payload body d resultset dataset rowset row record return output message messages page"
    )
)
# Keys that name a table of calls, accounts or the like.
_TABLES = re.compile(
    r"(?i:calls?|cdrs?|(call|cdr)_?(logs?|records?|details?|history)|users?|accounts?|payments?|tables)"
)
HEADERS = frozenset(_WORD.findall("columns fields meta schema header headers names columnnames column_names cols"))
_PHPMYADMIN = frozenset({"type", "version", "comment", "name", "database", "data"})
_NAME_KEYS = ("name", "field", "label", "key", "id", "column", "column_name", "columnName")
_TABLE_KEYS = ("table", "tableName", "table_name", "TableName")
NAME = re.compile(r"[\w$.-]{1,64}")
_SELECT = re.compile(r"\bFROM\s+([\w$.\"`\[\]]{1,128})", re.IGNORECASE)
# An object with more values of its own than this is more than a wrapper.
_FEW_MEMBERS = 4


def is_wrapping(found: dict[str, Any], lists: list[tuple[str, ...]], *, alone: bool) -> bool:
    """Whether an object is a wrapper around the lists of objects in it, rather than a row that has lists.

    Args:
        found: The object.
        lists: Paths of its lists of objects.
        alone: Whether it is the only object of its file.
    """
    telling = any(_is_telling(one[-1], alone=alone) for one in lists)
    longest = longest_list(found, lists)
    return (telling and (count_members(found) <= _FEW_MEMBERS or longest > count_members(found))) or (
        alone and longest > count_members(found)
    )


def _is_telling(key: str, *, alone: bool) -> bool:
    return key.casefold() in WRAPPERS or (alone and bool(_TABLES.fullmatch(key)))


def count_members(found: dict[str, Any]) -> int:
    """How many values an object has, without lists and objects."""
    return sum(not isinstance(value, dict | list) for value in found.values())


def has_members(found: Any) -> bool:  # noqa: ANN401
    """Whether a value is an object with values of its own, as a row has."""
    return isinstance(found, dict) and count_members(found) > 0


def holds_lists_of_values(found: dict[str, Any]) -> bool:
    """Whether an object holds a list of lists, and also the names of their values or nothing else."""
    named = not has_members(found) or any(key.casefold() in HEADERS for key in found)
    return named and any(isinstance(one, list) and one and isinstance(one[0], list) for one in found.values())


def longest_list(found: dict[str, Any], lists: list[tuple[str, ...]]) -> int:
    """Length of the longest list at these paths."""
    lengths = [0]
    for path in lists:
        inner: Any = found
        for key in path:
            inner = inner.get(key) if isinstance(inner, dict) else None
        lengths.append(len(inner) if isinstance(inner, list) else 0)
    return max(lengths)


def has_list(value: Any, depth: int = 0) -> bool:  # noqa: ANN401
    """Whether an object has a list of objects at any depth."""
    for one in value.values():
        if isinstance(one, list):
            if one and isinstance(one[0], dict):
                return True
        elif isinstance(one, dict) and depth < DEEPEST and has_list(one, depth + 1):
            return True
    return False


def is_of_phpmyadmin(found: Any, path: tuple[str, ...]) -> bool:  # noqa: ANN401
    """Whether an object of a list is a record that phpMyAdmin writes beside its rows."""
    return not path and found.get("type") in ("header", "database", "table") and found.keys() <= _PHPMYADMIN


def read_names(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Column names, from a list of names or of objects that describe columns; empty for any other value."""
    if not isinstance(value, list) or not value:
        return ()
    if all(isinstance(one, dict) for one in value):
        key = next((key for key in _NAME_KEYS if all(isinstance(one.get(key), str) for one in value)), None)
        value = [one[key] for one in value] if key else []
    return (
        tuple(value) if value and all(isinstance(one, str) for one in value) and len(set(value)) == len(value) else ()
    )


def name_list(path: tuple[str, ...], known: Mapping[str, Any], stem: str) -> str:
    """The name of a list of rows: from its object, else from the nearest telling key, else the file's stem.

    >>> name_list(("panel", "calls", "rows"), {}, "export"), name_list(("hits", "hits"), {}, "export")
    ('calls', 'export')
    """
    keys = [*_TABLE_KEYS, *(["name"] if known.get("type") == "table" or path[-2:-1] == ("tables",) else [])]
    for key in keys:
        told = known.get(key)
        if isinstance(told, str) and NAME.fullmatch(told):
            return told
    for key in reversed(path):
        if NAME.fullmatch(key) and key.casefold() not in WRAPPERS:
            return key
        if selected := _SELECT.search(key):
            return re.sub(r'["`\[\]]', "", selected[1]).rpartition(".")[2] or stem
    return stem
