"""What a run takes of memory and disk under several limits of memory.

    .venv/bin/python benchmarks/run_memory.py --calls 300000 --limit 1GB --limit 2GB

Memory is that of the process and its workers together, looked at ten times a second: a short peak may be missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

RINGBACK = Path(sys.executable).with_name("ringback")
RESULTS = Path(__file__).parent / "results" / "run_memory.json"
PAGE = os.sysconf("SC_PAGE_SIZE")
LIFE = ["--first-day", "2020-12-01", "--last-day", "2022-11-24"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=300_000)
    parser.add_argument("--limit", action="append", dest="limits")
    parser.add_argument("--workers", default="2")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"RINGBACK_KEYS": f"{folder}/keys", "RINGBACK_WORKERS": chosen.workers}
        seizure = Path(folder) / "seizure"
        ringback("synth", seizure, "--calls", chosen.calls)
        files = [one for one in sorted(seizure.iterdir()) if one.is_file() and one.name != "case_settings.json"]
        runs = [measure(limit, files, Path(folder)) for limit in chosen.limits or ["1GB", "2GB"]]
    exhibits = round(sum(run.pop("exhibits_bytes") for run in runs) / len(runs) / 1e6, 1)
    found = {"calls": chosen.calls, "workers": chosen.workers, "exhibits_mb": exhibits, "runs": runs}
    text = json.dumps(found, indent=1) + "\n"
    sys.stdout.write(text)
    chosen.out.write_text(text)


def ringback(*words):
    subprocess.run([RINGBACK, *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(limit, files, folder):
    case = folder / f"case-{limit}"
    ringback("case", "new", case, "--name", "Measured", "--synthetic", *LIFE)
    ringback("exhibit", "add", case, "--in-place", *files)
    began, peaks = time.monotonic(), {"memory": 0, "disk": 0, "spilled": 0}
    command = [RINGBACK, "run", case, "--memory-limit", limit]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        now = {"memory": memory(process.pid)} | disk(case / "runs")
        peaks = {name: max(peaks[name], value) for name, value in now.items()}
        time.sleep(0.1)
    if process.returncode:
        sys.exit(f"the run under {limit} ended with {process.returncode}")
    return {
        "limit": limit,
        "exhibits_bytes": sum(one.stat().st_size for one in files),
        "seconds": round(time.monotonic() - began),
        "peak_memory_mb": peaks["memory"] // 10**6,
        "peak_disk_mb": round(peaks["disk"] / 1e6, 1),
        "peak_spilled_mb": round(peaks["spilled"] / 1e6, 1),
    }


def memory(process):
    """Resident bytes of a process and its children."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if process in (int(entry.name), int(fields[1])):
                    total += int(fields[21]) * PAGE
    return total


def disk(folder):
    """Bytes of the runs' files, and those that the analysis spilled."""
    total = spilled = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size = path.stat().st_size if path.is_file() else 0
            total += size
            spilled += size if ".spill" in path.parts else 0
    return {"disk": total, "spilled": spilled}


if __name__ == "__main__":
    main()
