"""Tables of a MySQL or MariaDB dump: their names, their columns, and a pattern that reads a whole row at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ringback.sources.base import Value
from ringback.sources.sqldump.mysql_values import LITERAL, SINGLE, Kind, read_literal, to_text, unescape

# Most columns of a table in MySQL or MariaDB.
MOST_COLUMNS = 4096
NAME = r"(?:`(?:[^`]|``)*+`|\"(?:[^\"]|\"\")*+\"|[\w$\x80-\xff]++)"
QUALIFIED = rf"(?:(?P<database>{NAME})\s*\.\s*)?(?P<table>{NAME})"
_CREATE = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?" + QUALIFIED + r"\s*\(",
    re.ASCII | re.IGNORECASE,
)
_NAMES = re.compile(NAME, re.ASCII)
_COLUMN = re.compile(rf"\s*(?P<name>{NAME})\s+(?P<type>[A-Za-z]\w*)", re.ASCII)
# First words of definitions of keys and checks. A column with such a name is quoted.
_NOT_COLUMNS = re.compile(
    r"\s*(?:PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|CONSTRAINT|FOREIGN|CHECK|PERIOD|VECTOR)\b",
    re.ASCII | re.IGNORECASE,
)
_ITEM = re.compile(rf"(?:[^'\"`(),]++|'{SINGLE}'|\"[^\"]*+\"|`[^`]*+`)*+", re.DOTALL)
_STRINGS = re.compile(rf"'{SINGLE}'|\"[^\"]*+\"|`[^`]*+`", re.DOTALL)
_INVISIBLE = re.compile(r"\bINVISIBLE\b", re.IGNORECASE)

_NUMBERS = "tinyint smallint mediumint int integer bigint decimal numeric dec fixed float double real year bool boolean"
_BYTES = (
    "binary varbinary tinyblob blob mediumblob longblob vector geometry point linestring polygon multipoint "
    "multilinestring multipolygon geometrycollection geomcollection"
)
_KINDS = {
    "bit": Kind.BIT,
    **dict.fromkeys(_NUMBERS.split(), Kind.NUMBER),
    **dict.fromkeys(_BYTES.split(), Kind.BINARY),
}

# One group per column: the bare value of text and numbers (an unmatched group is NULL), the whole literal of others.
# Rows with doubled quotes, which mysqldump does not write, have a pattern of their own. So a row without a backslash
# that matches the first pattern needs no unescaping.
_TEXT_CELL = r"(?:'([^'\\]*+(?:\\.[^'\\]*+)*+)'|NULL)"
_DOUBLED_CELL = rf"(?:'({SINGLE})'|NULL)"
_NUMBER_CELL = r"(?:(-?+[0-9][0-9.eE+-]*+)|NULL)"
_ANY_CELL = rf"((?:_binary\s*+)?'{SINGLE}'|0x[0-9A-Fa-f]++|[bB]'[01]*+'|-?+[0-9][0-9.eE+-]*+|NULL)"
_NUMERAL = re.compile("-?[0-9]++")
_PLAIN = {Kind.TEXT, Kind.NUMBER}


def unquote(name: str) -> str:
    """Take the quotes off an identifier.

    >>> unquote("`a``b`"), unquote('"c"'), unquote("plain")
    ('a`b', 'c', 'plain')
    """
    quote = name[0]
    return to_text(name[1:-1].replace(quote * 2, quote) if quote in '`"' else name)


def read_names(listing: str) -> tuple[str, ...]:
    """Read a list of identifiers.

    >>> read_names("`calldate`, `a,b`")
    ('calldate', 'a,b')
    """
    return tuple(unquote(name) for name in _NAMES.findall(listing))


def _row_pattern(kinds: tuple[Kind, ...], text_cell: str) -> re.Pattern[str]:
    if len(kinds) > MOST_COLUMNS:
        return re.compile("(?!)")  # nonsense that would take minutes to compile
    cells = {Kind.TEXT: text_cell, Kind.NUMBER: _NUMBER_CELL}
    row = ",".join(cells.get(kind, _ANY_CELL) for kind in kinds)
    return re.compile(rf"[\s,]*+\({row}\)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that the rows of a statement have, and how to read such a row.

    Attributes:
        columns: Their names in the rows' order.
        kinds: Their kinds.
        row: Matches a whole usual row with the comma before it, one group per column.
        doubled: The same for rows with doubled quotes. Rows that neither matches (blanks, comments) are read
            value by value.
        text: The columns whose groups hold text with its escapes.
        odd: The columns whose groups hold a whole literal.
    """

    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    row: re.Pattern[str]
    doubled: re.Pattern[str]
    text: tuple[int, ...]
    odd: tuple[int, ...]

    def finish(self, groups: Sequence[str | None]) -> list[Value]:
        """Turn the groups of `row` or `doubled` into values."""
        values: list[Value] = list(groups)
        for at in self.text:
            value = groups[at]
            if value is not None:
                values[at] = to_text(unescape(value) if "\\" in value or "'" in value else value)
        for at in self.odd:
            values[at] = _of_literal(groups[at] or "NULL", self.kinds[at])
        return values


