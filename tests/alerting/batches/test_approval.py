"""Approval: by a second person, of exactly what was planned, and not forgeable by somebody with the database."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from alerting.planning_case import (
    OUTBOX,
    alter,
    made_up_mobiles,
    make_planning_case,
    mobile,
    notify_facts,
    plan,
    refusals,
    rows_of,
)
from ringback.alerting.batches.approval import APPROVED, PLANNED, approve, seal_entry, verify_approval
from ringback.alerting.batches.rehearsal import plan_rehearsal
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.staff.sessions import store_number
from ringback.errors import RingbackError
from ringback.records.alert_tables import alerts, batches, staff
from ringback.records.audit import FIRST_PREVIOUS, AuditEntry, AuditLog
from ringback.records.batches import get_batch, set_started, set_state
from ringback.records.db import writing
from ringback.records.tables import audit


@pytest.fixture
def case_file(tmp_path):
    made = make_planning_case(tmp_path)
    yield made
    made.records.dispose()


def agree(case_file, batch="B-001", *, member="bob", typed=None):
    hash_ = get_batch(case_file.records, batch).hash
    return approve(case_file, batch, member=member, batch_hash=typed or hash_[:12], why="agreed")


def planned_and_approved(case_file, *people, **others):
    plan(case_file, *(people or (mobile(1), mobile(2), mobile(3))), **others)
    return agree(case_file)


def verify(case_file, batch="B-001"):
    verify_approval(case_file, get_batch(case_file.records, batch))


def refused(case_file, code, function, *arguments, **others):
    """Check that the call raises this error, and that the refusal is logged."""
    with pytest.raises(RingbackError) as caught:
        function(case_file, *arguments, **others)
    assert caught.value.code == code, caught.value
    assert refusals(case_file)[-1][1] == code
    return caught.value


def stop(case_file, state="stopped", batch="B-001"):
    """Leave in the records what stopping and halting leave."""
    with writing(case_file.records).begin() as connection:
        set_state(connection, batch, state, why="test", now=case_file.clock.now())
        facts = {"batch": batch}
        entry = case_file.log.add_within(connection, f"batch_{state}", why="test", facts=facts, who="olga")
    case_file.log.note_head(entry)


# Approving.


def test_a_second_person_approves_exactly_the_hash(case_file):
    batch = plan(case_file).batch
    given = agree(case_file)
    assert (given.batch, given.hash, given.planner, given.approver) == ("B-001", batch.hash, "alice", "bob")
    found = get_batch(case_file.records, "B-001")
    assert (found.state, found.approved_by, found.approved_at) == ("approved", "bob", case_file.clock.now())
    entry = case_file.log.entries()[-1]
    assert (entry.seq, entry.what, entry.who, entry.why) == (found.approval_entry, APPROVED, "bob", "agreed")
    facts = entry.read_facts()
    assert {name: facts[name] for name in ("batch", "hash", "planner", "approver")} == {
        "batch": "B-001", "hash": batch.hash, "planner": "alice", "approver": "bob",
    }  # fmt: skip
    verify(case_file)
    assert refusals(case_file) == []


def test_nobody_approves_what_they_planned(case_file):
    plan(case_file)
    refused(case_file, "approver_is_planner", agree, member="alice")
    assert get_batch(case_file.records, "B-001").state == "planned"


def test_writing_another_planner_into_the_row_does_not_help(case_file):
    plan(case_file)
    alter(case_file, update(batches).values(planned_by="carol"))
    refused(case_file, "batch_altered", agree, member="alice")
    refused(case_file, "batch_altered", agree, member="bob")


@pytest.mark.parametrize("typed", ["", "0" * 12, "short"])
def test_another_hash_is_refused(case_file, typed):
    plan(case_file)
    refused(case_file, "batch_hash_differs", approve, "B-001", member="bob", batch_hash=typed, why="x")


def test_too_few_characters_of_the_hash_are_refused_and_the_whole_hash_is_accepted(case_file):
    hash_ = plan(case_file).batch.hash
    refused(case_file, "batch_hash_differs", agree, typed=hash_[:11])
    assert agree(case_file, typed=f" {hash_.upper()} ").batch == "B-001"


def test_an_approved_batch_is_not_approved_again(case_file):
    planned_and_approved(case_file)
    refused(case_file, "batch_state_wrong", agree, member="carol")


def test_a_batch_without_texts_is_not_approved(case_file):
    plan(case_file, replace(mobile(1), kind="landline"))
    refused(case_file, "batch_empty", agree)


def test_a_batch_whose_windows_are_over_is_not_approved(case_file):
    plan(case_file)
    case_file.clock.sleep(10 * 3600)
    refused(case_file, "windows_over", agree)


def test_an_unknown_batch_is_not_approved(case_file):
    with pytest.raises(RingbackError, match="no batch B-042"):
        approve(case_file, "B-042", member="bob", batch_hash="0" * 12, why="x")
    assert refusals(case_file) == [("approve", "batch_unknown")]


def edited_content(case_file, **changes):
    """The batch's content with other facts, as canonical text."""
    content = BatchContent.from_canonical(get_batch(case_file.records, "B-001").content)
    return replace(content, **changes)


