"""A whole soak: lanes side by side, each account added up."""

import json
import tempfile
import time
from collections import Counter
from pathlib import Path

from alerting.sending_case import provider_template
from soak.children import FORKS
from soak.lane import roll_back_lane, run_lane
from soak.rollbacks import ALERTS as ROLLED_BACK_ALERTS
from soak.rollbacks import KINDS, plan_rollbacks
from soak.runs import ALERTS
from soak.saying import say


def plan(runs, first_seed):
    """Seeds with their kind and database: one in ten with a changed template, one in twenty with late commits."""
    planned = []
    for seed in range(first_seed, first_seed + runs):
        kind = "template" if seed % 10 == 3 else "late" if seed % 20 == 7 else "mixed"
        planned.append((seed, kind, "postgres" if (seed + seed // 20) % 2 else "sqlite"))
    return planned


def soak(runs, *, lanes, first_seed, factor, postgres):
    """Do the runs, some side by side, for most of a run is waiting; returns the summary."""
    planned = plan(runs, first_seed)
    folder = Path(tempfile.mkdtemp(prefix="ringback-soak-"))
    began = time.monotonic()
    total = Total(runs)
    say(f"{runs} runs of {ALERTS} alerts, seeds from {first_seed}, time {factor:g} times as fast")
    for account in _run_lanes(run_lane, planned, lanes, folder=folder, factor=factor, postgres=postgres):
        total.add(account)
    return total.summary() | {"first_seed": first_seed, "factor": factor, "seconds": round(time.monotonic() - began)}


def _run_lanes(lane, planned, lanes, *, folder, factor, postgres):
    """Do what is planned in processes side by side; gives each account as it comes, until all are there or no lane is.

    Args:
        lane: What a process does with its share: `run_lane` or `roll_back_lane`.
        planned: All that is to be done.
        lanes: How many processes.
        folder: Where cases are made.
        factor: Seconds of the clock in a second of the machine.
        postgres: A server.
    """
    lines = FORKS.SimpleQueue()
    options = {"folder": folder, "template_body": provider_template(), "postgres": postgres}
    options |= {"write": lines.put, "factor": factor}
    workers = [FORKS.Process(target=lane, args=(planned[number::lanes],), kwargs=options) for number in range(lanes)]
    for worker in workers:
        worker.start()
    done = 0
    while done < len(planned) and (any(worker.is_alive() for worker in workers) or not lines.empty()):
        if lines.empty():
            time.sleep(0.05)
        else:
            done += 1
            yield json.loads(lines.get())
    for worker in workers:
        worker.join(60)


class Total:
    """All accounts so far."""

    def __init__(self, runs):
        self.runs = runs
        self.done = self.kills = self.starts = self.twice = self.late_twice = 0
        self.states, self.provider_faults, self.kinds = Counter(), Counter(), Counter()
        self.faults = []

    def add(self, account):
        self.done += 1
        self.kills += account["kills"]
        self.starts += account["starts"]
        self.late_twice += account["twice"] if account["kind"] == "late" else 0
        self.twice += account["twice"] if account["kind"] != "late" else 0
        self.states += Counter(account["states"])
        self.provider_faults += Counter(
            {key: n for key, n in account["provider_faults"].items() if key.startswith("fault_")}
        )
        self.kinds[f"{account['kind']} on {account['backend']}"] += 1
        for fault in account["faults"]:
            self.faults.append(f"seed {account['seed']} ({account['kind']}, {account['backend']}): {fault}")
            say(f"FAULT {self.faults[-1]}")
        if self.done % 10 == 0 or self.done == self.runs:
            say(f"{self.done:>6} of {self.runs} runs, {self.kills} kills, {len(self.faults)} faults")

    def summary(self):
        return {
            "runs": self.done,
            "alerts_a_run": ALERTS,
            "senders_started": self.starts,
            "kills": self.kills,
            "kinds": dict(sorted(self.kinds.items())),
            "alerts_by_state": dict(self.states),
            "provider_faults": dict(sorted(self.provider_faults.items())),
            "accepted_twice": self.twice,
            "accepted_twice_by_commits_after_90_s_with_alarm": self.late_twice,
            "not_accounted_for": len(self.faults),
            "faults": self.faults[:50],
        }


def soak_rollbacks(runs, *, lanes, first_seed, factor, postgres, only=""):
    """Put records back to earlier states, some side by side; returns the summary."""
    planned = plan_rollbacks(runs, first_seed, only)
    folder = Path(tempfile.mkdtemp(prefix="ringback-rollbacks-"))
    say(f"{runs} rollbacks of {len(KINDS)} kinds, {ROLLED_BACK_ALERTS} alerts each, seeds from {first_seed}")
    accounts = []
    for account in _run_lanes(roll_back_lane, planned, lanes, folder=folder, factor=factor, postgres=postgres):
        accounts.append(account)
        for fault in account["faults"]:
            say(f"FAULT seed {account['seed']} ({account['kind']}, mark {account['mark']}): {fault}")
        if len(accounts) % 20 == 0 or len(accounts) == runs:
            say(f"{len(accounts):>6} of {runs} rollbacks, {sum(len(one['faults']) for one in accounts)} faults")
    return summarise_rollbacks(accounts) | {"first_seed": first_seed, "factor": factor}


def summarise_rollbacks(accounts):
    """All rollbacks added up, by kind and fate of the mark."""
    kinds = {}
    for one in accounts:
        facts = kinds.setdefault(f"{one['kind']}, mark {one['mark']}", Counter())
        facts["runs"] += 1
        facts["refused"] += one["refused"] > 0
        facts["halted while sending"] += one["halted"] > 0
        facts["texts settled from the list"] += one["settled"]
        facts["twice"] += one["twice"]
        facts["sent though not the newest"] += one["sent_unsaid"]
    return {
        "runs": len(accounts),
        "alerts_a_run": ROLLED_BACK_ALERTS,
        "accepted_twice": sum(one["twice"] for one in accounts),
        "sent_though_not_the_newest": sum(one["sent_unsaid"] for one in accounts),
        "kinds": {name: dict(facts) for name, facts in sorted(kinds.items())},
        "faults": [f"seed {one['seed']}: {fault}" for one in accounts for fault in one["faults"]][:50],
    }
