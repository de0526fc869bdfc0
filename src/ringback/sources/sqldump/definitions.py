"""CREATE TABLE statements in other files than the rows: as mydumper, mysqldump --tab and dumps without data write them.

A file of rows without column names takes them from another file: the one that the dump program named after it, or else
one in the same folder that defines tables and holds no rows. Where these disagree, case.toml has to say which is right.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ringback.errors import RingbackError
from ringback.sources.sqldump.mysql_tables import Creation

_PACKED = re.compile(r"\.(?:gz|gzip|zst|zstd|bz2|xz|zip)$", re.IGNORECASE)
# How dump programs name a file of rows, and the file beside it that defines the table.
_NAMED = (
    (re.compile(r"(?P<stem>.+?)(?:\.[0-9]{3,})*\.(?:sql|dat|csv|tsv)"), "{stem}-schema.sql"),  # mydumper
    (re.compile(r"(?P<stem>.+?)(?:@@?[0-9]+)?\.tsv"), "{stem}.sql"),  # MySQL Shell
    (re.compile(r"(?P<stem>.+)\.txt"), "{stem}.sql"),  # mysqldump --tab
)


@dataclass(frozen=True, slots=True)
class Defining:
    """A file that defines tables.

    Attributes:
        ref: Reference of its exhibit.
        name: Its name.
        creations: Its CREATE TABLE statements.
        has_rows: Whether it holds rows too.
    """

    ref: str
    name: str
    creations: tuple[Creation, ...]
    has_rows: bool


def defining_names(name: str) -> tuple[str, ...]:
    """Names, in lower case, that the file may have which defines the table of this file of rows.

    >>> defining_names("dump/panel.cdr.00001.sql.gz"), defining_names("cdr.txt")
    (('dump/panel.cdr-schema.sql',), ('cdr.sql',))
    """
    plain = _plain_name(name)
    return tuple(form.format(stem=match["stem"]) for pattern, form in _NAMED if (match := pattern.fullmatch(plain)))


def _plain_name(name: str) -> str:
    """A name in lower case, without the ending of a compression."""
    return _PACKED.sub("", name.replace("\\", "/").casefold())


def _folder(name: str) -> PurePosixPath:
    return PurePosixPath(_plain_name(name)).parent


class Definitions:
    """Definitions in other files of the tables of one exhibit. The files are searched on first use.

    Args:
        find: Finds the files.
        exhibit: Reference of the exhibit whose rows are read.
        told: The exhibit that case.toml names as `columns_from`, or "".
    """

    def __init__(self, find: Callable[[], Iterable[Defining]], *, exhibit: str, told: str = "") -> None:
        self._find, self._exhibit, self._told = find, exhibit, told
        self._found: list[Defining] | None = None

    def _files(self) -> list[Defining]:
        if self._found is None:
            found = list(self._find())
            self._found = [one for one in found if one.ref == self._told] if self._told else found
        return self._found

    def of_table(self, data: str, database: str, table: str) -> Creation | None:
        """The definition in other files of a table whose rows have no column names.

        Args:
            data: The name of the file of rows.
            database: The table's database, "" where it is not known.
            table: The table's own name.

        Raises:
            RingbackError: `columns_unclear` where the nearest files disagree.
        """
        names, folder = defining_names(data), _folder(data)
        files = self._files()
        named = [one for one in files if _plain_name(one.name) in names]
        near = [one for one in files if _folder(one.name) == folder and not one.has_rows]
        for those in (files,) if self._told else (named, near):
            creations = [
                (one, creation)
                for one in those
                for creation in one.creations
                if creation.table.casefold() == table.casefold()
                and (not database or not creation.database or creation.database == database)
            ]
            if creations:
                return self._only(table, creations)
        return None

    def of_text(self, data: str) -> tuple[Creation, str] | None:
        """The definition that the dump program wrote beside a text of rows, and the reference of its exhibit.

        Args:
            data: The name of the file of rows.

        Raises:
            RingbackError: `columns_unclear` where several files have that name and disagree.
        """
        names = defining_names(data)
        if not names and not self._told:
            return None
        creations = [
            (one, one.creations[0])
            for one in self._files()
            if len(one.creations) == 1 and not one.has_rows and (self._told or _plain_name(one.name) in names)
        ]
        if not creations:
            return None
        return self._only(creations[0][1].table, creations), creations[0][0].ref

    def _only(self, table: str, creations: list[tuple[Defining, Creation]]) -> Creation:
        if len({creation.columns for _one, creation in creations}) > 1:
            found = ", ".join(sorted({f"{one.ref} ({one.name})" for one, _creation in creations}))
            raise RingbackError("columns_unclear", exhibit=self._exhibit, table=table, found=found)
        return creations[0][1]


@dataclass(frozen=True, slots=True)
class PartDefinitions:
    """Definitions in other files of the tables of one file of rows.

    Attributes:
        definitions: The definitions for the whole exhibit.
        name: Name of the file of rows.
    """

    definitions: Definitions
    name: str

    def of_table(self, database: str, table: str) -> Creation | None:
        """As `Definitions.of_table`."""
        return self.definitions.of_table(self.name, database, table)

    def of_text(self) -> tuple[Creation, str] | None:
        """As `Definitions.of_text`."""
        return self.definitions.of_text(self.name)


NOTHING_DEFINED = PartDefinitions(Definitions(tuple, exhibit=""), "")
