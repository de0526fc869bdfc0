"""Reconciling records that are not the newest, so that work can go on: the provider shows what newer records sent.

Nothing else of the newer records comes back. Their suppressions, replies, accounts and exhibits are lost, and the
person who reconciles is told so. Alerts that the provider shows as accepted become accepted. Batches that newer records
may have sent are halted, and need a new approval. A batch of which nobody can tell must be named by a person; its
waiting alerts stay unsent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ringback.alerting.batches.approval import get_planned_content
from ringback.alerting.batches.open_sender import open_sender
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.open_outcomes import make_recorder, settle_whole_list
from ringback.alerting.delivery.timings import Timings
from ringback.alerting.model import states
from ringback.alerting.senders.base import Sender
from ringback.case.case_file import CaseFile, read_mark_facts
from ringback.errors import RingbackError
from ringback.records.batches import Batch, list_batches, read_batch, set_state
from ringback.records.db import writing
from ringback.records.leases import read_all_claims
from ringback.records.marks import MarkFacts
from ringback.records.parked import park_open
from ringback.records.sending import count_states, find_last_claim

_OPEN = (states.WAITING, states.CLAIMED, states.IN_DOUBT)
_UNKNOWN = "the records were put back, and nobody can tell whether it was sent"
_HALTED = "the records were put back to an earlier state"


@dataclass
class Reconciled:
    """The findings and results of reconciling.

    Attributes:
        lacking: What the records lacked, in words; empty if they are the newest, and then nothing was done.
        settled: Batch -> count of texts that the provider has and the records did not know.
        parked: Batch -> count of alerts parked for a person, because nobody can tell.
        lost: Batches that the records do not know at all, and that the person gave up.
    """

    lacking: list[str] = field(default_factory=list)
    settled: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A batch that newer records may have sent: its sender if that can tell, else why it cannot."""

    batch: Batch
    sender: Sender | None
    unclear: str = ""


def reconcile(
    case_file: CaseFile,
    *,
    member: str,
    why: str,
    without: Sequence[str] = (),
    observer: Observer | None = None,
    open_with: Callable[[CaseFile, Batch], Sender] | None = None,
) -> Reconciled:
    """Learn from the provider what newer records sent, and make these records the current ones.

    Args:
        case_file: The case, with the newest records that still exist.
        member: Who decides that no newer records exist, logged in and with the right to.
        why: Why, for the audit log.
        without: Batches to give up: the records do not know them, or nobody can tell what was sent of them.
        observer: Hears how it goes.
        open_with: How to open a batch's sender; for tests.

    Raises:
        RingbackError: `batches_lost`, `reconcile_unclear`, `audit_broken`, `batch_altered`, and as
            `batches.open_sender.open_sender`. A refusal is logged; alerts settled by then stay settled.
    """
    observer = observer or Observer()
    with logging_refusals(case_file, "reconcile", member=member, batch=""):
        facts = case_file.mark.read()
        lacking = case_file.compare(facts) if facts else ["the mark is missing"]
        if not lacking:
            return Reconciled()
        told = {"lacking": lacking, "without": sorted(without), "old_seq": facts.seq if facts else 0}
        told["old_head"] = facts.hash if facts else ""
        # This entry also writes the head of this chain beside the log; the steps below need an unbroken chain.
        case_file.log.add("reconcile_started", why=why, facts=told, who=member)
        done = Reconciled(lacking, lost=_check_lost(case_file, facts, without))
        doubtful = _find_doubtful(case_file, facts, open_with or _open)
        _check_unclear(doubtful, without)
        for one in doubtful:
            _halt(case_file, one.batch, member)
        _wait_for_last_claim(case_file, facts, doubtful, observer)
        for one in doubtful:
            if one.sender is None:
                continue
            observer.note(f"reading the provider's list for {one.batch.id}")
            recorder = make_recorder(case_file, one.batch.id, member=member, sender=one.sender, observer=observer)
            done.settled[one.batch.id] = settle_whole_list(case_file, recorder, one.batch, again=facts is None)
        _finish(case_file, done, facts, [one.batch.id for one in doubtful if one.sender is None], member, why)
    return done


def _open(case_file: CaseFile, batch: Batch) -> Sender:
    return open_sender(case_file, get_planned_content(case_file, batch).sender, batch=batch.id)


