"""Many killed runs, one after the other or two at a time, each account added up."""

import signal
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from soak.killed_run import kill_once
from soak.saying import say
from soak.undisturbed import CALLS, make_undisturbed


def soak_runs(runs, *, first_seed, lanes=2, calls=CALLS, formats=("csv",), folder: Path | None = None):
    """Do so many killed runs; returns the summary.

    Args:
        runs: How many.
        first_seed: Seed of the first.
        lanes: Runs at a time.
        calls: Calls of the seizure.
        formats: Formats of the seizures, taken in turn.
        folder: Where cases are made; a run with faults leaves its case there.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Begun in the background of a shell: what we start must hear of Ctrl-C all the same.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = folder or Path(tempfile.mkdtemp(prefix="ringback-kills-"))
    began = time.monotonic()
    peaces = [make_undisturbed(folder / f"peace-{one}", calls=calls, format_=one) for one in formats]
    for one, peace in zip(formats, peaces, strict=True):
        say(f"undisturbed, {calls:,} calls as {one}: {peace.length_s:.1f} s, {peace.whole_s:.1f} s with its start")
    say(f"{runs} killed runs, seeds from {first_seed}, in {folder}")
    accounts = []
    with ThreadPoolExecutor(lanes) as pool:
        seeds = range(first_seed, first_seed + runs)
        for account in pool.map(lambda seed: _one(seed, peaces, folder), seeds):
            accounts.append(account)
            for fault in account.faults:
                say(f"FAULT seed {account.seed}: {fault}")
            if len(accounts) % 10 == 0 or len(accounts) == runs:
                kills = sum(len(one.kills) for one in accounts)
                faults = sum(len(one.faults) for one in accounts)
                say(f"{len(accounts):>6} of {runs} runs, {kills} kills, {faults} faults")
    return _summary(accounts) | {
        "calls": calls,
        "formats": list(formats),
        "undisturbed_s": [round(one.length_s, 1) for one in peaces],
        "first_seed": first_seed,
        "seconds": round(time.monotonic() - began),
        "folder": str(folder),
    }


def _one(seed, peaces, folder):
    return kill_once(seed, peace=peaces[seed % len(peaces)], folder=folder / f"run-{seed}")


def _summary(accounts):
    kills = [kill for account in accounts for kill in account.kills]
    tables = sorted(kill["tables"] for kill in kills)
    return {
        "runs": len(accounts),
        "kills": len(kills),
        "kills_by_signal": dict(Counter(kill["how"] for kill in kills)),
        "kills_by_moment": dict(Counter(kill["when"] for kill in kills)),
        "kills_of_a_command_as_users_start_it": sum(kill["whole"] for kill in kills),
        "signals_that_came_after_the_end": sum(account.too_late for account in accounts),
        "finished_tables_at_the_kill": {
            "least": tables[0] if tables else 0,
            "median": statistics.median(tables) if tables else 0,
            "most": tables[-1] if tables else 0,
            "none": tables.count(0),
        },
        "finished_tables_kept": sum(account.kept for account in accounts),
        "runs_with_faults": sum(bool(account.faults) for account in accounts),
        "faults": [f"seed {account.seed}: {fault}" for account in accounts for fault in account.faults][:50],
    }
