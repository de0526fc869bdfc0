"""Receipts: each is stored once, applied if it still matters, and never undoes what is known. On both databases."""

import itertools
from datetime import timedelta

import pytest

from alert_rows import (
    NOON,
    add_alert,
    add_batch,
    alarm_names,
    alert_row,
    make_case_file,
    number_of,
    reference_of,
    rows_of,
)
from ringback.alerting.model.states import FINAL_DELIVERIES
from ringback.records import receipts as receipts_module
from ringback.records.alert_tables import attempts, receipts
from ringback.records.db import writing
from ringback.records.receipts import (
    FINAL,
    Receipt,
    add_receipt,
    apply_earlier,
    count_strangers,
    delivery_counts,
    find_unheard,
)
from ringback.records.sending import accept

LATER = NOON + timedelta(seconds=30)


@pytest.fixture
def case_file(tmp_path, records_engine):
    made = make_case_file(tmp_path, records_engine)
    add_batch(made)
    return made


def take(case_file, status="delivered", *, notification="n-1", place=1, now=LATER, **facts):
    facts = {"provider_reference": reference_of(place) if place else None, **facts}
    receipt = Receipt(notification, status, **facts)
    return add_receipt(case_file.records, case_file.log, receipt, came_by="callback", now=now)


def kept(case_file):
    return [(row.notification_id, row.status, row.applied) for row in rows_of(case_file, receipts)]


def what(case_file):
    return [entry.what for entry in case_file.log.entries()][1:]


def accepted(case_file, place=1, notification="n-1", **columns):
    return add_alert(
        case_file,
        place,
        state="accepted",
        outcomes=("accepted",),
        notification_id=notification,
        accepted_at=NOON,
        **columns,
    )


def test_the_final_states_are_those_of_the_alerts():
    assert set(FINAL_DELIVERIES) == FINAL


def test_a_status_is_applied_once(case_file):
    alert = accepted(case_file)
    done_at = NOON + timedelta(seconds=5)
    assert take(case_file, completed_at=done_at) == "applied"
    assert take(case_file, completed_at=done_at) == "copy"
    row = alert_row(case_file, alert)
    assert (row.delivery, row.delivery_at, row.state) == ("delivered", done_at, "accepted")
    assert kept(case_file) == [("n-1", "delivered", True)]
    assert what(case_file) == []


def test_receipts_in_any_order_give_the_same_end(case_file):
    statuses = ["created", "sending", "pending", "delivered"]
    for place, order in enumerate(itertools.permutations(statuses), 1):
        alert = accepted(case_file, place, f"n-{place}")
        for status in order:
            take(case_file, status, notification=f"n-{place}", place=place)
        assert alert_row(case_file, alert).delivery == "delivered"
        came = [row.status for row in rows_of(case_file, receipts) if row.notification_id == f"n-{place}"]
        assert came == list(order)


@pytest.mark.parametrize("second", sorted(FINAL - {"temporary-failure"}))
def test_the_first_final_status_stays(case_file, second):
    alert = accepted(case_file)
    assert take(case_file, "temporary-failure") == "applied"
    assert take(case_file, second, now=LATER + timedelta(seconds=1)) == "kept"
    assert take(case_file, "sending") == "kept"
    row = alert_row(case_file, alert)
    assert (row.delivery, row.delivery_at) == ("temporary-failure", LATER)
    assert kept(case_file) == [("n-1", "temporary-failure", True), ("n-1", second, False), ("n-1", "sending", False)]


def test_a_status_nobody_knows_is_kept_and_raises_an_alarm(case_file):
    alert = accepted(case_file)
    assert take(case_file, "teleported") == "kept"
    assert take(case_file, "teleported") == "copy"
    assert alert_row(case_file, alert).delivery is None
    assert alarm_names(case_file) == ["receipt_status_unknown"]
    assert take(case_file, "delivered") == "applied"