def test_a_batch_that_was_edited_before_its_approval_is_refused(case_file):
    plan(case_file)
    content = edited_content(case_file, per_second=900.0)
    typed = content.hash[:12]
    alter(case_file, update(batches).values(content=content.canonical()))
    refused(case_file, "batch_altered", agree)
    # Even with a matching hash: the audit log has the hash that was planned.
    alter(case_file, update(batches).values(hash=content.hash))
    refused(case_file, "batch_altered", agree, typed=typed)


def test_a_list_that_was_edited_before_its_approval_is_refused(case_file):
    plan(case_file)
    alter(case_file, delete(alerts).where(alerts.c.place == 2))
    refused(case_file, "batch_altered", agree)


def test_nothing_is_approved_on_a_broken_audit_log(case_file):
    plan(case_file)
    alter(case_file, update(audit).where(audit.c.seq == 1).values(why="another"))
    refused(case_file, "audit_broken", agree)


@pytest.mark.parametrize("state", ["stopped", "halted"])
def test_stopping_uses_up_the_approval_and_a_new_one_lets_sending_go_on(case_file, state):
    planned_and_approved(case_file)
    stop(case_file, state)
    refused(case_file, "batch_not_approved", verify)
    agree(case_file, member="carol")
    verify(case_file)
    assert get_batch(case_file.records, "B-001").approved_by == "carol"


def test_a_synthetic_case_approves_nothing_that_reaches_people(tmp_path):
    case_file = make_planning_case(tmp_path, synthetic=True)
    plan(case_file)
    content = edited_content(case_file, sender=notify_facts(case_file))
    facts = {"batch": "B-001", "hash": content.hash, "planner": "alice"}
    alter(case_file, update(batches).values(content=content.canonical(), hash=content.hash))
    # The strongest forger: with the case's key, a planning entry that fits.
    seal = seal_entry(case_file.keys(), PLANNED, **facts)
    case_file.log.add(PLANNED, why="forged", facts=facts | {"seal": seal}, who="alice")
    refused(case_file, "synthetic_never_sent", agree)


# The checks of the sender.

