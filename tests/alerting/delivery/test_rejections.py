"""Rejections: one number's fault ends one alert; what every alert would meet halts the batch and erases nothing."""

import uuid

import pytest
from sqlalchemy import select

from alerting.sending_case import (
    add_approved_batch,
    approve_again,
    made_up_numbers,
    make_sending_case,
    notify_facts,
    provider_template,
)
from fast_clock import FastClock
from notify_standin import NotifyStandin
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.delivery.status import read_status
from ringback.alerting.delivery.timings import MOST_REJECTIONS
from ringback.alerting.senders.base import Outcome
from ringback.alerting.senders.notify import Notify
from ringback.alerting.senders.notify_keys import freeze_key
from ringback.alerting.senders.number_refusals import is_about_number
from ringback.alerting.senders.outbox import Outbox
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts


@pytest.fixture
def clock():
    return FastClock(80)


@pytest.fixture
def case_file(tmp_path, clock):
    (tmp_path / "keys").mkdir(mode=0o700)
    made = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock)
    yield made
    made.records.dispose()


class FussyOutbox(Outbox):
    """An outbox that rejects given numbers."""

    def __init__(self, path, rejected, *, clock):
        super().__init__(path, clock=clock)
        self.rejected = rejected

    def send(self, message):
        if message.number in self.rejected:
            return Outcome("rejected", "ValidationError: phone_number Not enough digits")
        return super().send(message)


def send_fussily(case_file, rejected):
    sender = FussyOutbox(case_file.case.out_dir / "outbox.jsonl", rejected, clock=case_file.clock)
    return send_batch(case_file, "B-001", member="olga", sender=sender)


def waiting_with_a_number(case_file):
    with case_file.records.connect() as connection:
        rows = connection.execute(select(alerts.c.state, alerts.c.sealed)).all()
    return sum(row.state == "waiting" and row.sealed is not None for row in rows)


FAULTS = {
    "a template that is gone": ({"template_id": str(uuid.uuid4())}, "live", "Template not found"),
    "a sender that was deleted": ({"sms_sender_id": str(uuid.uuid4())}, "live", "does not exist in database"),
    "a team key": ({"key_type": "team"}, "team", "team-only API key"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_every_alert_meets_halts_at_once_and_erases_nothing(case_file, clock, fault):
    changed, key, words = FAULTS[fault]
    with NotifyStandin(clock, seed=1, template_body=provider_template()) as standin:
        facts = notify_facts(standin, **changed) | freeze_key(standin.keys[key], case_file.keys())
        add_approved_batch(case_file, made_up_numbers(20), sender=facts)
        sender = Notify(standin.keys[key], facts=facts, clock=clock)
        # As if the fault came after the check at the start of sending.
        sender.check_before = lambda _content: []
        sent = send_batch(case_file, "B-001", member="olga", sender=sender)
        assert standin.ledger() == []
    assert (sent.end, sent.counts) == ("halted", {"waiting": 20})
    assert words in sent.why
    assert waiting_with_a_number(case_file) == 20
    with case_file.records.connect() as connection:
        assert [one.what for one in list_alarms(connection, batch="B-001")] == ["batch_halted"]
    assert "batch_halted" in [entry.what for entry in case_file.log.entries()]
    assert read_status(case_file, "B-001").needs_a_look


@pytest.mark.parametrize(
    ("error", "message", "about_number"),
    [
        ("ValidationError", "phone_number Not enough digits", True),
        ("ValidationError", "phone_number Number is not valid – double check the phone number you entered", True),
        ("InvalidPhoneError", "Not a UK mobile number", True),
        ("BadRequestError", "Cannot send to international mobile numbers", True),
        ("ValidationError", "template_id is not a valid UUID", False),
        ("BadRequestError", "Missing personalisation: reference", False),
        ("BadRequestError", "Can’t send to this recipient when service is in trial mode", False),
        ("BadRequestError", "Something new", False),
    ],
)
def test_the_providers_words_show_whether_one_number_is_at_fault(error, message, about_number):
    one = {"error": error, "message": message}
    assert is_about_number([one]) == about_number
    assert not is_about_number([one, {"error": "BadRequestError", "message": "Template not found"}])


def test_too_many_rejections_in_a_row_halt_the_batch(case_file):
    numbers = made_up_numbers(30)
    add_approved_batch(case_file, numbers, sender={"name": "outbox"})
    sent = send_fussily(case_file, set(numbers))
    assert sent.end == "halted"
    assert sent.why.startswith(
        f"{MOST_REJECTIONS} alerts were rejected, and none accepted between them: ValidationError"
    )
    assert sent.counts == {"rejected": MOST_REJECTIONS, "waiting": 30 - MOST_REJECTIONS}
    with case_file.records.connect() as connection:
        assert [one.what for one in list_alarms(connection, batch="B-001")] == ["batch_halted"]
    # Somebody found that only those numbers were at fault. Sending goes on where it was.
    approve_again(case_file)
    sent = send_fussily(case_file, set(numbers[: MOST_REJECTIONS + 2]))
    assert (sent.end, sent.counts) == ("finished", {"accepted": 23, "rejected": MOST_REJECTIONS + 2})


def test_rejections_between_acceptances_halt_nothing_and_are_reported(case_file):
    numbers = made_up_numbers(30)
    add_approved_batch(case_file, numbers, sender={"name": "outbox"})
    sent = send_fussily(case_file, set(numbers[::3]))
    assert (sent.end, sent.counts) == ("finished", {"accepted": 20, "rejected": 10})
    status = read_status(case_file, "B-001")
    assert status.needs_a_look
    assert status.reasons["rejected"] == {"ValidationError: phone_number Not enough digits": 10}
