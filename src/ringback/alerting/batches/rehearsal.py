"""Rehearsals: the same text by the same sender to named staff, before it goes to the public."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ringback.alerting.batches.approval import ALERTS, REHEARSAL, REHEARSAL_PLANNED, get_planned_content, seal_entry
from ringback.alerting.batches.open_sender import open_sender, with_key_type
from ringback.alerting.batches.planning import Planned, make_alerts
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent, Window, list_hash
from ringback.alerting.model.router import TEXT
from ringback.alerting.senders.base import Sender
from ringback.alerting.staff.audited_accounts import reading_staff
from ringback.alerting.staff.sessions import get_number
from ringback.alerting.wording.templates import Wording, find_faults
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import Batch, NewAlert, add_batch, get_batch, next_rehearsal_id
from ringback.records.db import writing

MOST_IN_REHEARSAL = 10
REHEARSAL_LASTS = timedelta(hours=2)


def plan_rehearsal(
    case_file: CaseFile,
    batch_id: str,
    names: Sequence[str],
    *,
    member: str,
    why: str = "rehearsal",
    key_type: str | None = None,
) -> Planned:
    """Freeze a rehearsal: the same text by the same sender, at once, only to the stored numbers of named staff.

    It needs no second person: it reaches only staff, who stored their numbers themselves.

    Args:
        case_file: The case.
        batch_id: The batch to rehearse.
        names: Staff accounts, at most ten.
        member: Who rehearses, logged in and with the right to.
        why: Why, for the audit log.
        key_type: The type of the provider's key to rehearse with; None for the batch's own key.

    Raises:
        RingbackError: `batch_unknown`, `batch_state_wrong`, `batch_altered`, `audit_broken`,
            `alert_wording_blocked`, `synthetic_never_sent`, `rehearsal_impossible`, `staff_unknown`,
            `staff_number_missing`, `staff_altered`, and as `batches.open_sender.open_sender`.
    """
    with logging_refusals(case_file, "rehearse", member=member, batch=batch_id):
        case_file.check_newest()
        original = get_batch(case_file.records, batch_id)
        if original.kind != ALERTS or original.state == states.FINISHED:
            raise RingbackError(
                "batch_state_wrong", batch=batch_id, kind=original.kind, state=original.state, what="rehearsed"
            )
        # Nobody approves a rehearsal, so the batch that it copies must have been planned by somebody with that right.
        content = get_planned_content(case_file, original)
        if faults := find_faults(Wording(**content.wording)):
            raise RingbackError("alert_wording_blocked", faults="; ".join(faults))
        facts_of_sender = with_key_type(case_file, content.sender, key_type, batch=batch_id)
        sender = open_sender(case_file, facts_of_sender, batch=batch_id)
        ring, now = case_file.keys(), case_file.clock.now()
        alerts = make_alerts(ring, _staff_numbers(case_file, batch_id, names, sender))
        with writing(case_file.records).begin() as connection:
            id_ = next_rehearsal_id(connection, batch_id)
            planned = _rehearsal_of(content, id_, alerts, sender=facts_of_sender, now=now, member=member)
            facts = {
                "batch": id_, "rehearses": batch_id, "hash": planned.batch.hash, "texts": len(alerts),
                "staff": sorted(names), "numbers": [one.number_digest for one in alerts],
                "seal": seal_entry(ring, REHEARSAL_PLANNED, batch=id_, hash=planned.batch.hash, planner=member),
            }  # fmt: skip
            entry = case_file.log.add_within(connection, REHEARSAL_PLANNED, why=why, facts=facts, who=member)
            batch = Batch(**asdict(planned.batch) | {"approved_at": now, "approval_entry": entry.seq})
            add_batch(connection, batch, listed=alerts)
        case_file.log.note_head(entry)
    return Planned(batch, planned.content)


def _staff_numbers(
    case_file: CaseFile, batch_id: str, names: Sequence[str], sender: Sender
) -> list[tuple[str, str]]:  # fmt: skip
    if not 0 < len(names) <= MOST_IN_REHEARSAL or len(set(names)) != len(names):
        problem = f"name 1 to {MOST_IN_REHEARSAL} different members of staff"
        raise RingbackError("rehearsal_impossible", batch=batch_id, problem=problem)
    found = []
    for name in names:
        number = get_number(case_file, name)
        if not sender.takes(number):
            problem = f"the sender takes no such number as {name} stored"
            raise RingbackError("rehearsal_impossible", batch=batch_id, problem=problem)
        with reading_staff(case_file) as accounts:
            # The digest stored in the account: sending compares a rehearsal's numbers with it.
            found.append((number, accounts.get(name).number_digest or ""))
    if len({number for number, _digest in found}) != len(found):
        raise RingbackError("rehearsal_impossible", batch=batch_id, problem="two of them stored the same number")
    return found


def _rehearsal_of(
    content: BatchContent,
    id_: str,
    alerts: Sequence[NewAlert],
    *,
    sender: dict[str, Any],
    now: datetime,
    member: str,
) -> Planned:
    begin = now.replace(microsecond=0)
    facts = {name: getattr(content, name) for name in BatchContent.__slots__}
    facts |= {
        "batch": id_,
        "kind": REHEARSAL,
        "run": "",
        "list_sha256": list_hash(one.listed for one in alerts),
        "texts": len(alerts),
        "channels": {TEXT: {"staff": len(alerts)}},
        "sender": sender,
        "windows": (Window(begin, begin + REHEARSAL_LASTS),),
        "quiet_from": "",
        "quiet_until": "",
        "pace": "fast",
        "notes": {"rehearses": content.batch},
    }
    made = BatchContent(**facts)
    batch = Batch(
        id_, REHEARSAL, states.APPROVED, made.canonical(), made.hash, planned_by=member, planned_at=now,
        rehearses=content.batch,
    )  # fmt: skip
    return Planned(batch, made)
