"""What somebody who can write the records, and has no key, changes while a batch is being sent."""

import json

import pytest
from sqlalchemy import update

from alerting.planning_case import alter
from alerting.sending_case import add_approved_batch, approve_again, made_up_numbers, make_sending_case
from fast_clock import FastClock
from ringback.alerting.senders.outbox import Outbox
from ringback.alerting.sending import send_batch
from ringback.errors import RingbackError
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts, batches

OUTBOX = {"name": "outbox"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def case_file(request, tmp_path):
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else ""
    (tmp_path / "keys").mkdir()
    made = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=FastClock(80), records_url=url)
    yield made
    made.records.dispose()


def outbox(case_file):
    return Outbox(case_file.case.out_dir / "outbox.jsonl")


def sent_references(case_file):
    lines = (case_file.case.out_dir / "outbox.jsonl").read_text().splitlines()
    return {json.loads(line)["provider_reference"] for line in lines}


def send(case_file, sender=None, at=lambda _point: None):
    return send_batch(case_file, "B-001", member="olga", sender=sender or outbox(case_file), at=at)


def reaching(*steps):
    """A hook that does each step in turn, the first time after the one before that its point is reached."""
    left = list(steps)

    def hook(reached):
        if left and left[0][0] == reached:
            left.pop(0)[1]()

    return hook


def halts(case_file):
    entries = [entry.why for entry in case_file.log.entries() if entry.what == "batch_halted"]
    with case_file.records.connect() as connection:
        assert [one.detail for one in list_alarms(connection, batch="B-001")] == entries
    return entries


def test_a_list_that_nobody_approved_is_not_sent_among_an_approved_one(case_file):
    approved = add_approved_batch(case_file, made_up_numbers(20), sender=OUTBOX, per_second=10)
    other = add_approved_batch(case_file, made_up_numbers(10, seed=2), sender=OUTBOX, batch_id="B-002")
    alter(case_file, update(batches).where(batches.c.id == "B-002").values(state="planned", approval_entry=None))

    def move():
        moved = {"batch": "B-001", "place": alerts.c.place + 100_000}
        alter(case_file, update(alerts).where(alerts.c.batch == "B-002").values(**moved))

    sent = send(case_file, at=reaching(("after the answer", move)))
    assert sent.end == "halted"
    assert halts(case_file) == ["an alert was put among its alerts that is not of the approved list"]
    assert sent_references(case_file) <= approved.keys()
    assert not sent_references(case_file) & other.keys()
    # Nor after a new beginning.
    approve_again(case_file)
    with pytest.raises(RingbackError) as caught:
        send(case_file)
    assert caught.value.code == "batch_altered"
    assert not sent_references(case_file) & other.keys()
