"""Accounts and sessions come back as they were written, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from ringback.records.alert_tables import staff
from ringback.records.audit import AuditLog
from ringback.records.db import writing
from ringback.records.staff import (
    StaffRecord,
    StaffSession,
    add_session,
    add_staff,
    end_sessions,
    find_last_entry,
    find_session,
    find_staff,
    has_staff,
    list_staff,
    save_log_in_state,
    save_staff,
)

NOW = datetime(2022, 11, 24, 9, 30, 0, 123456, tzinfo=UTC)
ALICE = StaffRecord("alice", "planner", "active", added_at=NOW, added_by="bob", password_hash="h", enrol_until=NOW)


@pytest.fixture
def connection(records_engine):
    with writing(records_engine).begin() as connection:
        yield connection


def test_an_account_comes_back_as_it_was(connection):
    add_staff(connection, ALICE)
    assert find_staff(connection, "alice") == ALICE
    assert find_staff(connection, "Alice") is None
    assert list_staff(connection) == [ALICE]


def test_a_saved_account_replaces_the_old_one(connection):
    add_staff(connection, ALICE)
    add_staff(connection, replace(ALICE, name="bob"))
    changed = replace(ALICE, role="viewer", password_hash=None, totp_last_step=5)
    save_staff(connection, changed)
    assert list_staff(connection) == [changed, replace(ALICE, name="bob")]


def test_the_counters_of_log_ins_change_nothing_that_is_guarded(connection):
    add_staff(connection, ALICE)
    save_log_in_state(connection, "alice", failures=3, next_try_at=NOW, totp_last_step=7)
    found = find_staff(connection, "alice")
    assert (found.failures, found.next_try_at, found.totp_last_step) == (3, NOW, 7)
    assert found.guarded_text() == ALICE.guarded_text()


@pytest.mark.parametrize(
    "change",
    [
        {"role": "approver"},
        {"status": "invited"},
        {"password_hash": "other"},
        {"totp_sealed": "other"},
        {"enrol_hash": "other"},
        {"enrol_until": NOW + timedelta(days=9)},
        {"number_sealed": "other"},
        {"number_digest": "other"},
        {"pending": "{}"},
        {"pending_by": "eve"},
        {"confirmed_by": "eve"},
    ],
)
def test_every_other_column_is_guarded(change):
    assert replace(ALICE, **change).guarded_text() != ALICE.guarded_text()


def test_secrets_do_not_show_when_an_account_is_printed():
    shown = repr(replace(ALICE, password_hash="SECRET1", totp_sealed="SECRET2", enrol_hash="SECRET3"))
    assert "SECRET" not in shown


def test_sessions_end_for_one_person_at_a_time_and_old_ones_go(connection):
    for name in ("alice", "bob"):
        add_staff(connection, replace(ALICE, name=name))
        add_session(connection, StaffSession(f"t-{name}", name, NOW, NOW + timedelta(hours=8)))
    end_sessions(connection, "alice")
    assert find_session(connection, "t-alice") is None
    assert find_session(connection, "t-bob") == StaffSession("t-bob", "bob", NOW, NOW + timedelta(hours=8))
    later = NOW + timedelta(hours=8)
    add_session(connection, StaffSession("t-new", "alice", later, later + timedelta(hours=8)))
    assert find_session(connection, "t-bob") is None


def test_a_case_that_had_staff_has_staff_even_when_the_table_was_emptied(records_engine, tmp_path):
    log = AuditLog(records_engine, tmp_path)
    with writing(records_engine).begin() as connection:
        assert not has_staff(connection)
        add_staff(connection, ALICE)
        log.add_within(connection, "staff_init", why="first", facts={"name": "alice"})
    with writing(records_engine).begin() as connection:
        connection.execute(delete(staff))
        assert has_staff(connection)


def test_the_last_entry_of_a_kind_about_somebody(records_engine, tmp_path):
    log = AuditLog(records_engine, tmp_path)
    for what, name, role in [("a", "x", "1"), ("a", "y", "2"), ("b", "x", "3"), ("c", "x", "4")]:
        log.add(what, why="", facts={"name": name, "role": role})
    with records_engine.connect() as connection:
        assert find_last_entry(connection, ("a", "b"), name="x").read_facts()["role"] == "3"
        assert find_last_entry(connection, ("a",), name="x").read_facts()["role"] == "1"
        assert find_last_entry(connection, ("a",), name="z") is None
