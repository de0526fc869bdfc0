"""One run of `ringback run` that is killed, once or several times, and then goes on to its end; held against peace."""

import json
import random
import shutil
import signal
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from soak.commands import Command
from soak.undisturbed import Undisturbed, command, list_victims, read_tables

# How a run is ended: the signals, one after the other, and the exit codes that may come of them.
ENDINGS = {
    "kill -9": ([signal.SIGKILL], {-9}),
    "Ctrl-C": ([signal.SIGINT], {130}),
    "SIGTERM": ([signal.SIGTERM], {143}),
    "Ctrl-C twice": ([signal.SIGINT, signal.SIGINT], {130}),
}
# When it is ended.
MOMENTS = ("any", "any", "any", "any", "first second", "manifest", "current")
# A command that was told to stop has to be gone after so long, on a busy machine.
_GONE_WITHIN_S = 15.0
# Small tables that do not come from the exhibits, and are written anew whenever a run goes on.
_ALWAYS_WRITTEN = {"zone_offsets", "local_days", "organisation_numbers"}
# Tables that are made together: one without the other is made again.
_TOGETHER = {"reading_options": ("readings",), "readings": ("reading_options",)}


@dataclass
class KilledRun:
    """What one killed run came to. `faults` is empty when it is as if nobody had disturbed it."""

    seed: int
    kills: list = field(default_factory=list)
    too_late: int = 0
    kept: int = 0
    faults: list = field(default_factory=list)
    seconds: float = 0.0


def kill_once(seed, *, peace: Undisturbed, folder: Path) -> KilledRun:
    """Kill a run at random moments, let it go on, and compare.

    Args:
        seed: Of everything random.
        peace: The same case, undisturbed.
        folder: A new folder; it is removed when there were no faults.
    """
    draw, began = random.Random(seed), time.monotonic()
    account = KilledRun(seed)
    case = folder / "case"
    shutil.copytree(peace.fresh, case)
    shutil.copytree(peace.folder / "fresh-keys", folder / "keys")
    peace = replace(peace, environment=peace.environment | {"RINGBACK_KEYS": str(folder / "keys")})
    for _one in range(draw.choice([1, 1, 1, 2, 4])):
        _disturb(case, draw, account, peace)
    before, resumed = _finished(case), _has_tables(case) and not _has_manifest(case)
    last = Command("run", case, folder=folder, environment=peace.environment)
    code = last.wait(300)
    if code != 0:
        last.end()
        account.faults.append(f"the resumed run ended with {code}: {last.err[-400:]}")
    else:
        _compare(case, before, account, peace, said=last.err, resumed=resumed)
    account.seconds = time.monotonic() - began
    if not account.faults:
        shutil.rmtree(folder)
    return account


def _disturb(case, draw, account, peace):
    """Start the run and end it at some moment."""
    moment, ending = draw.choice(MOMENTS), draw.choice(["kill -9"] * 6 + list(ENDINGS)[1:])
    whole = moment == "first second" or draw.random() < 0.05
    run = Command("run", case, folder=case.parent, environment=peace.environment, whole=whole)
    _wait_for(moment, run, case, draw, peace)
    signals, codes = ENDINGS[ending]
    if ending != "kill -9":
        while run.ended() is None and not run.heeds_signals():
            time.sleep(0.01)
    late = run.ended() is not None
    # The terminal sends Ctrl-C to all of the job; kill is told one process, and its workers have to notice.
    to_group = signals[0] == signal.SIGINT
    sent_at = time.monotonic() - run.began
    for number in signals:
        run.send(number, to_group=to_group)
        time.sleep(0.05)
    code = run.wait(_GONE_WITHIN_S)
    # A run may end well by itself in the very moment.
    if late or (code == 0 and code not in codes):
        account.too_late += 1
    elif code not in codes:
        at = f"{ending} at {sent_at:.2f} s ({moment})"
        account.faults.append(f"{at}: exit code {code}, not {sorted(codes)}: {run.err[-600:]!r}")
    else:
        tables = len(_finished(case))
        account.kills.append(
            {"how": ending, "when": moment, "at_s": round(sent_at, 2), "whole": whole, "tables": tables}
        )
        if ending != "kill -9":
            _check_words(run.err, ending, sent_at, account)
    if orphans := run.orphans():
        account.faults.append(f"{ending} at {sent_at:.2f} s: {len(orphans)} processes outlived it")
    run.end()


