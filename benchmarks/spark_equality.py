"""The same case run by DuckDB and by Spark: every table equal, row for row; writes benchmarks/results/spark.json.

Each run is a process of its own, measured by the operating system's accounting of it and its children, Spark's Java
among them. On one machine Spark is the slower one: what is measured is whether it gives the same, and what it costs.

Usage: python benchmarks/spark_equality.py [--calls 1000000] [--seed 1] [--master local[2]]
       python benchmarks/spark_equality.py --compare RUN RUN     compare two run folders, and nothing else
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
from main_job import RESULTS, measure

import ringback
from ringback import schemas as t
from ringback.engine.store import RunStore
from ringback.pipeline.run import STEPS, RunInputs
from ringback.stages.rules import A_MINUTE


def ordered_tables() -> set[str]:
    """The tables whose stage asks for an order; the rows of the others come in any."""
    made = SimpleNamespace(**{one.name: ibis.table(one.types(), name=one.name) for one in t.TABLES})
    given = RunInputs(A_MINUTE, datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
    return {table.name for table, stage in STEPS if isinstance(stage(made, given).op(), ops.Sort)}


def compare(first: Path, second: Path) -> dict[str, dict[str, object]]:
    """For each table of two runs: rows, and how they are equal; "" where they are not."""
    one, other = RunStore(first), RunStore(second)
    ordered, found = ordered_tables(), {}
    for name in sorted({*one.tables, *other.tables}):
        if name not in one.tables or name not in other.tables:
            found[name] = {"rows": 0, "equal": ""}
            continue
        left, right = (pq.read_table(store.path(name)) for store in (one, other))
        equal = "row for row" if same(left, right) else ""
        if not equal and name not in ordered and left.schema.equals(right.schema):
            keys = [(column, "ascending") for column in left.column_names]
            equal = "row for row, sorted" if same(left.sort_by(keys), right.sort_by(keys)) else ""
        found[name] = {"rows": left.num_rows, "equal": equal}
    return found


def same(left: pa.Table, right: pa.Table) -> bool:
    return left.schema.equals(right.schema) and left.equals(right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--compare", nargs=2, type=Path, metavar="RUN")
    chosen = parser.parse_args()
    if chosen.compare:
        report = {"tables": compare(*chosen.compare)}
    else:
        with tempfile.TemporaryDirectory() as folder:
            report = run(chosen, Path(folder))
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "spark.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))
    if different := [name for name, table in report["tables"].items() if not table["equal"]]:
        sys.exit(f"not the same: {', '.join(different)}")


def run(chosen: argparse.Namespace, folder: Path) -> dict[str, object]:
    environment = {**os.environ, "RINGBACK_KEYS": str(folder / "keys")}
    command = [sys.executable, "-m", "ringback.cli.main"]

    def prepare(*words: object) -> None:
        subprocess.run([*command, *map(str, words)], check=True, env=environment, stdout=subprocess.DEVNULL)

    seizure, cases = folder / "seizure", {engine: folder / engine for engine in ("duckdb", "spark")}
    prepare("synth", seizure, "--calls", chosen.calls, "--seed", chosen.seed)
    life = json.loads((seizure / "case_settings.json").read_text())
    days = ["--first-day", life["first_day"], "--last-day", life["last_day"]]
    prepare("case", "new", cases["duckdb"], "--name", "Benchmark", "--synthetic", *days)
    files = [path for path in sorted(seizure.iterdir()) if path.is_file() and path.name != "case_settings.json"]
    prepare("exhibit", "add", cases["duckdb"], "--in-place", *files)
    # The same case twice, so that both runs have the same fingerprint.
    shutil.copytree(cases["duckdb"], cases["spark"])
    words = {"duckdb": ["--engine", "duckdb"], "spark": ["--engine", "spark", "--master", chosen.master]}
    measured = {
        engine: measure(f"ringback run --engine {engine}", [*command, "run", str(case), *words[engine]], environment)
        for engine, case in cases.items()
    }
    runs = {engine: next((case / "runs").iterdir()) for engine, case in cases.items()}
    assert runs["duckdb"].name == runs["spark"].name
    engines = [RunStore(path).facts["engines"] for path in runs.values()]
    return {
        "ringback": ringback.__version__,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[1], 1),
        "calls": chosen.calls,
        "seed": chosen.seed,
        "master": chosen.master,
        "engines": engines,
        "measured": measured,
        "tables": compare(runs["duckdb"], runs["spark"]),
    }


if __name__ == "__main__":
    main()
