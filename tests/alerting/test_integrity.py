"""Integrity of staff, batches, alerts and suppressions: every alteration is reported, and nothing else."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from alerting.batches.test_translation_approvals import WELSH
from alerting.planning_case import OUTBOX, alter, make_planning_case, mobile, plan, rows_of
from fast_clock import FastClock
from ringback.alerting.batches.approval import approve
from ringback.alerting.batches.open_sender import open_sender
from ringback.alerting.batches.rehearsal import plan_rehearsal
from ringback.alerting.batches.translation_approvals import add_translation_approval, find_translation_approval
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.delivery.stop import stop_batch
from ringback.alerting.inbound.replies import Reply, take_reply
from ringback.alerting.integrity import find_alert_differences
from ringback.alerting.model.batch_content import BatchContent, Window
from ringback.alerting.staff.sessions import store_number
from ringback.alerting.suppressions import ListedNumber, import_list, undo_number
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import NUMBER
from ringback.records.alert_tables import alerts, attempts, batches, replies, routes, staff, suppressions
from ringback.records.batches import get_batch
from still_clock import StillClock

PLAN = DialPlan(home_regions=("GB",))


@pytest.fixture
def case_file(staff_case, tokens):
    """A case with staff and a clock that runs eighty times as fast as the machine's."""
    store_number(staff_case, "07700 900102", token=tokens["bob"])
    return replace(staff_case, clock=FastClock(80))


def open_window(case_file):
    now = case_file.clock.now()
    return (Window(now - timedelta(minutes=1), now + timedelta(hours=12)),)


def approved(case_file, *people, batch="B-001", **others):
    """Plan and approve a batch whose window is open."""
    others = {"windows": open_window(case_file), "pace": "fast", "sender": OUTBOX} | others
    plan(case_file, *(people or [mobile(place) for place in range(1, 5)]), **others)
    agree(case_file, batch)


def agree(case_file, batch="B-001"):
    hash_ = get_batch(case_file.records, batch).hash
    approve(case_file, batch, member="bob", batch_hash=hash_, why="agreed")


def send(case_file, batch="B-001"):
    sender = open_sender(case_file, OUTBOX, batch=batch)
    return send_batch(case_file, batch, member="olga", sender=sender)


def suppress(case_file, *numbers):
    rows = [ListedNumber(row, number) for row, number in enumerate(numbers, 1)]
    return import_list(case_file, rows, plan=PLAN, reason="protected", who="alice")


def differences(case_file):
    found = find_alert_differences(case_file)
    for one in found:
        assert not NUMBER.search(one), "a full number is shown"
    return found


# Without alterations there are no differences.


def test_a_case_without_staff_and_batches_has_no_differences_even_without_its_key(tmp_path):
    case_file = make_planning_case(tmp_path)
    for path in case_file.settings.keys_dir.iterdir():
        path.unlink()
    assert differences(case_file) == []
    case_file.records.dispose()


def test_batches_through_their_whole_life_show_no_differences(case_file):
    suppress(case_file, "07700 900009", "07700 900008")
    undo_number(case_file, "07700 900008", plan=PLAN, why="a mistake", who="first.admin")
    plan(case_file)
    assert differences(case_file) == []
    rehearsal = plan_rehearsal(case_file, "B-001", ["bob"], member="alice").batch.id
    assert differences(case_file) == []
    assert send(case_file, rehearsal).counts == {"accepted": 1}
    agree(case_file)
    assert differences(case_file) == []
    stop_batch(case_file, "B-001", member="olga", why="test")
    assert differences(case_file) == []
    plan(case_file, replaces="B-001")
    assert differences(case_file) == []
    approved(case_file, *[mobile(place) for place in range(10, 30)], batch="B-003")
    # Suppressed after approval: by a list, and by a reply.
    suppress(case_file, "07700 900011")
    take_reply(case_file, Reply("r-1", "447700900012", "STOP"), now=case_file.clock.now())
    take_reply(case_file, Reply("r-2", "447700900012", "STOP it"), now=case_file.clock.now())
    assert differences(case_file) == []
    sent = send(case_file, "B-003")
    assert sent.counts == {"accepted": 18, "suppressed": 2}
    assert differences(case_file) == []
    undo_number(case_file, "07700 900012", plan=PLAN, why="forged", who="first.admin")
    take_reply(case_file, Reply("r-3", "447700900012", "STOP"), now=case_file.clock.now())
    assert differences(case_file) == []


