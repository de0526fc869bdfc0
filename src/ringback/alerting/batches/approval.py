"""Approval: a second person agrees to exactly what was planned, and the sender checks that this still holds.

An approval binds to the batch's hash. Its audit entry carries a keyed seal. So a person who can write the records but
has not the case's key can neither make an approval nor move one to another batch. Stopping or halting a batch uses its
approval up.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from ringback.alerting.batches.clock_guard import check_log_clock
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent, list_hash
from ringback.alerting.model.windows import next_open
from ringback.alerting.senders.base import KEY_FACTS
from ringback.alerting.senders.registry import must_be_read_on_phones, reaches_people
from ringback.alerting.staff.audited_accounts import reading_staff
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records.audit import HEAD_FILE, AuditEntry
from ringback.records.batches import (
    Batch,
    count_alerts,
    get_batch,
    list_rehearsals,
    read_batch,
    read_list,
    set_approved,
)
from ringback.records.db import writing
from ringback.records.staff import Transaction

ALERTS, REHEARSAL = "alerts", "rehearsal"
PLANNED, REHEARSAL_PLANNED, APPROVED = "batch_planned", "rehearsal_planned", "batch_approved"
CONFIRMED, REFUSED = "rehearsal_confirmed", "refused"
STOPPED, HALTED, REPLACED = "batch_stopped", "batch_halted", "batch_replaced"
# Characters of the hash that an approver types: too many to guess, few enough to read out.
TYPED_LENGTH = 12
# Each of these entries ends the approval before it.
_TURNS = (PLANNED, REHEARSAL_PLANNED, APPROVED, STOPPED, HALTED, REPLACED)
# Key types whose texts arrive on a member of staff's phone.
_REACHES_PHONES = ("live", "team")
_CAN_BE_APPROVED = (states.PLANNED, states.STOPPED, states.HALTED)


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that was given: of which batch, by whom, when, and its audit entry."""

    batch: str
    hash: str
    planner: str
    approver: str
    at: datetime
    entry: int


def seal_entry(ring: KeyRing, what: str, **facts: str) -> str:
    """The keyed seal of an audit entry about a batch. It cannot be made without the case's key."""
    return ring.newest.keyed(f"audit {what}", _sealed_text(facts))


def _sealed_text(facts: dict[str, str]) -> str:
    return json.dumps(facts, sort_keys=True)


def approve(case_file: CaseFile, batch_id: str, *, member: str, batch_hash: str, why: str) -> Approval:
    """Approve a batch that somebody else planned. Every refusal is logged.

    Args:
        case_file: The case.
        batch_id: The batch; stopped or halted ones can be approved again.
        member: Who approves, logged in and with the right to.
        batch_hash: What the approver read in the preview: the hash's first 12 characters, or more.
        why: Why, for the audit log.

    Raises:
        RingbackError: `batch_unknown`, `batch_state_wrong`, `batch_hash_differs`, `batch_altered`,
            `approver_is_planner`, `synthetic_never_sent`, `rehearsal_missing`, `rehearsal_unconfirmed`, `batch_empty`,
            `windows_over`, `records_rolled_back`, `mark_missing` or
            `clock_went_back`.
    """
    log, now = case_file.log, case_file.clock.now()
    with logging_refusals(case_file, "approve", member=member, batch=batch_id):
        check_log_clock(case_file)
        case_file.check_newest()
        batch = get_batch(case_file.records, batch_id)
        if batch.kind != ALERTS or batch.state not in _CAN_BE_APPROVED:
            raise RingbackError(
                "batch_state_wrong", batch=batch_id, kind=batch.kind, state=batch.state, what="approved"
            )
        entries = read_checked_entries(case_file)
        planner = find_planner(case_file, batch, entries)
        if not planner or planner != batch.planned_by:
            raise _altered(batch_id, "the audit log does not confirm who planned it")
        if member == planner:
            raise RingbackError("approver_is_planner", batch=batch_id, member=member)
        with writing(case_file.records).begin() as connection:
            current = read_batch(connection, batch_id)
            if current != batch:
                raise _altered(batch_id, "it changed while it was being approved")
            content = read_content(connection, batch)
            typed = batch_hash.strip().lower()
            if len(typed) < TYPED_LENGTH or not batch.hash.startswith(typed):
                raise RingbackError("batch_hash_differs", batch=batch_id, length=TYPED_LENGTH)
            _check_ready(case_file, connection, batch, content, entries)
            facts = {"batch": batch_id, "hash": batch.hash, "planner": planner, "approver": member}
            seal = seal_entry(case_file.keys(), APPROVED, **facts)
            entry = log.add_within(connection, APPROVED, why=why, facts=facts | {"seal": seal}, who=member)
            set_approved(connection, batch_id, approver=member, entry=entry.seq, now=now)
    log.note_head(entry)
    return Approval(batch_id, batch.hash, planner, member, now, entry.seq)