def _check_lost(case_file: CaseFile, facts: MarkFacts | None, without: Sequence[str]) -> list[str]:
    """Batches that were sent but are not in the records. A person must name each in `without`."""
    with case_file.records.connect() as connection:
        known = {one.id for one in list_batches(connection)}
    lost = sorted(set(facts.batches if facts else ()) - known)
    if missing := sorted(set(lost) - set(without)):
        raise RingbackError("batches_lost", batches=", ".join(missing), options=_options(missing))
    return lost


def _find_doubtful(
    case_file: CaseFile, facts: MarkFacts | None, open_with: Callable[[CaseFile, Batch], Sender]
) -> list[_Doubtful]:
    """Batches with open alerts, which newer records may have sent."""
    found = []
    with case_file.records.connect() as connection:
        claims = {one.batch: one.claims for one in read_all_claims(connection)}
        batches = [
            (batch, find_last_claim(connection, batch.id))
            for batch in list_batches(connection)
            if any(count_states(connection, batch.id).get(state) for state in _OPEN)
        ]
    for batch, last in batches:
        if facts is not None:
            mark = facts.batches.get(batch.id)
            if mark is None or (
                mark.claims <= claims.get(batch.id, 0) and case_file.log.hash_at(facts.seq) == facts.hash
            ):
                continue
        sender = open_with(case_file, batch)
        # Everything that the records lack happened after everything that they hold.
        since = last or batch.planned_at
        found.append(_judge(batch, sender, since, case_file.clock.now()))
    return found


def _judge(batch: Batch, sender: Sender, since: datetime, now: datetime) -> _Doubtful:
    if not sender.lists:
        return _Doubtful(batch, None, f"the sender {sender.name} shows no list of what it sent")
    if sender.may_have_forgotten(since, now):
        return _Doubtful(batch, None, "the provider may have forgotten what was sent")
    return _Doubtful(batch, sender)


def _check_unclear(doubtful: Sequence[_Doubtful], without: Sequence[str]) -> None:
    unclear = {one.batch.id: one.unclear for one in doubtful if one.sender is None and one.batch.id not in without}
    if unclear:
        told = "; ".join(f"{name}: {words}" for name, words in unclear.items())
        raise RingbackError("reconcile_unclear", batches=told, options=_options(unclear))


def _options(names: Sequence[str] | dict[str, str]) -> str:
    return " ".join(f"--without {name}" for name in names)


def _halt(case_file: CaseFile, batch: Batch, member: str) -> None:
    """Halt the batch before anything is read, so that nobody sends it meanwhile."""
    with writing(case_file.records).begin() as connection:
        if read_batch(connection, batch.id).state != states.APPROVED:
            return
        set_state(connection, batch.id, states.HALTED, why=_HALTED, now=case_file.clock.now())
        entry = case_file.log.add_within(connection, "batch_halted", why=_HALTED, facts={"batch": batch.id}, who=member)
    case_file.log.note_head(entry)


def _wait_for_last_claim(
    case_file: CaseFile, facts: MarkFacts | None, doubtful: Sequence[_Doubtful], observer: Observer
) -> None:
    """Wait until the provider shows every text it took: its settling time (two minutes) after the last claim."""
    last = max((one.last_claim_at for one in facts.batches.values()), default=None) if facts else None
    settles = max((one.sender.settles_after or Timings().doubt_s for one in doubtful if one.sender), default=0.0)
    wait = (last + timedelta(seconds=settles) - case_file.clock.now()).total_seconds() if last else 0.0
    if wait > 0:
        observer.note(f"texts were handed over a moment ago: waiting {wait:.0f} s before the provider is asked")
        case_file.clock.sleep(wait)


def _finish(
    case_file: CaseFile, done: Reconciled, facts: MarkFacts | None, unclear: Sequence[str], member: str, why: str
) -> None:
    """Park the alerts of which nobody can tell; then set the mark to these records."""
    with writing(case_file.records).begin() as connection:
        for batch in unclear:
            done.parked[batch] = park_open(connection, batch, why=_UNKNOWN)
        told = {"settled": done.settled, "parked": done.parked, "lost": done.lost}
        entry = case_file.log.add_within(connection, "records_reconciled", why=why, facts=told, who=member)
    case_file.log.note_head(entry)
    synthetic = facts is not None and facts.synthetic
    case_file.mark.replace(read_mark_facts(case_file.records, entry, synthetic=synthetic))
