"""Literal tables for stage tests: rows as dictionaries, columns left out are null; one loader per engine."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table as Expression

from ringback.schemas import Table

Rows = Sequence[Mapping[str, Any]]
_ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "timestamp('UTC')": pa.timestamp("us", "UTC"),
    "decimal(18,2)": pa.decimal128(18, 2),
}


def unbound(*schemas: Table) -> list[Expression]:
    """Schema-only tables, in the order asked for."""
    return [ibis.table(schema.types(), name=schema.name) for schema in schemas]


def arrow(schema: Table, rows: Rows) -> pa.Table:
    """Rows as an Arrow table of the schema."""
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"{schema.name} has no {unknown}"
    columns = {
        column.name: pa.array([row.get(column.name) for row in rows], _ARROW[column.type])
        for column in schema.columns
    }
    return pa.table(columns)


def run_duckdb(expression: Expression, tables: Mapping[Table, Rows]) -> list[dict[str, Any]]:
    """Run a stage on DuckDB over literal tables."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    for schema, rows in tables.items():
        connection.register(schema.name, arrow(schema, rows))
    found = connection.execute(ibis.to_sql(expression, dialect="duckdb")).to_arrow_table().to_pylist()
    connection.close()
    return found