def _check_ready(
    case_file: CaseFile, connection: Transaction, batch: Batch, content: BatchContent, entries: list[AuditEntry]
) -> None:
    """Check everything that an approval needs, except that the batch is unaltered."""
    if not content.texts:
        raise RingbackError("batch_empty", batch=batch.id)
    if next_open(content.windows, case_file.clock.now()) is None:
        raise RingbackError("windows_over", batch=batch.id)
    if not reaches_people(content.sender):
        return
    if case_file.is_synthetic:
        raise RingbackError("synthetic_never_sent", sender=content.sender.get("name"))
    rehearsals = find_rehearsals(connection, batch.id, content)
    if not rehearsals:
        raise RingbackError("rehearsal_missing", batch=batch.id)
    if must_be_read_on_phones(content.sender) and not find_confirmation(case_file, batch, rehearsals, entries):
        raise RingbackError("rehearsal_unconfirmed", batch=batch.id)


def find_rehearsals(connection: Transaction, batch_id: str, content: BatchContent) -> list[Batch]:
    """The finished rehearsals with the same wording and sender and at least one accepted text, in order.

    Raises:
        RingbackError: `batch_altered`.
    """
    return [
        one
        for one in list_rehearsals(connection, batch_id)
        if one.state == states.FINISHED
        and _shows_the_same(read_content(connection, one), content)
        and count_alerts(connection, one.id).get(states.ACCEPTED)
    ]


def confirmation_facts(batch: Batch, rehearsal: Batch, *, reader: str) -> dict[str, str]:
    """The facts that are sealed when somebody has read a rehearsal's text from a phone."""
    return {
        "batch": batch.id, "hash": batch.hash, "rehearsal": rehearsal.id, "rehearsal_hash": rehearsal.hash,
        "reader": reader,
    }  # fmt: skip


def find_confirmation(
    case_file: CaseFile, batch: Batch, rehearsals: list[Batch], entries: list[AuditEntry]
) -> AuditEntry | None:
    """The sealed entry that says that somebody read the text of one of these rehearsals from a phone.

    None if there is no such entry, or if the newest entry says that a phone showed another text.
    """
    known = {one.id: one for one in rehearsals}
    for entry in reversed(entries):
        if entry.what not in (CONFIRMED, REFUSED) or (told := entry.read_facts()).get("batch") != batch.id:
            continue
        if entry.what == REFUSED and told.get("error") == "rehearsal_text_differs":
            return None
        if entry.what == CONFIRMED:
            rehearsal = known.get(str(told.get("rehearsal")))
            facts = confirmation_facts(batch, rehearsal, reader=entry.who) if rehearsal else {}
            return entry if facts and is_sealed(case_file.keys(), entry, facts) else None
    return None


def _shows_the_same(rehearsed: BatchContent, content: BatchContent) -> bool:
    """Whether a phone showed in the rehearsal what the batch would send. The type of key may differ.

    A rehearsal with a test key does not count for a key that reaches people: a test key sends nothing to a phone.
    """
    ours, theirs = rehearsed.sender.get("key_type"), content.sender.get("key_type")
    return _says_the_same(rehearsed, content) and (ours == theirs or ours in _REACHES_PHONES)