@pytest.mark.parametrize(("state", "outcome"), [("claimed", None), ("in_doubt", "unknown"), ("in_doubt", None)])
def test_a_receipt_before_the_201_settles_it(case_file, state, outcome):
    ask_at = NOON + timedelta(seconds=120) if state == "in_doubt" else None
    alert = add_alert(case_file, state=state, outcomes=(outcome,), ask_at=ask_at)
    assert take(case_file) == "settled"
    row = alert_row(case_file, alert)
    assert (row.state, row.notification_id, row.delivery, row.accepted_at) == ("accepted", "n-1", "delivered", LATER)
    assert row.sealed is None
    assert row.ask_at is None
    (attempt,) = rows_of(case_file, attempts)
    assert (attempt.outcome, attempt.notification_id, attempt.ended_at) == ("accepted", "n-1", LATER)
    assert alarm_names(case_file) == []
    assert what(case_file) == ["alert_settled_by_receipt"]
    assert take(case_file) == "copy"
    assert what(case_file) == ["alert_settled_by_receipt"]


@pytest.mark.parametrize("ask_at", [None, NOON + timedelta(seconds=77)])
def test_after_a_second_attempt_the_provider_is_still_asked(case_file, ask_at):
    """The provider may have both attempts: one receipt does not show which one it is about."""
    state = "in_doubt" if ask_at else "claimed"
    alert = add_alert(case_file, state=state, outcomes=("unknown", None), ask_at=ask_at)
    assert take(case_file) == "settled"
    assert alert_row(case_file, alert).ask_at == (ask_at or LATER + timedelta(seconds=120))


def test_the_201_after_the_receipt_changes_nothing(case_file):
    alert = add_alert(case_file)
    take(case_file)
    before = alert_row(case_file, alert)
    with writing(case_file.records).begin() as connection:
        assert accept(connection, alert, batch="B-001", notification_id="n-1", now=LATER, ask_at=None)
    assert alert_row(case_file, alert) == before
    assert alarm_names(case_file) == []


def test_a_201_with_another_id_after_the_receipt_raises_the_alarm(case_file):
    alert = add_alert(case_file)
    take(case_file)
    with writing(case_file.records).begin() as connection:
        assert not accept(connection, alert, batch="B-001", notification_id="n-2", now=LATER, ask_at=None)
    assert alarm_names(case_file) == ["accepted_twice"]


def test_a_second_acceptance_raises_the_alarm_once(case_file):
    alert = accepted(case_file)
    assert take(case_file, notification="n-2") == "alarmed"
    assert take(case_file, notification="n-2") == "alarmed"
    assert take(case_file, "sending", notification="n-2") == "alarmed"
    assert alarm_names(case_file) == ["accepted_twice"]
    assert "alert_accepted_twice" in what(case_file)
    row = alert_row(case_file, alert)
    assert (row.state, row.notification_id, row.delivery) == ("needs_human", "n-1", None)
    # The status of the first text is still applied.
    assert take(case_file, notification="n-1") == "applied"
    assert alert_row(case_file, alert).delivery == "delivered"


@pytest.mark.parametrize(
    ("state", "outcomes", "alarms"),
    [
        ("waiting", ("not_sent",), ["accepted_against_record"]),
        ("waiting", ("not_accepted",), ["accepted_against_record"]),
        ("waiting", (), ["accepted_against_record"]),
        ("waiting", ("unknown",), []),
        ("rejected", ("rejected",), ["accepted_against_record"]),
        ("suppressed", (), ["accepted_against_record"]),
        ("needs_human", ("unknown",), []),
        ("needs_human", ("unknown", "not_accepted"), []),
    ],
)
def test_proof_of_acceptance_wins_over_any_record(case_file, state, outcomes, alarms):
    alert = add_alert(case_file, state=state, outcomes=outcomes)
    assert take(case_file, "sending") == "settled"
    row = alert_row(case_file, alert)
    assert (row.state, row.notification_id, row.sealed, row.why) == ("accepted", "n-1", None, None)
    assert alarm_names(case_file) == alarms
    assert "alert_settled_by_receipt" in what(case_file)
    take(case_file, "sending")
    assert alarm_names(case_file) == alarms


def test_a_stranger_is_kept_and_counted(case_file):
    alert = accepted(case_file)
    assert take(case_file, notification="other", place=None) == "stranger"
    assert take(case_file, notification="other", place=99) == "copy"
    assert kept(case_file) == [("other", "delivered", False)]
    assert alert_row(case_file, alert).delivery is None
    take(case_file)
    with case_file.records.connect() as connection:
        assert count_strangers(connection) == 1


