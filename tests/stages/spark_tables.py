"""Literal tables on Spark: the same rows as on DuckDB, through the engine's own SQL."""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table as Expression

from ringback import schemas as t
from ringback.engine.spark_sql import spark_columns, spark_sql
from ringback.flow import STEPS, Given
from ringback.table import Table
from stages.literal_tables import Row, Rows, arrow, unbound


def run_spark(session: Any, expression: Expression, tables: Mapping[Table, Rows]) -> list[Row]:
    """Run a stage on Spark over literal tables."""
    for schema, rows in tables.items():
        _frame(session, schema, rows).createOrReplaceTempView(schema.name)
    return _rows(session.sql(_sql(expression)))


def analyse_spark(session: Any, raw: Mapping[Table, Rows], given: Given) -> dict[str, list[Row]]:
    """Run every step of the flow on Spark over literal tables; gives the rows of each table that was made."""
    for schema in t.TABLES:
        _frame(session, schema, raw.get(schema, [])).createOrReplaceTempView(schema.name)
    made = {}
    for schema, query in _steps_as_sql(given):
        made[schema.name] = _rows(session.sql(query))
        _frame(session, schema, made[schema.name]).createOrReplaceTempView(schema.name)
    return made


def _frame(session: Any, schema: Table, rows: Rows) -> Any:
    return session.createDataFrame(arrow(schema, rows), schema=spark_columns(schema))


def _rows(frame: Any) -> list[Row]:
    found: pa.Table = frame.toArrow()
    rows: list[Row] = found.to_pylist()
    return rows


@cache
def _sql(expression: Expression) -> str:
    return spark_sql(expression)


@cache
def _steps_as_sql(given: Given) -> list[tuple[Table, str]]:
    made = SimpleNamespace(**{schema.name: unbound(schema)[0] for schema in t.TABLES})
    return [(schema, _sql(stage(made, given).select(*schema.names))) for schema, stage in STEPS]
