"""One rollback of the soak: records put back to an earlier state at a random moment, and what is sent from them then.

Five kinds: a backup of the file; a copy of the folder; two copies that send beside each other; a log of the database
that is lost after a kill; a standby of PostgreSQL that lagged and takes over. Three fates of the mark in the folder of
keys: it is kept; it is put back with the records; it is lost.
"""

import contextlib
import random
import shutil
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import make_url, select

from alerting.sending_case import (
    add_approved_batch,
    approve_again,
    made_up_numbers,
    make_sending_case,
    notify_facts,
    reopen,
)
from fast_clock import FastClock
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.reconciliation import reconcile
from ringback.alerting.senders.notify import Notify
from ringback.errors import RingbackError
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts, batches
from soak.children import FINISHED, HALTED, NOT_NEWEST, UNLUCKY, kill, start_sender
from soak.runs import Place
from standby_server import running_standby

KINDS = ("file", "folder", "copy", "wal", "standby")
KEPT, BACK, LOST = "kept", "back", "lost"
ALERTS, PER_SECOND = 60, 1.0
# Where the mark tells, texts may show up late; where only the list tells, the statement holds for what it shows.
_FAULTS = ("drop_after", "reset_after", "truncated_body", "error_5xx_with_row", "error_5xx_without_row", "html_403")


@dataclass
class RolledBack:
    """What one rollback came to; `faults` is empty when nobody was texted twice and nobody was lost."""

    seed: int
    kind: str
    mark: str
    lacking: int = 0
    refused: int = 0
    halted: int = 0
    settled: int = 0
    twice: int = 0
    sent_unsaid: int = 0
    seconds: float = 0.0
    faults: list = field(default_factory=list)


def plan_rollbacks(runs, first_seed, only=""):
    """Seeds with their kind and the fate of the mark, each pair as often as any other; or one kind alone."""
    kinds = [only] if only else KINDS
    pairs = [(kind, mark) for kind in kinds for mark in ((KEPT, BACK) if kind == "copy" else (KEPT, BACK, LOST))]
    return [(first_seed + number, *pairs[number % len(pairs)]) for number in range(runs)]


def run_rollback(seed, kind, mark, *, standin, clock: FastClock, folder: Path, postgres=None):
    """Do one, and account for every alert.

    Args:
        seed: Of everything random.
        kind: One of KINDS.
        mark: What becomes of the mark: KEPT, BACK or LOST.
        standin: A Handle to a stand-in that runs in another process, with the same clock.
        clock: The clock.
        folder: A new folder for the case.
        postgres: A server, for a standby.
    """
    began, account = time.monotonic(), RolledBack(seed, kind, mark)
    with contextlib.ExitStack() as stack:
        _Run(account, random.Random(seed), standin, clock, folder, postgres, stack).do()
    account.seconds = time.monotonic() - began
    if not account.faults:
        shutil.rmtree(folder)
    return account


