"""The real parts that tests ask for, each started once for a worker. What a part is and who may start it: tiers.py."""

import os
from pathlib import Path

import pytest

pytest_plugins = ("tiers",)

# Tests leave the home folder alone, and the processes that they start share what was compiled.
BUILD = Path(__file__).resolve().parent.parent / "build"
os.environ.setdefault("RINGBACK_CACHE", str(BUILD / "cache"))
# Compiled loops do not look where they read; here every place is checked, and a wrong one is an IndexError.
os.environ.setdefault("NUMBA_BOUNDSCHECK", "1")
os.environ.setdefault("NUMBA_CACHE_DIR", str(BUILD / "checked"))
CHROMIUM = Path("/usr/bin/chromium")


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


@pytest.fixture(scope="session")
def mariadb():
    """A real MariaDB server; mariadb_server.py makes, fills and dumps its databases."""
    from mariadb_server import find_missing, start_server

    if missing := find_missing():
        pytest.skip(f"NOT PROVEN against a real MariaDB: {missing} not found")
    with start_server() as server:
        yield server


@pytest.fixture(scope="session")
def nginx():
    """The program of a real nginx; nginx_server.py starts it with the configuration that is shipped."""
    from nginx_server import PROGRAM

    if not PROGRAM:
        pytest.skip("NOT PROVEN with a real nginx: it is not installed (on Debian: apt-get install nginx-light)")
    return PROGRAM


# Not for the whole session: while Playwright runs, nobody else in the thread may have an event loop.
@pytest.fixture(scope="module")
def browser():
    """A real Chromium, as Playwright's browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"NOT CHECKED: there is no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()
