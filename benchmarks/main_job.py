"""The main job beside a floor and an analyst on one synthetic seizure; writes benchmarks/results/main_job.json.

floor     DuckDB reads and parses every column of the same calls file
analyst   what an analyst writes today (`analyst.py`): pandas, and both numbers of each row through phonenumbers
ringback  the whole of `ringback run`: hashing, reading, numbers, every stage, tables, report

The analyst's results are compared with ringback's row by row and victim by victim (`agreement.py`): the benchmark fails
where a difference is not told by what ringback says of the row, and where the figures are not the seizure's truth.

Each runs as a process of its own, measured by the operating system's accounting of it and its children. Ratios are
what to quote: times differ from machine to machine, and on a shared one from minute to minute. So ringback and the
floor take turns, `--times` each, the first half of them before the analyst, who is long enough to need one; counted is
the middle one by CPU seconds. The analyst's script needs pandas, which ringback does not: to measure ringback as it is
installed, run this where it is installed, and give `--analyst-python` an interpreter that has pandas.

Usage: python benchmarks/main_job.py [--calls 1000000] [--seed 1] [--format csv] [--no-analyst] [--memory-limit 1GB]
           [--work DIR] [--times 1] [--analyst-python PATH]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from agreement import compare

import ringback

DEFAULT_CALLS = 1_000_000
RESULTS = Path(__file__).parent / "results"
FLOOR = """
import sys, duckdb
names = duckdb.sql(f"DESCRIBE FROM read_csv('{sys.argv[1]}', store_rejects = true)").fetchall()
counts = ", ".join(f'count("{name[0]}")' for name in names)
print(duckdb.sql(f"SELECT {counts} FROM read_csv('{sys.argv[1]}', store_rejects = true)").fetchall())
"""


def measure(label: str, command: list[str], environment: dict[str, str], most_code: int = 0) -> dict[str, float]:
    """Run a command to its end: wall and CPU seconds, and the peak memory of its largest process in MB.

    An exit code below nought, or above the one given, ends the benchmark.
    """
    print(f"measuring {label} ...", file=sys.stderr)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if not 0 <= process.returncode <= most_code:
            errors.seek(0)
            sys.exit(f"{label} failed:\n{errors.read().decode()[-2000:]}")
    found = {
        "wall_s": round(wall, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
    }
    # Told at once: what comes after may fail, and the analyst takes an hour.
    print(f"{label}: {found}", file=sys.stderr)
    return found


def middle(runs: list[dict[str, float]]) -> dict[str, float]:
    """The run in the middle by CPU seconds; of two in the middle the slower one."""
    return sorted(runs, key=lambda one: one["cpu_s"])[len(runs) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=DEFAULT_CALLS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", default="csv", choices=["csv", "jsonl", "parquet", "mysqldump"])
    parser.add_argument("--no-analyst", action="store_true", help="leave the slow peer out")
    parser.add_argument("--memory-limit", help="for ringback run, such as 1GB")
    parser.add_argument("--times", type=int, default=1, help="how often ringback and the floor are measured")
    parser.add_argument("--analyst-python", default=sys.executable, help="an interpreter with pandas, for the peer")
    parser.add_argument("--work", type=Path, help="a new folder to work in, which stays; else a temporary one")
    chosen = parser.parse_args()
    if chosen.times < 1:
        parser.error("--times has to be at least 1")
    with tempfile.TemporaryDirectory() as folder:
        report = run(chosen, chosen.work or Path(folder))
    RESULTS.mkdir(exist_ok=True)
    form = "" if chosen.format == "csv" else f"_{chosen.format}"
    size = "" if chosen.calls == DEFAULT_CALLS else f"_{chosen.calls}"
    name = f"main_job{form}{size}.json"
    (RESULTS / name).write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def run(chosen: argparse.Namespace, folder: Path) -> dict[str, object]:
    environment = {**os.environ, "RINGBACK_KEYS": str(folder / "keys")}
    command = [sys.executable, "-m", "ringback.cli.main"]

    def prepare(*words: object) -> None:
        subprocess.run([*command, *map(str, words)], check=True, env=environment, stdout=subprocess.DEVNULL)

    seizure, case = folder / "seizure", folder / "case"
    prepare("synth", seizure, "--calls", chosen.calls, "--seed", chosen.seed, "--format", chosen.format)
    life = json.loads((seizure / "case_settings.json").read_text())
    days = ["--first-day", life["first_day"], "--last-day", life["last_day"]]
    prepare("case", "new", case, "--name", "Benchmark", "--synthetic", *days)
    files = [path for path in sorted(seizure.iterdir()) if path.is_file() and path.name != "case_settings.json"]
    prepare("exhibit", "add", case, "--in-place", *files)
    limit = ["--memory-limit", chosen.memory_limit] if chosen.memory_limit else []
    calls_file, agreement = seizure / "calls.csv", None
    runs: dict[str, list[dict[str, float]]] = {"ringback": [], "floor": []}

    def measure_both(times: int) -> None:
        for _turn in range(times):
            # A finished run is not done again.
            shutil.rmtree(case / "runs", ignore_errors=True)
            runs["ringback"].append(measure("ringback run", [*command, "run", str(case), *limit], environment))
            if chosen.format == "csv":
                runs["floor"].append(measure("floor", [sys.executable, "-c", FLOOR, str(calls_file)], environment))

    measure_both((chosen.times + 1) // 2)
    analyst = {}
    if chosen.format == "csv" and not chosen.no_analyst:
        script = [str(Path(__file__).parent / "analyst.py"), str(seizure), str(folder / "analyst")]
        analyst = {"analyst": measure("analyst", [chosen.analyst_python, *script], environment)}
    measure_both(chosen.times // 2)
    measured = {name: middle(each) for name, each in runs.items() if each} | analyst
    if analyst:
        agreement = compare(case, folder / "analyst")
        if agreement.left_over or agreement.victims_left_over:
            sys.exit(f"differences that nothing tells: {agreement}")
    prepare("truth", case, seizure)
    ours = measured["ringback"]
    return {
        "ringback": ringback.__version__,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "calls": chosen.calls,
        "seed": chosen.seed,
        "format": chosen.format,
        "measured": measured,
        "cpu_s_of_each": {name: [one["cpu_s"] for one in each] for name, each in runs.items()},
        "cpu_ratio_to": {
            name: round(ours["cpu_s"] / one["cpu_s"], 4) for name, one in measured.items() if name != "ringback"
        },
        "wall_ratio_to": {
            name: round(ours["wall_s"] / one["wall_s"], 4) for name, one in measured.items() if name != "ringback"
        },
        "calls_per_wall_s": round(chosen.calls / ours["wall_s"]),
        "memory_limit": chosen.memory_limit or "as it comes",
        "agreement": asdict(agreement) if agreement else None,
        "truth": "victims and figures equal the recoverable truth (ringback truth exits 0)",
    }


if __name__ == "__main__":
    main()
