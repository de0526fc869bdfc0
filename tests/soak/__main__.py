"""The soak: python -m soak --runs 1000 (make soak). It ends with exit code 1 when an alert is not accounted for."""

import argparse
import json
import sys
import time
from pathlib import Path

from postgres_server import running_postgres
from soak.runs import FACTOR
from soak.soaking import say, soak


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--lanes", type=int, default=12, help="runs at a time; most of a run is waiting")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000_000, help="first seed")
    parser.add_argument("--factor", type=float, default=FACTOR, help="seconds of the clock in a second")
    parser.add_argument("--out", type=Path, help="write the summary as JSON")
    chosen = parser.parse_args()
    with running_postgres() as postgres:
        summary = soak(chosen.runs, lanes=chosen.lanes, first_seed=chosen.seed, factor=chosen.factor, postgres=postgres)
    say(json.dumps(summary, indent=1))
    if chosen.out:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(json.dumps(summary, indent=1) + "\n")
    sys.exit(1 if summary["faults"] or summary["runs"] < chosen.runs else 0)


if __name__ == "__main__":
    main()
