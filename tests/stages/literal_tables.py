"""Literal tables for stage tests: rows as dictionaries, columns left out are null; one loader per engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table as Expression

from ringback import schemas as t
from ringback.engine.base import DefinedTables
from ringback.engine.duckdb_sql import duckdb_sql
from ringback.engine.queries import build
from ringback.pipeline.steps import STEPS, RunInputs, Step
from ringback.schemas.table import Column, Table
from ringback.stages.calls import decided_rows

# Every seized row of a call table, with why it is no call: no table of a run, but what most tests ask about.
DECIDED_ROWS = Table("decided_rows", "", (*t.CALLS.columns, Column("rejected", "string", "")))
# Views are tables like the others here.
EVERY_STEP = (*STEPS, Step(DECIDED_ROWS, decided_rows, of=(t.PARSED_CALLS, t.ADJUSTED_ROWS)))
EVERY_TABLE = (*t.TABLES, DECIDED_ROWS)
Row = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
_ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp('UTC')": pa.timestamp("us", "UTC"),
    "decimal(18,2)": pa.decimal128(18, 2),
}
# A Monday morning in summer, an hour ahead of UTC in London.
START = datetime(2021, 8, 2, 9, 0, tzinfo=UTC)
FIRST_AT, UNTIL_AT = datetime(2020, 12, 1, tzinfo=UTC), datetime(2022, 11, 25, tzinfo=UTC)


def unbound(*schemas: Table) -> list[Expression]:
    """Schema-only tables, in the order asked for."""
    return [ibis.table(schema.types(), name=schema.name) for schema in schemas]


def arrow(schema: Table, rows: Rows) -> pa.Table:
    """Rows as an Arrow table of the schema."""
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"{schema.name} has no {unknown}"
    columns = {
        column.name: pa.array([plain(row.get(column.name), column.type) for row in rows], _ARROW[column.type])
        for column in schema.columns
    }
    return pa.table(columns)


def plain(value: Any, type_: str) -> Any:
    """A value as its column has it: tests write E.164 with a plus where big tables carry the whole number."""
    return int(value) if type_ == "int64" and isinstance(value, str) else value


def with_plus(row: Row) -> Row:
    """A row of call rows with its numbers as E.164 texts again."""
    names = ("called_number", "presentation_number")
    return row | {name: f"+{row[name]}" for name in names if row.get(name) is not None}


def run_duckdb(expression: Expression, tables: Mapping[Table, Rows]) -> list[Row]:
    """Run a stage on DuckDB over literal tables."""
    with _connect() as connection:
        # As tables of DuckDB's own: it hands a join's keys down to its tables, and cannot hand them to Arrow's.
        for schema, rows in tables.items():
            connection.register(f"given_{schema.name}", arrow(schema, rows))
            connection.execute(f"CREATE TABLE {schema.name} AS FROM given_{schema.name}")
        found: list[Row] = _rows(connection, _sql(expression))
    return found


def analyse_duckdb(raw: Mapping[Table, Rows], given: RunInputs) -> dict[str, list[Row]]:
    """Run every step of the flow on DuckDB over literal tables; gives the rows of each table that was made."""
    with _connect() as connection:
        for schema in EVERY_TABLE:
            connection.register(f"given_{schema.name}", arrow(schema, raw.get(schema, [])))
            connection.execute(f"CREATE TABLE {schema.name} AS FROM given_{schema.name}")
        for name, query in _steps_as_sql(given):
            connection.execute(f"INSERT INTO {name} {query}")
        made = {name: _rows(connection, f"FROM {name}") for name, _query in _steps_as_sql(given)}
    return with_calls(made)


def with_calls(made: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables that were made; the rows of call tables in order, their numbers as texts."""
    place = itemgetter("exhibit", "origin_table", "origin_row")
    in_order = {name: sorted(made[name], key=place) for name in ("decided_rows", "calls")}
    return made | {name: [with_plus(row) for row in rows] for name, rows in in_order.items()}


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found: list[Row] = connection.execute(query).to_arrow_table().to_pylist()
    return found


@cache
def _sql(expression: Expression) -> str:
    return duckdb_sql(expression)


@cache
def _steps_as_sql(inputs: RunInputs) -> list[tuple[str, str]]:
    return [(schema.name, _sql(expression)) for schema, expression in every_expression(inputs)]


def every_expression(inputs: RunInputs) -> list[tuple[Table, Expression]]:
    """Each table that is made, in order, as an expression over those before it."""
    tables = DefinedTables()
    return [(step.table, build(step.query(inputs), tables, ()).select(*step.table.names)) for step in EVERY_STEP]


def raw_call(row: int = 1, **values: Any) -> Row:
    """A seized row of an answered call of a minute and a second to a UK mobile; its identifier is its own."""
    return {
        "exhibit": "EX-001",
        "origin_table": "calls",
        "origin_row": row,
        "call_id": f"C{row}",
        "leg": "b",
        "account": "ann",
        "started_at": "2021-08-02 10:00:00",
        "presentation_number": None,
        "called_number": "07700 900001",
        "duration": "61",
        "disposition": "ANSWERED",
    } | values


def call(row: int = 1, **values: Any) -> Row:
    """A row of CALLS: what `raw_call` is read as."""
    return {
        "exhibit": "EX-001",
        "origin_table": "calls",
        "origin_row": row,
        "account": "ann",
        "started_at": START,
        "started_reading": "plain",
        "called_number": "+447700900001",
        "called_kind": "mobile",
        "called_region": "GB",
        "called_how": "trunk:GB",
        "called_ambiguous": False,
        "called_disambiguated": False,
        "connected": True,
        "duration_s": 61.0,
    } | values


def unread_call(row: int = 1, **values: Any) -> Row:
    """A row of CALLS whose called number could not be read for certain."""
    unread = dict.fromkeys(("called_number", "called_kind", "called_region", "called_how"))
    return call(row, **unread) | values


def tied(account: str = "ann", subject: str = "S1", status: str = "charged", **values: Any) -> Row:
    """A row of ACCOUNT_SUBJECTS."""
    return {
        "account": account,
        "subject": subject,
        "status": status,
        "identified": status != "unidentified",
    } | values
