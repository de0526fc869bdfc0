"""Receipts read from the provider's fields, polling, and many receipts at once beside a sender."""

import random
import threading
from datetime import UTC, datetime, timedelta

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
from ringback.alerting.inbound.receipts import Receipt, count_unheard, delivery_rates, poll, read_receipt, take_receipt
from ringback.alerting.senders.base import CannotAsk, Found, Sender
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing
from ringback.records.alert_tables import attempts, receipts
from ringback.records.db import create_records, writing
from ringback.records.sending import accept, end_attempt

FIELDS = {
    "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
    "reference": reference_of(1),
    "to": number_of(1),
    "status": "delivered",
    "created_at": "2022-11-24T11:00:00.000000Z",
    "completed_at": "2022-11-24T11:00:05.000000Z",
    "sent_at": "2022-11-24T11:00:02.000000Z",
    "notification_type": "sms",
    "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "template_version": 1,
}
KEYS = KeyRing((CaseKey("k1", b"old"), CaseKey("k2", b"new")))


@pytest.fixture
def case_file(tmp_path):
    made = make_case_file(tmp_path)
    add_batch(made)
    return made


def test_a_callback_is_read():
    found = read_receipt(FIELDS, KEYS)
    assert (found.notification_id, found.status, found.provider_reference) == (
        FIELDS["id"],
        "delivered",
        reference_of(1),
    )
    assert found.completed_at == datetime(2022, 11, 24, 11, 0, 5, tzinfo=UTC)
    assert found.number_digests == frozenset(KEYS.digests(number_of(1)))
    assert "7700" not in repr(found)


@pytest.mark.parametrize("to", ["+447700900001", "447700900001", "07700900001", "07700 900 001"])
def test_the_number_is_compared_in_any_spelling(to):
    assert read_receipt({**FIELDS, "to": to}, KEYS).number_digests == frozenset(KEYS.digests(number_of(1)))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": None}, "id"),
        ({"id": 5}, "id"),
        ({"id": "a\x00b"}, "id"),
        ({"id": "\ud800"}, "id"),
        ({"status": None}, "status"),
        ({"status": {}}, "status"),
        ({"status": ""}, "status"),
        ({"status": "Delivered to 07700900123"}, "status"),
    ],
)
def test_an_unusable_callback_names_the_field_but_not_its_content(changed, field):
    with pytest.raises(RingbackError) as caught:
        read_receipt({**FIELDS, **changed}, KEYS)
    assert caught.value.facts["field"] == field
    assert "7700" not in str(caught.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"reference": None},
        {"reference": 12},
        {"reference": "for 07700900123"},
        {"reference": "x" * 1000},
        {"completed_at": "never"},
        {"to": None},
        {"to": 5},
        {"to": ""},
        {"something_new": {"deep": [1]}},
    ],
)
def test_other_odd_fields_are_ignored(changed):
    found = read_receipt({**FIELDS, **changed}, KEYS)
    assert found.status == "delivered"
    assert found.provider_reference in (None, reference_of(1))


def test_a_text_that_is_no_number_differs_from_every_number():
    assert read_receipt({**FIELDS, "to": "somebody"}, KEYS).number_digests == frozenset()


def test_no_texts_have_no_rates():
    assert delivery_rates({}) == {}


# Polling.


class Provider(Sender):
    """Answers from a table: a status, None for a text it does not know, or an exception."""

    name = "provider"
    remembers = 7 * 86_400.0

    def __init__(self, known):
        self.known = known
        self.asked = []

    def status(self, notification_id):
        self.asked.append(notification_id)
        found = self.known.get(notification_id, CannotAsk("no answer"))
        if isinstance(found, Exception):
            raise found
        return found and Found(notification_id, reference_of(int(notification_id[2:])), status=found)


def add_accepted(case_file, place, ago):
    return add_alert(
        case_file,
        place,
        state="accepted",
        outcomes=("accepted",),
        notification_id=f"n-{place}",
        accepted_at=NOON - ago,
    )


def test_polling_asks_about_texts_without_a_final_receipt_oldest_first(case_file):
    hours = timedelta(hours=1)
    ids = [add_accepted(case_file, place, ago) for place, ago in enumerate((2 * hours, 3 * hours, hours / 6), 1)]
    add_accepted(case_file, 4, timedelta(days=8))
    take_receipt(case_file, Receipt("n-1", "sending"), came_by="callback", now=NOON)
    provider = Provider({"n-1": "delivered", "n-2": "permanent-failure", "n-3": "delivered"})
    assert count_unheard(case_file, provider, now=NOON) == 2
    polled = poll(case_file, provider, now=NOON)
    assert provider.asked == ["n-2", "n-1"]
    assert (polled.asked, polled.heard, polled.lost, polled.unanswered) == (2, 2, 0, 0)
    assert [alert_row(case_file, alert).delivery for alert in ids] == ["delivered", "permanent-failure", None]
    assert {row.came_by for row in rows_of(case_file, receipts)} == {"callback", "poll"}
    assert poll(case_file, provider, now=NOON).asked == 0


def test_polling_keeps_to_its_pace(case_file):
    for place in range(1, 6):
        add_accepted(case_file, place, timedelta(hours=2))
    poll(case_file, Provider({f"n-{place}": "delivered" for place in range(1, 6)}), now=NOON, per_second=4)
    assert case_file.clock.slept == [0.25] * 5


def test_polling_waits_longer_and_longer_for_a_silent_provider_and_then_gives_up(case_file):
    for place in range(1, 20):
        add_accepted(case_file, place, timedelta(hours=2))
    polled = poll(case_file, Provider({}), now=NOON)
    assert polled.gave_up
    assert polled.unanswered == polled.asked == 6
    assert case_file.clock.slept == [2, 4, 8, 16, 32, 0]


