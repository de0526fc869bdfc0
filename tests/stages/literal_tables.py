"""Literal tables for stage tests: rows as dictionaries, columns left out are null; one loader per engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table as Expression

from ringback import schemas as t
from ringback.engine.duckdb_sql import duckdb_sql
from ringback.pipeline.run import STEPS, RunInputs
from ringback.schemas.table import Table
from ringback.stages.called_parties import called_parties
from ringback.stages.calls import call_changes, call_rows, calls


def _defined_rows(made, _given):
    return call_rows(made.read_calls, made.examined_rows, marked_rows=made.marked_rows)


_MARKED = [table for table, _stage in STEPS].index(t.MARKED_ROWS)
# Call rows and called parties are made whenever they are asked for; here they are tables like the others.
EVERY_STEP = (
    *STEPS[: _MARKED + 1],
    (t.CALL_ROWS, _defined_rows),
    (t.CALL_CHANGES, lambda made, _given: call_changes(made.marked_rows, made.examined_rows)),
    *STEPS[_MARKED + 1 :],
    (t.CALLED_PARTIES, lambda made, _given: called_parties(made.calls)),
)
Row = dict[str, Any]
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
        for schema, rows in tables.items():
            connection.register(schema.name, arrow(schema, rows))
        found: list[Row] = _rows(connection, _sql(expression))
    return found


def analyse_duckdb(raw: Mapping[Table, Rows], given: RunInputs) -> dict[str, list[Row]]:
    """Run every step of the flow on DuckDB over literal tables; gives the rows of each table that was made."""
    with _connect() as connection:
        for schema in t.TABLES:
            connection.register(f"given_{schema.name}", arrow(schema, raw.get(schema, [])))
            connection.execute(f"CREATE TABLE {schema.name} AS FROM given_{schema.name}")
        for name, query in _steps_as_sql(given):
            connection.execute(f"INSERT INTO {name} {query}")
        made = {name: _rows(connection, f"FROM {name}") for name, _query in _steps_as_sql(given)}
    return with_calls(made)


def with_calls(made: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables that were made and the calls, which are never saved; call rows in order, their numbers as texts."""
    place = itemgetter("exhibit", "origin_table", "origin_row")
    rows = [with_plus(row) for row in sorted(made["call_rows"], key=place)]
    kept = [{name: row[name] for name in t.CALLS.names} for row in rows if row["rejected"] is None]
    return made | {"call_rows": rows, "calls": kept}


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
def _steps_as_sql(given: RunInputs) -> list[tuple[str, str]]:
    made = made_tables()
    return [(schema.name, _sql(stage(made, given).select(*schema.names))) for schema, stage in EVERY_STEP]


def made_tables() -> SimpleNamespace:
    """Every table by its name; the calls as they are defined over the call rows."""
    made = SimpleNamespace(**{schema.name: unbound(schema)[0] for schema in t.TABLES})
    made.calls = calls(made.call_rows)
    return made


def as_changes(calls: Rows) -> list[Row]:
    """CALL_CHANGES by which counts come to these calls where no plain row was counted."""
    return [{name: row.get(name) for name in t.CALL_CHANGES.names} | {"calls": 1} for row in calls]


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
        "called_settled": False,
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
