"""What is asked of the tables of a run: a table as it is, a stage, an expression, or a function that builds one.

A stage or a function is called only where its SQL is not remembered (`sql_memory`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from ringback import schemas
from ringback.expressions import Table as Expression
from ringback.schemas.table import Table

_BY_NAME = {table.name: table for table in schemas.TABLES}


class Finder(Protocol):
    """Finds tables by their schemas."""

    def table(self, schema: Table) -> Expression:
        """A table as an unbound expression of its schema; it may be saved later."""


class Tables:
    """The tables of a run by their names: `tables.victims` is the expression of VICTIMS.

    Args:
        finder: Where they are found.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def __getattr__(self, name: str) -> Expression:
        """The table of that name.

        Raises:
            AttributeError: No run has such a table.
        """
        if name not in _BY_NAME:
            raise AttributeError(f"a run has no table {name!r}")
        return self._finder.table(_BY_NAME[name])


@dataclass(frozen=True, slots=True)
class StageQuery:
    """A stage with all that it takes.

    Attributes:
        stage: A function of the program; it takes the tables `of`, in that order, and `given` by name.
        of: The tables.
        given: What else it takes: name and value.
    """

    stage: Callable[..., Expression]
    of: tuple[Table, ...]
    given: tuple[tuple[str, object], ...] = ()


# A function takes `Tables`, and after them what the query is given.
Query: TypeAlias = Table | StageQuery | Expression | Callable[..., Expression]


def build(query: Query, finder: Finder, given: tuple[Any, ...]) -> Expression:
    """The expression of a query.

    Args:
        query: The table, the expression, or what builds it.
        finder: Where the tables are found.
        given: What the function is given beside the tables.
    """
    if isinstance(query, Table):
        return finder.table(query)
    if isinstance(query, StageQuery):
        return query.stage(*map(finder.table, query.of), **dict(query.given))
    return query(Tables(finder), *given) if callable(query) else query
