"""The engines on which every stage test runs: one parameter each."""

import pytest

from stages.literal_tables import analyse_duckdb, run_duckdb

RUNNERS = {"duckdb": run_duckdb}
ANALYSERS = {"duckdb": analyse_duckdb}


@pytest.fixture(params=RUNNERS)
def run(request):
    """`run(expression, {schema: rows})` gives the expression's rows as dictionaries."""
    return RUNNERS[request.param]


@pytest.fixture(scope="session", params=ANALYSERS)
def analyse(request):
    """`analyse({schema: rows}, given)` runs every step of the flow; gives the rows of each table by its name."""
    return ANALYSERS[request.param]