TAMPERINGS = {
    "another pace": lambda c: [update(batches).values(content=edited_content(c, per_second=99.0).canonical())],
    "another text": lambda c: [
        update(batches).values(
            content=edited_content(
                c, wording=edited_content(c).wording | {"template": "Click {website} {reference} {force}"}
            ).canonical()
        )
    ],
    "unreadable content": lambda _c: [update(batches).values(content="{}")],
    "the same content written otherwise": lambda c: [
        update(batches).values(content=json.dumps(json.loads(get_batch(c.records, "B-001").content)))
    ],
    "content and hash": lambda c: [
        update(batches).values(
            content=edited_content(c, per_second=99.0).canonical(), hash=edited_content(c, per_second=99.0).hash
        )
    ],
    "another hash": lambda _c: [update(batches).values(hash="0" * 64)],
    "another number": lambda _c: [update(alerts).where(alerts.c.place == 1).values(number_digest="k1:other")],
    "another check digest": lambda _c: [update(alerts).where(alerts.c.place == 1).values(check_digest="k1:other")],
    "another reference at the provider": lambda _c: [
        update(alerts).where(alerts.c.place == 1).values(provider_reference="rb-other")
    ],
    "two numbers swapped": lambda c: [
        update(alerts).where(alerts.c.place == place).values(number_digest=rows_of(c, alerts)[2 - place].number_digest)
        for place in (1, 2)
    ],
    "one alert less": lambda _c: [delete(alerts).where(alerts.c.place == 3)],
    "one alert more": lambda _c: [
        insert(alerts).values(
            batch="B-001", place=4, number_digest="k1:x", check_digest="k1:y", provider_reference="rb-x", sealed="",
            state="waiting", attempt=0,
        )
    ],
    "an alert moved": lambda _c: [update(alerts).where(alerts.c.place == 3).values(place=30)],
    "no approval entry": lambda _c: [update(batches).values(approval_entry=None)],
    "the entry of its planning": lambda c: [
        update(batches).values(approval_entry=get_batch(c.records, "B-001").approval_entry - 1)
    ],
    "an entry that is not there": lambda _c: [update(batches).values(approval_entry=999)],
    "another approver": lambda _c: [update(batches).values(approved_by="carol")],
    "the planner as approver": lambda _c: [update(batches).values(approved_by="alice")],
    "another planner": lambda _c: [update(batches).values(planned_by="carol")],
    "a rehearsal": lambda _c: [update(batches).values(kind="rehearsal", rehearses="B-001")],
    "a broken audit log": lambda _c: [update(audit).where(audit.c.seq == 1).values(who="nobody")],
}  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_batch_altered_after_approval_is_not_sent(case_file, tampering):
    planned_and_approved(case_file)
    verify(case_file)
    alter(case_file, *TAMPERINGS[tampering](case_file))
    with pytest.raises(RingbackError) as caught:
        verify(case_file)
    assert caught.value.code in ("batch_altered", "approval_invalid", "batch_not_approved", "audit_broken")
    assert refusals(case_file)[-1] == ("verify approval", caught.value.code)


def test_a_row_that_is_not_the_one_in_the_records_is_refused(case_file):
    planned_and_approved(case_file)
    batch = get_batch(case_file.records, "B-001")
    refused(case_file, "batch_altered", verify_approval, replace(batch, planned_by="carol"))


def test_another_sender_that_begins_or_ends_meanwhile_altered_nothing(case_file):
    planned_and_approved(case_file)
    batch, now = get_batch(case_file.records, "B-001"), case_file.clock.now()
    with writing(case_file.records).begin() as connection:
        set_started(connection, "B-001", now=now)
    verify_approval(case_file, batch)
    with writing(case_file.records).begin() as connection:
        set_state(connection, "B-001", "finished", why="", now=now)
    refused(case_file, "batch_not_approved", verify_approval, batch)


@pytest.mark.parametrize("state", ["planned", "stopped", "halted", "finished"])
def test_only_an_approved_batch_is_sent(case_file, state):
    planned_and_approved(case_file)
    alter(case_file, update(batches).values(state=state))
    refused(case_file, "batch_not_approved", verify)


def test_the_progress_of_alerts_changes_nothing_about_the_approval(case_file):
    planned_and_approved(case_file)
    alter(
        case_file,
        update(alerts).where(alerts.c.place == 1).values(state="accepted", sealed=None, notification_id="n", attempt=1),
        update(alerts).where(alerts.c.place == 2).values(state="in_doubt", attempt=2),
    )
    case_file.log.add("sending_started", why="test", facts={"batch": "B-001"})
    verify(case_file)


def test_an_approval_cannot_be_moved_to_another_batch(case_file):
    plan(case_file, mobile(1))
    plan(case_file, mobile(2))
    agree(case_file, "B-001")
    entry = get_batch(case_file.records, "B-001").approval_entry
    alter(
        case_file,
        update(batches)
        .where(batches.c.id == "B-002")
        .values(state="approved", approved_by="bob", approval_entry=entry),
    )
    refused(case_file, "approval_invalid", verify, "B-002")
    verify(case_file, "B-001")


