"""What a run costs whatever it reads: ten calls, beside a floor; writes benchmarks/results/fixed_price.json.

floor     Python starts and loads DuckDB and Arrow, which no run can do without
first     `ringback run` with an empty cache folder: the number plan and the SQL are compiled
run       `ringback run` again, as every later run is: of that, the CPU seconds are the fixed price

Each is a process of its own, measured as in `main_job.py`; counted is the middle one by CPU seconds. What is compiled
to machine code, and Python's own compiled modules, are there before anything is measured. Packages that only the tests
need, and that libraries load where they find them, are hidden: the price is that of ringback as it is installed.

Usage: python benchmarks/fixed_price.py [--times 7]
"""

import argparse
import itertools
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from main_job import RESULTS, measure

import ringback

CALLS = 10
FLOOR = "import duckdb, pyarrow"
# Numba loads one and Arrow the other, where they are.
HIDDEN = ("scipy", "pandas")
COMMAND = f"""
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in {HIDDEN!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Hidden())
from ringback.cli.main import main
main()
"""


def make_seizure(folder: Path, environment: dict[str, str]) -> Path:
    """A synthetic seizure as small as they are made, and of its calls the first ten."""
    seizure = folder / "seizure"
    measure("synth", [sys.executable, "-c", COMMAND, "synth", str(seizure), "--calls", "1000"], environment)
    calls = seizure / "calls.csv"
    with calls.open(encoding="utf-8", newline="") as file:
        # A header and ten rows: as the seed stands, none of them goes on in a second line.
        lines = list(itertools.islice(file, CALLS + 1))
    calls.write_text("".join(lines), encoding="utf-8", newline="")
    return seizure


def run(times: int, folder: Path) -> dict[str, object]:
    environment = {**os.environ, "RINGBACK_KEYS": str(folder / "keys"), "RINGBACK_CACHE": str(folder / "cache")}
    # Beside the cache folder, which is emptied.
    environment["NUMBA_CACHE_DIR"] = str(folder / "loops")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", COMMAND]
    seizure, case = make_seizure(folder, environment), folder / "case"
    life = json.loads((seizure / "case_settings.json").read_text())
    days = ["--first-day", life["first_day"], "--last-day", life["last_day"]]
    measure("case new", [*command, "case", "new", str(case), "--name", "Ten calls", "--synthetic", *days], environment)
    files = [str(one) for one in sorted(seizure.glob("*.csv"))]
    measure("exhibit add", [*command, "exhibit", "add", str(case), "--in-place", *files], environment)

    def run_once(label: str) -> dict[str, float]:
        # A finished run is not done again.
        shutil.rmtree(case / "runs", ignore_errors=True)
        return measure(label, [*command, "run", str(case)], environment)

    run_once("warming up")
    shutil.rmtree(folder / "cache")
    first = run_once("first")
    runs, floors = [], []
    for _turn in range(times):
        floors.append(measure("floor", [sys.executable, "-c", FLOOR], environment))
        runs.append(run_once("run"))
    middle = {name: _middle(each) for name, each in (("run", runs), ("floor", floors))}
    return {
        "ringback": ringback.__version__,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "calls": CALLS,
        "measured": middle | {"first": first},
        "cpu_s_of_each": {"run": [one["cpu_s"] for one in runs], "floor": [one["cpu_s"] for one in floors]},
        "cpu_ratio_to_floor": round(middle["run"]["cpu_s"] / middle["floor"]["cpu_s"], 2),
    }


def _middle(measured: list[dict[str, float]]) -> dict[str, float]:
    return sorted(measured, key=lambda one: one["cpu_s"])[len(measured) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=7, help="how often the run and the floor are measured")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(chosen.times, Path(folder))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "fixed_price.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
