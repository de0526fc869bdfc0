"""Sending a batch: each alert is accepted at most once and none is lost, despite crashes, time-outs and restarts.

The loop takes turns. A turn is one transaction: it records the outcomes of earlier requests, renews the lease, and
claims the next alerts at the pace. The worker pool opens sockets only after the commit. So if this process dies at any
point, the records say which alerts the provider may have. The next process asks about those before anything else.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ringback.alerting.delivery.lease import LeaseKeeper
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.outcomes import OutcomeRecorder
from ringback.alerting.delivery.preconditions import Checked, check_rules, refuse
from ringback.alerting.delivery.provider_list import FIRST_ALONE
from ringback.alerting.delivery.rate import BatchPace
from ringback.alerting.delivery.recheck import Examiner, Tampered, Verdict
from ringback.alerting.delivery.timings import Timings
from ringback.alerting.delivery.worker_pool import Job, Question, Result, SendJob, WorkerPool
from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.model.windows import next_open, open_window, rate_now
from ringback.alerting.senders.base import Sender
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records import sending as rows
from ringback.records.batches import Batch, read_batch, set_state
from ringback.records.db import writing
from ringback.records.leases import LeaseLost

# A time that never was: the counts, or the check, are due now.
_STALE = float("-inf")
_TAKEN_AWAY = "the approval that this sender had checked is used up; start sending again to have a new one checked"


@dataclass(frozen=True, slots=True)
class Sent:
    """How sending ended.

    Attributes:
        end: finished, parked (only a person can settle the rest), settled, stopped, halted, windows_over or
            interrupted.
        counts: How many alerts are in each state.
        why: The reason, in words.
    """

    end: str
    counts: dict[str, int]
    why: str = ""


def send_batch(  # noqa: PLR0913 - a test gives the rest; a command gives few
    case_file: CaseFile,
    batch_id: str,
    *,
    member: str,
    sender: Sender,
    observer: Observer | None = None,
    until: threading.Event | None = None,
    timings: Timings | None = None,
    settle_only: bool = False,
    unpublished_why: str = "",
    at: Callable[[str], None] = lambda _point: None,
) -> Sent:
    """Send an approved batch, or continue it. Returns when it is finished, stopped or halted, or its windows are over.

    Args:
        case_file: The case.
        batch_id: The batch.
        member: Who sends.
        sender: The batch's sender, as `batches.open_sender.open_sender` gives it.
        observer: Hears how it goes.
        until: Set this event to end gently: nothing more is claimed, and outcomes of requests in flight are recorded.
        timings: The time-outs; None for the usual ones.
        settle_only: Ask about doubts only; send nothing.
        unpublished_why: Why it may be sent although the last published bundle lacks it.
        at: Called at named points; for tests.

    Raises:
        RingbackError: `synthetic_never_sent`, `batch_altered`, `approval_invalid`, `batch_not_approved`,
            `sender_differs`, `clock_went_back`, `suppressions_altered`, `sealed_unreadable`, `records_rolled_back`,
            `mark_missing`, `mark_unwritable`, `batch_not_published`.
    """
    checked = check_rules(
        case_file, batch_id, member=member, sender=sender, settle_only=settle_only, unpublished_why=unpublished_why
    )
    timings = timings or Timings()
    observer = observer or Observer()
    examiner = Examiner(case_file.keys(), checked.content, sender, checked.references)
    recorder = OutcomeRecorder(batch_id, member, sender, examiner, timings, case_file.log, observer)
    with WorkerPool(sender, case_file.clock, at) as pool:
        keeper = LeaseKeeper(case_file, recorder)
        sending = Sending(case_file, checked, pool, recorder, until or threading.Event(), settle_only, at, keeper)
        return sending.run()


@dataclass
class Sending:
    """The work of one process on one batch."""

    case_file: CaseFile
    checked: Checked
    pool: WorkerPool
    recorder: OutcomeRecorder
    until: threading.Event
    settle_only: bool
    at: Callable[[str], None]
    keeper: LeaseKeeper
    pace: BatchPace = field(default_factory=BatchPace)
    taken_away: bool = False
    looked: float = _STALE
    counted: float = _STALE
    counts: dict[str, int] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    wake: datetime | None = None
    end: Sent | None = None
    last_note: str = ""

    @property
    def batch(self) -> Batch:
        """The batch as it was checked."""
        return self.checked.batch

    @property
    def content(self) -> BatchContent:
        """The batch's content as it was checked."""
        return self.checked.content

    def run(self) -> Sent:
        """Take turns until the batch is done or must not go on."""
        try:
            while self.end is None:
                self.step()
        finally:
            self.leave()
        self.recorder.observer.counts(self.end.counts, left_s=None)
        return self.end

    def step(self) -> None:
        """Take a turn, or try to take the lease. Sets `end` when this process has nothing left to do."""
        try:
            if self.keeper.lease is None:
                self._wait_for_lease()
            else:
                self._turn()
        except LeaseLost as lost:
            self._lose_lease(str(lost))
        except RingbackError as error:
            if not error.retryable:
                refuse(self.case_file, error, batch=self.batch.id, member=self.recorder.member)
                raise
            # It is unknown whether the transaction was committed. The next lease holder puts its claims in doubt, so
            # this process takes a new lease.
            self._lose_lease(str(error))
            self.case_file.clock.sleep(1.0)

    def _wait_for_lease(self) -> None:
        """Take the lease, or wait one turn if another process holds it."""
        clock, why = self.case_file.clock, "settle doubts" if self.settle_only else "send"
        other = self.keeper.try_to_take(why=why, planned_at=self.batch.planned_at)
        if not other:
            self.last_note = ""
            self.at("lease taken")
        elif self.until.is_set():
            self.end = Sent("interrupted", self._read_counts())
        else:
            self._say(f"another sender is at work on {self.batch.id} ({other}); waiting for it to end")
            clock.sleep(self.recorder.timings.turn_s)

    def _turn(self) -> None:
        """Record results, claim the next alerts, commit, and only then give the jobs to the worker pool."""
        clock = self.case_file.clock
        self.results += self.pool.collect(self._patience())
        self.at("before the turn")
        unprotected = self._look_at_suppressions()
        jobs: list[Job] = []
        with writing(self.case_file.records).begin() as connection:
            now = clock.now()
            self.recorder.begin()
            self.at("in the turn")
            for result in self.results:
                self.recorder.write(connection, result, now)
            lost = self.keeper.hold(connection, now)
            if not lost:
                jobs = self._next_jobs(connection, now, unprotected)
            self.at("end of the turn")
            # Read the clock before the commit. An order to stop is committed either before this turn, and then nothing
            # was claimed, or after it. So a request that starts within `timings.start_s` of this time starts within
            # that time of the order.
            claimed = clock.elapsed()
        self.at("after the turn")
        self.results = []
        if any(isinstance(job, SendJob) for job in jobs):
            self.keeper.note_claims(now)
        for job in jobs:
            self.pool.give(job, start_before=claimed + self.recorder.timings.start_s)
        self.recorder.note_heads()
        if lost:
            raise LeaseLost(lost)
        self._report()

    def _look_at_suppressions(self) -> str:
        """Check the suppressions, at intervals and outside the transaction. Why they are no longer safe, or ''."""
        elapsed = self.case_file.clock.elapsed()
        if self.settle_only or elapsed - self.looked < self.recorder.timings.renew_s:
            return ""
        try:
            self.checked.suppressions.look()
        except RingbackError as error:
            if error.retryable:
                raise
            return str(error)
        self.looked = elapsed
        return ""

    def _lose_lease(self, why: str) -> None:
        self._say(f"the lease of {self.batch.id} is lost: {why}")
        self.keeper.lease = None

    def leave(self) -> None:
        """Record the outcomes of requests still in flight, which cannot be called back; then give the lease back."""
        clock = self.case_file.clock
        self.recorder.begin()
        while self.pool.busy or self.results:
            self.results += self.pool.collect(self.recorder.timings.turn_s)
            if self.results:
                with writing(self.case_file.records).begin() as connection:
                    for result in self.results:
                        self.recorder.write(connection, result, clock.now())
                self.results = []
        self.keeper.release()
        self.recorder.note_heads()

    def _patience(self) -> float:
        """How long this turn may wait for results, in seconds."""
        turn = self.recorder.timings.turn_s
        return min(turn, (self.wake - self.case_file.clock.now()).total_seconds()) if self.wake else turn

    def _next_jobs(self, connection: Connection, now: datetime, unprotected: str) -> list[Job]:
        """Questions that are due, then the next alerts. Sets `end` when this process has nothing left to do."""
        self.wake = None
        jobs: list[Job] = []
        jobs += self._claim_questions(connection, now)
        if len(jobs) < self.pool.free and (page := self.recorder.reader.next_job(now)):
            jobs.append(page)
        batch = read_batch(connection, self.batch.id)
        if batch.state != states.APPROVED or batch.approval_entry != self.batch.approval_entry:
            # This cannot be undone: a person who alters the records can also put back what this process verified.
            self.taken_away = True
        going = not (self.taken_away or self.settle_only or self.until.is_set())
        altered = (batch.content, batch.hash) != (self.batch.content, self.batch.hash)
        if going and (why := "the batch was altered while it was being sent" if altered else unprotected):
            self.recorder.halt(connection, why, now)
            going = False
        free = self._count_free(jobs, now)
        if going and free > 0:
            jobs += self._claim_alerts(connection, now, free)
            self.recorder.log_unsent(connection)
        if not jobs and not self.pool.busy:
            self.end = self._find_end(connection, now)
        return jobs

    def _count_free(self, jobs: list[Job], now: datetime) -> int:
        """How many texts may be handed over now. In an outage: one at a time, and only while no other job is open."""
        idle = not jobs and not self.pool.busy
        free = self.pool.free - len(jobs)
        free = self.recorder.reader.count_free(free, idle=idle, now=now, timings=self.recorder.timings)
        return min(free, int(idle)) if self.recorder.breaker.is_open else free

    def _claim_questions(self, connection: Connection, now: datetime) -> list[Question]:
        """Questions that are due. Each is first postponed, so that it is asked again if no answer gets recorded."""
        found = []
        again = now + timedelta(seconds=self.recorder.timings.ask_again_s * 2)
        for row in rows.find_questions(connection, self.batch.id, now=now, limit=self.pool.free):
            rows.ask_later(connection, row.id, row.attempt, ask_at=again)
            found.append(Question(row.id, row.attempt, row.provider_reference))
        return found

    def _claim_alerts(self, connection: Connection, now: datetime, free: int) -> list[SendJob]:
        """The next alerts at the pace, each checked once more."""
        if not open_window(self.content.windows, now):
            self.wake = next_open(self.content.windows, now)
            if self.wake:
                self._say(f"the next window opens at {self.wake:%Y-%m-%d %H:%M} UTC; waiting")
            return []
        left = self._count_waiting(connection)
        if not left:
            return []
        sender, content = self.recorder.sender, self.content
        grant = self.pace.take(
            connection, sender.name, now=now, wanted=min(free, left), rate=rate_now(content, left=left, now=now),
            provider_rate=max(sender.per_second, content.per_second), daily_limit=content.daily_limit,
        )  # fmt: skip
        self.wake = grant.next_at
        if not grant.requests:
            if grant.why != "pace":
                self._say(f"{grant.why}; waiting until {grant.next_at:%Y-%m-%d %H:%M:%S} UTC")
            return []
        try:
            fit = self._examine(connection, grant.requests)
        except Tampered as error:
            self.recorder.halt(connection, str(error), now)
            return []
        assert self.keeper.lease is not None
        claimed = rows.claim(connection, [row for row, _verdict in fit], fence=self.keeper.lease.fence, now=now)
        self.keeper.count_claims(connection, len(claimed))
        for row in claimed[:1]:
            self.recorder.reader.note_claim(row.provider_reference, now)
        self.counts[states.WAITING] = left - len(claimed)
        return [
            SendJob(row.id, row.attempt, verdict.message(now))
            for row, (_row, verdict) in zip(claimed, fit, strict=True)
        ]

    def _examine(self, connection: Connection, limit: int) -> list[tuple[rows.AlertRow, Verdict]]:
        """The next alerts that may be sent. Those that may not are ended here."""
        fit = []
        first = self.recorder.reader.stage == FIRST_ALONE
        waiting = rows.find_waiting(connection, self.batch.id, limit=limit, at_random=first)
        if rows.find_contradicted(connection, self.batch.id, waiting):
            raise Tampered("an alert waits that the provider took, or may have taken")
        for row in waiting:
            verdict = self.recorder.examiner.examine(connection, row)
            if verdict.state:
                self.recorder.end_unsent(connection, row, verdict)
            else:
                fit.append((row, verdict))
        return fit

    def _find_end(self, connection: Connection, now: datetime) -> Sent | None:
        """How sending ended, if this process has nothing left to do; else None."""
        counts = rows.count_states(connection, self.batch.id)
        batch, asks = read_batch(connection, self.batch.id), rows.next_question(connection, self.batch.id)
        if self.until.is_set():
            return Sent("interrupted", counts, "the same command goes on from there")
        if asks is not None:
            self.wake = asks
            doubts = counts.get(states.IN_DOUBT, 0)
            about = f"{doubts:,} in doubt" if doubts else "checking that second attempts were not accepted twice"
            self._say(f"{about}; the provider is asked at {asks:%H:%M:%S} UTC")
            return None
        ended = batch.state in (states.STOPPED, states.HALTED)
        if self.recorder.reader.is_reading and not ended:
            self.wake = self.recorder.reader.next_at
            return None
        if self.settle_only or ended:
            return Sent("settled" if self.settle_only else batch.state, counts, batch.state_why or "")
        waiting = counts.get(states.WAITING, 0)
        if self.taken_away and (waiting or batch.state != states.FINISHED):
            return Sent(states.STOPPED, counts, _TAKEN_AWAY)
        if not waiting:
            if batch.state == states.APPROVED and (parked := rows.count_parked(connection, batch.id)):
                why = f"{parked:,} alerts only a person can settle"
                self.recorder.add_entry(connection, "batch_parked", why=why, **counts)
                return Sent("parked", counts, why)
            if batch.state == states.APPROVED:
                set_state(connection, batch.id, states.FINISHED, why="", now=now)
                self.recorder.add_entry(connection, "batch_finished", why="sent", **counts)
            return Sent("finished", counts)
        if open_window(self.content.windows, now) or next_open(self.content.windows, now):
            self.counted = _STALE
            return None
        why = f"its windows are over and {waiting:,} alerts wait: plan a new batch for them"
        self.recorder.add_entry(connection, "windows_over", why=why, **counts)
        return Sent("windows_over", counts, why)

    def _count_waiting(self, connection: Connection) -> int:
        """How many alerts wait. Counted at most once a second, since counting takes longer than claiming one."""
        elapsed = self.case_file.clock.elapsed()
        if self.counted == _STALE or (self.recorder.moved and elapsed - self.counted > 1.0):
            self.counts, self.counted = rows.count_states(connection, self.batch.id), elapsed
            self.recorder.moved = False
        left = self.counts.get(states.WAITING, 0)
        if not left and self.recorder.moved:
            self.wake = self.case_file.clock.now() + timedelta(seconds=1)
        return left

    def _read_counts(self) -> dict[str, int]:
        with self.case_file.records.connect() as connection:
            return rows.count_states(connection, self.batch.id)

    def _say(self, text: str) -> None:
        if text != self.last_note:
            self.last_note = text
            self.recorder.observer.note(text)

    def _report(self) -> None:
        left = self.counts.get(states.WAITING, 0)
        rate = rate_now(self.content, left=max(1, left), now=self.case_file.clock.now())
        self.recorder.observer.counts(self.counts, left_s=left / rate if rate else None)
