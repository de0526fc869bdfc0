"""Reader of JSON documents: finds lists of objects at any depth, in files of any size, indented or on one line.

Every list of objects that is not inside a row is a table. Its name is its own key, or the file's name where the key
says nothing (`rows`, `data`, `hits`). The reader descends into an object that only wraps such lists (a page of an API,
a table of phpMyAdmin). Objects that simply follow each other are rows too. Lists of lists are rows if their column
names came before them. A row that cannot be read is rejected, and reading goes on at the next row.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ringback.sources.base import BATCH_ROWS, Enough, RawRows, Reject, Rejection, Wanted, never_enough, want_all
from ringback.sources.json.recovery import goes_on, recover
from ringback.sources.json.rows import JsonTable
from ringback.sources.json.shapes import (
    HEADERS,
    NAME,
    WRAPPERS,
    count_members,
    has_list,
    has_members,
    holds_lists_of_values,
    is_of_phpmyadmin,
    is_wrapping,
    longest_list,
    name_list,
    read_names,
)
from ringback.sources.json.text_window import DEEPEST, LONGEST_VALUE, Decoded, JsonText, find_lists
from ringback.sources.json.values import NESTED, as_row
from ringback.sources.streams import EarlyEnd

# The reader descends into a larger object that has a list of objects, rather than take it for a row.
_LARGE = 1024 * 1024
_NEXT_LIST = re.compile(r'"((?:[^"\\\n]|\\.){1,128})"\s*+:\s*+(?=\[\s*+\{)')
_NEXT_LINE = re.compile(r"\n\s*+(?=[\[{])")
_TABLE_OBJECT = re.compile(r'\{\s*"type"\s*:\s*"table"')
_COMMENT = re.compile(r"/\*.*?\*/|//(?P<line>[^\n]*)", re.DOTALL)
_LISTS_UNREAD = "holds rows as lists, and their column names do not come before them; convert it to a list of objects"


class NoRowsError(Exception):
    """A readable document without rows; its text says what the document holds instead."""


def read_document(
    stream: EarlyEnd,
    *,
    table: str,
    reject: Reject,
    wanted: Wanted = want_all,
    batch_rows: int = BATCH_ROWS,
    enough: Enough = never_enough,
) -> Iterator[RawRows]:
    """Read the rows of a JSON document. Of a damaged one, read what can be read.

    >>> import io
    >>> data = b'{"took": 3, "hits": {"hits": [{"_id": "7", "_source": {"to": "x", "cost": 4.50}}]}}'
    >>> for batch in read_document(EarlyEnd.of(io.BytesIO(data)), table="calls", reject=print):
    ...     print(batch.table, batch.columns, batch.rows, batch.byte_offsets)
    calls ('_id', 'to', 'cost') [['7', 'x', '4.50']] [30]

    Args:
        stream: The bytes, UTF-8.
        table: Name for rows whose place in the document gives no name.
        reject: Called with each row that cannot be read, and with damaged places.
        wanted: Asked once for each table, with the keys of its first objects.
        batch_rows: Rows in a batch.
        enough: Ends the reading of a document that consists of one list.

    Raises:
        NoRowsError: There is no list of objects, and nothing is damaged.
    """
    yield from _Document(stream, table, reject, wanted, batch_rows, enough).read()


class _Document:
    """The state of reading one document."""

    def __init__(
        self, end: EarlyEnd, table: str, reject: Reject, wanted: Wanted, batch_rows: int, enough: Enough
    ) -> None:
        self._end, self._text, self._stem = end, JsonText(end), table
        self._reject_it, self._wanted, self._batch_rows, self._enough = reject, wanted, batch_rows, enough
        self._tables: dict[str, JsonTable] = {}
        self._rejected = self._over = self._torn_told = False
        self._comment = ""  # the name of the next list, from a comment before it
        self._single = False  # the document has only one list, as far as it was searched
        self._objects = 0  # rows that follow each other outside any list
        self._lists = 0
        self._unread_lists: set[str] = set()

    def read(self) -> Iterator[RawRows]:
        """Read the whole document."""
        while not self._over and (here := self._next_value()):
            if here == "{":
                yield from self._top_object()
            elif here == "[":
                yield from self._list((), {"table": self._comment} if self._comment else {})
            else:
                self._stray()
        for table in self._tables.values():
            yield from table.rest()
        for name in sorted(self._unread_lists):
            self._tell(name, "lists_unread", _LISTS_UNREAD)
        if self._end.torn and not self._over and not self._torn_told:
            self._tell_torn(self._stem, self._end.torn)
        if not self._rejected and not any(table.seen for table in self._tables.values()) and not self._lists:
            raise NoRowsError("it holds no list of objects, and is not an object that could be a row")

    def _reject(self, rejection: Rejection) -> None:
        self._rejected = True
        self._reject_it(rejection)

    def _tell(self, table: str, reason: str, detail: str, *, place: bool = True) -> None:
        """Reject a damaged place that is in no row."""
        self._reject(Rejection(table, 0, self._text.byte() if place else None, reason, detail, damage=True))

    def _tell_torn(self, table: str, detail: str) -> None:
        """Reject, once, the end of a file that ends too early."""
        if not self._torn_told:
            self._torn_told = True
            self._tell(table, "torn_file", self._end.torn or detail, place=False)

    def _table(self, name: str) -> JsonTable:
        if name not in self._tables:
            otherwise = self._stem if self._single and name != self._stem else ""
            self._tables[name] = JsonTable(
                name, reject=self._reject, wanted=self._wanted, batch_rows=self._batch_rows, otherwise=otherwise
            )
        return self._tables[name]

    def _next_value(self) -> str:
        """Move to the next value at top level. Skip comments, which older phpMyAdmin writes."""
        text = self._text
        while (here := text.peek(separators=True)) == "/":
            found = _COMMENT.match(text.text, text.pos)
            if found is None or found.end() == len(text.text):
                if len(text.text) - text.pos <= _LARGE and text.fill():
                    continue
                found = _COMMENT.match(text.text, text.pos)
            if found is None:
                return here
            named = (found["line"] or "").strip().rpartition(".")[2].strip("'`\" ")
            self._comment = named if NAME.fullmatch(named) else ""
            text.pos = found.end()
        return here

    # Objects and lists that hold rows

    def _top_object(self) -> Iterator[RawRows]:
        text = self._text
        found = text.decode(_LARGE)
        lists = find_lists(text.text, text.pos)
        alone = not self._objects
        if alone and not found.problem:
            following, found = text.behind(found)
            alone = following != "{"
        lists_alone = alone and not found.problem and holds_lists_of_values(found.value)
        if lists_alone or (lists and (alone if found.problem else is_wrapping(found.value, lists, alone=alone))):
            self._single = len(lists) == 1
            yield from self._object((), {})
            return
        if found.problem == "long":
            found = text.decode()
        if alone and not found.problem and not has_members(found.value):
            if [] in found.value.values():
                yield from self._object((), {})
                return
            raise NoRowsError("it is one object, with neither a list of objects nor values of its own")
        self._objects += 1
        yield from self._row(self._table(self._stem), found)

    def _object(self, path: tuple[str, ...], above: Mapping[str, Any]) -> Iterator[RawRows]:
        """Go through the object at this place and read the lists of rows in it."""
        text = self._text
        text.pos += 1
        known: dict[str, Any] = {"": above.get("")}
        while (key := text.key()) is not None:
            here = text.peek()
            inside = text.after() if here == "[" else ""
            if here == "[" and inside == "{" and key.casefold() in HEADERS and self._take_names(known):
                continue
            if here == "[" and inside in ("[", "{"):
                yield from self._list((*path, key), known)
            elif here == "{" and len(path) < DEEPEST:
                yield from self._object((*path, key), known)
            else:
                found = text.decode()
                if found.problem:
                    break
                if inside == "]":
                    self._lists += 1
                if key.casefold() in HEADERS and (names := read_names(found.value)):
                    known[""] = names
                known[key] = found.value if isinstance(found.value, str) else None
                text.pos = found.end
        here = text.peek(separators=True)
        if here == "}":
            text.pos += 1
            return
        yield from self._lost_object(path, known, here)

    def _lost_object(self, path: tuple[str, ...], known: Mapping[str, Any], here: str) -> Iterator[RawRows]:
        """Reject an object that breaks off or is invalid, and go on with the next list of objects, if there is one."""
        if self._over:
            return
        text = self._text
        if not here or text.decode().problem == "torn":
            self._tell_torn(self._stem, "the file ends inside an object")
            self._over_text()
            return
        self._tell(self._stem, "bad_json", "is not valid JSON here; what follows may be missing")
        text.pos += 1
        while not (found := _NEXT_LIST.search(text.text, text.pos)):
            text.pos = max(text.pos, len(text.text) - 256)
            if not text.fill():
                self._over_text()
                return
        text.pos = found.end()
        yield from self._list((*path, found[1]), known)
        yield from self._rest_of(path, known)

    def _rest_of(self, path: tuple[str, ...], known: Mapping[str, Any]) -> Iterator[RawRows]:
        """Read the members that follow a list at which reading could go on."""
        here = self._text.peek(separators=True)
        if here == "}":
            self._text.pos += 1
        elif here == '"':
            self._text.pos -= 1
            yield from self._object(path, known)

    def _over_text(self) -> None:
        """Move to the end: nothing after this place can be understood."""
        self._text.pos = len(self._text.text)
        while self._text.fill():
            self._text.pos = len(self._text.text)

    def _take_names(self, known: dict[str, Any]) -> bool:
        """Take column names from a list of objects that describe columns."""
        found = self._text.decode(_LARGE)
        names = read_names(found.value) if not found.problem else ()
        if names:
            known[""] = names
            self._text.pos = found.end
        return bool(names)

    def _list(self, path: tuple[str, ...], known: Mapping[str, Any]) -> Iterator[RawRows]:
        """Read the rows of the list at this place."""
        text = self._text
        name = name_list(path, known, self._stem)
        table: JsonTable | None = None
        text.pos += 1
        self._lists += 1
        others: list[int] = []  # places of values that are no rows, until a row is met
        while (here := text.peek(separators=True)) and here != "]":
            found = text.decode(_LARGE) if here == "{" else text.decode()
            if here == "{" and self._holds_rows(found, path):
                yield from self._object(path, known)
                continue
            if here == "{" and not found.problem and is_of_phpmyadmin(found.value, path):
                text.pos = found.end
                continue
            if found.problem == "long":
                found = text.decode()
            names = known.get("") or ()
            if table is None and here not in "{[" and not found.problem:
                others.append(text.byte())
                text.pos = found.end
                continue
            if here == "[" and not names:
                self._unread_lists.add(name)
            if table is None:
                table = self._table(name)
                for at in others:
                    table.seen += 1
                    table.drop(at, "not_an_object", "is JSON, but not an object")
            batches = list(self._row(table, found, names=names))
            yield from batches
            if batches and not path and self._enough(name):
                self._over = True
                return
        if here:
            text.pos += 1
        else:
            self._tell_torn(name, "the array is never closed; objects after this one may be missing")
        if others and table is None:
            self._lists -= 1

    def _holds_rows(self, found: Decoded, path: tuple[str, ...]) -> bool:
        """Whether an object in a list only wraps a list of rows, like each table of phpMyAdmin's export."""
        if not found.problem and not has_list(found.value):
            return False
        lists = find_lists(self._text.text, self._text.pos)
        if not lists:
            return False
        if found.problem:
            told = self._text.text[self._text.pos : self._text.pos + 200]
            return found.problem == "long" or (not path and bool(_TABLE_OBJECT.match(told)))
        value: dict[str, Any] = found.value
        if (not path and value.get("type") == "table") or path[-1:] == ("tables",):
            return True
        return any(one[-1].casefold() in WRAPPERS for one in lists) and longest_list(value, lists) > count_members(
            value
        )

    # Rows

    def _row(self, table: JsonTable, found: Decoded, *, names: tuple[str, ...] = ()) -> Iterator[RawRows]:
        """Take the value at this place as a row, or reject it and move to where the next row may be."""
        text = self._text
        table.seen += 1
        at = text.byte()
        if not found.problem:
            self._take(table, found, at, names)
            text.pos = found.end
            yield from table.ready()
            return
        if found.problem == "torn" and not (table.known and goes_on(text, table)):
            table.drop(at, "torn_last_row", "the file ends inside this object", damage=True)
            self._torn_told = True
            self._over_text()
            return
        start, own_line = text.pos, text.begins_line()
        place = f" at character {found.end - start + 1}" if found.problem == "bad" else ""
        lines = recover(text, table)
        damage = not (own_line and lines <= 1)
        more = "; rows after it may be missing" if damage else ""
        details = {
            "bad": f"is not valid JSON{place}{more}",
            "torn": f"has a quote or a bracket that is never closed{more}",
            "deep": f"nested too deeply{more}",
            "long": f"an object of more than {LONGEST_VALUE // 1024**2} MiB, left out{more}",
        }
        reason = "object_too_long" if found.problem == "long" else "bad_json"
        table.drop(at, reason, details[found.problem], damage=damage)

    def _take(self, table: JsonTable, found: Decoded, at: int, names: tuple[str, ...]) -> None:
        text, start = self._text, self._text.pos

        def again() -> Any:  # noqa: ANN401
            return NESTED.raw_decode(text.text, start)[0]

        value = found.value
        if isinstance(value, list) and names:
            if len(value) != len(names):
                table.drop(at, "field_count", f"has {len(value)} values for {len(names)} columns")
                return
            row = as_row(dict(zip(names, value, strict=True)), lambda: dict(zip(names, again(), strict=True)))
        elif isinstance(value, dict):
            row = as_row(value, again)
        else:
            table.drop(at, "not_an_object", "is JSON, but not an object")
            return
        table.add(row, at, size=found.end - start)

    def _stray(self) -> None:
        """Reject something that is no JSON value, or no row, and move to the next line that may be a row."""
        text = self._text
        table = self._table(self._stem)
        found = text.decode()
        if not found.problem:
            text.pos = found.end
            return
        table.seen += 1
        table.drop(text.byte(), "bad_json", "is not valid JSON; what follows may be missing", damage=True)
        while not (following := _NEXT_LINE.search(text.text, text.pos)):
            text.pos = len(text.text)
            if not text.fill():
                return
        text.pos = following.end()
