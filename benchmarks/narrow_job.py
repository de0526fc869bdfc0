"""The main job on a narrow file, beside a floor and an analyst; writes benchmarks/results/narrow_file.json.

The file is that of `narrow_file.py`: six columns, both numbers of each row in one of fourteen ways, nearly all of them
different, so that no reader can keep what it has read.

floor     DuckDB reads and parses every column of the file
analyst   `analyst.py`: pandas, and both numbers of each row through phonenumbers
ringback  the whole of `ringback run`

All take turns, `--times` each, and the middle one by CPU seconds counts. The analyst reads a sample, every so many rows
of the file, since he would take most of an hour for ten million; his CPU seconds are those of the sample, less what he
needs for a few rows, times the rows of the file for each of the sample, and the result says that they are reckoned. A
run of ringback on the same sample, which comes before all, is compared with him row by row and victim by victim
(`agreement.py`): the benchmark fails on a difference that is not told by what ringback says of the row.

Usage: python benchmarks/narrow_job.py [--rows 1000000] [--seed 1] [--mix even] [--times 1] [--sample 100000]
           [--no-analyst] [--analyst-python PATH] [--work DIR]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import narrow_file
from agreement import compare
from main_job import FLOOR, RESULTS, measure, middle

import ringback

DEFAULT_ROWS, DEFAULT_SEED = 1_000_000, 1
COMMAND = (sys.executable, "-m", "ringback.cli.main")
FEW_ROWS = 500
# Done, but much could not be read: so it is where a third is junk.
MUCH_UNREAD = 1
Measured = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=DEFAULT_ROWS)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--mix", default="even", choices=narrow_file.MIXES)
    parser.add_argument("--times", type=int, default=1, help="how often each is measured")
    parser.add_argument("--sample", type=int, default=100_000, help="rows that the analyst reads")
    parser.add_argument("--no-analyst", action="store_true", help="leave the slow peer out")
    parser.add_argument("--analyst-python", default=sys.executable, help="an interpreter with pandas, for the peer")
    parser.add_argument("--work", type=Path, help="a new folder to work in, which stays; else a temporary one")
    chosen = parser.parse_args()
    if min(chosen.times, chosen.rows, chosen.sample) < 1:
        parser.error("--times, --rows and --sample have to be at least 1")
    with tempfile.TemporaryDirectory() as folder:
        report = run(chosen, chosen.work or Path(folder))
    RESULTS.mkdir(exist_ok=True)
    parts = [("rows", DEFAULT_ROWS), ("mix", "even"), ("seed", DEFAULT_SEED)]
    told = [f"_{name}_{value}" for name, usual in parts if (value := getattr(chosen, name)) != usual]
    (RESULTS / f"narrow_file{''.join(told)}.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def run(chosen: argparse.Namespace, folder: Path) -> dict[str, object]:
    environment = {**os.environ, "RINGBACK_KEYS": str(folder / "keys")}
    seizure = folder / "seizure"
    narrow_file.make(seizure, rows=chosen.rows, seed=chosen.seed, mix=chosen.mix)
    case = new_case(folder / "case", seizure, environment)
    analyst = None if chosen.no_analyst else Analyst(chosen, seizure, folder, environment)
    runs: dict[str, list[Measured]] = {"ringback": [], "floor": []}
    for _turn in range(chosen.times):
        shutil.rmtree(case / "runs", ignore_errors=True)  # a finished run is not done again
        runs["ringback"].append(measure("ringback run", [*COMMAND, "run", str(case)], environment, MUCH_UNREAD))
        floor = [sys.executable, "-c", FLOOR, str(seizure / "calls.csv")]
        runs["floor"].append(measure("floor", floor, environment))
        if analyst:
            analyst.take_turn()
    measured: dict[str, Measured] = {name: middle(each) for name, each in runs.items()}
    asked = analyst.told() if analyst else None
    cpu = {name: one["cpu_s"] for name, one in measured.items()}
    if asked:
        cpu["analyst"] = asked["cpu_s"]
    return {
        "ringback": ringback.__version__,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "rows": chosen.rows,
        "bytes": (seizure / "calls.csv").stat().st_size,
        "seed": chosen.seed,
        "mix": chosen.mix,
        "measured": measured,
        "cpu_s_of_each": {name: [one["cpu_s"] for one in each] for name, each in runs.items()},
        "analyst": asked,
        "times_the_floor": round(cpu["ringback"] / cpu["floor"], 2),
        "times_less_than_the_analyst": round(cpu["analyst"] / cpu["ringback"], 1) if asked else None,
        "rows_per_wall_s": round(chosen.rows / measured["ringback"]["wall_s"]),
    }


def new_case(case: Path, seizure: Path, environment: dict[str, str]) -> Path:
    """A case of the seizure's files."""
    days = ["--first-day", narrow_file.FIRST_DAY, "--last-day", narrow_file.LAST_DAY]
    for words in (
        ["case", "new", str(case), "--name", "Benchmark", "--synthetic", *days],
        ["exhibit", "add", str(case), "--in-place", *map(str, sorted(seizure.iterdir()))],
    ):
        subprocess.run([*COMMAND, *words], check=True, env=environment, stdout=subprocess.DEVNULL)
    return case


