"""SQL that was compiled before, kept in this process and in the cache folder.

Building an expression and compiling it takes longer than running it on a small case. A query that is written as a
function of the tables gives the same SQL until something that it depends on changes. All of that is the key: the
program's source, the versions of the compilers, every table's columns and types, the place of the function in the
source, what it is given, and what it is compiled for. Where one of these is not certain, nothing is remembered, and the
query is compiled as if there were no memory.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

from ringback.engine.queries import Query, StageQuery
from ringback.files.cache_files import read_own, write_own
from ringback.program.source import FOLDER, is_as_loaded, source_digest, version_of
from ringback.schemas.table import Table
from ringback.settings import cache_dir

FILE_NAME = "compiled-sql.json"
_COMPILERS = ("python", "ibis-framework", "sqlglot", "duckdb")
# The most characters that are kept: the SQL of some twenty cases with different days.
_MOST_LETTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Compiled:
    """One query as SQL.

    Attributes:
        sql: The query.
        ordered: Whether its rows are in an order.
        uses: Names of the tables that it reads, in order.
    """

    sql: str
    ordered: bool
    uses: tuple[str, ...]


class _UncertainError(Exception):
    """A value that a key cannot tell apart from others."""


class SqlMemory:
    """The SQL that one engine has compiled.

    Args:
        engine: Whose SQL it is, such as duckdb.
        tables: Every table that queries are built over.
        folder: Where it is kept between processes.
    """

    def __init__(self, engine: str, tables: Sequence[Table], folder: Path) -> None:
        self._made_of = _made_of(engine, tables) if is_as_loaded() else None
        self._file = folder / FILE_NAME
        self._known = _shared(self._file, self._made_of or "")
        self._new: dict[str, Compiled] = {}

    def compiled(
        self, purpose: Sequence[str], query: Query, given: tuple[Any, ...], compile_: Callable[[], Compiled]
    ) -> Compiled:
        """The SQL of a query, remembered or compiled now.

        Args:
            purpose: What the SQL is for, as far as it depends on that: how it is compiled, and its columns.
            query: The query.
            given: What it is given beside the tables.
            compile_: Compiles it.
        """
        key = self._key(purpose, query, given)
        if key is None:
            return compile_()
        if key not in self._known:
            self._known[key] = self._new[key] = compile_()
        return self._known[key]

    def save(self) -> None:
        """Keep what was compiled for the next process; no error where that is not possible."""
        if not self._new or self._made_of is None:
            return
        # Another process may have saved its own SQL meanwhile.
        kept = _read(self._file, self._made_of) | self._new
        if sum(len(one.sql) for one in kept.values()) > _MOST_LETTERS:
            kept = self._new
        content = json.dumps({"made_of": self._made_of, "sql": {key: asdict(one) for key, one in kept.items()}})
        write_own(self._file, f"{_digest(content)}\n{content}".encode())
        self._new = {}

    def _key(self, purpose: Sequence[str], query: Query, given: tuple[Any, ...]) -> str | None:
        if self._made_of is None:
            return None
        try:
            return json.dumps([*purpose, _name(query), [_certain(one) for one in given]])
        except _UncertainError:
            return None


def open_memory(engine: str, tables: Sequence[Table]) -> SqlMemory:
    """The memory of this user on this machine."""
    return SqlMemory(engine, tables, cache_dir())


def _made_of(engine: str, tables: Sequence[Table]) -> str:
    """Everything that decides about the SQL of all queries, in one digest."""
    columns = [(table.name, list(table.types().items())) for table in tables]
    versions = [f"{name} {version_of(name)}" for name in _COMPILERS]
    return _digest(json.dumps([engine, versions, columns, source_digest()]))


def _name(query: Query) -> list[object]:
    """The name of a query in a key: a table by its columns, a function by its place in the program's source.

    No two functions have the same place.

    Raises:
        _UncertainError: It is an expression; or a function outside the program's source, or one with a closure or
            defaults.
    """
    if isinstance(query, Table):
        return ["table", query.name, list(query.types().items())]
    if isinstance(query, StageQuery):
        given = [[name, _certain(value)] for name, value in query.given]
        return ["stage", *_name(query.stage), [_name(table) for table in query.of], given]
    if not isinstance(query, FunctionType) or query.__closure__ or query.__defaults__ or query.__kwdefaults__:
        raise _UncertainError
    code, place = query.__code__, Path(query.__code__.co_filename)
    if not place.is_relative_to(FOLDER):
        raise _UncertainError
    # Lines and columns of the function's first instruction: an option of Python leaves the columns out.
    first = next((where for where in code.co_positions() if where[2]), None)
    if first is None:
        raise _UncertainError
    return [place.relative_to(FOLDER).as_posix(), code.co_qualname, *first]


def _certain(value: object) -> object:
    """A value that a query is given, written so that different ones never look alike.

    The key is kept in a file. So plain texts and numbers, which may come out of a seizure, are refused; they may
    stand only in fields of values that the program itself made, such as a rule.

    Raises:
        _UncertainError: It is of another kind.
    """
    if type(value) is datetime and value.tzinfo is UTC:
        return ["datetime", value.isoformat()]
    if type(value) is date:
        return ["date", value.isoformat()]
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith("ringback."):
        parts = {one.name: _certain_part(getattr(value, one.name)) for one in fields(value)}
        return [type(value).__module__, type(value).__qualname__, parts]
    raise _UncertainError


def _certain_part(value: object) -> object:
    if value is None or type(value) in (bool, int, str):
        return [type(value).__name__, value]
    if type(value) is tuple:
        return ["tuple", [_certain_part(one) for one in value]]
    return _certain(value)


@lru_cache(maxsize=8)
def _shared(file: Path, made_of: str) -> dict[str, Compiled]:
    """The SQL that this process knows: read once, and extended by every engine."""
    return _read(file, made_of) if made_of else {}


def _read(file: Path, made_of: str) -> dict[str, Compiled]:
    """The SQL in a file; none where it is damaged, not ours alone, or made from another `made_of`."""
    try:
        digest, _line, content = (read_own(file) or b"").decode().partition("\n")
        if digest != _digest(content):
            return {}
        found = json.loads(content)
        return _entries(found["sql"]) if found["made_of"] == made_of else {}
    except (ValueError, KeyError, TypeError):
        return {}


def _entries(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Compiled]:
    return {
        key: Compiled(str(one["sql"]), ordered=bool(one["ordered"]), uses=tuple(map(str, one["uses"])))
        for key, one in found.items()
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
