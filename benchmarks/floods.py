"""Files that hold one hostile thing over and over: each ends in rejected rows or an error of ours, in bounded memory.

Each flood begins as a real file of its format does and goes on with one character (or a few) for `--mb` megabytes. All
floods of a format are registered in one case, beside a good seizure of a thousand calls. `ringback run` then has to end
by itself, with exit code 0, 1 or 2, without a fault of its own, in at most 1.5 GB. Writes
benchmarks/results/floods.json, and fails where one does not.

Usage: python benchmarks/floods.py [--mb 200] [--only mysqldump] [--memory-limit 1GB]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from main_job import RESULTS

RINGBACK = [sys.executable, "-m", "ringback.cli.main"]
MOST_MB = 1500

_COLUMNS = "call_id, leg, account, started_at, presentation_number, called_number, duration_s, disposition"
_PLAIN_ROW = "'C-1', NULL, 'ann', '2021-08-02 10:00:00', '02079460001', '07700900001', 61, 'ANSWERED'"
_TEXTS = _COLUMNS.replace(",", " text,") + " text"
# How a file of each format begins, and its name; the flood follows at once.
HEADS: dict[str, tuple[str, str]] = {
    "csv": ("calls.csv", _COLUMNS.replace(" ", "") + "\nC-1,,ann,2021-08-02 10:00:00,02079460001,"),
    "quoted csv": ("calls.csv", _COLUMNS.replace(" ", "") + '\nC-1,,ann,2021-08-02 10:00:00,02079460001,"'),
    "jsonl": ("calls.jsonl", '{"call_id": "C-1", "account": "ann"}\n{"call_id": "C-2", "account": '),
    "jsonl text": ("calls.jsonl", '{"call_id": "C-1", "account": "ann"}\n{"call_id": "'),
    "mysqldump": (
        "panel.sql",
        f"-- MySQL dump 10.19\nCREATE TABLE `calls` ({_TEXTS});\nINSERT INTO `calls` VALUES ({_PLAIN_ROW}),(",
    ),
    "mysqldump text": (
        "panel.sql",
        f"-- MySQL dump 10.19\nCREATE TABLE `calls` ({_TEXTS});\nINSERT INTO `calls` VALUES ({_PLAIN_ROW}),('",
    ),
    "mysqldump comment": ("panel.sql", f"-- MySQL dump 10.19\nCREATE TABLE `calls` ({_TEXTS});\n/* "),
    "pgdump": (
        "panel.sql",
        "--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\n"
        f"CREATE TABLE public.calls ({_TEXTS});\nCOPY public.calls ({_COLUMNS}) FROM stdin;\nC-1\t",
    ),
    "pgdump insert": (
        "panel.sql",
        "--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\n"
        f"CREATE TABLE public.calls ({_TEXTS});\nINSERT INTO public.calls VALUES ({_PLAIN_ROW});\n"
        "INSERT INTO public.calls VALUES (",
    ),
    "Master.csv": ("Master.csv", '"","101","07700900001","default","""Ann"" <101>","SIP/101","SIP/out","Dial",'),
    "freeswitch json": (
        "cdr.json",
        '{"core-uuid": "1", "channel_data": {"state": "CS"}, "variables": {"uuid": ',
    ),
    "sqlite": ("panel.db", "SQLite format 3\0"),
    "nothing": ("something.bin", ""),
}
FLOODS = (*"a1\"',()\\\n\t\0[{;\xff", '{"a":', "),(", "''", '""', "\n\n,")


def flood(path: Path, head: str, unit: str, megabytes: int) -> None:
    """Write the head and then so many megabytes of the unit."""
    block = unit.encode("latin-1") * (1_000_000 // len(unit))
    with path.open("wb") as file:
        file.write(head.encode())
        for _ in range(megabytes):
            file.write(block)


def run(folder: Path, good: Path, form: str, chosen: argparse.Namespace) -> dict[str, object]:
    """One case with every flood of a format: exit code, seconds, peak memory, and what was wrong ("" for nothing)."""
    name, head = HEADS[form]
    case = folder / "case"
    days = ["--first-day", "2020-12-01", "--last-day", "2022-11-24"]
    _ringback(folder, "case", "new", case, "--name", "Flood", "--synthetic", *days)
    files = [path for path in sorted(good.iterdir()) if path.is_file() and path.name != "case_settings.json"]
    _ringback(folder, "exhibit", "add", case, "--in-place", *files)
    refused, wrong = 0, ""
    for number, unit in enumerate(FLOODS):
        hostile = folder / str(number) / name
        hostile.parent.mkdir()
        flood(hostile, head, unit, chosen.mb)
        code, told = _ringback(folder, "exhibit", "add", case, "--in-place", hostile)
        # A file that is no format of ours is refused where it is registered.
        refused += code != 0
        wrong = wrong or _fault(told)
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [*RINGBACK, "run", str(case), "--memory-limit", chosen.memory_limit],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=os.environ | {"RINGBACK_KEYS": str(folder / "keys")},
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        wrong = wrong or _fault(errors.read())
    peak = round(usage.ru_maxrss / 1024)
    if process.returncode not in (0, 1, 2):
        wrong = wrong or f"exit code {process.returncode}"
    if peak > MOST_MB:
        wrong = wrong or f"{peak} MB of memory"
    return {
        "floods": len(FLOODS),
        "refused": refused,
        "exit": process.returncode,
        "wall_s": round(time.perf_counter() - start, 1),
        "peak_mb": peak,
        "wrong": wrong,
    }


def _ringback(folder: Path, *words: object) -> tuple[int, str]:
    environment = os.environ | {"RINGBACK_KEYS": str(folder / "keys")}
    done = subprocess.run([*RINGBACK, *map(str, words)], check=False, capture_output=True, text=True, env=environment)
    return done.returncode, done.stderr


def _fault(told: str) -> str:
    return told[-500:] if "Traceback" in told or "fault in ringback" in told else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--only", action="append", choices=list(HEADS), help="formats; all of them unless said")
    parser.add_argument("--memory-limit", default="1GB")
    chosen = parser.parse_args()
    found: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as place:
        good = Path(place) / "good"
        _ringback(Path(place), "synth", good, "--calls", 1000, "--seed", 1)
        for form in chosen.only or HEADS:
            with tempfile.TemporaryDirectory(dir=place) as folder:
                found[form] = run(Path(folder), good, form, chosen)
                print(form, found[form], flush=True)
    wrong = {key: one for key, one in found.items() if one["wrong"]}
    report = {
        "mb": chosen.mb,
        "memory_limit": chosen.memory_limit,
        "floods": len(found) * len(FLOODS),
        "longest_s": max(one["wall_s"] for one in found.values()),
        "peak_mb": max(one["peak_mb"] for one in found.values()),
        "wrong": wrong,
        "each": found,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "floods.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps({name: value for name, value in report.items() if name != "each"}, indent=1))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
