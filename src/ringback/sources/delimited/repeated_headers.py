"""Rows of delimited text that are no data: a repeated header, and a line of types or dashes below the header."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ringback.sources.delimited.dialect import Row

_TYPE = re.compile(
    r"(var|n|nvar|b)?char(acter)?2?( varying)?|(tiny|medium|long|n)?text|[cbn]?lob|(tiny|medium|long)blob|string"
    r"|(tiny|small|medium|big|u|uint)?int(eger)?\d*|long|short|byte|serial|number|numeric|decimal|float\d*|real|money"
    r"|double( precision)?|bit|bool(ean)?|(small)?datetime(2|offset)?|date|time(stamp)?(tz)?"
    r"|time(stamp)? with(out)? time zone|interval|year|uuid|uniqueidentifier|guid|inet|cidr|macaddr|jsonb?|xml"
    r"|(var)?binary|raw|varbinary|bytea|enum|image",
    re.IGNORECASE,
)
_SIZE = re.compile(r"\s*\(\s*(max|\d+(\s*,\s*\d+)?)\s*\)|\s+(un)?signed$|\s+(not )?null$", re.IGNORECASE)
_RULE = re.compile(r"[-=_+]{2,}")
_FEWEST_NAMES = 2
# This many names of the header are searched in all rows: a header with other columns need not have each of them.
_VALUES = 3


class RepeatedHeader(NamedTuple):
    """Why a row is no data: the code of the rejection, and words."""

    reason: str
    detail: str
    damage: bool = False


class RepeatedHeaders:
    """Recognises the rows of a table that are no data.

    Args:
        header: The fields of the header, as they stand in the file.

    Attributes:
        values: Every such row of the usual width has at least one of these values.
        pattern: Finds a name of the header in the bytes of a row.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self._names = _folded(header)
        self._known = set(self._names) - {""}
        self.values = {*_longest(header, _VALUES)}
        names = [name.strip().encode("utf-8", "surrogateescape") for name in header]
        self.pattern = re.compile(b"|".join(re.escape(name) for name in names if len(name) > 1) or rb"(?!)")

    def below_header(self, fields: Row) -> RepeatedHeader | None:
        """Why the row below the header is no data: it has only types or dashes. Copies of it are then found too."""
        found = None
        if len(fields) > 1:
            if all(_is_type(value) for value in fields):
                found = RepeatedHeader("type_line", "has the types of the columns, and no values")
            elif all(_RULE.fullmatch(value.strip()) for value in fields):
                found = RepeatedHeader("ruled_line", "has dashes only, and no values")
        if found:
            self.values |= {*_longest(fields, 1)}
        return found

    def tell(self, fields: Row, *, fits: bool = True) -> RepeatedHeader | None:
        """Why a row is no data; None for a row of data. `fits`: the row has the usual width."""
        if fits and self.values.isdisjoint(fields):
            return None
        names = _folded(fields)
        if names == self._names:
            return RepeatedHeader("repeated_header", "repeats the header")
        filled = [name for name in names if name]
        known = sum(name in self._known for name in filled)
        if known >= _FEWEST_NAMES and 2 * known >= len(filled):
            detail = "is a header with other columns: rows after it may be read by the wrong columns; split the file"
            return RepeatedHeader("other_header", detail, damage=True)
        return self.below_header(fields)


def _folded(fields: Sequence[str]) -> list[str]:
    """Names in the form in which they are compared, without empty ones at the end."""
    names = [name.strip().strip("\ufeff").strip().casefold() for name in fields]
    while names and not names[-1]:
        names.pop()
    return names


def _longest(fields: Sequence[str], count: int) -> list[str]:
    """The longest values that need no quotes. The first is left out: a byte order mark may stand before it."""
    plain = {value for value in fields[1:] or fields if value and not set(value) & set('"\\\ufeff')}
    return sorted(plain, key=lambda value: (-len(value), value))[:count]


def _is_type(value: str) -> bool:
    return bool(_TYPE.fullmatch(_SIZE.sub("", value.strip())))
