"""What came of a request or of a question, written down within the turn's transaction."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ringback.alerting import states
from ringback.alerting.examination import Examiner, Verdict
from ringback.alerting.hands import Hand, Question, Result
from ringback.alerting.senders.base import Found, Outcome, Sender
from ringback.alerting.waits import MOST_DOUBTS, MOST_REJECTIONS, Waits
from ringback.alerting.watching import Watching
from ringback.records import sending as rows
from ringback.records.alarms import raise_alarm
from ringback.records.audit import AuditEntry, AuditLog
from ringback.records.batches import read_batch, set_state
from ringback.records.paces import next_utc_day, pause
from ringback.records.receipts import apply_earlier


@dataclass
class Bookkeeper:
    """Keeps the books of one batch for one process.

    Attributes:
        entries: Audit entries of transactions whose head is not yet noted beside the log.
        moved: Whether alerts may have come back to wait since this was last set to False.
        rejected: Alerts that the provider rejected since it last accepted one.
        unsent: Alerts that the transaction has ended without handing them over, by state and reason.
    """

    batch_id: str
    member: str
    sender: Sender
    examiner: Examiner
    waits: Waits
    log: AuditLog
    watching: Watching
    entries: list[AuditEntry] = field(default_factory=list)
    moved: bool = True
    rejected: set[int] = field(default_factory=set)
    unsent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def begin(self) -> None:
        """A transaction begins. What is still here belongs to one that was rolled back, and is no part of the log."""
        self.entries.clear()
        self.unsent.clear()

    def write(self, connection: Connection, result: Result, now: datetime) -> None:
        """Write down one result. Doing it twice changes nothing."""
        self.moved = True
        if isinstance(result.job, Question):
            self._write_answer(connection, result.job, result.found, now)
        else:
            assert result.outcome is not None
            self._write_outcome(connection, result.job, result.outcome, now)

    def add_entry(self, connection: Connection, what: str, *, why: str, **facts: object) -> None:
        """Add an audit entry about the batch within the turn's transaction."""
        facts = {"batch": self.batch_id, **facts}
        self.entries.append(self.log.add_within(connection, what, why=why, facts=facts, who=self.member))

    def note_heads(self) -> None:
        """After the commit: write the head beside the log."""
        for entry in self.entries[-1:]:
            self.log.note_head(entry)
        self.entries.clear()

    def end_unsent(self, connection: Connection, row: rows.AlertRow, verdict: Verdict) -> None:
        """End an alert that may not be sent any more, or never; `tell_unsent` comes before the commit."""
        rows.end_unsent(connection, row.id, state=verdict.state, why=verdict.why)
        self.unsent[verdict.state, verdict.why] += 1
        self.moved = True

    def tell_unsent(self, connection: Connection) -> None:
        """One audit entry for each reason for which this turn ended alerts unsent, with how many."""
        for (state, why), count in sorted(self.unsent.items()):
            what = "alerts_suppressed" if state == states.SUPPRESSED else "alerts_refused"
            self.add_entry(connection, what, why=why, alerts=count)
        self.unsent.clear()

    def halt(self, connection: Connection, why: str, now: datetime) -> None:
        """Let nobody go on with this batch before it is approved again."""
        if read_batch(connection, self.batch_id).state != states.APPROVED:
            return
        set_state(connection, self.batch_id, states.HALTED, why=why, now=now)
        raise_alarm(connection, what="batch_halted", detail=why, batch=self.batch_id, now=now)
        self.add_entry(connection, "batch_halted", why=why)
        self.watching.note(f"halted: {why}")

    def _write_outcome(self, connection: Connection, job: Hand, outcome: Outcome, now: datetime) -> None:
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
        if outcome.kind == "accepted" and outcome.found:
            self._accept(connection, job.alert, outcome.found.notification_id, now)
            self._compare(connection, self.examiner.find_differences(job.message, outcome.found), now)
        elif outcome.kind == "rejected":
            rows.reject(connection, job.alert, job.attempt, why=outcome.why)
            self._count_rejection(connection, job, outcome.why, now)
        elif outcome.kind == "unknown":
            ask_at = job.message.claimed_at + timedelta(seconds=self.sender.settles_after or self.waits.doubt)
            rows.doubt(connection, job.alert, job.attempt, why=outcome.why, ask_at=ask_at)
        else:
            rows.put_back(connection, job.alert, job.attempt, why=outcome.why)
            self._heed(connection, outcome, now)

    def _count_rejection(self, connection: Connection, job: Hand, why: str, now: datetime) -> None:
        """A rejection is for good and erases the number: what every alert would meet must not go through the list."""
        self.rejected.add(job.alert)
        if len(self.rejected) >= MOST_REJECTIONS:
            reason = f"{MOST_REJECTIONS} alerts were rejected, and none accepted between them: {why}"
            self.halt(connection, reason, now)

    def _heed(self, connection: Connection, outcome: Outcome, now: datetime) -> None:
        """What a refusal means for everybody."""
        name = self.sender.name
        if outcome.kind == "refused":
            self.halt(connection, f"the provider refuses us: {outcome.why}", now)
        elif outcome.kind == "rate_limited":
            until = now + timedelta(seconds=self.waits.after_429)
            pause(connection, name, until=until, why="the provider asked for a slower pace")
        elif outcome.kind == "daily_limited":
            pause(connection, name, until=next_utc_day(now), why="the provider's daily limit is reached")
        elif outcome.kind == "not_sent" and not outcome.why.startswith("held"):
            pause(connection, name, until=now + timedelta(seconds=1), why="the provider cannot be reached")

    def _write_answer(self, connection: Connection, job: Question, found: list[Found] | None, now: datetime) -> None:
        row = rows.get_row(connection, job.alert)
        if row.attempt != job.attempt or row.state not in (states.IN_DOUBT, states.ACCEPTED):
            # Meanwhile something newer was found out.
            return
        ids = sorted({one.notification_id for one in found or ()})
        if found is None:
            self._leave_open(connection, row, now)
        elif len(ids) > 1:
            rows.park_twice(connection, row.id, batch=self.batch_id, ids=ids, now=now)
            self.watching.note("the provider accepted an alert twice: see ringback alerts status")
        elif row.state == states.ACCEPTED:
            rows.ask_later(connection, row.id, row.attempt, ask_at=None)
        elif found:
            self._accept_found(connection, row, found[0], now)
        else:
            self._take_absence(connection, row, now)

    def _accept_found(self, connection: Connection, row: rows.AlertRow, found: Found, now: datetime) -> None:
        differences = self.examiner.find_differences_in_row(row, found)
        detail, id_ = "found by its reference", found.notification_id
        rows.end_attempt(
            connection, row.id, row.attempt, outcome="accepted", detail=detail, now=now, notification_id=id_
        )
        self._accept(connection, row.id, id_, now)
        self._compare(connection, differences, now)

    def _take_absence(self, connection: Connection, row: rows.AlertRow, now: datetime) -> None:
        """The provider says that it has nothing: true enough to try again, as long as it would remember."""
        if self._age(row, now) > self.waits.too_old:
            why = "too old: the provider may have had it and forgotten it"
            rows.park(connection, row.id, row.attempt, why=why)
        elif (doubts := rows.count_given_up(connection, row.id) + 1) >= MOST_DOUBTS:
            why = f"{doubts} attempts in doubt, and the provider has none of them"
            rows.park(connection, row.id, row.attempt, why=why)
        else:
            why = "the provider does not have it"
            rows.end_attempt(connection, row.id, row.attempt, outcome="not_accepted", detail=why, now=now)
            rows.put_back(connection, row.id, row.attempt, why=why)

    def _leave_open(self, connection: Connection, row: rows.AlertRow, now: datetime) -> None:
        """There was no answer: the doubt stays, up to the provider's memory."""
        doubtful = row.state == states.IN_DOUBT
        if doubtful and not self.sender.answers:
            rows.park(connection, row.id, row.attempt, why="in doubt, and this provider cannot be asked")
        elif doubtful and self._age(row, now) > self.waits.too_old:
            why = "too old: the provider gave no answer while it remembered"
            rows.park(connection, row.id, row.attempt, why=why)
        else:
            again = now + timedelta(seconds=self.waits.ask_again)
            rows.ask_later(connection, row.id, row.attempt, ask_at=again)

    def _accept(self, connection: Connection, alert: int, notification_id: str, now: datetime) -> None:
        """Note the acceptance. Where an earlier attempt was given up, the provider is asked once more: has it two?"""
        self.rejected.clear()
        tried_before = rows.get_row(connection, alert).attempt > 1
        again = self.sender.answers and tried_before and rows.count_given_up(connection, alert)
        ask_at = now + timedelta(seconds=self.sender.settles_after or self.waits.doubt) if again else None
        if not rows.accept(
            connection, alert, batch=self.batch_id, notification_id=notification_id, now=now, ask_at=ask_at
        ):
            self.watching.note("the provider accepted an alert twice: see ringback alerts status")
        apply_earlier(connection, notification_id=notification_id)

    def _compare(self, connection: Connection, differences: list[str], now: datetime) -> None:
        if differences:
            self.halt(connection, f"the provider sent something else: {'; '.join(differences)}", now)

    def _age(self, row: rows.AlertRow, now: datetime) -> float:
        return (now - row.claimed_at).total_seconds() if row.claimed_at else 0.0