def test_a_batch_half_sent_stopped_and_approved_again_shows_no_differences(case_file):
    approved(case_file, *[mobile(place) for place in range(1, 60)], per_second=5)
    until = threading.Event()
    sender = open_sender(case_file, OUTBOX, batch="B-001")
    original, taken = sender.send, []

    def send_some(message):
        taken.append(message)
        if len(taken) == 10:
            until.set()
        return original(message)

    sender.send = send_some
    assert send_batch(case_file, "B-001", member="olga", sender=sender, until=until).end == "interrupted"
    assert differences(case_file) == []
    stop_batch(case_file, "B-001", member="olga", why="test")
    assert differences(case_file) == []
    agree(case_file)
    assert send(case_file).counts == {"accepted": 59}
    assert differences(case_file) == []


def test_a_rehearsal_stays_right_when_staff_change_their_number_or_leave(case_file, tokens):
    plan(case_file)
    rehearsal = plan_rehearsal(case_file, "B-001", ["bob"], member="alice").batch.id
    assert send(case_file, rehearsal).counts == {"accepted": 1}
    # The session is of the day on which the prepared case's clock stands.
    store_number(replace(case_file, clock=StillClock()), "07700 900109", token=tokens["bob"])
    assert differences(case_file) == []


def test_an_approved_translation_shows_no_differences(case_file):
    add_translation_approval(case_file, WELSH, member="bob", why="test")
    plan(case_file, wording=replace(WELSH, approval=find_translation_approval(case_file, WELSH, planner="alice")))
    assert differences(case_file) == []


# Alterations are reported.


def content_with(case_file, **changes):
    return replace(BatchContent.from_canonical(get_batch(case_file.records, "B-001").content), **changes)


def one(place=1, **values):
    return update(alerts).where(alerts.c.batch == "B-001", alerts.c.place == place).values(**values)


def sealed_of(case_file, place):
    return rows_of(case_file, alerts)[place - 1].sealed


ALTERATIONS = {
    "a role": (lambda _c: [update(staff).where(staff.c.name == "vera").values(role="approver")], "account vera"),
    "an account gone": (lambda _c: [delete(staff).where(staff.c.name == "vera")], "vera is in the audit log"),
    "an account more": (
        lambda c: [insert(staff).values(**row_of(c, "vera") | {"name": "eve", "role": "approver"})],
        "account eve",
    ),
    "content": (
        lambda c: [update(batches).values(content=content_with(c, per_second=9.0).canonical())],
        "content is not what its hash says",
    ),
    "content and hash": (
        lambda c: [update(batches).values(
            content=content_with(c, per_second=9.0).canonical(), hash=content_with(c, per_second=9.0).hash
        )],
        "does not say that it was planned like this",
    ),
    "the list": (lambda _c: [delete(alerts).where(alerts.c.place == 3)], "list of alerts is not"),
    "an alert more": (
        lambda c: [insert(alerts).values(
            **asdict_row(c, 1) | {"id": 99, "place": 9, "check_digest": "k1:y", "provider_reference": "rb-y"}
        )],
        "list of alerts is not",
    ),
    "a route": (lambda _c: [update(routes).where(routes.c.place == 1).values(channel="none")], "routes are not those"),
    "the planner": (lambda _c: [update(batches).values(planned_by="carol")], "that it was planned like this"),
    "the approver": (lambda _c: [update(batches).values(approved_by="carol")], "another batch, hash, planner or"),
    "planned again": (lambda _c: [update(batches).values(state="planned")], "is planned, but the last word"),
    "finished by hand": (lambda _c: [update(batches).values(state="finished")], "does not say that it was sent"),
    "no approval entry": (lambda _c: [update(batches).values(approval_entry=None)], "none where there is one"),
    "another approval entry": (lambda _c: [update(batches).values(approval_entry=1)], "not the last word"),
    "a batch gone": (
        lambda _c: [delete(routes), delete(alerts), delete(batches)],
        "B-001 is in the audit log, but not in the records",
    ),
    "an unknown state": (lambda _c: [one(state="lost")], "in an unknown state: 1"),
    "accepted by hand": (lambda _c: [one(state="accepted", sealed=None)], "without the provider's id: 1"),
    "accepted by hand, with an id": (
        lambda _c: [one(state="accepted", sealed=None, notification_id="n-1")],
        "tried according to their state, but without any attempt: 1",
    ),
    "no number": (lambda _c: [one(sealed=None)], "open, but without a number: 1"),
    "a number of attempts": (lambda _c: [one(attempt=2)], "another number of attempts than recorded: 1"),
    "in doubt, never asked about": (
        lambda c: [one(state="in_doubt", attempt=1), attempt_at(c, 1, outcome="unknown")],
        "in doubt, but never asked about: 1",
    ),
    "sent once more": (
        lambda c: [one(attempt=1), attempt_at(c, 1, outcome="accepted")],
        "to be sent, though the provider has taken it: 1",
    ),
    "suppressed by hand": (lambda _c: [one(state="suppressed", sealed=None)], "ended as suppressed unsent, but"),
    "rejected by hand": (lambda _c: [one(state="rejected", sealed=None)], "ended as rejected unsent, but"),
    "two numbers swapped": (
        lambda c: [one(1, sealed=sealed_of(c, 2)), one(2, sealed=sealed_of(c, 1))],
        "encrypted number is not the one that was planned: 2",
    ),
    "a suppression gone": (lambda _c: [delete(suppressions).where(suppressions.c.source == "import")], "not in the"),
    "a suppression more": (
        lambda c: [insert(suppressions).values(
            number_digest="k1:x", reason="x", source="import", added_at=c.clock.now(), added_by="x"
        )],
        "1 are in the records as the audit log does not tell",
    ),
    "a suppression of a reply moved": (
        lambda _c: [update(suppressions).where(suppressions.c.source == "reply").values(number_digest="k1:x")],
        "1 are in the audit log, but not in the records",
    ),
    "a reply's suppression gone": (
        lambda _c: [
            update(replies).values(suppression=None), delete(suppressions).where(suppressions.c.source == "reply"),
        ],
        "1 are in the audit log, but not in the records",
    ),
    "an undoing": (
        lambda c: [update(suppressions).where(suppressions.c.undone_at.is_(None)).values(undone_at=c.clock.now())],
        "2 are undone, but the audit log does not tell by whom",
    ),
    "an undoing undone": (lambda _c: [update(suppressions).values(undone_at=None)], "were undone, but are active"),
}  # fmt: skip


