"""Up to three senders of one batch, a provider, and the people around them, moved one step at a time.

Nothing waits and nothing runs at the same time: whoever holds a `World` takes turns with each process, carries each
request and each answer, and moves the clock. What must hold at every moment is checked on the way.
"""

import shutil
import sqlite3
import threading
from collections import Counter
from pathlib import Path

from sqlalchemy import event

from alerting.sending_case import add_approved_batch, approve_again, made_up_numbers, make_sending_case
from alerting.simulated import TOO_LATE_S, SimulatedProvider, SteppedPool
from ringback.alerting.delivery.lease import LeaseKeeper
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.outcomes import OutcomeRecorder
from ringback.alerting.delivery.recheck import Examiner
from ringback.alerting.delivery.sender_loop import Sending, check_rules
from ringback.alerting.delivery.stop import stop_batch
from ringback.alerting.delivery.timings import Timings
from ringback.alerting.delivery.worker_pool import SendJob
from ringback.alerting.inbound.receipts import take_receipt
from ringback.case.case_file import CaseFile, open_case_file
from ringback.records.db import writing
from ringback.records.receipts import Receipt
from ringback.records.suppressions import NewSuppression, add_suppressions
from ringback.records.utc_datetime import UtcDateTime
from ringback.settings import Settings
from still_clock import StillClock

BATCH = "B-001"
NUMBERS = made_up_numbers(5)


class Killed(BaseException):
    """The process was killed."""


class Process:
    """One sender of the batch, as in its own process. `breaks` says what goes wrong at which point."""

    def __init__(self, name, case_file, provider, *, settle_only):
        checked = check_rules(case_file, BATCH, member="alice", sender=provider, settle_only=settle_only)
        self.breaks = {}
        self.pool = SteppedPool(provider, case_file.clock)
        examiner = Examiner(case_file.keys(), checked.content, provider, checked.references)
        recorder = OutcomeRecorder(BATCH, "alice", provider, examiner, Timings(), case_file.log, Observer())
        keeper = LeaseKeeper(case_file, recorder, holder=name)
        self.sending = Sending(
            case_file, checked, self.pool, recorder, threading.Event(), settle_only, self._at, keeper
        )

    def _at(self, point):
        if point in self.breaks:
            raise self.breaks.pop(point)


def prepare(folder):
    """Make a case with an approved batch, to be copied for every World; returns what was issued."""
    (folder / "keys").mkdir(mode=0o700, parents=True)
    case_file = make_sending_case(folder / "case", folder / "keys", clock=new_clock())
    facts = {"name": SimulatedProvider.name, "template_version": 1}
    issued = add_approved_batch(case_file, NUMBERS, sender=facts, hours=24.0 * 400, per_second=200)
    case_file.records.dispose()
    return issued


def new_clock():
    """A clock far ahead of the machine's clock, which dates the audit log."""
    clock = StillClock()
    clock.start = clock.moment = clock.start.replace(year=2090)
    return clock