@pytest.mark.parametrize("state", ["stopped", "halted"])
def test_an_old_approval_cannot_be_used_again_after_a_stop(case_file, state):
    given = planned_and_approved(case_file)
    stop(case_file, state)
    alter(case_file, update(batches).values(state="approved", approval_entry=given.entry))
    refused(case_file, "approval_invalid", verify)


def test_an_older_approval_does_not_stand_in_for_a_newer_one(case_file):
    first = planned_and_approved(case_file)
    stop(case_file)
    agree(case_file, member="carol")
    alter(case_file, update(batches).values(approved_by="bob", approval_entry=first.entry))
    refused(case_file, "approval_invalid", verify)


def rewrite_chain(case_file, change):
    """What somebody with the database and this program's source can do: edit an entry, make all later hashes fit."""
    previous = FIRST_PREVIOUS
    for entry in case_file.log.entries():
        edited = replace(change(entry), previous=previous, hash="")
        previous = edited.computed_hash()
        values = {name: getattr(edited, name) for name in AuditEntry.__slots__} | {"hash": previous}
        alter(case_file, update(audit).where(audit.c.seq == entry.seq).values(**values))
    (case_file.case.path / "audit.head").write_text(f"{len(case_file.log.entries())} {previous}\n")
    assert case_file.log.find_faults() == []


def test_an_approver_edited_in_a_recomputed_chain_is_noticed_without_the_key(case_file):
    planned_and_approved(case_file)

    def change(entry):
        if entry.what != APPROVED:
            return entry
        facts = entry.read_facts() | {"approver": "carol"}
        return replace(entry, who="carol", facts=json.dumps(facts, sort_keys=True))

    rewrite_chain(case_file, change)
    alter(case_file, update(batches).values(approved_by="carol"))
    refused(case_file, "approval_invalid", verify)


def test_self_approval_hidden_in_a_recomputed_chain_is_noticed(case_file):
    planned_and_approved(case_file)

    def change(entry):
        if entry.what != PLANNED:
            return entry
        return replace(entry, who="bob")

    rewrite_chain(case_file, change)
    alter(case_file, update(batches).values(planned_by="bob"))
    refused(case_file, "approval_invalid", verify)


def test_an_approval_made_up_in_the_database_is_noticed(case_file):
    batch = plan(case_file).batch
    facts = {"batch": "B-001", "hash": batch.hash, "planner": "alice", "approver": "bob", "seal": "k1:" + "0" * 32}
    entry = AuditLog(case_file.records, case_file.case.path).add(APPROVED, why="forged", facts=facts, who="bob")
    values = {"state": "approved", "approved_by": "bob", "approval_entry": entry.seq}
    alter(case_file, update(batches).values(**values))
    refused(case_file, "approval_invalid", verify)


def test_a_stop_cut_out_of_the_log_leaves_a_gap(case_file):
    given = planned_and_approved(case_file)
    stop(case_file)
    alter(
        case_file,
        delete(audit).where(audit.c.what == "batch_stopped"),
        update(batches).values(state="approved", approval_entry=given.entry),
    )
    # The rest of the chain holds, but the mark beside the keys shows that entries are missing.
    refused(case_file, "records_rolled_back", verify)


def test_an_approval_under_an_older_key_still_holds(case_file):
    planned_and_approved(case_file)
    keys = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    keys.write_text(keys.read_text() + f"k2 {'ab' * 32}\n")
    verify(case_file)


# Rehearsals.


@pytest.fixture
def staffed(staff_case, tokens):
    """A case with staff, two of whom stored a mobile; alice planned a batch for the outbox."""
    for name, number in (("alice", "07700 900101"), ("bob", "07700 900102")):
        store_number(staff_case, number, token=tokens[name])
    plan(staff_case, sender=OUTBOX)
    return staff_case


