"""The sender's audit entries: alerts that it ends unsent are logged, rolled-back turns are not."""

from dataclasses import replace

import pytest

from alerting.planning_case import OUTBOX, alter, mobile
from alerting.test_integrity import agree, approved, send, suppress
from fast_clock import FastClock
from ringback.alerting.batches.open_sender import open_sender
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.errors import RingbackError
from ringback.records.alert_tables import batches

PEOPLE = [mobile(place) for place in range(1, 7)]


@pytest.fixture
def case_file(staff_case):
    return replace(staff_case, clock=FastClock(80))


def told(case_file, what):
    return [
        entry.read_facts() | {"why": entry.why, "who": entry.who}
        for entry in case_file.log.entries()
        if entry.what == what
    ]


def test_alerts_suppressed_since_planning_are_logged_in_one_entry_with_their_count(case_file):
    approved(case_file, *PEOPLE)
    suppress(case_file, "07700 900001", "07700 900002", "07700 900003")
    assert send(case_file).counts == {"accepted": 3, "suppressed": 3}
    entries = told(case_file, "alerts_suppressed")
    assert sum(one.pop("alerts") for one in entries) == 3
    for one in entries:
        assert one == {"batch": "B-001", "why": "suppressed after planning", "who": "olga"}
    # Logged before the end.
    kinds = [entry.what for entry in case_file.log.entries()]
    assert kinds.index("alerts_suppressed") < kinds.index("batch_finished")


def test_a_wholly_suppressed_batch_is_logged_as_such(case_file):
    approved(case_file, *PEOPLE)
    suppress(case_file, *(f"07700 90000{place}" for place in range(1, 7)))
    assert send(case_file).counts == {"suppressed": 6}
    assert sum(one["alerts"] for one in told(case_file, "alerts_suppressed")) == 6


@pytest.mark.parametrize("code", ["records_unusable", "sealed_unreadable"])
def test_a_rolled_back_entry_never_becomes_the_head(case_file, code):
    approved(case_file, *PEOPLE)
    suppress(case_file, *(f"07700 90000{place}" for place in range(1, 7)))
    failures = []

    def fail_once(point):
        if point == "end of the turn" and not failures:
            failures.append(point)
            raise RingbackError(code, problem="a test", about="a test", key="k1")

    sender = open_sender(case_file, OUTBOX, batch="B-001")
    if code == "records_unusable":
        sent = send_batch(case_file, "B-001", member="olga", sender=sender, at=fail_once)
        assert sent.counts == {"suppressed": 6}
    else:
        with pytest.raises(RingbackError, match="cannot be decrypted"):
            send_batch(case_file, "B-001", member="olga", sender=sender, at=fail_once)
        assert told(case_file, "alerts_suppressed") == []
    assert failures
    assert case_file.log.find_faults() == []


def test_an_alteration_while_sending_is_logged(case_file):
    approved(case_file, *PEOPLE)

    def alter_it(point):
        if point == "lease taken":
            alter(case_file, batches.update().values(content=batches.c.content + " "))

    sender = open_sender(case_file, OUTBOX, batch="B-001")
    sent = send_batch(case_file, "B-001", member="olga", sender=sender, at=alter_it)
    assert (sent.end, sent.counts) == ("halted", {"waiting": 6})
    assert [one["why"] for one in told(case_file, "batch_halted")] == ["the batch was altered while it was being sent"]
    with pytest.raises(RingbackError, match="content is not what its hash says"):
        agree(case_file)
