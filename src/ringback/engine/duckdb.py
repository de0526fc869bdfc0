"""Runs stages on DuckDB: Ibis compiles the expression, DuckDB itself runs the SQL."""

from pathlib import Path
from typing import Any, Self

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.operations import Sort
from ibis.expr.types import Table as Expression

from ringback.engine.base import DefinedTables
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.table import Table


class DuckDBEngine(DefinedTables):
    """One in-memory DuckDB over the Parquet tables of a run.

    Args:
        store: The run's tables.
        memory_limit: What DuckDB may use before it spills into the run's folder, such as "4GB".
        threads: Threads at most.
    """

    def __init__(self, store: RunStore, *, memory_limit: str, threads: int) -> None:
        super().__init__()
        self.store = store
        spill = store.folder / ".spill"
        self._connection = duckdb.connect(
            config={
                "memory_limit": memory_limit,
                "threads": threads,
                "temp_directory": str(spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        self._views: set[str] = set()

    @property
    def name(self) -> str:
        """The engine with its version."""
        return f"duckdb {duckdb.__version__}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self._connection.close()

    def save(self, schema: Table, expression: Expression) -> None:
        """Run an expression and save its rows as the table of that schema.

        Raises:
            RingbackError: `output_unwritable` when the disk is full.
        """
        fitted = expression.select(*schema.names).cast(schema.types())
        query = _compile(fitted)
        # Rows that no stage put in order may come in any: keeping that of millions costs time and memory.
        ordered = isinstance(expression.op(), Sort)
        self._connection.execute(f"SET preserve_insertion_order = {str(ordered).lower()}")
        self._show_saved()
        with self.store.writing(schema.name) as part:
            self._run(f"COPY ({query}) TO '{_quoted(part)}' (FORMAT parquet, COMPRESSION zstd)", part)

    def rows(self, expression: Expression) -> pa.Table:
        """Run an expression and return its rows."""
        self._show_saved()
        return self._connection.execute(_compile(expression)).to_arrow_table()

    def dicts(self, expression: Expression) -> list[dict[str, Any]]:
        """Run an expression and return its rows as dictionaries."""
        found: list[dict[str, Any]] = self.rows(expression).to_pylist()
        return found

    def _show_saved(self) -> None:
        for name in {one.partition(".")[0] for one in self.store.tables} - self._views:
            paths = ", ".join(f"'{_quoted(path)}'" for path in self.store.parts(name))
            self._connection.execute(f'CREATE VIEW "{name}" AS FROM read_parquet([{paths}])')
            self._views.add(name)

    def _run(self, query: str, path: Path) -> None:
        try:
            self._connection.execute(query)
        except duckdb.IOException as error:
            raise RingbackError("output_unwritable", path=path, problem=str(error).splitlines()[0]) from error


def _compile(expression: Expression) -> str:
    """The expression as SQL, with whole numbers as BIGINT: DuckDB sums them as HUGEINT, which Arrow has not."""
    query = ibis.to_sql(expression, dialect="duckdb")
    columns = ", ".join(
        f'CAST("{name}" AS BIGINT) AS "{name}"' if type_.is_integer() else f'"{name}"'
        for name, type_ in expression.schema().items()
    )
    return f"SELECT {columns} FROM ({query})"  # noqa: S608 - names and query are ours


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