def test_a_rehearsal_goes_to_named_staff_alone_with_the_same_text(staffed):
    planned = plan_rehearsal(staffed, "B-001", ["alice", "bob"], member="alice")
    original = BatchContent.from_canonical(get_batch(staffed.records, "B-001").content)
    content, now = planned.content, staffed.clock.now()
    assert (planned.batch.id, planned.batch.kind, planned.batch.rehearses) == ("B-001-R1", "rehearsal", "B-001")
    assert (content.wording, content.sender, content.texts) == (original.wording, original.sender, 2)
    assert [(one.first_at, one.until_at - one.first_at) for one in content.windows] == [(now, timedelta(hours=2))]
    assert (content.pace, content.quiet_from) == ("fast", "")
    ring = staffed.keys()
    digests = {row.number_digest for row in rows_of(staffed, alerts, "B-001-R1")}
    assert digests == {ring.newest.digest("+447700900101"), ring.newest.digest("+447700900102")}
    verify(staffed, "B-001-R1")
    entry = staffed.log.entries()[-1]
    assert (entry.what, entry.who, entry.read_facts()["staff"]) == ("rehearsal_planned", "alice", ["alice", "bob"])
    assert "900101" not in entry.facts


def test_rehearsals_are_numbered_and_leave_the_batch_as_it_was(staffed):
    before = get_batch(staffed.records, "B-001")
    ids = [plan_rehearsal(staffed, "B-001", ["bob"], member="alice").batch.id for _ in range(2)]
    assert ids == ["B-001-R1", "B-001-R2"]
    assert get_batch(staffed.records, "B-001") == before
    agree(staffed)
    verify(staffed)
    verify(staffed, "B-001-R1")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ([], "rehearsal_impossible"),
        (["alice", "alice"], "rehearsal_impossible"),
        ([f"n{place}" for place in range(11)], "rehearsal_impossible"),
        (["nobody"], "staff_unknown"),
        (["vera"], "staff_number_missing"),
    ],
)
def test_people_who_cannot_get_a_rehearsal_are_refused(staffed, names, code):
    refused(staffed, code, plan_rehearsal, "B-001", names, member="alice")


def test_two_with_the_same_number_are_refused(staffed, tokens):
    store_number(staffed, "07700 900101", token=tokens["bob"])
    refused(staffed, "rehearsal_impossible", plan_rehearsal, "B-001", ["alice", "bob"], member="alice")


def test_a_rehearsal_can_be_neither_rehearsed_nor_approved(staffed):
    plan_rehearsal(staffed, "B-001", ["bob"], member="alice")
    refused(staffed, "batch_state_wrong", plan_rehearsal, "B-001-R1", ["bob"], member="alice")
    refused(staffed, "batch_state_wrong", agree, "B-001-R1")


def test_an_altered_batch_is_not_rehearsed(staffed):
    alter(staffed, update(batches).values(hash="0" * 64))
    refused(staffed, "batch_altered", plan_rehearsal, "B-001", ["bob"], member="alice")


LINK = "{force}: this number was called by criminals. See www.example.org or search for {website}. {reference}"


def edit_and_fit(case_file, **changes):
    """Edit the batch's content and set a matching hash: only the seal is missing."""
    content = edited_content(case_file, **changes)
    alter(case_file, update(batches).values(content=content.canonical(), hash=content.hash))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: {"wording": edited_content(c).wording | {"template": LINK}},
        lambda c: {"wording": edited_content(c).wording | {"force": "Sample Police"}},
        lambda c: {"sender": edited_content(c).sender | {"shown_as": "another"}},
    ],
)
def test_an_altered_batch_with_a_matching_hash_is_not_rehearsed(staffed, change):
    edit_and_fit(staffed, **change(staffed))
    refused(staffed, "batch_altered", plan_rehearsal, "B-001", ["bob"], member="alice")
    assert rows_of(staffed, batches, "B-001-R1") == []


def test_a_wording_that_the_linter_blocks_is_not_rehearsed_even_with_the_cases_key(staffed):
    edit_and_fit(staffed, wording=edited_content(staffed).wording | {"template": LINK})
    facts = {"batch": "B-001", "hash": get_batch(staffed.records, "B-001").hash, "planner": "alice"}
    seal = seal_entry(staffed.keys(), PLANNED, **facts)
    staffed.log.add(PLANNED, why="forged", facts=facts | {"seal": seal}, who="alice")
    error = refused(staffed, "alert_wording_blocked", plan_rehearsal, "B-001", ["bob"], member="alice")
    assert "link" in str(error)