def _wait_for(moment, run, case, draw, peace):
    if moment == "first second":
        time.sleep(draw.uniform(0, 1))
    elif moment == "any":
        time.sleep(draw.uniform(0, peace.whole_s if run.whole else peace.length_s))
    else:
        # Between the manifest and its entry in the log; between the switch and what comes after it.
        until = time.monotonic() + 120
        while run.ended() is None and time.monotonic() < until:
            if _has_manifest(case) if moment == "manifest" else (case / "current").exists():
                time.sleep(draw.choice([0, 0, 0.002, 0.01, 0.03]))
                return
            time.sleep(0.0005)


def _has_tables(case):
    """Whether a run noted a table: one that was killed after its first facts has nothing to go on from."""
    return any(json.loads(noted.read_text())["tables"] for noted in (case / "runs").glob("*/finished.json"))


def _has_manifest(case):
    return any((case / "runs").glob("*/manifest.json"))


def _check_words(said, ending, sent_at, account):
    """One line that says how to go on, and nothing that frightens."""
    lines = [line for line in said.splitlines() if "stopped; " in line]
    if len(lines) != 1 or not ("ringback run" in lines[0] or "the same command" in lines[0]):
        account.faults.append(f"{ending} at {sent_at:.2f} s did not say how to go on: {said[-400:]!r}")
    if "Traceback" in said or "Error" in said or "error:" in said:
        account.faults.append(f"{ending} at {sent_at:.2f} s: {said[-600:]!r}")


def _finished(case):
    """Tables that are finished and must not be made again: path to what the file system says of them."""
    found = {}
    for run in (case / "runs").glob("*"):
        place = run / "manifest.json" if (run / "manifest.json").exists() else run / "finished.json"
        if not place.exists():
            continue
        noted = json.loads(place.read_text())
        for name in noted["tables"]:
            table, _, exhibit = name.partition(".")
            half_read = exhibit and exhibit not in noted["facts"].get("reading", {})
            half_done = any(other.format(exhibit) not in noted["tables"] for other in _TOGETHER.get(table, ()))
            if not half_read and not half_done and table not in _ALWAYS_WRITTEN:
                path = run / f"{name}.parquet"
                status = path.stat()
                found[path] = (status.st_ino, status.st_mtime_ns, status.st_size)
    return found


def _compare(case, before, account, peace, *, said, resumed):
    """Hold the case against the one that was left in peace."""
    faults = account.faults
    after = _finished(case)
    account.kept = len(before)
    again = [path.name for path, status in before.items() if after.get(path) != status]
    if again:
        faults.append(f"made again: {', '.join(again)}")
    if resumed and "resuming: " not in said:
        faults.append("did not say what it took from before")
    tables, wanted = read_tables(case), peace.tables
    differing = sorted(name for name in tables.keys() | wanted.keys() if tables.get(name) != wanted.get(name))
    if differing:
        faults.append(f"tables differ: {', '.join(differing)}")
    left = [str(path.relative_to(case)) for path in case.rglob("*") if _is_leftover(path)]
    if left:
        faults.append(f"left over: {', '.join(left)}")
    differences = json.loads(command(peace.environment, "verify", case, "--json"))["differences"]
    faults += [f"verify: {one}" for one in differences]
    whats = [entry["what"] for entry in json.loads(command(peace.environment, "audit", case, "--json"))]
    for what in ("run_finished", "run_made_current"):
        if whats.count(what) != 1:
            faults.append(f"the audit log has {whats.count(what)} entries {what}")
    if list_victims(case, peace.environment) != peace.victims:
        faults.append("the list of victims differs")
    for name in ("report.html", "figures.json"):
        if not (case / "out" / name).exists():
            faults.append(f"no out/{name}")


def _is_leftover(path):
    return path.name.endswith((".part", ".new")) or path.name == ".spill"
