"""One run of the soak: a batch, a provider with faults, senders that are killed; then every alert is accounted for."""

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from alerting.sending_case import add_approved_batch, made_up_numbers, make_sending_case, notify_facts
from fast_clock import FastClock
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts, attempts, batches
from soak.children import FINISHED, HALTED, UNLUCKY, kill, start_sender

# Seconds of the sender's clock in a second of the machine. Every wait, time-out and limit shrinks in proportion.
FACTOR = 30
# Alerts of one run, and their pace a second: slow enough that a kill falls in the middle.
ALERTS, PER_SECOND = 24, 1.0
FAULTS = (
    "drop_before", "drop_after", "reset_before", "reset_after", "stall_before", "stall_after", "truncated_body",
    "truncated_json", "late_commit", "error_5xx_with_row", "error_5xx_without_row", "html_403", "refuse",
)  # fmt: skip
GET_FAULTS = ("drop", "reset", "stall", "html_403", "error_5xx", "truncated_body", "truncated_json")


@dataclass
class Place:
    """What a sender in another process needs to know."""

    folder: Path
    keys: Path
    batch: str
    api_key: str
    facts: dict
    factor: float
    base: datetime
    started: float


@dataclass
class Account:
    """What one run came to. `faults` is empty when every alert is accounted for."""

    seed: int
    kind: str
    states: Counter = field(default_factory=Counter)
    kills: int = 0
    starts: int = 0
    twice: int = 0
    provider_faults: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    seconds: float = 0.0


def run_once(seed, *, standin, clock: FastClock, folder: Path, records_url="", kind="mixed"):
    """Do one run and account for every alert.

    Args:
        seed: Of everything random.
        standin: A Handle to a stand-in that runs in another process, with the same clock.
        clock: The clock.
        folder: A new folder for the case.
        records_url: An empty PostgreSQL database; '' for SQLite.
        kind: mixed (every fault but the next two), template (it changes while the batch is sent), late (commits later
            than the provider promises, which is the stated limit).
    """
    draw = random.Random(seed)
    began = time.monotonic()
    account = Account(seed, kind)
    keys = folder / "keys"
    keys.mkdir(mode=0o700, parents=True)
    case_file = make_sending_case(folder / "case", keys, clock=clock, records_url=records_url)
    facts = notify_facts(standin, case_file, template_id=standin.add_template(notify_facts(standin)["template_body"]))
    issued = add_approved_batch(case_file, made_up_numbers(ALERTS, seed), sender=facts, per_second=PER_SECOND)
    case_file.records.dispose()
    place = Place(folder / "case", keys, "B-001", standin.api_key, facts, clock.factor, clock.base, clock.started)
    before = Counter(standin.counts())
    _set_faults(standin, draw, kind)
    _kill_and_start(place, draw, account)
    if draw.random() < 0.5:
        standin.clear_faults()
    end = _finish(place, account)
    standin.clear_faults()
    account.provider_faults = Counter(standin.counts()) - before
    # What the provider promised to show within 90 s of the last request is there by now.
    time.sleep(clock.machine_seconds(100.0))
    _check(account, case_file, standin, issued, end, facts["template_body"])
    case_file.records.dispose()
    account.seconds = time.monotonic() - began
    if not account.faults:
        shutil.rmtree(folder)
    return account


def _set_faults(standin, draw, kind):
    share = draw.choice([0.05, 0.15, 0.3])
    chosen = draw.sample(FAULTS, draw.randint(2, len(FAULTS)))
    post = {fault: share / len(chosen) for fault in chosen}
    get = dict.fromkeys(draw.sample(GET_FAULTS, 2), share / 4)
    settings = {"late_commit_s": draw.uniform(1, 85), "refuse_s": 3.0, "storm_s": 3.0}
    if kind == "late":
        post, settings["late_commit_s"] = {"late_commit": 0.3}, 200.0
    if kind == "mixed" and draw.random() < 0.2:
        post["rate_storm"] = 0.02
    standin.set_faults(post=post, get=get, **settings)
    if kind == "template":
        standin.script("template_changed")


