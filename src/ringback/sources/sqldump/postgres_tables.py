"""Tables of a PostgreSQL dump: their names, and their columns by CREATE TABLE."""

import re
from dataclasses import dataclass

from ringback.sources.sqldump.mysql_tables import split_items
from ringback.sources.sqldump.mysql_values import Kind
from ringback.sources.sqldump.postgres_values import STANDARD

NAME = r"(?:\"(?:[^\"]|\"\")*+\"|[\w$\x80-\xff]++)"
QUALIFIED = rf"(?:(?P<schema>{NAME})\s*\.\s*)?(?P<table>{NAME})"
_CREATE = re.compile(
    rf"CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN)\s+)*+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{QUALIFIED}\s*\(",
    re.ASCII | re.IGNORECASE,
)
_NAMES = re.compile(NAME, re.ASCII)
_COLUMN = re.compile(rf"\s*(?P<name>{NAME})\s+(?P<type>[^\n]*)", re.ASCII)
_NOT_COLUMNS = re.compile(
    r"\s*(?:CONSTRAINT|PRIMARY\s+KEY|UNIQUE|CHECK|FOREIGN\s+KEY|EXCLUDE|LIKE)\b", re.ASCII | re.IGNORECASE
)
_ITEM = re.compile(rf"(?:[^'\"(),]++|{STANDARD}|\"[^\"]*+\")*+")
_INHERITS = re.compile(r"\)\s*INHERITS\s*\(([^)]*)\)", re.IGNORECASE)
_PARENT = re.compile(QUALIFIED, re.ASCII)
_BYTEA = re.compile(r"(?:\"?pg_catalog\"?\.)?(?:bytea\b|\"bytea\")(?!\s*\[)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Creation:
    """The content of a CREATE TABLE statement; `parents` are the (schema, table) that it inherits columns from."""

    schema: str
    table: str
    columns: tuple[str, ...]
    kinds: dict[str, Kind]
    parents: tuple[tuple[str, str], ...]


def unquote(name: str, codec: str = "utf-8") -> str:
    r"""The name of an identifier that is given as one character per byte. An unquoted one becomes lower case.

    >>> unquote('"Odd ""name"'), unquote("Calls")
    ('Odd "name', 'calls')
    """
    plain = name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
    return plain if plain.isascii() else plain.encode("latin-1").decode(codec, "surrogateescape")


def read_names(listing: str, codec: str = "utf-8") -> tuple[str, ...]:
    """Read a list of identifiers.

    >>> read_names('call_id, "when, exactly"')
    ('call_id', 'when, exactly')
    """
    return tuple(unquote(name, codec) for name in _NAMES.findall(listing))


def find_creation(statement: str, codec: str = "utf-8") -> Creation | None:
    """Read a CREATE TABLE; None for any other statement, and for one that lists no columns.

    >>> find_creation("CREATE TABLE public.t (\\n    id integer NOT NULL,\\n    data bytea\\n);").columns
    ('id', 'data')
    """
    head = _CREATE.match(statement)
    if head is None:
        return None
    columns: list[str] = []
    kinds: dict[str, Kind] = {}
    items, end = split_items(statement, head.end(), item=_ITEM)
    for item in items:
        column = None if _NOT_COLUMNS.match(item) else _COLUMN.match(item)
        if column:
            name = unquote(column["name"], codec)
            columns.append(name)
            kinds[name.lower()] = Kind.BINARY if _BYTEA.match(column["type"]) else Kind.TEXT
    inherits = _INHERITS.match(statement, end)
    parents = [
        (unquote(parent["schema"], codec) if parent["schema"] else "", unquote(parent["table"], codec))
        for parent in _PARENT.finditer(inherits[1] if inherits else "")
    ]
    schema = unquote(head["schema"], codec) if head["schema"] else ""
    return Creation(schema, unquote(head["table"], codec), tuple(columns), kinds, tuple(parents))
