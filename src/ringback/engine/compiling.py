"""Queries as DuckDB's SQL: remembered SQL is used again, the rest is built and compiled."""

from collections.abc import Callable
from typing import Any

from ringback import schemas
from ringback.engine.queries import Finder, Query, build
from ringback.engine.sql_memory import Compiled, open_memory
from ringback.expressions import Table as Expression
from ringback.schemas.table import Table


class DuckDBQueries:
    """Compiles queries over the tables of one run, each of them known by its name.

    Args:
        finder: Gives every table as an unbound expression of its schema, defined tables too.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._memory = open_memory("duckdb", schemas.TABLES)

    def plain(self, query: Query, given: tuple[Any, ...]) -> Compiled:
        """A query as it is."""
        return self._compiled(("plain",), query, given, lambda built: built)

    def fitted(self, schema: Table, query: Query, given: tuple[Any, ...]) -> Compiled:
        """A query with the columns of a table that is saved, in their order and of their types."""
        types = schema.types()
        return self._compiled(
            ("fitted", str(list(types.items()))), query, given, lambda built: built.select(*types).cast(types)
        )

    def view(self, schema: Table, query: Query, *, readable: bool = False) -> Compiled:
        """A query with the columns of a table that is defined, in their order.

        Args:
            schema: The table.
            query: Its definition.
            readable: Make the SQL as short as possible, for people to read.
        """
        purpose = ("readable view" if readable else "view", str(list(schema.names)))
        return self._compiled(purpose, query, (), lambda built: built.select(*schema.names), readable=readable)

    def keep(self) -> None:
        """Keep what was compiled for the next process."""
        self._memory.save()

    def _compiled(
        self,
        purpose: tuple[str, ...],
        query: Query,
        given: tuple[Any, ...],
        shape: Callable[[Expression], Expression],
        *,
        readable: bool = False,
    ) -> Compiled:
        def compile_() -> Compiled:
            # Ibis takes longer to load than all remembered queries take to run.
            from ringback.engine.duckdb_sql import compile_query

            return compile_query(build(query, self._finder, given), shape, readable=readable)

        return self._memory.compiled(purpose, query, given, compile_)