def _kill_and_start(place, draw, account):
    """Start senders and kill them, one after the other or two at a time."""
    for _round in range(draw.randint(1, 4)):
        children = [start_sender(place) for _one in range(draw.choice([1, 1, 1, 2]))]
        account.starts += len(children)
        # Mostly while texts are sent, sometimes while doubts wait to be asked about.
        time.sleep(draw.choice([draw.uniform(0.0, 0.4), draw.uniform(0.3, 1.3), draw.uniform(1.0, 5.0)]))
        account.kills += sum(kill(child) for child in children)


def _finish(place, account):
    """One more sender, until it ends by itself."""
    child = start_sender(place)
    account.starts += 1
    child.join(120)
    if child.exitcode == UNLUCKY:
        return _finish(place, account)
    if child.exitcode not in (FINISHED, HALTED):
        kill(child)
        account.faults.append(f"the last sender did not end well ({child.exitcode}): see {place.folder.parent}")
    return child.exitcode


def _check(account, case_file, standin, issued, end, template):
    """Hold the records against the provider's own ledger."""
    with case_file.records.connect() as connection:
        rows = {row.provider_reference: row for row in connection.execute(select(alerts)).all()}
        tries = connection.execute(select(attempts)).all()
        state = connection.scalar(select(batches.c.state))
        alarms = list_alarms(connection)
    accepted = {reference: found for reference, found in standin.accepted_by_reference().items() if reference in issued}
    account.states = Counter(row.state for row in rows.values())
    say = account.faults.append
    if set(rows) != set(issued):
        say("alerts are missing from the table")
    expected = "halted" if account.kind == "template" and end == HALTED else "finished"
    if state != expected:
        say(f"the batch is {state}, not {expected}")
    open_ = {"waiting"} if state == "halted" else set()
    claims = {(one.alert, int(one.claimed_at.timestamp())) for one in tries}
    for reference, row in rows.items():
        found = accepted.get(reference, [])
        account.twice += len(found) > 1
        if row.state == "accepted" and len(found) != 1 and account.kind != "late":
            say(f"{reference} is accepted here and {len(found)} times there")
        elif row.state == "accepted" and not found:
            say(f"{reference} is accepted here and unknown there")
        elif row.state == "accepted" and len(found) > 1 and not any(a.alert == row.id for a in alarms):
            say(f"{reference} was accepted twice and nobody was told")
        elif row.state == "needs_human":
            _check_reason(say, row, found)
        elif row.state in ("rejected", "suppressed") or row.state in {"claimed", "in_doubt", "waiting"} - open_:
            say(f"{reference} ended {row.state} ({row.why})")
        elif row.state in open_ and found:
            say(f"{reference} waits here and is accepted there")
        for one in found:
            number, _alert_reference = issued[reference]
            if one["number"].replace(" ", "").lstrip("+") != number.lstrip("+"):
                say(f"{reference} went to another number")
            if (row.id, int(one["iat"])) not in claims:
                say(f"{reference} was accepted with no claim before it")
    if account.kind != "late" and account.twice:
        say(f"{account.twice} accepted twice")
    for fault in case_file.log.find_faults():
        say(fault)


def _check_reason(say, row, found):
    """A reason to need a person has to be true."""
    if "in doubt, and the provider has none" in row.why and found:
        say(f"{row.provider_reference} is said to be unknown to the provider, which has {len(found)}")
    elif "accepted it" in row.why and len(found) < 2:
        say(f"{row.provider_reference} is said to be accepted twice, and the provider has {len(found)}")
    elif "in doubt, and" not in row.why and "accepted it" not in row.why:
        say(f"{row.provider_reference} needs a person for an unknown reason: {row.why}")
