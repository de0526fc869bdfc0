"""Alterations while a batch is being sent, by somebody who can write the records but has no key."""

import json
import threading

import pytest
from sqlalchemy import select, update

from alerting.planning_case import alter
from alerting.sending_case import add_approved_batch, approve_again, made_up_numbers, make_sending_case
from fast_clock import FastClock
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.delivery.stop import stop_batch
from ringback.alerting.senders.base import Outcome
from ringback.alerting.senders.outbox import Outbox
from ringback.alerting.suppressions import ListedNumber, import_list, undo_number
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts, batches, suppressions

OUTBOX = {"name": "outbox"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def case_file(request, tmp_path):
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else ""
    (tmp_path / "keys").mkdir(mode=0o700)
    made = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=FastClock(80), records_url=url)
    yield made
    made.records.dispose()


class DoubtfulOutbox(Outbox):
    """An outbox that loses its first answer. The sender asks about that text after half a minute."""

    settles_after = 30.0

    def __init__(self, path, *, clock):
        super().__init__(path, clock=clock)
        self.lost = 0

    def send(self, message):
        outcome = super().send(message)
        self.lost += 1
        return outcome if self.lost > 1 else Outcome("unknown", "no answer")


def outbox(case_file, made=Outbox):
    return made(case_file.case.out_dir / "outbox.jsonl", clock=case_file.clock)


def sent_references(case_file):
    lines = (case_file.case.out_dir / "outbox.jsonl").read_text().splitlines()
    return {json.loads(line)["provider_reference"] for line in lines}


def send(case_file, sender=None, at=lambda _point: None):
    return send_batch(case_file, "B-001", member="olga", sender=sender or outbox(case_file), at=at)


def reaching(*steps):
    """A hook that does the steps in turn, each when its point is next reached after the step before has ended."""
    left, lock = list(steps), threading.Lock()

    def hook(reached):
        # A thread that comes while a step is being done goes on: it may hold what the step waits for.
        if lock.acquire(blocking=False):
            try:
                if left and left[0][0] == reached:
                    left[0][1]()
                    left.pop(0)
            finally:
                lock.release()

    return hook


def halts(case_file):
    entries = [entry.why for entry in case_file.log.entries() if entry.what == "batch_halted"]
    with case_file.records.connect() as connection:
        assert [one.detail for one in list_alarms(connection, batch="B-001")] == entries
    return entries


def test_an_unapproved_list_moved_into_an_approved_batch_is_not_sent(case_file):
    approved = add_approved_batch(case_file, made_up_numbers(20), sender=OUTBOX, per_second=10)
    other = add_approved_batch(case_file, made_up_numbers(10, seed=2), sender=OUTBOX, batch_id="B-002")
    alter(case_file, update(batches).where(batches.c.id == "B-002").values(state="planned", approval_entry=None))

    def move():
        moved = {"batch": "B-001", "place": alerts.c.place + 100_000}
        alter(case_file, update(alerts).where(alerts.c.batch == "B-002").values(**moved))

    sent = send(case_file, at=reaching(("after the answer", move)))
    assert sent.end == "halted"
    assert halts(case_file) == ["one of its alerts is not on the approved list"]
    assert sent_references(case_file) <= approved.keys()
    assert not sent_references(case_file) & other.keys()
    # Nor when sending begins anew.
    approve_again(case_file)
    with pytest.raises(RingbackError) as caught:
        send(case_file)
    assert caught.value.code == "batch_altered"
    assert not sent_references(case_file) & other.keys()


@pytest.mark.parametrize("entry", ["none", "the old one"])
def test_a_stopped_batch_set_to_approved_by_hand_is_not_sent_on(case_file, entry):
    add_approved_batch(case_file, made_up_numbers(200), sender=OUTBOX, per_second=5)
    with case_file.records.connect() as connection:
        old = connection.scalar(select(batches.c.approval_entry))
    stopped = []

    def stop():
        stop_batch(case_file, "B-001", member="carol", why="test")
        stopped.append(len(sent_references(case_file)))

    def make_approved():
        alter(case_file, update(batches).values(state="approved", approval_entry=None if entry == "none" else old))

    # The one in doubt keeps the sender at work for long enough.
    sender = outbox(case_file, DoubtfulOutbox)
    steps = (("after the answer", stop), ("after the turn", lambda: None), ("after the turn", make_approved))
    sent = send(case_file, sender, reaching(*steps))
    assert sent.end == "stopped"
    assert "is used up" in sent.why
    # Only what was in flight at the stop.
    assert len(sent_references(case_file)) <= stopped[0] + 1
    assert sent.counts["accepted"] == len(sent_references(case_file))
    if entry == "none":
        with pytest.raises(RingbackError) as caught:
            send(case_file)
        assert caught.value.code == "batch_not_approved"


def test_a_batch_stopped_and_properly_approved_again_is_checked_anew(case_file):
    add_approved_batch(case_file, made_up_numbers(12), sender=OUTBOX, per_second=5)

    def stop_and_approve():
        stop_batch(case_file, "B-001", member="carol", why="test")
        approve_again(case_file)

    sent = send(case_file, at=reaching(("after the answer", stop_and_approve)))
    assert sent.end == "stopped"
    assert send(case_file).counts == {"accepted": 12}


def suppress(case_file, number):
    rows = [ListedNumber(1, number)]
    import_list(case_file, rows, plan=DialPlan(home_regions=("GB",)), reason="protected", who="alice")


def test_a_suppression_that_is_deleted_by_hand_halts_the_batch(case_file):
    *numbers, protected = made_up_numbers(60)
    issued = add_approved_batch(case_file, [*numbers, protected], sender=OUTBOX, per_second=2)
    suppress(case_file, protected)

    def delete():
        alter(case_file, suppressions.delete())

    assert send(case_file, at=reaching(("after the answer", delete))).end == "halted"
    [why] = halts(case_file)
    assert "1 are in the audit log, but not in the records" in why
    assert protected not in {issued[one][0] for one in sent_references(case_file)}


def test_a_suppression_that_is_undone_by_command_halts_nothing(case_file):
    *numbers, protected = made_up_numbers(40)
    add_approved_batch(case_file, [*numbers, protected], sender=OUTBOX, per_second=2)
    suppress(case_file, protected)

    def undo():
        undo_number(case_file, protected, plan=DialPlan(home_regions=("GB",)), why="a mistake", who="first.admin")

    sent = send(case_file, at=reaching(("after the answer", undo)))
    assert (sent.end, sent.counts) == ("finished", {"accepted": 40})