class Analyst:
    """The analyst with his sample, which ringback has read as well, so that whatever it compiles is compiled."""

    def __init__(self, chosen: argparse.Namespace, seizure: Path, folder: Path, environment: dict[str, str]) -> None:
        self._rows, self._step = chosen.rows, max(chosen.rows // chosen.sample, 1)
        self._python, self._folder, self._environment = chosen.analyst_python, folder, environment
        self._sample, self._sample_rows = take_rows(seizure, folder / "sample", step=self._step)
        self._few, self._few_rows = take_rows(seizure, folder / "few", step=max(chosen.rows // FEW_ROWS, 1))
        self._turns: dict[str, list[Measured]] = {"sample": [], "few_rows": []}
        self._case = new_case(folder / "sample-case", self._sample, environment)
        measure("ringback run, sample", [*COMMAND, "run", str(self._case)], environment, MUCH_UNREAD)

    def take_turn(self) -> None:
        """Have him read the sample, and a few rows, for what he needs whatever he reads."""
        self._turns["few_rows"].append(self._ask("analyst, few rows", self._few))
        self._turns["sample"].append(self._ask("analyst, sample", self._sample))

    def told(self) -> dict[str, object]:
        """What he took for the sample, what that is for the whole file, and how ringback agrees with him."""
        start, whole = (middle(self._turns[name]) for name in ("few_rows", "sample"))
        a_row = (whole["cpu_s"] - start["cpu_s"]) / max(self._sample_rows - self._few_rows, 1)
        agreement = compare(self._case, self._out(self._sample))
        if agreement.left_over or agreement.victims_left_over:
            sys.exit(f"differences that nothing tells: {agreement}")
        return {
            "cpu_s": round(start["cpu_s"] + a_row * (self._rows - self._few_rows), 1),
            "cpu_s_is": "measured" if self._step == 1 else f"reckoned from a sample, every {self._step} rows",
            "sample_rows": self._sample_rows,
            "sample": whole,
            "few_rows": start,
            "cpu_s_of_each": {name: [one["cpu_s"] for one in each] for name, each in self._turns.items()},
            "agreement_on_the_sample": asdict(agreement),
        }

    def _ask(self, label: str, of: Path) -> Measured:
        shutil.rmtree(self._out(of), ignore_errors=True)
        script = str(Path(__file__).parent / "analyst.py")
        return measure(label, [self._python, script, str(of), str(self._out(of))], self._environment)

    def _out(self, of: Path) -> Path:
        return self._folder / f"{of.name}-out"


def take_rows(seizure: Path, folder: Path, *, step: int) -> tuple[Path, int]:
    """The seizure with every so many of its calls alone; and how many these are."""
    shutil.copytree(seizure, folder, ignore=lambda _folder, names: [name for name in names if name == "calls.csv"])
    with (seizure / "calls.csv").open("rb") as calls, (folder / "calls.csv").open("wb") as taken:
        taken.write(calls.readline())
        rows: Sequence[bytes] = [line for at, line in enumerate(calls) if at % step == 0]
        taken.writelines(rows)
    return folder, len(rows)


if __name__ == "__main__":
    main()
