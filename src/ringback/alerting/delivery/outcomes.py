"""Recording outcomes of requests and answers to questions, in the transaction of the sender's turn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.provider_list import ListReader
from ringback.alerting.delivery.recheck import Examiner, Verdict
from ringback.alerting.delivery.timings import MOST_DOUBTS, MOST_REJECTIONS, Timings
from ringback.alerting.delivery.worker_pool import ListJob, Question, Result, SendJob
from ringback.alerting.model import states
from ringback.alerting.model.circuit_breaker import DOUBTS_IN_A_ROW, SURE, Breaker
from ringback.alerting.senders.base import Found, Outcome, Sender
from ringback.records import sending as rows
from ringback.records.alarms import raise_alarm
from ringback.records.audit import AuditEntry, AuditLog
from ringback.records.batches import read_batch, set_state
from ringback.records.rate_limits import find_pause, next_utc_day, pause
from ringback.records.receipts import Receipt, apply_earlier, take_within

SENT_ELSEWHERE = "somebody else sends this batch, from other records than these"


@dataclass
class OutcomeRecorder:
    """Records the outcomes of one batch for one process.

    Attributes:
        entries: Audit entries whose head is not yet written beside the log.
        moved: Whether alerts may wait again that did not wait when this was last set to False.
        rejected: Alerts that the provider rejected since it last accepted one.
        breaker: Whether there is an outage.
        reader: The position of this process in the provider's own list.
        unsent: Count of alerts that the current transaction ended unsent, by state and reason.
    """

    batch_id: str
    member: str
    sender: Sender
    examiner: Examiner
    timings: Timings
    log: AuditLog
    observer: Observer
    entries: list[AuditEntry] = field(default_factory=list)
    moved: bool = True
    rejected: set[int] = field(default_factory=set)
    breaker: Breaker = field(default_factory=Breaker)
    reader: ListReader = field(default_factory=ListReader)
    unsent: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def settles(self) -> float:
        """The settling time: seconds after a claim from which the provider's answer about it is final."""
        return self.sender.settles_after or self.timings.doubt_s

    def begin(self) -> None:
        """Begin a transaction. Entries still here belong to one that was rolled back, and are not in the log."""
        self.entries.clear()
        self.unsent.clear()

    def write(self, connection: Connection, result: Result, now: datetime) -> None:
        """Record one result. Recording it twice changes nothing."""
        self.moved = True
        if isinstance(result.job, Question):
            self._write_answer(connection, result.job, result.found, now)
        elif isinstance(result.job, ListJob):
            self._write_page(connection, result, now)
        else:
            assert result.outcome is not None
            self._write_outcome(connection, result.job, result.outcome, now)

    def add_entry(self, connection: Connection, what: str, *, why: str, **facts: object) -> None:
        """Add an audit entry about the batch within the turn's transaction."""
        facts = {"batch": self.batch_id, **facts}
        self.entries.append(self.log.add_within(connection, what, why=why, facts=facts, who=self.member))

    def note_heads(self) -> None:
        """Write the head beside the log. Call it after the commit."""
        for entry in self.entries[-1:]:
            self.log.note_head(entry)
        self.entries.clear()

    def end_unsent(self, connection: Connection, row: rows.AlertRow, verdict: Verdict) -> None:
        """End an alert that may not be sent. Call `log_unsent` before the commit."""
        rows.end_unsent(connection, row.id, state=verdict.state, why=verdict.why)
        self.unsent[verdict.state, verdict.why] += 1
        self.moved = True

    def log_unsent(self, connection: Connection) -> None:
        """Log the alerts that this turn ended unsent: one audit entry for each state and reason, with the count."""
        for (state, why), count in sorted(self.unsent.items()):
            what = "alerts_suppressed" if state == states.SUPPRESSED else "alerts_refused"
            self.add_entry(connection, what, why=why, alerts=count)
        self.unsent.clear()

    def halt(self, connection: Connection, why: str, now: datetime) -> None:
        """Halt the batch: nobody may send it until it is approved again."""
        if read_batch(connection, self.batch_id).state != states.APPROVED:
            return
        set_state(connection, self.batch_id, states.HALTED, why=why, now=now)
        raise_alarm(connection, what="batch_halted", detail=why, batch=self.batch_id, now=now)
        self.add_entry(connection, "batch_halted", why=why)
        self.observer.note(f"halted: {why}")

    def begin_lease(self, connection: Connection, *, planned_at: datetime, now: datetime) -> None:
        """Begin a lease: read the provider's own list before anything is sent, and recall an outage."""
        first = rows.find_first_claim(connection, self.batch_id)
        alone = self.timings.alone_s if self.sender.repeats else 0.0
        since, settles = first or planned_at, self.settles
        self.reader.begin(reads=self.sender.lists, since=since, now=now, settles=settles, alone=alone)
        self.breaker.row = rows.find_last_doubts(connection, self.batch_id, limit=DOUBTS_IN_A_ROW)

    def _write_page(self, connection: Connection, result: Result, now: datetime) -> None:
        """Settle a page of the provider's list. Texts from elsewhere halt the batch: their sender may still send."""
        reader, read_back = self.reader, not self.reader.is_reading
        if result.page is None:
            reader.put_off(now, timedelta(seconds=self.timings.ask_again_s))
            if result.refused:
                self.halt(connection, f"the provider refuses us: {result.why}", now)
                return
            if not read_back:
                self.observer.note(f"the provider did not show its list ({result.why}): nothing is sent before it does")
            return
        strangers = self.settle_listed(connection, result.page.texts, now=now, open_too=not read_back)
        if strangers and read_back:
            self.halt(connection, f"{SENT_ELSEWHERE}: {strangers} texts of this batch", now)
        if strangers:
            self.observer.note(f"the provider has {strangers} texts of this batch that these records did not send")
        reader.take(result.page, strangers, now=now, timings=self.timings)

    def settle_listed(
        self, connection: Connection, texts: Sequence[Found], *, now: datetime, open_too: bool = True
    ) -> int:
        """Settle the alerts that the provider has and the records do not.

        Args:
            connection: A transaction that writes.
            texts: Texts from the provider, of any batch.
            now: The time.
            open_too: Whether to settle texts that an attempt explains too; not while its answer is under way.

        Returns:
            How many of the texts no attempt explains: they were sent from other records.
        """
        strangers = 0
        known = rows.find_by_reference(connection, self.batch_id, [one.provider_reference for one in texts])
        for text in texts:
            if text.provider_reference not in known:
                continue
            row, explained = known[text.provider_reference]
            if row.notification_id == text.notification_id or (explained and not open_too):
                continue
            if explained and row.notification_id is None and row.state in (states.CLAIMED, states.IN_DOUBT):
                self.accept_found(connection, row, text, now)
            else:
                self._accept_against_record(connection, row, text, now)
            strangers += not explained
        return strangers

    def _accept_against_record(self, connection: Connection, row: rows.AlertRow, text: Found, now: datetime) -> None:
        differences = self.examiner.find_differences_in_row(row, text) if row.sealed is not None else []
        status = text.status or "created"
        receipt = Receipt(text.notification_id, status, text.provider_reference, completed_at=text.completed_at)
        _done, entry = take_within(connection, self.log, receipt, came_by="list", now=now)
        if entry is not None:
            self.entries.append(entry)
        self.moved = True
        self.compare(connection, differences, now)

    def _write_outcome(self, connection: Connection, job: SendJob, outcome: Outcome, now: datetime) -> None:
        id_ = outcome.found.notification_id if outcome.found else None
        rows.end_attempt(
            connection,
            job.alert,
            job.attempt,
            outcome=outcome.kind,
            detail=outcome.why,
            now=now,
            notification_id=id_,
        )
        self.reader.note_outcome(job.message.provider_reference, outcome.kind, now)
        if outcome.kind in SURE:
            self.breaker.note_sure()
        if outcome.kind == "accepted" and outcome.found:
            self._accept(connection, job.alert, outcome.found.notification_id, now)
            self.compare(connection, self.examiner.find_differences(job.message, outcome.found), now)
        elif outcome.kind == "rejected":
            rows.reject(connection, job.alert, job.attempt, why=outcome.why)
            self._count_rejection(connection, job, outcome.why, now)
        elif outcome.kind == "unknown":
            ask_at = job.message.claimed_at + timedelta(seconds=self.settles)
            rows.doubt(connection, job.alert, job.attempt, why=outcome.why, ask_at=ask_at)
            self._count_doubt(connection, job, now)
        else:
            rows.put_back(connection, job.alert, job.attempt, why=outcome.why)
            self._act_on_refusal(connection, outcome, now)

    def _count_rejection(self, connection: Connection, job: SendJob, why: str, now: datetime) -> None:
        """Count a rejection, and halt the batch after too many.

        A rejection is final and erases the number. So a fault that would meet every alert must not run through the
        list."""
        self.rejected.add(job.alert)
        if len(self.rejected) >= MOST_REJECTIONS:
            reason = f"{MOST_REJECTIONS} alerts were rejected, and none accepted between them: {why}"
            self.halt(connection, reason, now)

    def _count_doubt(self, connection: Connection, job: SendJob, now: datetime) -> None:
        """Count a doubt. Doubts in a row are an outage: they count against no alert, and all batches pause."""
        for alert, attempt in self.breaker.note_doubt(job.alert, job.attempt):
            rows.mark_outage(connection, alert, attempt)
        if self.breaker.is_open and find_pause(connection, self.sender.name, now) is None:
            self._pause_for_outage(connection, self.breaker.next_pause(), now)

    def _pause_for_outage(self, connection: Connection, seconds: float, now: datetime) -> None:
        why = "the provider gives no sure answer"
        pause(connection, self.sender.name, until=now + timedelta(seconds=seconds), why=why)
        self.observer.note(f"{why}: a pause of {seconds:.0f} s, then one text tries again")

    def _act_on_refusal(self, connection: Connection, outcome: Outcome, now: datetime) -> None:
        """Act on a refusal that concerns every batch."""
        name = self.sender.name
        if outcome.kind == "refused":
            self.halt(connection, f"the provider refuses us: {outcome.why}", now)
        elif outcome.kind == "rate_limited":
            until = now + timedelta(seconds=self.timings.after_429_s)
            pause(connection, name, until=until, why="the provider asked for a slower pace")
        elif outcome.kind == "daily_limited":
            pause(connection, name, until=next_utc_day(now), why="the provider's daily limit is reached")
        elif outcome.kind == "not_sent" and not outcome.why.startswith("held"):
            pause(connection, name, until=now + timedelta(seconds=1), why="the provider cannot be reached")

    def _write_answer(self, connection: Connection, job: Question, found: list[Found] | None, now: datetime) -> None:
        row = rows.get_row(connection, job.alert)
        if row.attempt != job.attempt or row.state not in (states.IN_DOUBT, states.ACCEPTED):
            # Something newer was learnt meanwhile.
            return
        ids = sorted({one.notification_id for one in found or ()})
        if found is None:
            self._leave_open(connection, row, now)
        elif len(ids) > 1:
            rows.park_twice(connection, row.id, batch=self.batch_id, ids=ids, now=now)
            self.observer.note("the provider accepted an alert twice: see ringback alerts status")
        elif row.state == states.ACCEPTED:
            rows.ask_later(connection, row.id, row.attempt, ask_at=None)
        elif found:
            self.accept_found(connection, row, found[0], now)
        else:
            self._take_absence(connection, row, now)

    def accept_found(self, connection: Connection, row: rows.AlertRow, found: Found, now: datetime) -> None:
        """Accept an alert in doubt that the provider has, and compare what it sent with what was approved."""
        differences = self.examiner.find_differences_in_row(row, found)
        detail, id_ = "found by its reference", found.notification_id
        rows.end_attempt(
            connection, row.id, row.attempt, outcome="accepted", detail=detail, now=now, notification_id=id_
        )
        self._accept(connection, row.id, id_, now)
        self.compare(connection, differences, now)

    def _take_absence(self, connection: Connection, row: rows.AlertRow, now: datetime) -> None:
        """The provider says that it has nothing. Try again, unless it may have forgotten."""
        if self.is_too_old(row.claimed_at, now):
            why = "too old: the provider may have had it and forgotten it"
            rows.park(connection, row.id, row.attempt, why=why)
        elif (doubts := rows.count_own_doubts(connection, row.id, row.attempt)) >= MOST_DOUBTS:
            why = f"{doubts} attempts in doubt, and the provider has none of them"
            rows.park(connection, row.id, row.attempt, why=why)
        else:
            why = "the provider does not have it"
            rows.give_up(connection, row.id, row.attempt, detail=why, now=now)
            rows.put_back(connection, row.id, row.attempt, why=why)

    def _leave_open(self, connection: Connection, row: rows.AlertRow, now: datetime) -> None:
        """No answer came: the doubt stays, until the provider may have forgotten."""
        doubtful = row.state == states.IN_DOUBT
        if doubtful and not self.sender.answers:
            rows.park(connection, row.id, row.attempt, why="in doubt, and this provider cannot be asked")
        elif doubtful and self.is_too_old(row.claimed_at, now):
            why = "too old: the provider gave no answer while it remembered"
            rows.park(connection, row.id, row.attempt, why=why)
        else:
            again = now + timedelta(seconds=self.timings.ask_again_s)
            rows.ask_later(connection, row.id, row.attempt, ask_at=again)
            if self.breaker.is_open and find_pause(connection, self.sender.name, now) is None:
                # While the provider does not even answer questions, no text need test whether it is back.
                self._pause_for_outage(connection, self.timings.ask_again_s, now)

    def _accept(self, connection: Connection, alert: int, notification_id: str, now: datetime) -> None:
        """Record the acceptance. If an earlier attempt was given up, ask the provider once more: it may have two."""
        self.rejected.clear()
        tried_before = rows.get_row(connection, alert).attempt > 1
        again = self.sender.answers and tried_before and rows.count_given_up(connection, alert)
        ask_at = now + timedelta(seconds=self.settles) if again else None
        if not rows.accept(
            connection, alert, batch=self.batch_id, notification_id=notification_id, now=now, ask_at=ask_at
        ):
            self.observer.note("the provider accepted an alert twice: see ringback alerts status")
        apply_earlier(connection, notification_id=notification_id)

    def compare(self, connection: Connection, differences: list[str], now: datetime) -> None:
        """Halt the batch if the provider sent something else than was approved."""
        if differences:
            self.halt(connection, f"the provider sent something else: {'; '.join(differences)}", now)

    def is_too_old(self, claimed_at: datetime | None, now: datetime) -> bool:
        """Whether the provider may by now have forgotten a text claimed at this time."""
        return claimed_at is not None and self.sender.may_have_forgotten(claimed_at, now)
