"""The records of alert checks, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from ringback.records.alert_tables import alerts, batches
from ringback.records.check_slots import (
    KeptSlot,
    OursWhen,
    count_alerts_in,
    find_ours,
    forget_slots,
    list_ours,
    load_slots,
    save_slots,
)
from ringback.records.db import writing

NOON = datetime(2022, 11, 24, 12, 0, tzinfo=UTC)
OWN, LANE, OTHER = ("k1:reference", "k1:source"), ("k1:reference", "quick"), ("k1:other", "k1:source")


@pytest.fixture
def connection(records_engine):
    with writing(records_engine).begin() as connection:
        yield connection


def add_alert(connection, digest, state, *, accepted_at=None, claimed_at=None):
    place = count_alerts(connection) + 1
    if place == 1:
        connection.execute(
            insert(batches).values(
                id="B-001", kind="alerts", state="approved", content="{}", hash="", planned_by="pat", planned_at=NOON
            )
        )
    connection.execute(
        insert(alerts).values(
            batch="B-001",
            place=place,
            number_digest="k1:number",
            check_digest=digest,
            provider_reference=f"rb-{place}",
            state=state,
            attempt=1,
            accepted_at=accepted_at,
            claimed_at=claimed_at,
        )
    )


def count_alerts(connection):
    states = ("waiting", "claimed", "in_doubt", "accepted", "rejected", "suppressed", "needs_human")
    return sum(count_alerts_in(connection, "B-001", state) for state in states)


def test_slots_are_kept_and_replaced(connection):
    kept = {OWN: KeptSlot(1, NOON, True), LANE: KeptSlot(7, NOON + timedelta(seconds=2), False)}
    save_slots(connection, kept)
    assert load_slots(connection, [OWN, LANE, OTHER]) == kept
    save_slots(connection, {OWN: KeptSlot(2, NOON + timedelta(microseconds=1), False)})
    assert load_slots(connection, [OWN, LANE]) == kept | {OWN: KeptSlot(2, NOON + timedelta(microseconds=1), False)}


def test_slots_of_one_name_are_not_those_of_another(connection):
    save_slots(connection, {OWN: KeptSlot(1, NOON, True)})
    assert load_slots(connection, [OTHER, ("k1:source", "k1:reference")]) == {}


def test_old_slots_are_forgotten_and_others_stay(connection):
    save_slots(connection, {OWN: KeptSlot(1, NOON, True), OTHER: KeptSlot(1, NOON + timedelta(days=1), False)})
    assert forget_slots(connection, before=NOON + timedelta(hours=1)) == 1
    assert list(load_slots(connection, [OWN, OTHER])) == [OTHER]


def test_only_an_alert_that_counts_as_ours_is_found(connection):
    add_alert(connection, "k1:waiting", "waiting")
    add_alert(connection, "k1:accepted", "accepted", accepted_at=NOON, claimed_at=NOON - timedelta(minutes=1))
    add_alert(connection, "k1:doubt", "in_doubt", claimed_at=NOON)
    when = OursWhen(("accepted", "in_doubt"), waiting="waiting", batch_state="approved")
    assert find_ours(connection, ["k1:unknown"], when=when) is None
    assert find_ours(connection, ["k2:unknown", "k1:accepted"], when=when).at == NOON
    assert find_ours(connection, ["k1:doubt"], when=when).at == NOON
    for state, ours in (("approved", True), ("stopped", False), ("halted", False), ("finished", False)):
        connection.execute(update(batches).values(state=state))
        assert bool(find_ours(connection, ["k1:waiting"], when=when)) == ours, state
        found = {one.check_digest for one in list_ours(connection, when=when)}
        assert found == {"k1:accepted", "k1:doubt"} | ({"k1:waiting"} if ours else set())


def test_alerts_are_counted_by_batch_and_state(connection):
    add_alert(connection, "k1:a", "accepted")
    add_alert(connection, "k1:b", "accepted")
    add_alert(connection, "k1:c", "rejected")
    assert count_alerts_in(connection, "B-001", "accepted") == 2
    assert count_alerts_in(connection, "B-002", "accepted") == 0
