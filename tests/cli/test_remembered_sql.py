"""A run takes the SQL that an earlier one compiled, and comes to the same."""

import json
import os
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from cli.conftest import make_case
from ringback.engine.sql_memory import FILE_NAME

# Processes that load everything, several for each test.
pytestmark = pytest.mark.slow
RUN = """
import sys
from ringback.cli.main import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.fixture
def case(ringback, tmp_path):
    assert ringback("synth", tmp_path / "seizure", "--calls", 1000, "--seed", 3).code == 0
    return make_case(ringback, tmp_path / "case", tmp_path / "seizure")


def run(keys, cache, *words, stdin=""):
    """A command in a process of its own: its output, and the packages that it loaded."""
    environment = {**os.environ, "RINGBACK_KEYS": str(keys), "RINGBACK_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, words)],
        env=environment, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, set(done.stderr.splitlines()[-1].split())


def made(case):
    """What a run left: the rows of each table, in any order, its tables as SQL, and the figures."""
    (folder,) = (case / "runs").iterdir()
    rows = {}
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        rows[path.name] = sorted(map(repr, table.to_pylist()))
    figures = json.loads((case / "out" / "figures.json").read_text())
    return rows, (folder / "tables.sql").read_text(), figures


def test_a_second_run_builds_no_expression_and_comes_to_the_same(case, keys, tmp_path):
    cache, twin = tmp_path / "cache", tmp_path / "twin"
    shutil.copytree(case, twin)
    _out, loaded = run(keys, cache, "run", case)
    assert "ibis" in loaded
    _out, loaded = run(keys, cache, "run", twin)
    assert not loaded & {"ibis", "sqlglot"}
    assert made(twin) == made(case)
    for command in ("figures", "victims"):
        first, _loaded = run(keys, cache, command, case)
        again, loaded = run(keys, cache, command, twin)
        assert not loaded & {"ibis", "sqlglot"}, command
        assert again == first


def test_what_is_remembered_holds_no_number_of_the_case(case, keys, tmp_path):
    cache, written = tmp_path / "cache", tmp_path / "list.csv"
    run(keys, cache, "run", case)
    run(keys, cache, "victims", case, "--out", written, "--why", "test")
    numbers = [line.split(",")[0].strip('"') for line in written.read_text().splitlines()[1:]]
    assert numbers
    run(keys, cache, "explain", case, "--why", "test", stdin=f"{numbers[0]}\n")
    remembered = (cache / FILE_NAME).read_text()
    assert "adjusted_rows" in remembered
    assert not [number for number in numbers if number.removeprefix("+44") in remembered]
