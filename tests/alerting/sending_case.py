"""A test-only case with generated numbers and one approved batch, for sending to a provider on this machine.

The numbers are not Ofcom's for drama, for those are never handed over; they are made up, and only ever reach 127.0.0.1.
"""

import json
import random
import secrets
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from ringback.alerting.batches.approval import APPROVED, PLANNED, seal_entry
from ringback.alerting.model import references
from ringback.alerting.model.batch_content import BatchContent, Window, list_hash
from ringback.alerting.senders.notify_keys import freeze_key
from ringback.alerting.wording.templates import default_wording, render
from ringback.case.case_file import CaseFile, new_case, open_case_file
from ringback.clock import Clock
from ringback.records.batches import Batch, NewAlert, add_batch, read_batch, set_approved
from ringback.records.db import writing
from ringback.settings import Settings

WORDING = default_wording(force="Example Police")


def made_up_numbers(count, seed=1):
    """Distinct UK mobiles that are not for drama."""
    draw = random.Random(seed)
    numbers = draw.sample(range(7_400_000_000, 7_499_999_999), count)
    return [f"+44{number}" for number in numbers]


def provider_template():
    """The wording as a template at the provider, with the provider's kind of placeholder."""
    sample = references.show(references.SAMPLE)
    return render(WORDING, sample).replace(sample, "((reference))")


def notify_facts(standin, case_file=None, **others):
    """The facts that a batch freezes about a sender at the stand-in, template version 1; with a case, also its key."""
    facts = {
        "name": "notify",
        "base_url": standin.url,
        "template_id": standin.template_id,
        "sms_sender_id": None,
        "key_type": "live",
        "template_version": 1,
        "template_body": provider_template(),
        "shown_as": "ExamplePol",
    }
    return facts | (freeze_key(standin.api_key, case_file.keys()) if case_file else {}) | others


def make_sending_case(folder: Path, keys: Path, *, clock: Clock, records_url: str = "", synthetic=False) -> CaseFile:
    settings = Settings(keys_dir=keys)
    made = new_case(folder, settings=settings, name="Test", records_url=records_url, synthetic=synthetic)
    return CaseFile(made.case, made.records, made.log, settings, clock)


def reopen(folder: Path, keys: Path, *, clock: Clock) -> CaseFile:
    found = open_case_file(folder, settings=Settings(keys_dir=keys))
    return CaseFile(found.case, found.records, found.log, found.settings, clock)


def add_approved_batch(
    case_file: CaseFile, numbers, *, sender, batch_id="B-001", hours=12.0, pace="fast", per_second=49.0,
    daily_limit=250_000, windows=None, planner="alice", approver="bob",
):  # fmt: skip
    """Plan and approve a batch for these numbers, as the real planning and approval leave it."""
    now = case_file.clock.now()
    ring = case_file.keys()
    listed, issued = [], {}
    for place, number in enumerate(numbers, start=1):
        reference, ours = references.new_reference(), f"rb-{secrets.token_hex(10)}"
        sealed = ring.seal(json.dumps([number, reference]), about=f"alert:{ours}")
        check = references.check_digest(ring, reference, number[-4:])
        listed.append(NewAlert(place, ring.newest.digest(number), check, sealed, ours))
        issued[ours] = (number, reference)
    content = BatchContent(
        batch=batch_id, kind="alerts", case=case_file.case.settings.id, run="", rule="over-a-minute@1",
        list_sha256=list_hash(one.listed for one in listed), texts=len(listed),
        channels={"text": {"uk_mobile": len(listed)}}, wording=asdict(WORDING), sender=dict(sender),
        windows=windows or (Window(now - timedelta(minutes=1), now + timedelta(hours=hours)),),
        pace=pace, per_second=per_second, daily_limit=daily_limit,
    )  # fmt: skip
    log = case_file.log
    with writing(case_file.records).begin() as connection:
        batch = Batch(batch_id, "alerts", "planned", content.canonical(), content.hash, planner, now)
        add_batch(connection, batch, listed=listed)
        facts = {"batch": batch_id, "hash": content.hash, "planner": planner}
        seal = seal_entry(ring, PLANNED, **facts)
        log.add_within(connection, PLANNED, why="test", facts=facts | {"seal": seal}, who=planner)
        facts["approver"] = approver
        seal = seal_entry(ring, APPROVED, **facts)
        entry = log.add_within(connection, APPROVED, why="test", facts=facts | {"seal": seal}, who=approver)
        set_approved(connection, batch_id, approver=approver, entry=entry.seq, now=now)
    log.note_head(entry)
    return issued


def approve_again(case_file: CaseFile, batch_id="B-001", *, approver="bob"):
    """Approve a stopped or halted batch once more, as the real approval leaves it."""
    ring, log = case_file.keys(), case_file.log
    with writing(case_file.records).begin() as connection:
        batch = read_batch(connection, batch_id)
        facts = {"batch": batch_id, "hash": batch.hash, "planner": batch.planned_by, "approver": approver}
        seal = seal_entry(ring, APPROVED, **facts)
        entry = log.add_within(connection, APPROVED, why="test", facts=facts | {"seal": seal}, who=approver)
        set_approved(connection, batch_id, approver=approver, entry=entry.seq, now=case_file.clock.now())
    log.note_head(entry)
