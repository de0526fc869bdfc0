"""The engines on which every stage test runs: one parameter each.

A query over three rows takes Spark as long as one over a million. So of a test's many values Spark gets two, and no
random examples one by one: `test_spark_seizures.py` gives it many of them at once. RINGBACK_SPARK_ALL=1 runs the rest.
"""

import os
from collections import Counter
from functools import partial

import pytest

from stages.literal_tables import analyse_duckdb, run_duckdb
from stages.spark_tables import analyse_spark, run_spark

RUNNERS = {"duckdb": run_duckdb, "spark": run_spark}
ANALYSERS = {"duckdb": analyse_duckdb, "spark": analyse_spark}
ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]
SPARK_VALUES = 2


def pytest_collection_modifyitems(config, items):
    if os.environ.get("RINGBACK_SPARK_ALL"):
        return
    seen = Counter()
    left = []
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is None or "spark" not in (callspec.params.get("run"), callspec.params.get("analyse")):
            continue
        seen[item.function] += 1
        if seen[item.function] > SPARK_VALUES or getattr(item.function, "is_hypothesis_test", False):
            left.append(item)
    config.hook.pytest_deselected(items=left)
    unwanted = set(left)
    items[:] = [item for item in items if item not in unwanted]


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
