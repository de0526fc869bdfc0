"""Literal tables on Spark: the same rows as on DuckDB, through the engine's own SQL."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table as Expression

from ringback.engine.spark_sql import spark_columns, spark_sql
from ringback.pipeline.steps import RunInputs
from ringback.schemas.table import Table
from stages.literal_tables import EVERY_TABLE, Row, Rows, every_expression, plain, with_calls


def run_spark(session: Any, expression: Expression, tables: Mapping[Table, Rows]) -> list[Row]:
    """Run a stage on Spark over literal tables."""
    for schema, rows in tables.items():
        _frame(session, schema, rows).createOrReplaceTempView(schema.name)
    return _rows(session.sql(_sql(expression)))


def analyse_spark(session: Any, raw: Mapping[Table, Rows], given: RunInputs) -> dict[str, list[Row]]:
    """Run every step of the flow on Spark over literal tables; gives the rows of each table that was made."""
    for schema in EVERY_TABLE:
        _frame(session, schema, raw.get(schema, [])).createOrReplaceTempView(schema.name)
    made = {}
    for schema, query in _steps_as_sql(given):
        made[schema.name] = _rows(session.sql(query))
        _frame(session, schema, made[schema.name]).createOrReplaceTempView(schema.name)
    return with_calls(made)


def _frame(session: Any, schema: Table, rows: Rows) -> Any:
    """Rows as values in the query itself: Spark plans those at once, and runs no job to fetch them."""
    names = [f"`{name}`" for name in schema.names]
    kinds = [column.partition(" ")[2] for column in spark_columns(schema).split(", `")]
    types = schema.types()
    lines = [[_literal(plain(row.get(name), types[name])) for name in schema.names] for row in rows]
    lines = lines or [["NULL"] * len(names)]
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in zip(names, kinds, strict=True))
    values = ", ".join(f"({', '.join(line)})" for line in lines)
    query = f"SELECT {columns} FROM VALUES {values} AS given({', '.join(names)})"
    return session.sql(query if rows else f"{query} WHERE false")


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _rows(frame: Any) -> list[Row]:
    found: pa.Table = frame.toArrow()
    rows: list[Row] = found.to_pylist()
    return rows


@cache
def _sql(expression: Expression) -> str:
    return spark_sql(expression)


@cache
def _steps_as_sql(given: RunInputs) -> list[tuple[Table, str]]:
    return [(schema, _sql(expression)) for schema, expression in every_expression(given)]
