"""Parked alerts brought back: those that the provider surely has not, after it was asked, and with a new approval."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.open_outcomes import make_recorder
from ringback.alerting.delivery.outcomes import OutcomeRecorder
from ringback.alerting.model import states
from ringback.alerting.senders.base import CannotAsk, Found, Sender
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records import sending as rows
from ringback.records.batches import read_batch, set_state
from ringback.records.db import writing
from ringback.records.parked import Parked, bring_back, find_parked

_QUESTIONS_A_SECOND = 10.0
_AT_ONCE = 50
_TOO_SOON = "tried a moment ago: ask again in two minutes"
_NO_ANSWER = "the provider gave no answer"
_TOO_OLD = "tried so long ago that the provider may have forgotten it"
_UNTRIED = "nothing shows when it was tried"


@dataclass
class Retried:
    """What became of the parked alerts of a batch.

    Attributes:
        parked: How many there were that the provider is not known to have.
        accepted: How many the provider has: they are accepted now.
        twice: How many it has more than once: they stay, with an alarm.
        back: How many wait again: the batch has to be approved anew.
        left: How many stay parked, by why.
    """

    parked: int = 0
    accepted: int = 0
    twice: int = 0
    back: int = 0
    left: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """How many of them are dealt with."""
        return self.accepted + self.twice + self.back + sum(self.left.values())


@dataclass(frozen=True, slots=True)
class _Answer:
    parked: Parked
    found: Sequence[Found] | None
    left: str = ""


def retry_parked(
    case_file: CaseFile, batch_id: str, *, member: str, sender: Sender, why: str, observer: Observer | None = None
) -> Retried:
    """Ask the provider about each parked alert; let those wait again that it surely has not.

    The batch is stopped then: nothing goes out before somebody else than its planner approves it again.

    Args:
        case_file: The case.
        batch_id: The batch.
        member: Who brings them back, logged in and with the right to.
        sender: The batch's sender, as `batches.open_sender.open_batch_sender` gives it.
        why: Why, for the audit log.
        observer: Told how it goes.

    Raises:
        RingbackError: `batch_unknown`, `batch_altered`, `retry_impossible`, `records_rolled_back` or `mark_missing`. A
            refusal is logged.
    """
    observer, done = observer or Observer(), Retried()
    with logging_refusals(case_file, "retry parked", member=member, batch=batch_id):
        case_file.check_newest()
        if not sender.answers:
            raise RingbackError("retry_impossible", batch=batch_id, sender=sender.name)
        recorder = make_recorder(case_file, batch_id, member=member, sender=sender, observer=observer)
        with case_file.records.connect() as connection:
            parked = find_parked(connection, batch_id)
        done.parked = len(parked)
        asking = _ask(case_file, recorder, parked)
        while answers := list(islice(asking, _AT_ONCE)):
            _write(case_file, recorder, answers, done, why)
            observer.note(f"{done.asked:,} of {done.parked:,} asked")
        facts = {"accepted": done.accepted, "twice": done.twice, "back": done.back, "left": dict(done.left)}
        case_file.log.add("parked_retried", why=why, facts={"batch": batch_id, **facts}, who=member)
    return done


def _ask(case_file: CaseFile, recorder: OutcomeRecorder, parked: Sequence[Parked]) -> Iterator[_Answer]:
    clock, sender = case_file.clock, recorder.sender
    for one in parked:
        soonest = timedelta(seconds=recorder.settles)
        if one.first_try is None or one.last_try is None:
            yield _Answer(one, None, _UNTRIED)
            continue
        if clock.now() < one.last_try + soonest:
            yield _Answer(one, None, _TOO_SOON)
            continue
        try:
            found = sender.ask(one.row.provider_reference)
        except CannotAsk:
            yield _Answer(one, None, _NO_ANSWER)
        else:
            old = not found and recorder.is_too_old(one.first_try, clock.now())
            yield _Answer(one, found, _TOO_OLD if old else "")
        clock.sleep(1.0 / _QUESTIONS_A_SECOND)


def _write(case_file: CaseFile, recorder: OutcomeRecorder, answers: Sequence[_Answer], done: Retried, why: str) -> None:
    """Write down some answers in one transaction."""
    with writing(case_file.records).begin() as connection:
        now = case_file.clock.now()
        recorder.begin()
        for answer in answers:
            row = rows.get_row(connection, answer.parked.row.id)
            if row != answer.parked.row or answer.left:
                done.left[answer.left or "it has gone on meanwhile"] += 1
            elif len(ids := sorted({one.notification_id for one in answer.found or ()})) > 1:
                rows.park_twice(connection, row.id, batch=recorder.batch_id, ids=ids, now=now)
                done.twice += 1
            elif answer.found:
                recorder.accept_found(connection, row, answer.found[0], now)
                done.accepted += 1
            else:
                bring_back(connection, row.id, why="brought back: the provider does not have it", now=now)
                done.back += 1
        if done.back:
            _stop(connection, recorder, now, why)
    recorder.note_heads()


def _stop(connection: Connection, recorder: OutcomeRecorder, now: datetime, why: str) -> None:
    """Take the approval away, once."""
    if read_batch(connection, recorder.batch_id).state == states.STOPPED:
        return
    set_state(connection, recorder.batch_id, states.STOPPED, why="parked alerts were brought back", now=now)
    recorder.add_entry(connection, "batch_stopped", why=why, **rows.count_states(connection, recorder.batch_id))