class World:
    """A case of its own, and everybody who has to do with it.

    Args:
        prepared: The folder to copy.
        folder: Where to.
        issued: What `prepare` gave.
    """

    def __init__(self, prepared: Path, folder: Path, issued):
        shutil.copytree(prepared, folder)
        self.folder, self.issued, self.clock = folder, issued, new_clock()
        found = open_case_file(folder / "case", settings=Settings(keys_dir=folder / "keys"))
        # There is no power cut in these tests, so the disk is not awaited.
        event.listen(found.records, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
        found.records.dispose()
        self.case_file = CaseFile(found.case, found.records, found.log, found.settings, self.clock)
        self._reader = sqlite3.connect(folder / "case" / "records.sqlite", isolation_level=None)
        self.provider = SimulatedProvider(self.clock)
        self.processes = {}
        self.on_the_way = []
        self.suppressed = set()
        self.stopped_at = None
        self._started = self._fence = 0
        self._seen, self._tries = {}, {}

    def close(self):
        self._reader.close()
        self.case_file.records.dispose()
        shutil.rmtree(self.folder)

    @property
    def state(self):
        return self._read("select state from batches")[0][0]

    def _read(self, sql):
        return self._reader.execute(sql).fetchall()

    # Processes.

    def turn(self, slot, *, breaks=None, still_sent=False):
        """Let a process take a turn; start it first if needed."""
        if slot not in self.processes:
            self._started += 1
            settle_only = self.state != "approved"
            self.processes[slot] = Process(f"p{self._started}", self.case_file, self.provider, settle_only=settle_only)
        process, state = self.processes[slot], self.state
        process.breaks = dict(breaks or {})
        self.clock.sleep(0.01)
        try:
            if process.sending.end is None:
                process.sending.step()
            # A process that ends waits for its requests under way.
            if process.sending.end is not None and not process.pool.jobs:
                process.sending.leave()
                del self.processes[slot]
        except Killed:
            self.bury(slot, still_sent=still_sent)
        process.breaks = {}
        self._check_claims(process.sending.keeper.holder, state)
        self.check()

    def holds_lease(self, slot):
        """Whether a process thinks that it holds the lease."""
        return slot in self.processes and self.processes[slot].sending.keeper.lease is not None

    def bury(self, slot, *, still_sent):
        """End a process. What it had sent, or was about to send, may still arrive."""
        pool = self.processes.pop(slot).pool
        for job in [one for one in pool.jobs if still_sent and isinstance(one.job, SendJob)]:
            if job.stage == "given":
                self._begin(pool, job)
            if job.stage == "begun":
                self.on_the_way.append((pool, job))

    # The network.

    def jobs(self, *stages):
        """The jobs under way, each with its worker pool."""
        alive = [(process.pool, job) for _slot, process in sorted(self.processes.items()) for job in process.pool.jobs]
        return [one for one in alive + self.on_the_way if not stages or one[1].stage in stages]

    def carry(self, pool, job, fate="accepted", seconds=0.0):
        """Move one job on by one stage; `fate` is what the provider makes of it when it arrives."""
        if job.stage == "given":
            self._begin(pool, job)
        elif job.stage == "begun":
            self._arrive(pool, job, fate, seconds)
        else:
            pool.deliver(job)

    def _begin(self, pool, job):
        pool.begin(job)
        if job.stage == "begun" and self.stopped_at is not None:
            assert self.clock.elapsed() <= self.stopped_at + 1.0, "begun more than a second after the order to stop"

    def _arrive(self, pool, job, fate, seconds):
        if isinstance(job.job, SendJob):
            message = job.job.message
            claims = self._read("select alert, attempt, claimed_at from attempts")
            claimed_at = UtcDateTime().process_bind_param(message.claimed_at, None)
            assert (job.job.alert, job.job.attempt, claimed_at) in claims, "no claim was committed before it"
            assert self.issued[message.provider_reference][0] == message.number
        pool.receive(job, fate, seconds)
        self.on_the_way = [one for one in self.on_the_way if one[1] is not job]
        self.check()

    def take_receipt(self, taken, status):
        receipt = Receipt(taken.id, status, taken.reference)
        take_receipt(self.case_file, receipt, came_by="callback", now=self.clock.now())
        self.check()

    # People.

    def stop(self):
        if self.state == "approved":
            stop_batch(self.case_file, BATCH, member="carol", why="test")
            self.stopped_at = self.clock.elapsed()

    def approve(self):
        if self.state in ("stopped", "halted"):
            approve_again(self.case_file, BATCH)
            self.stopped_at = None

    def suppress(self, number):
        ring, now = self.case_file.keys(), self.clock.now()
        with writing(self.case_file.records).begin() as connection:
            new = NewSuppression(tuple(ring.digests(number)), "protected", "import")
            add_suppressions(connection, [new], by="carol", now=now)
        self.suppressed.add(number)

    # What must hold.

    def _late(self):
        return {one.reference for one in self.provider.ledger if one.too_late}

    def check(self):
        """Check what must hold at all times."""
        columns = "provider_reference, state, notification_id, sealed, why"
        rows = {row[0]: row[1:] for row in self._read(f"select {columns} from alerts")}
        late = self._late()
        assert rows.keys() == self.issued.keys()
        for reference, (state, notification, sealed, why) in rows.items():
            taken = [one.id for one in self.provider.ledger if one.reference == reference]
            assert reference in late or len(taken) <= 1, "accepted twice"
            if state == "accepted":
                assert notification in taken, "accepted here and not there"
                assert sealed is None, "a number is kept longer than needed"
            elif state == "waiting":
                assert not taken or reference in late, f"it waits ({why}), and the provider has it"
            elif state == "rejected":
                assert reference in self.provider.refused
            before, id_before = self._seen.get(reference, ("waiting", None))
            assert before != "accepted" or state == "accepted" or (state == "needs_human" and len(taken) > 1)
            assert id_before in (None, notification), "another id in its place"
        self._seen = {reference: row[:2] for reference, row in rows.items()}

    def _check_claims(self, name, state_before):
        """Check that this turn was allowed to claim what it claimed."""
        tries = {row[:2]: row[2:] for row in self._read("select alert, attempt, fence, claimed_at from attempts")}
        assert tries.keys() >= self._tries.keys(), "an attempt was forgotten"
        held = self._read("select fence, holder, expires_at from leases")
        fence, holder, expires_at = held[0] if held else (0, "", 0)
        assert fence >= self._fence, "a fence went back"
        references = dict(self._read("select id, provider_reference from alerts"))
        for alert, attempt in tries.keys() - self._tries.keys():
            by, claimed_at = tries[alert, attempt]
            assert state_before == "approved", "claimed though the batch is not approved"
            assert self.issued[references[alert]][0] not in self.suppressed, "claimed though suppressed"
            assert (by, name) == (fence, holder), "claimed without the lease"
            assert claimed_at < expires_at, "claimed with a lease that had run out"
        self._tries, self._fence = tries, fence

    def finish(self):
        """Kill every process, then let one more do the rest without faults."""
        for slot in sorted(self.processes):
            self.bury(slot, still_sent=True)
        for pool, job in list(self.on_the_way):
            self.carry(pool, job)
        for _round in range(400):
            self.approve()
            self.turn(0)
            if 0 not in self.processes:
                break
            for pool, job in self.jobs():
                while job in pool.jobs:
                    self.carry(pool, job)
            sending = self.processes[0].sending
            if not sending.pool.results:
                left = (sending.wake - self.clock.now()).total_seconds() if sending.wake else 0.0
                self.clock.sleep(left if left > 0 else 1.0 if sending.keeper.lease else 15.0)
        assert 0 not in self.processes, "it never ends"
        assert self.state == "finished"
        self.clock.sleep(2 * TOO_LATE_S)

    def account(self):
        """Check that every alert came to a true end."""
        assert self.case_file.log.find_faults() == []
        alarmed = {row[0] for row in self._read("select alert from alarms where what = 'accepted_twice'")}
        given_up = Counter(row[0] for row in self._read("select alert from attempts where outcome = 'not_accepted'"))
        late = self._late()
        for alert, reference, state, why in self._read("select id, provider_reference, state, why from alerts"):
            taken = self.provider.count(reference)
            if taken > 1:
                assert reference in late
                assert (state, alert in alarmed) == ("needs_human", True), "accepted twice, and nobody was told"
                continue
            if state == "accepted":
                assert taken == 1
                continue
            assert not taken or reference in late
            if state == "suppressed":
                assert self.issued[reference][0] in self.suppressed
            elif state == "rejected":
                assert reference in self.provider.refused
            else:
                assert (state, given_up[alert]) == ("needs_human", 4), f"{state}: {why}"
                assert why == "5 attempts in doubt, and the provider has none of them"
