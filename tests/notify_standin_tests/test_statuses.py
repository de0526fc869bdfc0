"""Statuses: their course, the first final one, and the numbers whose end is known."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from notify_standin_tests.clients import Plain


def test_created_sending_delivered(standin, plain):
    _, sent = plain.post()
    course = [plain.status_of(sent["id"])]
    for _ in range(2):
        standin.advance(3)
        course.append(plain.status_of(sent["id"]))
    assert course == ["created", "sending", "delivered"]
    _, row = plain.get(f"/v2/notifications/{sent['id']}")
    assert row["created_at"] < row["sent_at"] < row["completed_at"] < standin.now()


def test_some_are_pending_on_their_way(start):
    standin = start(pending_share=1.0)
    plain = Plain(standin)
    _, sent = plain.post()
    standin.advance(4)
    assert plain.status_of(sent["id"]) == "pending"
    standin.advance(4)
    assert plain.status_of(sent["id"]) == "delivered"


def test_the_first_final_status_stays(standin, plain):
    _, sent = plain.post()
    assert standin.set_status("permanent-failure", id=sent["id"]) == 1
    assert standin.set_status("delivered", id=sent["id"]) == 0
    standin.advance(60)
    assert plain.status_of(sent["id"]) == "permanent-failure"


@pytest.mark.parametrize("final", ["delivered", "permanent-failure", "temporary-failure", "technical-failure"])
def test_any_final_status_can_be_asked_for(start, final):
    standin = start(final_statuses={final: 1.0})
    plain = Plain(standin)
    _, sent = plain.post()
    standin.advance(10)
    assert plain.status_of(sent["id"]) == final


def test_final_statuses_come_by_their_weights(start):
    standin = start(final_statuses={"delivered": 0.5, "sending": 0.5}, seed=1)
    plain = Plain(standin)
    for _ in range(60):
        plain.post()
    standin.advance(10)
    ends = [row["status"] for row in standin.ledger()]
    assert set(ends) == {"delivered", "sending"}
    assert 15 < ends.count("delivered") < 45


def test_abroad_ends_with_sent(start):
    standin = start(allow_international=True)
    plain = Plain(standin)
    number = phonenumbers.example_number_for_type("FR", PhoneNumberType.MOBILE)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    _, sent = plain.post(phone_number=e164)
    standin.advance(60)
    _, row = plain.get(f"/v2/notifications/{sent['id']}")
    assert (row["status"], row["completed_at"]) == ("sent", None)
    assert standin.set_status("delivered", id=sent["id"]) == 0


@pytest.mark.parametrize(
    ("number", "final"),
    [
        ("07700900001", "delivered"),
        ("07700900002", "permanent-failure"),
        ("07700900003", "temporary-failure"),
        ("07700900004", "delivered"),
    ],
)
def test_a_test_key_ends_by_the_number(standin, number, final):
    plain = Plain(standin, key_type="test")
    _, sent = plain.post(phone_number=number)
    standin.advance(10)
    assert plain.status_of(sent["id"]) == final


def test_a_live_key_does_not_end_by_the_number(standin, plain):
    _, sent = plain.post(phone_number="07700900002")
    standin.advance(10)
    assert plain.status_of(sent["id"]) == "delivered"


def test_only_known_statuses_can_be_set(standin):
    with pytest.raises(ValueError, match="known status"):
        standin.set_status("lost", reference="A")