def test_polling_goes_on_after_a_question_without_an_answer(case_file):
    for place in range(1, 4):
        add_accepted(case_file, place, timedelta(hours=2))
    polled = poll(case_file, Provider({"n-1": "delivered", "n-3": "sending"}), now=NOON)
    assert (polled.asked, polled.heard, polled.unanswered, polled.gave_up) == (3, 2, 1, False)


def test_a_text_that_the_provider_took_and_does_not_know_raises_an_alarm_once(case_file):
    alert = add_accepted(case_file, 1, timedelta(hours=2))
    for _ in range(2):
        assert poll(case_file, Provider({"n-1": None}), now=NOON).lost == 1
    assert alarm_names(case_file) == ["accepted_unknown"]
    assert alert_row(case_file, alert).state == "accepted"


def test_polling_ignores_a_foreign_reference(case_file):
    alert = add_accepted(case_file, 1, timedelta(hours=2))
    provider = Provider({})
    provider.status = lambda notification: Found(notification, "None", status="delivered")
    assert poll(case_file, provider, now=NOON).heard == 1
    assert alert_row(case_file, alert).delivery == "delivered"
    assert alarm_names(case_file) == []


def test_polling_one_batch_leaves_the_others(case_file):
    add_batch(case_file, "B-002")
    add_accepted(case_file, 1, timedelta(hours=2))
    provider = Provider({"n-1": "delivered"})
    assert poll(case_file, provider, now=NOON, batch="B-002").asked == 0
    assert poll(case_file, provider, now=NOON, batch="B-001").asked == 1


def test_a_sender_that_cannot_be_asked_is_not_polled(case_file):
    with pytest.raises(RingbackError) as caught:
        poll(case_file, Sender.__new__(type("Outbox", (Sender,), {"name": "outbox"})), now=NOON)
    assert caught.value.code == "poll_impossible"


# Many at once.

PLACES = 12
THREADS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def busy_case_file(request, tmp_path):
    engine = None
    if request.param == "postgres":
        engine = create_records(request.getfixturevalue("postgres").new_database())
    made = make_case_file(tmp_path, engine)
    add_batch(made)
    yield made
    made.records.dispose()


def _post(case_file, jobs, faults):
    try:
        for place, status, with_reference in jobs:
            reference = reference_of(place) if with_reference else None
            receipt = Receipt(f"n-{place}", status, reference, NOON)
            take_receipt(case_file, receipt, came_by="callback", now=NOON)
    except Exception as error:  # noqa: BLE001 - seen by the test
        faults.append(error)


def _play_sender(case_file, alerts_by_place, faults):
    """Write what the sender writes when the 201s come in."""
    try:
        for place, alert in alerts_by_place:
            with writing(case_file.records).begin() as connection:
                end_attempt(connection, alert, 1, outcome="accepted", detail="", now=NOON, notification_id=f"n-{place}")
                accept(connection, alert, batch="B-001", notification_id=f"n-{place}", now=NOON, ask_at=None)
    except Exception as error:  # noqa: BLE001 - seen by the test
        faults.append(error)


@pytest.mark.parametrize("seed", range(3))
def test_many_concurrent_receipts_give_the_same_end_as_a_sequence(busy_case_file, seed):
    case_file, chance, faults = busy_case_file, random.Random(seed), []
    ids = {
        place: add_alert(case_file, place, state=chance.choice(["claimed", "in_doubt"])) for place in range(1, PLACES)
    }
    final = {place: chance.choice(["delivered", "permanent-failure"]) for place in ids}
    jobs = [(place, status, True) for place in ids for status in ("sending", "pending", final[place])]
    threads = []
    for _ in range(THREADS):
        mine = chance.sample(jobs, len(jobs))
        threads.append(threading.Thread(target=_post, args=(case_file, mine, faults)))
    in_order = chance.sample(sorted(ids.items()), len(ids))
    threads.append(threading.Thread(target=_play_sender, args=(case_file, in_order, faults)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for place, alert in ids.items():
        row = alert_row(case_file, alert)
        assert (row.state, row.notification_id, row.sealed) == ("accepted", f"n-{place}", None)
        assert (row.delivery, row.delivery_at) == (final[place], NOON)
    kept = rows_of(case_file, receipts)
    assert sorted((row.notification_id, row.status) for row in kept) == sorted(
        (f"n-{place}", status) for place, status, _with in jobs
    )
    assert {row.status for row in kept if row.notification_id == "n-1" and row.applied} >= {final[1]}
    assert {row.outcome for row in rows_of(case_file, attempts)} == {"accepted"}
    assert alarm_names(case_file) == []
    assert case_file.log.find_faults() == []


def test_two_ids_for_one_text_posted_at_once_raise_one_alarm(busy_case_file):
    """In any interleaving, the provider has the text twice, and a person must know."""
    case_file, faults = busy_case_file, []
    alert = add_alert(case_file)
    waiting = threading.Barrier(2)

    def post(notification):
        waiting.wait()
        try:
            receipt = Receipt(notification, "delivered", reference_of(1))
            take_receipt(case_file, receipt, came_by="callback", now=NOON)
        except Exception as error:  # noqa: BLE001 - seen by the test
            faults.append(error)

    threads = [threading.Thread(target=post, args=(one,)) for one in ("n-1", "n-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert alert_row(case_file, alert).state == "needs_human"
    assert alarm_names(case_file) == ["accepted_twice"]
