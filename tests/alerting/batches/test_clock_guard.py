"""A clock that was set back is refused every time, until somebody with the right confirms the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from alerting.planning_case import make_planning_case, mobile, plan, refusals
from ringback.alerting.batches.approval import approve
from ringback.alerting.batches.clock_guard import CONFIRMED, check_clock, confirm_clock
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.senders.outbox import Outbox
from ringback.clock import SystemClock
from ringback.errors import RingbackError
from ringback.records.alert_tables import leases, paces
from ringback.records.audit import AuditEntry
from ringback.records.batches import get_batch
from ringback.records.db import writing
from ringback.records.leases import take_lease
from ringback.records.tables import audit


@pytest.fixture
def case_file(tmp_path):
    made = replace(make_planning_case(tmp_path), clock=SystemClock())
    yield made
    made.records.dispose()


def code_of(function, *arguments, **others):
    with pytest.raises(RingbackError) as caught:
        function(*arguments, **others)
    return caught.value.code


def add_entry_at(case_file, at):
    """Add an entry with a future time, as a machine whose clock ran ahead would, in an unbroken chain."""
    made = case_file.log.add("run_checked", why="by a clock that ran ahead")
    moved = replace(made, at=at.isoformat(timespec="milliseconds"))
    moved = replace(moved, hash=moved.computed_hash())
    with writing(case_file.records).begin() as connection:
        connection.execute(update(audit).where(audit.c.seq == made.seq).values(at=moved.at, hash=moved.hash))
    case_file.log.note_head(moved)
    case_file.mark.replace(replace(case_file.mark.read(), hash=moved.hash))


def ahead(**much):
    return datetime.now(UTC) + timedelta(**much)


def agree(case_file):
    plan(case_file, mobile(1), mobile(2))
    return approve_it(case_file)


def approve_it(case_file):
    batch = get_batch(case_file.records, "B-001")
    return approve(case_file, "B-001", member="bob", batch_hash=batch.hash, why="agreed")


def send(case_file, **options):
    sender = Outbox(case_file.case.out_dir / "outbox-B-001.jsonl", clock=case_file.clock)
    return send_batch(case_file, "B-001", member="alice", sender=sender, **options)


@pytest.mark.parametrize("settle_only", [False, True])
def test_a_refused_start_does_not_clear_the_way_for_the_next(case_file, settle_only):
    agree(case_file)
    add_entry_at(case_file, ahead(hours=2))
    for _ in range(3):
        assert code_of(send, case_file, settle_only=settle_only) == "clock_went_back"
    assert refusals(case_file)[-1][1] == "clock_went_back"
    assert not (case_file.case.out_dir / "outbox-B-001.jsonl").exists()


def test_other_log_entries_do_not_clear_the_way_either(case_file):
    agree(case_file)
    add_entry_at(case_file, ahead(minutes=10))
    for _ in range(2):
        case_file.log.add("run_checked", why="with the clock set back")
    assert code_of(send, case_file) == "clock_went_back"


def test_an_approval_is_refused_as_well_each_time(case_file):
    plan(case_file, mobile(1), mobile(2))
    add_entry_at(case_file, ahead(minutes=10))
    for _ in range(3):
        assert code_of(approve_it, case_file) == "clock_went_back"
    assert refusals(case_file)[-1] == ("approve", "clock_went_back")
    assert get_batch(case_file.records, "B-001").state == "planned"


def test_a_correction_by_a_few_seconds_is_no_tampering(case_file):
    add_entry_at(case_file, ahead(seconds=3))
    check_clock(case_file)
    add_entry_at(case_file, ahead(seconds=30))
    assert code_of(check_clock, case_file) == "clock_went_back"


def test_an_unreadable_time_in_the_log_is_left_to_the_check_of_the_chain(case_file):
    entry = AuditEntry(99, "yesterday", "x", "run_checked", "", "{}", "", "")
    with writing(case_file.records).begin() as connection:
        connection.execute(insert(audit).values(**{name: getattr(entry, name) for name in AuditEntry.__slots__}))
    check_clock(case_file)


def test_a_clock_that_had_run_ahead_is_confirmed_by_a_person_and_then_all_goes_on(case_file):
    agree(case_file)
    add_entry_at(case_file, ahead(days=400))
    assert code_of(send, case_file) == "clock_went_back"
    confirmed = confirm_clock(case_file, member="carol", why="the battery of its clock was flat")
    assert confirmed.seen > confirmed.now
    check_clock(case_file)
    entry = case_file.log.entries()[-1]
    assert (entry.what, entry.who) == (CONFIRMED, "carol")
    assert case_file.log.find_faults() == []
    # What comes after it is held against each other as before.
    add_entry_at(case_file, ahead(hours=1))
    assert code_of(check_clock, case_file) == "clock_went_back"


def test_leases_and_paces_from_a_clock_that_ran_ahead_delay_nobody(case_file):
    agree(case_file)
    far = ahead(days=400)
    with writing(case_file.records).begin() as connection:
        take_lease(connection, "B-001", holder="ahead", now=far, lasts=timedelta(seconds=30))
        connection.execute(insert(paces).values(sender="outbox", next_at=far, day="2020-01-01", requests=0))
    add_entry_at(case_file, far)
    confirm_clock(case_file, member="carol", why="the battery of its clock was flat")
    with writing(case_file.records).begin() as connection:
        assert (
            take_lease(connection, "B-001", holder="x", now=datetime.now(UTC), lasts=timedelta(seconds=30)).fence == 2
        )
        assert connection.scalar(select(paces.c.next_at)) <= datetime.now(UTC)
        assert connection.scalar(select(leases.c.renewed_at)) <= datetime.now(UTC)


def test_a_confirmation_that_was_not_made_with_the_cases_key_counts_for_nothing(case_file):
    add_entry_at(case_file, ahead(hours=2))
    facts = {"now": "2022-11-24 10:00:00", "seen": "2022-11-24 12:00:00", "seal": "k1:" + "0" * 32}
    case_file.log.add(CONFIRMED, why="by hand", facts=facts, who="mallory")
    assert code_of(check_clock, case_file) == "clock_went_back"


def test_a_copied_confirmation_counts_for_nothing(case_file):
    add_entry_at(case_file, ahead(hours=2))
    confirm_clock(case_file, member="carol", why="right now")
    first = next(one for one in case_file.log.entries() if one.what == CONFIRMED)
    add_entry_at(case_file, ahead(hours=3))
    case_file.log.add(CONFIRMED, why=first.why, facts=first.read_facts(), who=first.who)
    assert code_of(check_clock, case_file) == "clock_went_back"


def test_a_clock_that_is_right_needs_no_confirming(case_file):
    assert code_of(confirm_clock, case_file, member="carol", why="x") == "clock_fits"