def row_of(case_file, name):
    with case_file.records.connect() as connection:
        return dict(connection.execute(staff.select().where(staff.c.name == name)).one()._mapping)


def asdict_row(case_file, place):
    return vars(rows_of(case_file, alerts)[place - 1])


def attempt_at(case_file, place, *, outcome):
    alert = rows_of(case_file, alerts)[place - 1].id
    return insert(attempts).values(alert=alert, attempt=1, fence=1, claimed_at=case_file.clock.now(), outcome=outcome)


@pytest.fixture
def in_use(case_file):
    """A case with an approved batch, and suppressions of every kind."""
    suppress(case_file, "07700 900009", "07700 900008")
    undo_number(case_file, "07700 900008", plan=PLAN, why="a mistake", who="first.admin")
    take_reply(case_file, Reply("r-1", "447700900012", "STOP"), now=case_file.clock.now())
    approved(case_file)
    return case_file


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_each_alteration_is_reported(in_use, alteration):
    assert differences(in_use) == []
    make, words = ALTERATIONS[alteration]
    alter(in_use, *make(in_use))
    assert words in "\n".join(differences(in_use))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "accepted", "notification_id": "n-1", "attempt": 1, "sealed": None}, "nobody ever approved"),
        ({"state": "claimed", "attempt": 1}, "nobody ever approved"),
    ],
)
def test_alerts_of_a_never_approved_batch_must_not_have_moved(case_file, values, words):
    plan(case_file)
    alter(case_file, one(**values), attempt_at(case_file, 1, outcome=None))
    assert words in "\n".join(differences(case_file))
    alter(case_file, update(batches).values(approved_by="bob"))
    assert "the audit log tells of no approval" in "\n".join(differences(case_file))


def test_a_sent_alert_put_back_to_waiting_is_reported(case_file):
    approved(case_file)
    assert send(case_file).counts == {"accepted": 4}
    assert differences(case_file) == []
    ring = case_file.keys()
    row = rows_of(case_file, alerts)[0]
    sealed = ring.seal(json.dumps(["+447700900001", "BCDFGHJKMNZ"]), about=f"alert:{row.provider_reference}")
    alter(case_file, one(state="waiting", sealed=sealed), update(batches).values(state="approved"))
    found = "\n".join(differences(case_file))
    for words in ("though the provider has taken it: 1", "still open", "says that it was sent", "encrypted number"):
        assert words in found


def test_a_rehearsal_to_a_number_not_of_staff_is_reported(case_file):
    plan(case_file)
    rehearsal = plan_rehearsal(case_file, "B-001", ["bob"], member="alice").batch.id
    alter(case_file, update(alerts).where(alerts.c.batch == rehearsal).values(number_digest="k1:stranger"))
    assert "for numbers that no member of staff ever stored" in "\n".join(differences(case_file))


def test_without_the_key_the_result_says_that_nothing_can_be_compared(case_file):
    plan(case_file)
    for path in case_file.settings.keys_dir.iterdir():
        path.unlink()
    assert differences(case_file) == ["staff and batches cannot be compared: the case's key cannot be read"]
