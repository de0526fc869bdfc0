"""How fast a mysqldump is read, and in how much memory; writes benchmarks/results/sqldump.json.

The dump is made on the spot: a synthetic seizure as `ringback synth --format mysqldump` writes it, its statements of
calls repeated until the file is as large as asked for. Each reader runs in a process of its own, through
`read_exhibit`, down to the raw tables that a run would save:

lines    the floor: the file read and its line ends counted
fast     what a run uses: usual rows by blocks, all others one by one
careful  every row one by one (on a dump of at most 0.25 GB)

Speed is megabytes a second of processor time on one core.

Usage: python benchmarks/sqldump.py [--gb 0.5] [--keep FILE]
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ringback
from ringback.sources import dispatch, exhibit_reader
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.mapping import SeizureMapping
from ringback.sources.sqldump.mysql import read_sqldump

RESULTS = Path(__file__).parent / "results"
SEED_CALLS = 300_000
_INSERT = b"INSERT INTO `calls` VALUES"


def make_dump(path, size, folder):
    """Write a dump of about so many bytes."""
    seizure = folder / "seizure"
    if not seizure.exists():
        command = [sys.executable, "-m", "ringback.cli.main", "synth", str(seizure), "--calls", str(SEED_CALLS)]
        subprocess.run([*command, "--format", "mysqldump"], check=True, capture_output=True)
    lines = (seizure / "seizure.sql").read_bytes().splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if line.startswith(_INSERT))
    calls = [line for line in lines if line.startswith(_INSERT)]
    tail = lines[first + len(calls) :]
    with path.open("wb") as file:
        file.writelines(lines[:first])
        while file.tell() < size:
            for line in calls:
                file.write(line)
                if file.tell() >= size:
                    break
        file.writelines(tail)


def read_as(reader, path):
    """Read a dump in this process; what it took."""
    started, rows = time.process_time(), 0
    wall = time.perf_counter()
    rejected = 0
    if reader == "lines":
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                rows += chunk.count(b"\n")
    else:
        if reader == "careful":
            dispatch.read_sqldump_blocks = read_sqldump
        tally = exhibit_reader.ReadingTally()
        seized = SeizedFile("EX-001", path.name, path, "mysqldump")
        for _role, table in exhibit_reader.read_exhibit(seized, SeizureMapping(), tally=tally):
            rows += len(table)
        rejected = len(tally.rejections)
    seconds = time.process_time() - started
    return {
        "bytes": path.stat().st_size,
        "rows" if reader != "lines" else "lines": rows,
        "rejected": rejected,
        "cpu_s": round(seconds, 2),
        "wall_s": round(time.perf_counter() - wall, 2),
        "mb_per_cpu_s": round(path.stat().st_size / 1e6 / seconds, 1),
        "peak_mb": peak_memory(),
    }


def peak_memory():
    """Most megabytes this process had in memory; the parent's own, which getrusage counts in, left out."""
    status = Path("/proc/self/status")
    if status.exists():
        return round(next(int(line.split()[1]) for line in status.open() if line.startswith("VmHWM")) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def read_apart(reader, path):
    command = [sys.executable, __file__, "--read", reader, "--keep", str(path)]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(
        f"{reader:<8} {found['bytes'] / 1e6:>8,.0f} MB  {found['mb_per_cpu_s']:>8,.1f} MB/s  {found['peak_mb']:>5} MB"
    )
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gb", type=float, default=0.5)
    options.add_argument("--keep", type=Path)
    options.add_argument("--read", choices=["lines", "fast", "careful"], help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.read:
        print(json.dumps(read_as(chosen.read, chosen.keep)))
        return
    with tempfile.TemporaryDirectory() as folder:
        large = chosen.keep or Path(folder) / "large.sql"
        small = Path(folder) / "small.sql"
        make_dump(large, chosen.gb * 1e9, Path(folder))
        make_dump(small, min(chosen.gb, 0.25) * 1e9, Path(folder))
        facts = {
            "ringback": ringback.__version__,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "lines": read_apart("lines", large),
            "fast": read_apart("fast", large),
            "fast_small": read_apart("fast", small),
            "careful": read_apart("careful", small),
        }
    facts["times_as_fast"] = round(facts["fast_small"]["mb_per_cpu_s"] / facts["careful"]["mb_per_cpu_s"], 1)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "sqldump.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