def _says_the_same(rehearsed: BatchContent, content: BatchContent) -> bool:
    """Whether both send the same words by the same sender, service, template and version. Keys are not compared."""
    ours, theirs = (
        {name: value for name, value in one.sender.items() if name not in KEY_FACTS} for one in (rehearsed, content)
    )
    return rehearsed.wording == content.wording and ours == theirs


def verify_approval(case_file: CaseFile, batch: Batch) -> None:
    """Check that an approved batch is exactly what was planned and approved. The sender calls this before it begins.

    Another process may begin to send it, or finish it, meanwhile: neither is an alteration. A difference is logged as a
    refusal.

    Raises:
        RingbackError: `batch_not_approved`, `batch_altered` or `approval_invalid`.
    """
    with logging_refusals(case_file, "verify approval", member="", batch=batch.id):
        if batch.state != states.APPROVED or batch.approval_entry is None:
            raise RingbackError("batch_not_approved", batch=batch.id, state=batch.state)
        entries = read_checked_entries(case_file)
        with case_file.records.connect() as connection:
            current = read_batch(connection, batch.id)
            if current.state != states.APPROVED:
                raise RingbackError("batch_not_approved", batch=batch.id, state=current.state)
            if replace(current, started_at=batch.started_at) != batch:
                raise _altered(batch.id, "it changed while it was being checked")
            content = read_content(connection, batch)
            if batch.kind == REHEARSAL:
                _check_original(connection, batch, content)
        last = find_last_turn(entries, batch.id)
        if last is None or last.seq != batch.approval_entry:
            raise _invalid(batch.id, "its audit entry is not the last word on this batch")
        planner = find_planner(case_file, batch, entries)
        if not planner or planner != batch.planned_by:
            raise _invalid(batch.id, "the audit log does not say that it was planned like this")
        if batch.kind == REHEARSAL:
            _check_rehearsal(case_file, batch, last)
        else:
            check_approval(case_file, batch, last, planner)


def check_approval(case_file: CaseFile, batch: Batch, entry: AuditEntry, planner: str) -> None:
    """Check that an audit entry approves exactly this batch.

    Raises:
        RingbackError: `approval_invalid`.
    """
    told = entry.read_facts()
    expected = {"batch": batch.id, "hash": batch.hash, "planner": planner, "approver": batch.approved_by or ""}
    if entry.what != APPROVED:
        raise _invalid(batch.id, "its audit entry is no approval")
    if {name: told.get(name) for name in expected} != expected or entry.who != batch.approved_by:
        raise _invalid(batch.id, "its audit entry names another batch, hash, planner or approver")
    if batch.approved_by == planner:
        raise _invalid(batch.id, "planner and approver are the same person")
    if not is_sealed(case_file.keys(), entry, expected):
        raise _invalid(batch.id, "its audit entry was not made by ringback with the case's key")


def _check_rehearsal(case_file: CaseFile, batch: Batch, entry: AuditEntry) -> None:
    """Check a rehearsal's own entry. It needs no second person: it goes only to staff, at numbers they stored."""
    if entry.what != REHEARSAL_PLANNED:
        raise _invalid(batch.id, "its audit entry is not that of a rehearsal")
    with reading_staff(case_file) as accounts:
        known = {one.number_digest for one in accounts.records() if one.status == "active"}
        numbers = {number for _place, number, _check, _reference in read_list(accounts.connection, batch.id)}
    if not numbers <= known:
        raise _invalid(batch.id, "it would go to a number that is not a member of staff's")


def _check_original(connection: Transaction, batch: Batch, content: BatchContent) -> None:
    original = read_content(connection, read_batch(connection, batch.rehearses or ""))
    if not _says_the_same(content, original):
        raise _altered(batch.id, "its wording or sender is not that of the batch it rehearses")


