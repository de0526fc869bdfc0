"""The main job beside a floor and a peer, on one synthetic seizure; writes benchmarks/results/main_job.json.

floor     DuckDB reads and parses every column of the same calls file
peer      what an analyst writes today: the same file row by row, both numbers through phonenumbers
ringback  the whole of `ringback run`: hashing, reading, numbers, every stage, tables, report

Each runs as a process of its own, measured by the operating system's accounting of it and its children. Ratios are
what to quote: times differ from machine to machine.

Usage: python benchmarks/main_job.py [--calls 1000000] [--seed 1] [--format csv] [--no-peer]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ringback

RESULTS = Path(__file__).parent / "results"
FLOOR = """
import sys, duckdb
names = duckdb.sql(f"DESCRIBE FROM read_csv('{sys.argv[1]}', store_rejects = true)").fetchall()
counts = ", ".join(f'count("{name[0]}")' for name in names)
print(duckdb.sql(f"SELECT {counts} FROM read_csv('{sys.argv[1]}', store_rejects = true)").fetchall())
"""
PEER = """
import csv, sys
import phonenumbers
found = {}
with open(sys.argv[1], newline="", encoding="utf-8", errors="replace") as file:
    for row in csv.DictReader(file):
        for name in ("called_number", "presentation_number"):
            try:
                number = phonenumbers.parse(row[name], "GB")
            except phonenumbers.NumberParseException:
                continue
            if not phonenumbers.is_valid_number(number):
                continue
            if name == "called_number" and row["disposition"] == "ANSWERED" and int(row["duration_s"] or 0) > 60:
                kind = phonenumbers.number_type(number)
                if phonenumbers.region_code_for_number(number) == "GB" and kind == phonenumbers.PhoneNumberType.MOBILE:
                    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                    found[key] = found.get(key, 0) + 1
print(len(found))
"""


def measure(label: str, command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Run a command to its end: wall and CPU seconds, and the peak memory of its largest process in MB."""
    print(f"measuring {label} ...", file=sys.stderr)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{label} failed:\n{errors.read().decode()[-2000:]}")
    return {
        "wall_s": round(wall, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", default="csv", choices=["csv", "jsonl", "parquet", "mysqldump"])
    parser.add_argument("--no-peer", action="store_true", help="leave the slow peer out")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(chosen, Path(folder))
    RESULTS.mkdir(exist_ok=True)
    name = "main_job.json" if chosen.format == "csv" else f"main_job_{chosen.format}.json"
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
    measured = {"ringback": measure("ringback run", [*command, "run", str(case)], environment)}
    calls_file = seizure / "calls.csv"
    if chosen.format == "csv":
        measured["floor"] = measure("floor", [sys.executable, "-c", FLOOR, str(calls_file)], environment)
        if not chosen.no_peer:
            measured["peer"] = measure("peer", [sys.executable, "-c", PEER, str(calls_file)], environment)
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
        "cpu_ratio_to": {
            name: round(ours["cpu_s"] / one["cpu_s"], 2) for name, one in measured.items() if name != "ringback"
        },
        "wall_ratio_to": {
            name: round(ours["wall_s"] / one["wall_s"], 2) for name, one in measured.items() if name != "ringback"
        },
        "calls_per_wall_s": round(chosen.calls / ours["wall_s"]),
        "truth": "victims and figures equal the recoverable truth (ringback truth exits 0)",
    }


if __name__ == "__main__":
    main()
