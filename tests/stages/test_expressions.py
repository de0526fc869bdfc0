"""Every stage only describes a table: an expression over unbound tables that fits its schema."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import ibis
import pytest

import ringback.stages
from ringback import expressions
from ringback import schemas as t
from ringback.schemas.reports import REPORT_TABLES
from ringback.schemas.table import Column, Table
from ringback.stages.rules import A_MINUTE
from ringback.stages.subjects import STATUSES
from stages.literal_tables import FIRST_AT, UNTIL_AT

MODULES = [
    importlib.import_module(f"ringback.stages.{module.name}")
    for module in pkgutil.iter_modules(ringback.stages.__path__)
]


def between(name, *columns, **types):
    """A table that stands between two stages and is never saved."""
    return Table(name, "", (*columns, *(Column(column, type_, "") for column, type_ in types.items())))


DISAMBIGUATED = between("disambiguated", *t.PARSED_CALLS.columns, called_disambiguated="boolean")
DECIDED = between("decided", *t.CALLS.columns, rejected="string")
BY_REGION = between("calls_by_region", region="string", calls="int64")
BY_ORGANISATION = between("calls_by_organisation", organisation="string", calls="int64")
ASKED = between("asked", *t.CALLS.columns, read="boolean", timed="boolean", talked="boolean", over_threshold="boolean")
QUALIFYING = between("qualifying", *t.CALLS.columns, subject="string")
NUMBERS = between("numbers", called_number="int64", kind="string", calls="int64", attributed="boolean")
CALL_FIGURES = between(
    "call_figures",
    calls_total="int64",
    calls_connected="int64",
    uk_calls="int64",
)
CALL_TIMES = between("first_and_last_call", first_call_at=t.UTC, last_call_at=t.UTC)
LONG_CALL_FIGURES = between("long_call_figures", uk_calls_over_minute="int64", uk_people_over_minute="int64")
ACCOUNT_FIGURES = between("account_figures", accounts_active="int64")
PAYMENT_FIGURES = between("payment_figures", payments="int64", revenue_gbp="decimal(18,2)")
AROUND_PEAK = between("minutes_around_peak", *t.PEOPLE_BY_MINUTE.columns, peak=t.UTC)
UNREAD_TIMES = between("unread_times", exhibit="string", rows="int64", bad="int64")
UNREAD_CALLS = between(
    "unread_calls",
    exhibit="string",
    calls="int64",
    no_number="int64",
    ambiguous="int64",
    untimed="int64",
    not_answered="int64",
)
LOCAL_DATES = between("dates_of", *t.LOCAL_DAYS.columns, date="date")
KEYS = between("keys", report="string", key="int64", number_reason="string")
OF_A_CALL = (
    "exhibit", "origin_table", "origin_row", "account", "started_at", "duration_s", "connected", "presentation_number",
    "organisation", "called_number", "own",
)  # fmt: skip
CANDIDATE_CALLS = between(
    "candidate_calls",
    *(column for column in t.CALLS.columns if column.name in OF_A_CALL),
    report="string",
    number_reason="string",
)
LOSSES = between(
    "losses", reports="int64", with_loss="int64", total="int64", mean="float64", median="float64", largest="int64"
)
# Function to the schema of what it makes, where that is not the schema of its own name.
MADE = {
    "disambiguated": DISAMBIGUATED,
    "decided_rows": DECIDED,
    "calls_by_region": BY_REGION,
    "calls_by_organisation": BY_ORGANISATION,
    "asked": ASKED,
    "qualifying_calls": QUALIFYING,
    "candidates": t.CANDIDATES,
    "long_called_numbers": NUMBERS,
    "call_figures": CALL_FIGURES,
    "first_and_last_call": CALL_TIMES,
    "long_call_figures": LONG_CALL_FIGURES,
    "account_figures": ACCOUNT_FIGURES,
    "payment_figures": PAYMENT_FIGURES,
    "peak_minute": t.PEOPLE_BY_MINUTE,
    "minutes_around_peak": AROUND_PEAK,
    "busiest_accounts": t.ACCOUNTS,
    "unread_times": UNREAD_TIMES,
    "unread_calls": UNREAD_CALLS,
    "dates_of": LOCAL_DATES,
    "number_keys": KEYS,
    "candidate_calls": CANDIDATE_CALLS,
    "outcome_counts": between("outcome_counts", outcome="string", reason="string", reports="int64"),
    "reported_losses": LOSSES,
    "assessed_losses": LOSSES,
    "tied_numbers": between("tied_numbers", called_number="string", is_victim="boolean"),
    "unknown_statuses": between("unknown_statuses", status="string"),
    "identified_callers": t.ACCOUNT_SUBJECTS,
    "calling_accounts": between("calling_accounts", account="string"),
    "answered_calls": between("answered_calls", calls="int64", over="int64"),
    "unread_numbers": between("unread_numbers", every="int64", bad="int64"),
    "calls_by_reading_of_start": between("calls_by_reading_of_start", started_reading="string", calls="int64"),
}
# Parameters that are neither a table of their own name nor, as `MADE` says, one in between.
RUN_INPUTS = {
    "first_at": FIRST_AT,
    "until_at": UNTIL_AT,
    "rule": A_MINUTE,
    "most": 20,
    "known": STATUSES,
    "kind": "confirmed",
}
SCHEMAS = {schema.name: schema for schema in (*t.TABLES, *REPORT_TABLES)} | {"rows": t.PARSED_CALLS, "keys": KEYS}


def table_makers():
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and inspect.signature(function).return_annotation is expressions.Table:
                yield pytest.param(function, id=f"{module.__name__.rpartition('.')[2]}.{name}")


MAKERS = list(table_makers())


def make(function):
    arguments = {}
    for name in inspect.signature(function).parameters:
        schema = SCHEMAS.get(name)
        arguments[name] = RUN_INPUTS[name] if name in RUN_INPUTS else ibis.table(schema.types(), name=schema.name)
    return function(**arguments)


def test_every_stage_is_found():
    assert len(MAKERS) >= 25


@pytest.mark.parametrize("function", MAKERS)
def test_a_stage_gives_an_expression_that_fits_its_schema(function):
    made = make(function)
    schema = MADE.get(function.__name__) or SCHEMAS[function.__name__]
    assert isinstance(made, ibis.Table)
    assert set(made.columns) == set(schema.names)
    fitted = made.select(*schema.names).cast(schema.types())
    assert fitted.schema() == ibis.schema(schema.types())
    # A cast must not have to turn one kind of value into another: text stays text, money money.
    # ibis takes a moment cut to its minute for a naive one; the engine's cast gives the zone back.
    assert kinds(made) == kinds(fitted)


def kinds(table):
    return {name: type(type_) for name, type_ in table.schema().items()}


@pytest.mark.parametrize("function", MAKERS)
def test_a_stage_stands_on_unbound_tables_alone(function):
    tables = make(function).op().find(ibis.expr.operations.PhysicalTable)
    assert tables
    assert all(isinstance(table, ibis.expr.operations.UnboundTable) for table in tables)


@pytest.mark.parametrize("function", MAKERS)
def test_a_stage_made_twice_is_the_same_expression(function):
    assert make(function).equals(make(function))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_stage_neither_runs_nor_opens_nor_looks_at_the_clock(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert not called & {"open", "execute", "to_pandas", "to_pyarrow", "now", "today", "utcnow", "read_text", "connect"}