def read_frozen(batch: Batch) -> BatchContent:
    """The content in a batch's row, not checked against what was planned.

    Raises:
        RingbackError: `batch_altered` when it cannot be read.
    """
    try:
        return BatchContent.from_canonical(batch.content)
    except ValueError:
        raise _altered(batch.id, "its content cannot be read") from None


def get_planned_content(case_file: CaseFile, batch: Batch) -> BatchContent:
    """The frozen content, checked against the sealed audit entry of its planning. The batch may be in any state.

    Raises:
        RingbackError: `batch_altered` or `audit_broken`.
    """
    entries = read_checked_entries(case_file)
    with case_file.records.connect() as connection:
        content = read_content(connection, batch)
    planner = find_planner(case_file, batch, entries)
    if not planner or planner != batch.planned_by:
        raise _altered(batch.id, "the audit log does not say that it was planned like this")
    return content


def read_content(connection: Transaction, batch: Batch) -> BatchContent:
    """The frozen content, after a check of it and of the list of alerts against the stored hash.

    Raises:
        RingbackError: `batch_altered`.
    """
    content = read_frozen(batch)
    if content.hash != batch.hash or content.canonical() != batch.content:
        raise _altered(batch.id, "its content is not what its hash says")
    if (content.batch, content.kind) != (batch.id, batch.kind):
        raise _altered(batch.id, "its content is that of another batch")
    if content.notes.get("rehearses") != batch.rehearses:
        raise _altered(batch.id, "it is not the rehearsal of the batch that it was planned for")
    read_references(connection, content)
    return content


def read_references(connection: Transaction, content: BatchContent) -> frozenset[str]:
    """The provider references of a batch's alerts, after a check of the list against the content.

    Raises:
        RingbackError: `batch_altered`.
    """
    listed = list(read_list(connection, content.batch))
    if len(listed) != content.texts or list_hash(listed) != content.list_sha256:
        raise _altered(content.batch, "its list of alerts is not what its hash says")
    return frozenset(reference for _place, _number, _check, reference in listed)


def read_checked_entries(case_file: CaseFile) -> list[AuditEntry]:
    """All audit entries, after a check of the chain.

    Raises:
        RingbackError: `audit_broken`; `records_rolled_back` where the only fault is that newer records were here.
    """
    faults = case_file.log.find_faults()
    if faults and all(HEAD_FILE in one for one in faults):
        case_file.check_newest()
    if faults:
        raise RingbackError("audit_broken", faults="; ".join(faults[:3]))
    return case_file.log.entries()


def find_last_turn(entries: list[AuditEntry], batch_id: str) -> AuditEntry | None:
    """The last audit entry that gave a batch its approval or took it away."""
    turns = (entry for entry in reversed(entries) if entry.what in _TURNS)
    return next((entry for entry in turns if entry.read_facts().get("batch") == batch_id), None)


def find_planner(case_file: CaseFile, batch: Batch, entries: list[AuditEntry]) -> str:
    """Who planned a batch, from the sealed audit entry of its planning; '' when there is none for this hash."""
    what = PLANNED if batch.kind == ALERTS else REHEARSAL_PLANNED
    ring = case_file.keys()
    for entry in reversed(entries):
        if entry.what != what or entry.read_facts().get("batch") != batch.id:
            continue
        facts = {"batch": batch.id, "hash": batch.hash, "planner": entry.who}
        return entry.who if is_sealed(ring, entry, facts) else ""
    return ""


def is_sealed(ring: KeyRing, entry: AuditEntry, facts: dict[str, str]) -> bool:
    """Whether an audit entry has the keyed seal of these facts."""
    return entry.read_facts().get("seal") in ring.keyed(f"audit {entry.what}", _sealed_text(facts))


def _altered(batch_id: str, what: str) -> RingbackError:
    return RingbackError("batch_altered", batch=batch_id, what=what)


def _invalid(batch_id: str, what: str) -> RingbackError:
    return RingbackError("approval_invalid", batch=batch_id, what=what)