REHEARSAL_TAMPERINGS = {
    "another number": [update(alerts).where(alerts.c.batch == "B-001-R1").values(number_digest="k1:somebody")],
    "one alert more": [
        insert(alerts).values(
            batch="B-001-R1", place=2, number_digest="k1:x", check_digest="k1:y", provider_reference="rb-x", sealed="",
            state="waiting", attempt=0,
        )
    ],
    "a colleague who left": [update(staff).where(staff.c.name == "bob").values(status="disabled")],
    "a number put into a staff account": [update(staff).where(staff.c.name == "bob").values(number_digest="k1:x")],
    "a batch made a rehearsal": [
        update(batches).where(batches.c.id == "B-001").values(
            kind="rehearsal", rehearses="B-001", state="approved", approval_entry=1
        )
    ],
}  # fmt: skip


@pytest.mark.parametrize("tampering", REHEARSAL_TAMPERINGS)
def test_an_altered_rehearsal_is_not_sent(staffed, tampering):
    plan_rehearsal(staffed, "B-001", ["bob"], member="alice")
    alter(staffed, *REHEARSAL_TAMPERINGS[tampering])
    with pytest.raises(RingbackError) as caught:
        verify(staffed, "B-001" if "batch made" in tampering else "B-001-R1")
    assert caught.value.code in ("batch_altered", "approval_invalid", "staff_altered", "batch_not_approved")


def test_a_rehearsal_is_not_sent_to_a_staff_number_changed_since_planning(staffed, tokens):
    plan_rehearsal(staffed, "B-001", ["bob"], member="alice")
    store_number(staffed, "07700 900109", token=tokens["bob"])
    refused(staffed, "approval_invalid", verify, "B-001-R1")


# Batches that reach people must be rehearsed first.


@pytest.fixture
def for_people(staff_case, tokens):
    """A batch that would reach people; bob's mobile is one that the provider takes on a test key."""
    store_number(staff_case, "07700 900001", token=tokens["bob"])
    plan(staff_case, *made_up_mobiles(3), sender=notify_facts(staff_case, key_type="test"))
    return staff_case


def finish(case_file, batch, *, state="accepted"):
    alter(case_file, update(alerts).where(alerts.c.batch == batch).values(state=state, sealed=None))
    with writing(case_file.records).begin() as connection:
        set_state(connection, batch, "finished", why="", now=case_file.clock.now())


def test_without_a_rehearsal_nothing_that_reaches_people_is_approved(for_people):
    refused(for_people, "rehearsal_missing", agree)
    rehearsal = plan_rehearsal(for_people, "B-001", ["bob"], member="alice").batch.id
    refused(for_people, "rehearsal_missing", agree)
    finish(for_people, rehearsal)
    agree(for_people)
    verify(for_people)


def test_a_rehearsal_that_reached_nobody_does_not_count(for_people):
    rehearsal = plan_rehearsal(for_people, "B-001", ["bob"], member="alice").batch.id
    finish(for_people, rehearsal, state="rejected")
    refused(for_people, "rehearsal_missing", agree)


def test_a_rehearsal_of_another_batch_does_not_count(for_people):
    rehearsal = plan_rehearsal(for_people, "B-001", ["bob"], member="alice").batch.id
    finish(for_people, rehearsal)
    plan(for_people, *made_up_mobiles(2, seed=2), sender=notify_facts(for_people, key_type="test"))
    refused(for_people, "rehearsal_missing", agree, "B-002")
    alter(for_people, update(batches).where(batches.c.id == rehearsal).values(rehearses="B-002"))
    # The same words and sender, but its frozen content names the batch that it rehearses.
    refused(for_people, "batch_altered", agree, "B-002")


def test_a_member_of_staff_whose_number_the_provider_may_not_be_given_is_refused(for_people, tokens):
    store_number(for_people, "07700 900103", token=tokens["alice"])
    refused(for_people, "rehearsal_impossible", plan_rehearsal, "B-001", ["alice"], member="alice")
