"""What every engine can do: a run uses engines through this alone."""

from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa

from ringback.engine.queries import Query, build
from ringback.engine.store import RunStore
from ringback.expressions import Table as Expression
from ringback.expressions import ibis
from ringback.schemas.table import Table


class NamedTables:
    """Tables as unbound expressions by their names; definitions over other tables are kept beside them."""

    def __init__(self) -> None:
        self._defined: dict[str, tuple[Table, Query]] = {}

    def table(self, schema: Table) -> Expression:
        """A table as an unbound expression of its schema; it may be saved or defined later."""
        return ibis.table(schema.types(), name=schema.name)

    def define(self, schema: Table, query: Query) -> None:
        """Define the table of that schema as a query over other tables; it is then not saved."""
        self._defined[schema.name] = (schema, query)


class DefinedTables:
    """Tables as unbound expressions: saved ones by their names, and those that are defined over them."""

    def __init__(self) -> None:
        self._defined: dict[str, Expression] = {}

    def table(self, schema: Table) -> Expression:
        """A table as an unbound expression of its schema; it may be saved later."""
        return self._defined.get(schema.name, ibis.table(schema.types(), name=schema.name))

    def define(self, schema: Table, query: Query) -> None:
        """Define the table of that schema as a query over other tables; it is then not saved."""
        self._defined[schema.name] = build(query, self, ()).select(*schema.names)


class Definitions(Protocol):
    """Finds tables by their schemas, and takes definitions of others over them."""

    def table(self, schema: Table) -> Expression:
        """A table as an unbound expression of its schema; it may be saved later."""

    def define(self, schema: Table, query: Query) -> None:
        """Define the table of that schema as a query over other tables; it is then not saved."""


class Engine(Definitions, Protocol):
    """Runs queries over the tables of one run, and saves tables there.

    A query is a table as it is, a stage, an expression, or a function that builds one from `Tables` and what is `given`
    after them. A function is better than an expression: where the engine remembers its SQL, nothing is built.

    Engines differ in speed and in where they run, never in their results: the same expression over the same
    tables gives the same rows, and in the same order where the expression ends in one.

    Attributes:
        store: The run's tables.
    """

    store: RunStore

    @property
    def name(self) -> str:
        """The engine with its version, such as "duckdb 1.5.0"."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def save(self, schema: Table, query: Query, *given: object) -> None:
        """Run a query and save its rows as the one file of that table, whole or not at all.

        Raises:
            RingbackError: `output_unwritable`, or another error of the engine.
        """

    def rows(self, query: Query, *given: object) -> pa.Table:
        """Run a query and return its rows."""

    def dicts(self, query: Query, *given: object) -> list[dict[str, Any]]:
        """Run a query and return its rows as dictionaries."""