def test_a_receipt_kept_as_stranger_is_applied_when_its_id_becomes_known(case_file):
    """Only a receipt without our reference can be kept as a stranger. It need not come again."""
    alert = add_alert(case_file)
    assert take(case_file, "sending", place=None) == "stranger"
    assert take(case_file, "delivered", place=None) == "stranger"
    with writing(case_file.records).begin() as connection:
        assert not apply_earlier(connection, notification_id="n-1")
        accept(connection, alert, batch="B-001", notification_id="n-1", now=LATER, ask_at=None)
        assert apply_earlier(connection, notification_id="n-1")
        assert not apply_earlier(connection, notification_id="n-1")
    assert alert_row(case_file, alert).delivery == "delivered"
    assert all(applied for _id, _status, applied in kept(case_file))


def test_a_stranger_that_comes_again_when_its_id_is_known_is_applied(case_file):
    alert = add_alert(case_file)
    take(case_file, place=None)
    with writing(case_file.records).begin() as connection:
        accept(connection, alert, batch="B-001", notification_id="n-1", now=LATER, ask_at=None)
    assert take(case_file, place=None) == "applied"
    assert alert_row(case_file, alert).delivery == "delivered"
    assert kept(case_file) == [("n-1", "delivered", True)]


def test_id_and_reference_of_different_texts_change_neither(case_file):
    first, second = accepted(case_file), add_alert(case_file, 2)
    assert take(case_file, notification="n-1", place=2) == "alarmed"
    assert take(case_file, "sent", notification="n-1", place=77) == "alarmed"
    assert alert_row(case_file, first).delivery is None
    assert alert_row(case_file, second).state == "claimed"
    assert alarm_names(case_file) == ["receipt_contradicts"]


def test_another_number_raises_an_alarm_without_the_number(case_file):
    alert = accepted(case_file)
    keys = case_file.keys()
    assert take(case_file, "sending", number_digests=frozenset(keys.digests(number_of(1)))) == "applied"
    assert alarm_names(case_file) == []
    assert take(case_file, number_digests=frozenset(keys.digests(number_of(2)))) == "applied"
    assert take(case_file, number_digests=frozenset()) == "copy"
    assert alarm_names(case_file) == ["receipt_number_differs"]
    assert alert_row(case_file, alert).delivery == "delivered"


def test_deliveries_are_counted_by_batch(case_file):
    for place, status in enumerate(("delivered", "delivered", "permanent-failure", None), 1):
        accepted(case_file, place, f"n-{place}")
        if status:
            take(case_file, status, notification=f"n-{place}", place=place)
    add_alert(case_file, 5, state="waiting", outcomes=())
    add_batch(case_file, "B-002")
    with case_file.records.connect() as connection:
        assert delivery_counts(connection, "B-001") == {"delivered": 2, "permanent-failure": 1, "": 1}
        assert delivery_counts(connection, "B-002") == {}


def test_texts_without_a_final_status_come_oldest_first_and_page_by_page(case_file):
    for place in range(1, 8):
        when = NOON + timedelta(minutes=place % 3)
        add_alert(
            case_file, place, state="accepted", outcomes=("accepted",), notification_id=f"n-{place}", accepted_at=when
        )
    take(case_file, notification="n-3", place=3)
    take(case_file, "sending", notification="n-6", place=6)
    found, after = [], None
    with case_file.records.connect() as connection:
        while page := find_unheard(connection, batch=None, after=after, until=NOON + timedelta(minutes=1), limit=2):
            found += page
            after = (page[-1].accepted_at, page[-1].alert)
        assert find_unheard(connection, batch="B-009", after=None, until=LATER, limit=9) == []
    assert [one.notification_id for one in found] == ["n-6", "n-1", "n-4", "n-7"]


def test_a_receipt_that_fails_half_way_leaves_nothing(case_file, monkeypatch):
    alert = add_alert(case_file)

    def fail(*_args, **_facts):
        raise RuntimeError("broken")

    monkeypatch.setattr(receipts_module, "end_attempt", fail)
    with pytest.raises(RuntimeError):
        take(case_file)
    assert alert_row(case_file, alert).state == "claimed"
    assert kept(case_file) == []
    monkeypatch.undo()
    assert take(case_file) == "settled"


def test_the_log_stays_whole(case_file):
    add_alert(case_file)
    take(case_file)
    take(case_file, notification="n-2")
    assert case_file.log.find_faults() == []
    told = " ".join(entry.facts for entry in case_file.log.entries())
    assert number_of(1)[1:] not in told
