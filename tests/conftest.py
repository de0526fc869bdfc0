"""Where CI asks for everything, a real server or browser that is missing is a failure and not a skip."""

import os
from pathlib import Path

import pytest

# Tests leave the home folder alone, and the processes that they start share what was compiled.
BUILD = Path(__file__).resolve().parent.parent / "build"
os.environ.setdefault("RINGBACK_CACHE", str(BUILD / "cache"))
# Compiled loops do not look where they read; here every place is checked, and a wrong one is an IndexError.
os.environ.setdefault("NUMBA_BOUNDSCHECK", "1")
os.environ.setdefault("NUMBA_CACHE_DIR", str(BUILD / "checked"))
REAL_PARTS = {"mariadb", "postgres", "spark", "browser"}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    wanted = os.environ.get("RINGBACK_REQUIRE_ALL") and REAL_PARTS & {mark.name for mark in item.iter_markers()}
    if report.skipped and wanted:
        report.outcome = "failed"
        report.longrepr = f"RINGBACK_REQUIRE_ALL is set, and this was skipped: {report.longrepr}"


def pytest_collection_modifyitems(items):
    """What needs Spark comes first and together: of several workers one starts Spark, and the others take the rest."""
    items.sort(key=lambda item: item.get_closest_marker("spark") is None)


@pytest.fixture(scope="session")
def spark():
    """A real Spark on this machine, as a session."""
    from spark_server import find_missing, running_spark

    if missing := find_missing():
        pytest.skip(f"no Spark: {missing} is missing")
    with running_spark() as session:
        yield session


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL server; `new_database()` gives an empty database."""
    from postgres_server import find_missing, running_postgres

    if missing := find_missing():
        pytest.skip(f"no real PostgreSQL: {missing} is missing")
    with running_postgres() as server:
        yield server
