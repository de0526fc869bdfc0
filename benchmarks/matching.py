"""What it takes to tie reports to calls, against one scan of the columns of calls that it needs.

    .venv/bin/python benchmarks/matching.py CASE SNAPSHOT

CASE is a case whose run is finished; a million calls and their reports are made where none is named. SNAPSHOT is a
Parquet file of reports. Writes benchmarks/results/matching.json.

floor      DuckDB reads the columns that matching needs, and takes the largest value of each
matching   MATCHES and REPORT_OUTCOMES are made and saved, with SQL that is compiled already

CPU seconds of this process, with as many threads for both; each the best of several rounds, taken in turns: the machine
may have other things to do.
"""

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from match_accuracy import make_case  # noqa: E402

from report_snapshots import read_export, write_snapshot  # noqa: E402
from ringback.case.case_file import open_case_file  # noqa: E402
from ringback.engine.duckdb import DuckDBEngine  # noqa: E402
from ringback.engine.store import RunStore  # noqa: E402
from ringback.pipeline.matching import STEPS  # noqa: E402
from ringback.settings import load_settings  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "matching.json"
COLUMNS = (
    "row_id", "needs_review", "exhibit", "origin_table", "origin_row", "account", "started_at", "duration_s",
    "connected", "presentation_number", "organisation", "called_number",
)  # fmt: skip
THREADS, ROUNDS = 2, 5


def main():
    if len(sys.argv) > 1:
        figures = measure(open_case_file(Path(sys.argv[1]), settings=load_settings()), Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["RINGBACK_KEYS"] = str(Path(folder) / "keys")
            case_file = make_case(Path(folder), calls=1_000_000, seed=1)
            rows, _truth = read_export(Path(folder) / "seizure", case_file.key().digest)
            figures = measure(case_file, write_snapshot(Path(folder) / "snapshot.parquet", rows))
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def measure(case_file, snapshot):
    """CPU seconds and their ratio."""
    run = RunStore(case_file.case.get_current_run())
    reports = pq.read_table(snapshot)
    seconds = {"floor": [], "matching": []}
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "matches")
        with DuckDBEngine(store, memory_limit="1300MB", threads=THREADS, beside=run) as engine:
            store.save_rows("reports", reports)
            for at in range(ROUNDS + 1):
                seconds["floor"].append(timed(lambda: scan(run))[1])
                seconds["matching"].append(timed(lambda: [engine.save(table, query) for table, query in STEPS])[1])
                if at == 0:
                    seconds = {name: [] for name in seconds}  # the first round compiles, and warms the disk's cache
        matches = store.rows("matches")
    best = {name: round(min(taken), 3) for name, taken in seconds.items()}
    return {
        "machine": {"cpu": platform.processor() or platform.machine(), "python": platform.python_version()},
        "duckdb": duckdb.__version__,
        "threads": THREADS,
        "rows_of_calls": run.rows("parsed_calls"),
        "reports": reports.num_rows,
        "matches": matches,
        "cpu_s": best,
        "matching_to_floor": round(best["matching"] / best["floor"], 2),
    }


def scan(run):
    """Read the columns with DuckDB alone."""
    files = ", ".join(f"'{path}'" for path in run.parts("parsed_calls"))
    largest = ", ".join(f"max({name})" for name in COLUMNS)
    with duckdb.connect(config={"threads": THREADS}) as connection:
        return connection.execute(f"SELECT {largest} FROM read_parquet([{files}])").fetchall()


def timed(work):
    started = time.process_time()
    made = work()
    return made, time.process_time() - started


if __name__ == "__main__":
    main()
