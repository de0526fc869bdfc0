"""The engines on which every stage test runs: one parameter each."""

from functools import partial

import pytest

from stages.literal_tables import analyse_duckdb, run_duckdb
from stages.spark_tables import analyse_spark, run_spark

RUNNERS = {"duckdb": run_duckdb, "spark": run_spark}
ANALYSERS = {"duckdb": analyse_duckdb, "spark": analyse_spark}
ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]


def on_engine(request, functions):
    function = functions[request.param]
    return partial(function, request.getfixturevalue("spark")) if request.param == "spark" else function


@pytest.fixture(params=ENGINES)
def run(request):
    """`run(expression, {schema: rows})` gives the expression's rows as dictionaries."""
    return on_engine(request, RUNNERS)


@pytest.fixture(scope="session", params=ENGINES)
def analyse(request):
    """`analyse({schema: rows}, given)` runs every step of the flow; gives the rows of each table by its name."""
    return on_engine(request, ANALYSERS)
