"""Callbacks: what they say, how often they are tried, and in which disorder they may come."""

import pytest

from notify_standin_tests.clients import MOBILE, Plain, make_client, send
from notify_standin_tests.receivers import Receiver


@pytest.fixture
def told(standin, receiver):
    """A stand-in that tells the receiver."""
    standin.set_callbacks(url=receiver.url, token="secret-token")
    return standin


def test_a_receipt_has_the_fields_of_the_api(told, plain, receiver):
    _, sent = plain.post()
    told.advance(5)
    assert told.wait_for_callbacks(attempts=1)
    _, row = plain.get(f"/v2/notifications/{sent['id']}")
    assert receiver.payloads == [
        {
            "id": sent["id"],
            "reference": sent["reference"],
            "to": MOBILE,
            "status": "delivered",
            "created_at": row["created_at"],
            "completed_at": row["completed_at"],
            "sent_at": row["sent_at"],
            "notification_type": "sms",
            "template_id": told.template_id,
            "template_version": 1,
        }
    ]
    assert receiver.headers[0]["Authorization"] == "Bearer secret-token"
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert not [name for name in receiver.headers[0] if "signature" in name.lower()]


def test_nothing_is_told_before_its_time_and_sending_is_never_told(told, plain, receiver):
    plain.post()
    assert told.provider.timetable.seconds_left() == 5
    assert receiver.payloads == []
    told.advance(2000)
    assert told.wait_for_callbacks()
    assert [payload["status"] for payload in receiver.payloads] == ["delivered"]


@pytest.mark.parametrize("answer", [500, 503, 429])
def test_it_is_tried_five_more_times_at_five_minutes(told, plain, receiver, answer):
    receiver.statuses = [answer] * 10
    plain.post()
    told.advance(5)
    for attempt in range(1, 6):
        assert told.wait_for_callbacks(attempts=attempt)
        assert told.provider.timetable.seconds_left() == 300
        told.advance(299)
        assert told.provider.timetable.seconds_left() == 1
        told.advance(1)
    assert told.wait_for_callbacks()
    assert told.provider.timetable.seconds_left() is None
    assert [attempt["attempt"] for attempt in told.callback_attempts()] == [1, 2, 3, 4, 5, 6]
    assert len(receiver.payloads) == 6


def test_the_retries_end_with_success(told, plain, receiver):
    receiver.statuses = [503, 200]
    plain.post()
    told.advance(5)
    assert told.wait_for_callbacks(attempts=1)
    told.advance(300)
    assert told.wait_for_callbacks()
    assert [attempt["answer"] for attempt in told.callback_attempts()] == [503, 200]


@pytest.mark.parametrize("answer", [400, 401, 403, 404, 410])
def test_another_4xx_is_never_tried_again(told, plain, receiver, answer):
    receiver.statuses = [answer]
    plain.post()
    told.advance(5)
    assert told.wait_for_callbacks()
    assert told.provider.timetable.seconds_left() is None
    assert [attempt["answer"] for attempt in told.callback_attempts()] == [answer]


def test_no_answer_at_all_is_tried_again(standin, plain):
    gone = Receiver()
    gone.close()
    standin.set_callbacks(url=gone.url)
    plain.post()
    standin.advance(5)
    assert standin.wait_for_callbacks(attempts=1)
    standin.advance(300)
    assert standin.wait_for_callbacks(attempts=2)
    assert [attempt["answer"] for attempt in standin.callback_attempts()] == [None, None]


def test_it_can_come_twice(told, plain, receiver):
    told.set_callbacks(duplicate_share=1.0)
    plain.post()
    told.advance(5)
    assert told.wait_for_callbacks()
    assert len(receiver.payloads) == 2
    assert receiver.payloads[0] == receiver.payloads[1]


def test_held_receipts_come_in_the_other_order(told, plain, receiver):
    told.hold_callbacks()
    for name in "ABC":
        plain.post(reference=name)
        told.set_status("delivered", reference=name)
    assert receiver.payloads == []
    assert told.release_callbacks(reverse=True) == 3
    assert [payload["reference"] for payload in receiver.payloads] == ["C", "B", "A"]


def test_receipts_overtake_one_another(start, receiver):
    standin = start(seed=3)
    standin.set_callbacks(url=receiver.url, reorder_s=60)
    names = [f"R{number}" for number in range(20)]
    for name in names:
        Plain(standin).post(reference=name)
    standin.advance(5)
    standin.advance(60)
    assert standin.wait_for_callbacks()
    came = [payload["reference"] for payload in receiver.payloads]
    assert sorted(came) == sorted(names)
    assert came != names


def test_pending_can_arrive_after_delivered(start, receiver):
    standin = start(pending_share=1.0)
    standin.set_callbacks(url=receiver.url)
    receiver.statuses = [503]
    Plain(standin).post()
    standin.advance(3)
    assert standin.wait_for_callbacks(attempts=1)
    standin.advance(300)
    assert standin.wait_for_callbacks()
    assert {payload["status"] for payload in receiver.payloads[1:]} == {"delivered", "pending"}


def test_a_receipt_can_come_before_the_201(told):
    events = []
    receiver = EventReceiver(events)
    told.set_callbacks(url=receiver.url, before_reply_share=1.0)
    sent = send(make_client(told), told)
    events.append("201")
    receiver.close()
    assert events == [f"delivered {sent['id']}", "201"]
    told.advance(60)
    assert told.wait_for_callbacks()
    assert len(events) == 2


class EventReceiver(Receiver):
    """Notes what comes among other events."""

    def __init__(self, events):
        self.events = events
        super().__init__()

    def take(self, payload, headers):
        self.events.append(f"{payload['status']} {payload['id']}")
        return super().take(payload, headers)


def test_a_receipt_that_contradicts_the_first_can_be_sent(told, plain, receiver):
    _, sent = plain.post()
    told.set_status("delivered", id=sent["id"])
    told.report(id=sent["id"], status="permanent-failure")
    assert told.wait_for_callbacks(attempts=2)
    assert {payload["status"] for payload in receiver.payloads} == {"delivered", "permanent-failure"}
    assert plain.status_of(sent["id"]) == "delivered"


def test_a_text_that_comes_in_is_told(standin, receiver):
    standin.set_callbacks(inbound_url=receiver.url, inbound_token="inbound-secret")
    text_id = standin.receive_text("447700900123", "STOP", times=2)
    assert standin.wait_for_callbacks(attempts=2)
    assert (
        receiver.payloads
        == [
            {
                "id": text_id,
                "source_number": "447700900123",
                "destination_number": "07700900500",
                "message": "STOP",
                "date_received": standin.now(),
            }
        ]
        * 2
    )
    assert receiver.headers[0]["Authorization"] == "Bearer inbound-secret"


def test_callbacks_go_to_this_machine_alone(standin):
    with pytest.raises(ValueError, match="this machine alone"):
        standin.set_callbacks(url="http://force.example/receipts")
