"""The soak: things broken on purpose, many times. It ends with exit code 1 when anything was lost or left unsaid.

python -m soak senders --runs 1000    senders killed against every fault of a provider; every alert accounted for
python -m soak rollbacks --runs 300   records put back to an earlier state while they send; nobody texted twice
python -m soak runs --runs 200        `ringback run` killed at random moments; every resumed case as if in peace
python -m soak reports --runs 500     public service and collector killed while people report; none lost, none doubled
"""

import argparse
import json
import sys
import time
from pathlib import Path

from postgres_server import running_postgres
from soak.report_kills import soak_reports
from soak.run_kills import soak_runs
from soak.runs import FACTOR
from soak.saying import say
from soak.soaking import soak, soak_rollbacks
from soak.undisturbed import CALLS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="what", required=True)
    senders = kinds.add_parser("senders", help="kill senders of alerts")
    senders.add_argument("--runs", type=int, default=1000)
    senders.add_argument("--lanes", type=int, default=12, help="runs at a time; most of a run is waiting")
    senders.add_argument("--factor", type=float, default=FACTOR, help="seconds of the clock in a second")
    rollbacks = kinds.add_parser("rollbacks", help="put records back to an earlier state")
    rollbacks.add_argument("--runs", type=int, default=300)
    rollbacks.add_argument("--lanes", type=int, default=6, help="runs at a time; half of a run is waiting")
    rollbacks.add_argument("--factor", type=float, default=FACTOR, help="seconds of the clock in a second")
    rollbacks.add_argument("--only", default="", help="one kind alone: file, folder, copy, wal or standby")
    runs = kinds.add_parser("runs", help="kill the main job")
    runs.add_argument("--runs", type=int, default=200, help="killed runs")
    runs.add_argument("--lanes", type=int, default=2, help="runs at a time; a run is work")
    runs.add_argument("--calls", type=int, default=CALLS, help="calls of the seizure")
    runs.add_argument("--format", action="append", dest="formats", help="csv unless said; may be given several times")
    reports = kinds.add_parser("reports", help="kill the public service and the collector of reports")
    reports.add_argument("--runs", type=int, default=500)
    for kind in (senders, rollbacks, runs, reports):
        kind.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000_000, help="first seed")
        kind.add_argument("--out", type=Path, help="write the summary as JSON")
    chosen = parser.parse_args()
    soaks = {"senders": _kill_senders, "rollbacks": _roll_back, "runs": _kill_runs, "reports": _kill_reports}
    summary = soaks[chosen.what](chosen)
    say(json.dumps(summary, indent=1))
    if chosen.out:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(json.dumps(summary, indent=1) + "\n")
    # Fewer than were asked for is no success either.
    sys.exit(1 if summary["faults"] or summary["runs"] < chosen.runs else 0)


def _kill_senders(chosen):
    with running_postgres() as postgres:
        return soak(chosen.runs, lanes=chosen.lanes, first_seed=chosen.seed, factor=chosen.factor, postgres=postgres)


def _roll_back(chosen):
    with running_postgres() as postgres:
        return soak_rollbacks(
            chosen.runs,
            lanes=chosen.lanes,
            first_seed=chosen.seed,
            factor=chosen.factor,
            postgres=postgres,
            only=chosen.only,
        )


def _kill_runs(chosen):
    formats = tuple(chosen.formats or ["csv"])
    return soak_runs(chosen.runs, first_seed=chosen.seed, lanes=chosen.lanes, calls=chosen.calls, formats=formats)


def _kill_reports(chosen):
    return soak_reports(chosen.runs, first_seed=chosen.seed)


if __name__ == "__main__":
    main()
