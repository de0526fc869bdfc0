"""Batches in the records: stored as planned, counted, and in one state at a time; on SQLite and PostgreSQL."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, update

from ringback.errors import RingbackError
from ringback.records.alert_tables import alerts, batches
from ringback.records.batches import (
    Batch,
    NewAlert,
    RouteRow,
    add_batch,
    alerted_numbers,
    count_alerts,
    count_routes,
    find_batch,
    get_batch,
    list_batches,
    list_rehearsals,
    next_batch_id,
    next_rehearsal_id,
    read_list,
    read_routes,
    set_approved,
    set_state,
)
from ringback.records.db import writing

NOW = datetime(2022, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
LATER = datetime(2022, 11, 24, 10, tzinfo=UTC)


def batch(id_="B-001", **others):
    values = {
        "id": id_, "kind": "alerts", "state": "planned", "content": "{}", "hash": "h", "planned_by": "ann",
        "planned_at": NOW,
    }  # fmt: skip
    return Batch(**values | others)


def listed(id_, count=3, first=1):
    return [
        NewAlert(place, f"k1:n{place}", f"k1:c-{id_}-{place}", f"sealed {place}", f"rb-{id_}-{place}")
        for place in range(first, first + count)
    ]


def add(engine, id_="B-001", *, count=3, routed=(), **others):
    with writing(engine).begin() as connection:
        add_batch(connection, batch(id_, **others), routed=routed, listed=listed(id_, count))


def read(engine, function, *arguments, **others):
    with engine.connect() as connection:
        return function(connection, *arguments, **others)


def change(engine, statement):
    with writing(engine).begin() as connection:
        connection.execute(statement)


def test_a_batch_is_kept_as_it_was_planned(records_engine):
    made = batch(rehearses="B-000")
    with writing(records_engine).begin() as connection:
        add_batch(connection, made)
    assert get_batch(records_engine, "B-001") == made
    assert read(records_engine, find_batch, "B-001") == made


def test_an_unknown_batch_is_none_or_an_error(records_engine):
    assert read(records_engine, find_batch, "B-009") is None
    with pytest.raises(RingbackError, match="no batch B-009") as caught:
        get_batch(records_engine, "B-009")
    assert caught.value.code == "batch_unknown"


def test_batches_are_numbered_one_after_the_other_and_rehearsals_by_their_batch(records_engine):
    assert read(records_engine, next_batch_id) == "B-001"
    assert read(records_engine, next_rehearsal_id, "B-001") == "B-001-R1"
    add(records_engine, "B-001")
    add(records_engine, "B-001-R1", kind="rehearsal", rehearses="B-001")
    add(records_engine, "B-001-R2", kind="rehearsal", rehearses="B-001")
    assert read(records_engine, next_batch_id) == "B-002"
    assert read(records_engine, next_rehearsal_id, "B-001") == "B-001-R3"
    assert read(records_engine, next_rehearsal_id, "B-0011") == "B-0011-R1"
    add(records_engine, "B-999")
    assert read(records_engine, next_batch_id) == "B-1000"


def test_batches_are_listed_in_the_order_of_planning(records_engine):
    add(records_engine, "B-002", planned_at=LATER)
    add(records_engine, "B-001")
    add(records_engine, "B-001-R1", kind="rehearsal", rehearses="B-001", planned_at=LATER)
    assert [one.id for one in read(records_engine, list_batches)] == ["B-001", "B-001-R1", "B-002"]
    assert [one.id for one in read(records_engine, list_rehearsals, "B-001")] == ["B-001-R1"]


def test_alerts_begin_waiting_and_are_listed_in_order_of_place(records_engine):
    with writing(records_engine).begin() as connection:
        add_batch(connection, batch(), listed=reversed(listed("B-001")))
    assert read(records_engine, count_alerts, "B-001") == {"waiting": 3}
    with records_engine.connect() as connection:
        rows = list(read_list(connection, "B-001"))
    assert rows == [one.listed for one in listed("B-001")]
    assert rows[0] == (1, "k1:n1", "k1:c-B-001-1", "rb-B-001-1")


def test_a_large_list_goes_in_whole(records_engine):
    add(records_engine, count=25_001)
    assert read(records_engine, count_alerts, "B-001") == {"waiting": 25_001}


def test_routes_are_read_by_channel_in_order_and_counted(records_engine):
    routed = [
        RouteRow(3, "k1:a", "s3", "outreach", "landline", "landline", "GB"),
        RouteRow(1, "k1:b", "s1", "outreach", "voip", "voip", "GB"),
        RouteRow(2, "k1:c", "s2", "none", "pager", "pager", "GB"),
    ]
    add(records_engine, routed=routed)
    with records_engine.connect() as connection:
        assert [one.place for one in read_routes(connection, "B-001")] == [1, 2, 3]
        assert list(read_routes(connection, "B-001", ["outreach"])) == [routed[1], routed[0]]
    assert read(records_engine, count_routes, "B-001") == {"outreach": {"landline": 1, "voip": 1}, "none": {"pager": 1}}


@pytest.mark.parametrize("state", ["stopped", "halted", "planned"])
def test_leaving_the_approved_state_takes_the_approval_away(records_engine, state):
    add(records_engine)
    with writing(records_engine).begin() as connection:
        set_approved(connection, "B-001", approver="bob", entry=7, now=NOW)
    approved = get_batch(records_engine, "B-001")
    assert (approved.state, approved.approved_by, approved.approval_entry) == ("approved", "bob", 7)
    with writing(records_engine).begin() as connection:
        set_state(connection, "B-001", state, why="because", now=LATER)
    found = get_batch(records_engine, "B-001")
    assert (found.state, found.state_why, found.approval_entry) == (state, "because", None)
    assert found.stopped_at == (LATER if state != "planned" else None)


def test_a_finished_batch_keeps_its_approval_for_the_record(records_engine):
    add(records_engine)
    with writing(records_engine).begin() as connection:
        set_approved(connection, "B-001", approver="bob", entry=7, now=NOW)
        set_state(connection, "B-001", "finished", why="", now=LATER)
    found = get_batch(records_engine, "B-001")
    assert (found.state, found.approval_entry, found.ended_at) == ("finished", 7, LATER)


def test_an_approval_is_of_one_batch_alone(records_engine):
    add(records_engine, "B-001")
    add(records_engine, "B-002")
    with writing(records_engine).begin() as connection:
        set_approved(connection, "B-001", approver="bob", entry=7, now=NOW)
        set_state(connection, "B-002", "stopped", why="", now=NOW)
    assert get_batch(records_engine, "B-001").state == "approved"
    assert get_batch(records_engine, "B-002").approved_by is None


@pytest.mark.parametrize(
    ("state", "holds"),
    [("waiting", True), ("claimed", True), ("in_doubt", True), ("accepted", True), ("needs_human", True),
     ("rejected", False), ("suppressed", False)],
)  # fmt: skip
def test_a_number_holds_an_alert_while_it_may_reach_or_have_reached_it(records_engine, state, holds):
    add(records_engine, count=1)
    change(records_engine, update(alerts).values(state=state))
    assert read(records_engine, alerted_numbers) == ({"k1:n1"} if holds else set())


def test_what_waits_in_a_finished_or_replaced_batch_does_not_count_but_what_was_accepted_does(records_engine):
    add(records_engine, count=2)
    change(records_engine, update(alerts).where(alerts.c.place == 2).values(state="accepted"))
    assert read(records_engine, alerted_numbers, but="B-001") == {"k1:n2"}
    change(records_engine, update(batches).values(state="finished"))
    assert read(records_engine, alerted_numbers) == {"k1:n2"}


def test_a_rehearsal_holds_no_number(records_engine):
    add(records_engine, "B-001-R1", kind="rehearsal", rehearses="B-001")
    assert read(records_engine, alerted_numbers) == set()


def test_the_records_take_no_alert_twice(records_engine):
    add(records_engine)
    row = {"batch": "B-001", "place": 9, "number_digest": "x", "sealed": "", "state": "waiting", "attempt": 0}
    for taken in ({"check_digest": "k1:c-B-001-1", "provider_reference": "rb-new"},
                  {"check_digest": "k1:new", "provider_reference": "rb-B-001-1"}):  # fmt: skip
        with pytest.raises(RingbackError):
            change(records_engine, insert(alerts).values(**row | taken))
    with records_engine.connect() as connection:
        assert len(connection.execute(select(alerts.c.id)).all()) == 3