def _of_literal(written: str, kind: Kind) -> Value:
    if kind is Kind.UNKNOWN and written[0] == "'":  # the usual case, made fast
        text = written[1:-1]
        return to_text(unescape(text) if "\\" in text or "'" in text else text)
    if kind is Kind.UNKNOWN and _NUMERAL.fullmatch(written):
        return written
    literal = LITERAL.match(written)
    return None if literal is None else read_literal(literal, kind)


@dataclass(slots=True)
class SqlTable:
    """What the dump has said of a table so far.

    Attributes:
        name: The name that the reader gives it: its own, or `database.name` where another database had it first.
        columns: The columns of a row without a column list; None until known.
        kinds: Lower-case column name to kind; empty without a CREATE TABLE.
        wanted: Whether its rows are wanted; None until asked.
        row: Number of the last row met.
    """

    name: str
    columns: tuple[str, ...] | None = None
    kinds: dict[str, Kind] = field(default_factory=dict)
    wanted: bool | None = None
    row: int = 0
    _layouts: dict[tuple[str, ...], Layout] = field(default_factory=dict)

    def define(self, columns: tuple[str, ...], kinds: dict[str, Kind]) -> None:
        """Take the columns of a CREATE TABLE."""
        self.columns = columns or None
        self.kinds = kinds
        self._layouts.clear()

    def settle(self, count: int) -> tuple[str, ...]:
        """Name the columns by number, because nothing else names them; returns the names.

        >>> SqlTable("t").settle(2)
        ('column_1', 'column_2')
        """
        self.columns = tuple(f"column_{number}" for number in range(1, count + 1))
        return self.columns

    def layout(self, columns: tuple[str, ...]) -> Layout:
        """The layout of rows with these columns."""
        if columns not in self._layouts:
            kinds = tuple(self.kinds.get(name.lower(), Kind.UNKNOWN) for name in columns)
            text = tuple(at for at, kind in enumerate(kinds) if kind is Kind.TEXT)
            odd = tuple(at for at, kind in enumerate(kinds) if kind not in _PLAIN)
            row, doubled = _row_pattern(kinds, _TEXT_CELL), _row_pattern(kinds, _DOUBLED_CELL)
            self._layouts[columns] = Layout(columns, kinds, row, doubled, text, odd)
        return self._layouts[columns]


@dataclass(frozen=True, slots=True)
class Creation:
    """The content of a CREATE TABLE statement.

    Attributes:
        database: The database before the dot, '' if none.
        table: The table's name.
        columns: The columns of a row without a column list.
        kinds: Lower-case name of each column, invisible ones too, to its kind.
    """

    database: str
    table: str
    columns: tuple[str, ...]
    kinds: dict[str, Kind]


def find_creation(statement: str) -> Creation | None:
    """Read a CREATE TABLE statement without comments; None for any other statement.

    >>> creation = find_creation("CREATE TABLE t (`a` int(11), `b` blob COMMENT 'x, (', KEY k (`a`))")
    >>> creation.columns, [kind.name for kind in creation.kinds.values()]
    (('a', 'b'), ['NUMBER', 'BINARY'])
    """
    head = _CREATE.match(statement)
    if head is None:
        return None
    columns: list[str] = []
    kinds: dict[str, Kind] = {}
    for item in split_items(statement, head.end(), item=_ITEM)[0]:
        column = None if _NOT_COLUMNS.match(item) else _COLUMN.match(item)
        if column is None:
            continue
        name = unquote(column["name"])
        kinds[name.lower()] = _KINDS.get(column["type"].lower(), Kind.TEXT)
        # An invisible column has no place in a row without a column list.
        if not _INVISIBLE.search(_STRINGS.sub("''", item)):
            columns.append(name)
    return Creation(unquote(head["database"] or "``"), unquote(head["table"]), tuple(columns), kinds)


def split_items(statement: str, start: int, *, item: re.Pattern[str]) -> tuple[list[str], int]:
    """Split the text between two brackets at its outer commas.

    Args:
        statement: The statement.
        start: Place after the opening bracket.
        item: Matches text, quoted or not, without commas and brackets.

    Returns:
        The items, and the place of the closing bracket.
    """
    items: list[str] = []
    depth = 0
    begin = at = start
    while at < len(statement):
        if match := item.match(statement, at):
            at = match.end()
        here = statement[at : at + 1]
        if here == "(":
            depth += 1
        elif here == ")" and depth:
            depth -= 1
        elif here == ")" or (here == "," and not depth):
            items.append(statement[begin:at])
            begin = at + 1
            if here == ")":
                break
        at += 1
    return items, at