@dataclass
class _Run:
    account: RolledBack
    draw: random.Random
    standin: object
    clock: FastClock
    folder: Path
    postgres: object
    stack: contextlib.ExitStack

    def do(self):
        """From the plan to the account."""
        self.make_case()
        self.set_faults()
        sent = sorted(self.draw.sample(range(ALERTS), 2))
        self.start_standby()
        first = start_sender(self.place)
        self.wait_for(sent[0], first)
        put_back = getattr(self, f"_back_up_{self.account.kind}")(first, sent[1])
        self.wait_for(sent[1], first)
        kill(first)
        others = put_back()
        self.settle_mark()
        self.go_on(others)
        self.standin.clear_faults()
        self.check()

    def make_case(self):
        keys = self.folder / "keys"
        keys.parent.mkdir()
        keys.mkdir(mode=0o700)
        url = self.postgres.new_database() if self.account.kind == "standby" else ""
        case_file = make_sending_case(self.folder / "case", keys, clock=self.clock, records_url=url)
        template = self.standin.add_template(notify_facts(self.standin)["template_body"])
        self.facts = notify_facts(self.standin, case_file, template_id=template)
        numbers = made_up_numbers(ALERTS, self.account.seed)
        self.issued = add_approved_batch(case_file, numbers, sender=self.facts, per_second=PER_SECOND)
        case_file.records.dispose()
        clock = self.clock
        self.place = Place(
            self.folder / "case", keys, "B-001", self.standin.api_key, self.facts, clock.factor, clock.base,
            clock.started,
        )  # fmt: skip
        self.marks = {}

    def start_standby(self):
        """A standby of the primary, before anything is sent: it takes seconds to make."""
        if self.account.kind == "standby":
            port = 20_000 + self.account.seed % 40_000
            self.standby = self.stack.enter_context(running_standby(self.postgres.address, port))
            self.standby.wait_until_at(self.postgres.position())

    def set_faults(self):
        chosen = self.draw.sample(_FAULTS, 3)
        post = dict.fromkeys(chosen, 0.04)
        if self.account.mark != BACK:
            post["late_commit"] = 0.05
        self.standin.set_faults(post=post, get={"error_5xx": 0.02}, late_commit_s=self.draw.uniform(1, 85))

    def sent(self):
        """How many texts of the batch the provider took."""
        return sum(reference in self.issued for reference in self.standin.accepted_by_reference())

    def wait_for(self, count, sender):
        """Wait until so many texts were taken, and a moment; not for a sender that has ended."""
        until = time.monotonic() + 60
        while self.sent() < count and sender.exitcode is None and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(self.draw.uniform(0.0, 0.05))

    # The five kinds: each makes its backup now, and gives what puts it back; the copies to send from beside the first.

    def _back_up_file(self, _sender, _until):
        saved = self.folder / "backup.sqlite"
        self.keep_mark()
        place = self.folder / "case" / "records.sqlite"
        with (
            contextlib.closing(sqlite3.connect(place)) as source,
            contextlib.closing(sqlite3.connect(saved)) as target,
        ):
            source.backup(target)
        saved.chmod(0o600)

        def restore():
            self.drop_records()
            saved.rename(self.folder / "case" / "records.sqlite")
            return ()

        return restore

    def _back_up_folder(self, sender, until):
        kill(sender)
        self.keep_mark()
        shutil.copytree(self.folder / "case", self.folder / "saved")
        again = start_sender(self.place)
        self.wait_for(until, again)
        kill(again)

        def restore():
            shutil.rmtree(self.folder / "case")
            (self.folder / "saved").rename(self.folder / "case")
            return ()

        return restore

    def _back_up_copy(self, sender, _until):
        kill(sender)
        shutil.copytree(self.folder / "case", self.folder / "copy")
        keys = self.place.keys
        if self.account.mark == BACK:
            # A second machine, with a folder of keys of its own.
            keys = self.folder / "other-keys"
            shutil.copytree(self.place.keys, keys)
        return lambda: (replace(self.place, folder=self.folder / "copy", keys=keys),)

    def _back_up_wal(self, _sender, _until):
        self.keep_mark()

        def lose():
            for path in (self.folder / "case").glob("records.sqlite-*"):
                path.unlink()
            return ()

        return lose

    def _back_up_standby(self, _sender, _until):
        self.standby.cut_off()
        self.keep_mark()

        def fail_over():
            self.standby.promote()
            toml = self.folder / "case" / "case.toml"
            text = toml.read_text()
            old = next(line for line in text.splitlines() if line.startswith("url = "))
            database = make_url(old.removeprefix('url = "').removesuffix('"')).database
            toml.write_text(text.replace(old, f'url = "{self.standby.address(database)}"'))
            return ()

        return fail_over

    def drop_records(self):
        for path in (self.folder / "case").glob("records.sqlite*"):
            path.unlink()

    def _mark(self):
        [path] = self.place.keys.glob("*.keys")
        return path.with_suffix(".mark")

    def keep_mark(self):
        self.saved_mark = self._mark().read_bytes()

    def settle_mark(self):
        if self.account.mark == BACK and self.account.kind != "copy":
            self._mark().write_bytes(self.saved_mark)
            # Nobody restores records and keys within two minutes of the last text.
            time.sleep(self.clock.machine_seconds(125.0))
        elif self.account.mark == LOST:
            self._mark().unlink()

    # Sending from what was put back.

    def go_on(self, others):
        time.sleep(0.1)
        before = self.sent()
        places = [self.place, *others]
        children = [start_sender(place) for place in places]
        codes = [self.end_of(child) for child in children]
        refused = [code == NOT_NEWEST for code in codes]
        self.account.refused = sum(refused)
        self.account.halted = codes.count(HALTED)
        if all(refused):
            self.account.sent_unsaid = self.sent() - before
            if self.account.sent_unsaid:
                self.account.faults.append("texts went out from records that are not the newest")
        if FINISHED in codes:
            self.place = places[codes.index(FINISHED)]
            return
        self.place = places[0]
        if others and not refused[0]:
            self.place = next(place for place, no in zip(places, refused, strict=True) if not no)
        for _round in range(6):
            self.recover()
            if self.end_of(start_sender(self.place)) == FINISHED:
                return
        self.account.faults.append("it never came to an end")

    def end_of(self, child):
        child.join(240)
        if child.exitcode is None:
            kill(child)
            self.account.faults.append("a sender did not end")
        # A fault while the template was looked at: the next one may have more luck.
        return child.exitcode if child.exitcode != UNLUCKY else self.end_of(start_sender(self.place))

    def recover(self):
        """As a person would: reconcile where that is asked for, and approve again."""
        try:
            case_file = reopen(self.place.folder, self.place.keys, clock=self.clock)
        except RingbackError:
            self.start_over()
            return
        sender = Notify(self.standin.api_key, facts=self.facts, clock=self.clock)
        try:
            done = reconcile(
                case_file, member="carol", why="soak", observer=Observer(), open_with=lambda _case, _batch: sender
            )
            self.account.lacking = len(done.lacking)
            self.account.settled += sum(done.settled.values())
            with case_file.records.connect() as connection:
                state = connection.scalar(select(batches.c.state))
            if state in ("stopped", "halted"):
                approve_again(case_file)
        except RingbackError as error:
            self.account.faults.append(f"reconcile: {error}")
        finally:
            case_file.records.dispose()

    def start_over(self):
        self.account.faults.append("what is left of the records cannot be opened")

    def check(self):
        """Everybody once, nobody lost, and said where it was not these records that sent."""
        time.sleep(self.clock.machine_seconds(100.0))
        accepted = self.standin.accepted_by_reference()
        times = Counter(len(accepted.get(reference, ())) for reference in self.issued)
        self.account.twice = sum(count for number, count in times.items() if number > 1)
        say = self.account.faults.append
        if set(times) != {1}:
            say(f"accepted so many times: {dict(times)}")
        case_file = reopen(self.place.folder, self.place.keys, clock=self.clock)
        with case_file.records.connect() as connection:
            states = Counter(connection.scalars(select(alerts.c.state)))
            alarms = Counter(alarm.what for alarm in list_alarms(connection))
        if states != {"accepted": ALERTS}:
            say(f"alerts are {dict(states)}")
        told = alarms["accepted_against_record"]
        if self.account.settled > told:
            say(f"{self.account.settled} texts from elsewhere were settled with {told} alarms")
        self.account.settled = told
        for fault in (*case_file.log.find_faults(), *case_file.find_lacking()):
            say(fault)
        case_file.records.dispose()
