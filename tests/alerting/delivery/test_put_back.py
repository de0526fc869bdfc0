"""Records put back to an earlier state: nothing is sent until the provider's list shows what was sent since."""

import contextlib
import shutil
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from alerting.sending_case import (
    add_approved_batch,
    approve_again,
    made_up_numbers,
    make_sending_case,
    notify_facts,
    reopen,
)
from notify_standin.outages import Outage
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.open_outcomes import make_recorder
from ringback.alerting.delivery.reconciliation import reconcile
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.integrity import find_alert_differences
from ringback.alerting.senders.base import Found, Outcome, Sender
from ringback.alerting.senders.notify import Notify
from ringback.errors import RingbackError
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts, attempts, batches, leases
from ringback.records.db import writing
from ringback.records.marks import MarkFacts
from ringback.records.sending import find_by_reference

# Whole batches, sent with a provider's stand-in: the long way to try one thing each.
pytestmark = pytest.mark.slow

FACTOR = 40
ROUTES = "batch B-001: its routes are not those that were counted when it was planned"


class Lab:
    """A case with an approved batch of twelve, its provider, and methods that put records back."""

    def __init__(self, folder, clock, standin):
        self.folder, self.clock, self.standin = folder, clock, standin
        (folder / "keys").mkdir(mode=0o700)
        self.case_file = make_sending_case(folder / "case", folder / "keys", clock=clock)
        self.facts = notify_facts(standin, self.case_file)
        self.issued = add_approved_batch(self.case_file, made_up_numbers(12), sender=self.facts)

    def sender(self):
        return Notify(self.standin.api_key, facts=self.facts, clock=self.clock)

    def send(self, **options):
        return send_batch(self.case_file, "B-001", member="alice", sender=self.sender(), **options)

    def reconcile(self, **options):
        return reconcile(
            self.case_file, member="carol", why="test", open_with=lambda _case, _batch: self.sender(), **options
        )

    def keep(self):
        self.case_file.records.dispose()
        shutil.copytree(self.folder / "case", self.folder / "kept")

    def put_back(self):
        self.case_file.records.dispose()
        shutil.rmtree(self.folder / "case")
        shutil.copytree(self.folder / "kept", self.folder / "case")
        self.case_file = reopen(self.folder / "case", self.folder / "keys", clock=self.clock)

    def read(self, *columns):
        with self.case_file.records.connect() as connection:
            return connection.execute(select(*columns)).all()

    def alarms(self):
        with self.case_file.records.connect() as connection:
            return Counter(one.what for one in list_alarms(connection))

    def write(self, *statements):
        with writing(self.case_file.records).begin() as connection:
            for statement in statements:
                connection.execute(statement)

    def posts(self):
        return len(self.standin.ledger())

    def assert_each_once(self):
        assert Counter(len(found) for found in self.standin.accepted_by_reference().values()) == {1: 12}


@pytest.fixture
def lab(tmp_path, clock, standin):
    made = Lab(tmp_path, clock, standin)
    yield made
    made.case_file.records.dispose()


def refused(call, *codes):
    with pytest.raises(RingbackError) as caught:
        call()
    assert caught.value.code in codes
    return caught.value


def test_a_backup_sends_nothing_and_after_reconciling_everybody_once(lab):
    lab.keep()
    assert lab.send().counts == {"accepted": 12}
    lab.put_back()
    error = refused(lab.send, "records_rolled_back")
    assert "they know of 0 claims of batch B-001, and " in str(error)
    assert (lab.posts(), lab.alarms()["records_not_newest"]) == (12, 1)
    done = lab.reconcile()
    assert done.settled == {"B-001": 12}
    assert lab.read(batches.c.state) == [("halted",)]
    approve_again(lab.case_file)
    assert lab.send().end == "finished"
    lab.assert_each_once()
    assert [one for one in find_alert_differences(lab.case_file) if one != ROUTES] == []
    assert lab.reconcile().lacking == []


def test_reconciling_waits_for_what_was_handed_over_a_moment_ago(lab):
    """A text that shows up 80 s after it was taken, in records that were put back at once."""
    lab.keep()
    lab.standin.set_faults(post={"late_commit": 1.0}, late_commit_s=80.0)

    def at(point):
        if point == "before the turn" and lab.posts():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.send(at=at)
    lab.standin.clear_faults()
    lab.put_back()
    lab.reconcile()
    approve_again(lab.case_file)
    assert lab.send().counts == {"accepted": 12}
    lab.assert_each_once()


def test_records_and_mark_put_back_together_are_found_from_the_providers_list(lab):
    lab.keep()
    mark = lab.case_file.mark.path.read_bytes()
    lab.send()
    lab.put_back()
    lab.case_file.mark.path.write_bytes(mark)
    sent = lab.send()
    assert (sent.end, sent.counts) == ("finished", {"accepted": 12})
    lab.assert_each_once()
    assert lab.alarms()["accepted_against_record"] == 12


def test_without_a_mark_nothing_is_sent(lab):
    lab.case_file.mark.path.unlink()
    refused(lab.send, "mark_missing")
    assert lab.posts() == 0
    lab.reconcile()
    approve_again(lab.case_file)
    assert lab.send().counts == {"accepted": 12}


def test_a_mark_that_disappears_while_sending_halts_the_batch(lab):
    at = lambda point: lab.case_file.mark.path.unlink(missing_ok=True) if point == "after the answer" else None  # noqa: E731
    refused(lambda: lab.send(at=at), "mark_missing")
    assert lab.read(batches.c.state) == [("halted",)]
    assert lab.posts() == 1


@pytest.mark.parametrize("what", ["state alone", "with its attempts", "all of it, and the count"])
def test_rows_put_back_to_waiting_are_not_sent_again(lab, what):
    lab.send()
    sealed = {"sealed": "k1:x"} if what == "state alone" else {}
    back = {"state": "waiting", "why": None, **sealed}
    if what != "state alone":
        back |= {"notification_id": None, "attempt": 0, "accepted_at": None, "claimed_at": None}
        lab.write(delete(attempts))
    lab.write(update(alerts).values(**back), update(batches).values(state="stopped", approval_entry=None))
    if what.endswith("count"):
        lab.write(update(leases).values(claims=0))
    with contextlib.suppress(RingbackError):
        approve_again(lab.case_file)
        assert lab.send().end == "halted"
    assert lab.posts() == 12
    lab.assert_each_once()


def test_a_batch_missing_from_the_records_must_be_named(lab, tmp_path):
    lab.keep()
    add_approved_batch(lab.case_file, made_up_numbers(3, seed=9), sender=lab.facts, batch_id="B-002")
    send_batch(lab.case_file, "B-002", member="alice", sender=lab.sender())
    lab.put_back()
    error = refused(lab.reconcile, "batches_lost")
    assert "--without B-002" in error.next_step
    assert lab.reconcile(without=["B-002"]).lost == ["B-002"]
    assert lab.send().counts == {"accepted": 12}


def test_alerts_that_the_provider_may_have_forgotten_are_parked(lab):
    lab.send()
    lab.write(
        update(batches).values(planned_at=lab.clock.now() - timedelta(days=6, hours=1)),
        update(attempts).values(claimed_at=lab.clock.now() - timedelta(days=6, hours=1)),
        update(alerts)
        .where(alerts.c.place > 8)
        .values(state="waiting", notification_id=None, sealed="k1:x", attempt=0),
        delete(attempts).where(attempts.c.alert.in_(select(alerts.c.id).where(alerts.c.place > 8))),
        update(leases).values(claims=8),
    )
    error = refused(lab.reconcile, "reconcile_unclear")
    assert "may have forgotten" in str(error)
    assert "--without B-001" in error.next_step
    assert lab.reconcile(without=["B-001"]).parked == {"B-001": 4}
    told = [one for one in find_alert_differences(lab.case_file) if "put before a person untried" in one]
    assert told == []
    lab.write(update(alerts).where(alerts.c.place == 1).values(state="needs_human", attempt=0))
    told = [one for one in find_alert_differences(lab.case_file) if "put before a person untried" in one]
    assert told == ["batch B-001: 5 alerts were put before a person untried, but the audit log tells of 4"]


class Blind(Sender):
    """A custom sender that shows no list and cannot be asked."""

    name = "notify"

    def __init__(self):
        self.taken = []

    def send(self, message):
        self.taken.append(message.provider_reference)
        return Outcome("accepted", found=Found(f"b-{len(self.taken)}", message.provider_reference))


def test_a_sender_without_a_list_relies_on_the_mark_alone(lab):
    lab.keep()
    blind = Blind()
    assert send_batch(lab.case_file, "B-001", member="alice", sender=blind).counts == {"accepted": 12}
    lab.put_back()
    refused(lambda: send_batch(lab.case_file, "B-001", member="alice", sender=blind), "records_rolled_back")

    def with_blind(**options):
        return reconcile(lab.case_file, member="carol", why="t", open_with=lambda _case, _batch: blind, **options)

    assert "shows no list" in str(refused(with_blind, "reconcile_unclear"))
    assert with_blind(without=["B-001"]).parked == {"B-001": 12}
    assert len(blind.taken) == 12


def test_nothing_is_sent_until_the_provider_shows_its_list(lab):
    began = lab.clock.now()
    sent = lab.send(at=lambda point: lab.standin.outage(Outage(300.0)) if point == "lease taken" else None)
    assert sent.counts == {"accepted": 12}
    first = min(lab.read(attempts.c.claimed_at))[0]
    assert first - began >= timedelta(seconds=250)


@pytest.mark.slow
def test_all_pages_of_the_list_are_read_back_to_the_batch(lab):
    """A batch of three hundred, more than a page, put back to its beginning."""
    add_approved_batch(lab.case_file, made_up_numbers(300, seed=3), sender=lab.facts, batch_id="B-002", per_second=200)
    lab.standin.set_limits(rate_limit=None)
    lab.keep()
    mark = lab.case_file.mark.path.read_bytes()
    send_batch(lab.case_file, "B-002", member="alice", sender=lab.sender())
    assert lab.posts() == 300
    lab.put_back()
    lab.case_file.mark.path.write_bytes(mark)
    send_batch(lab.case_file, "B-002", member="alice", sender=lab.sender())
    assert lab.posts() == 300


def test_a_sender_with_other_records_is_noticed_and_both_stop(lab, tmp_path):
    """A copy with keys of its own sends one of our texts in the middle of ours."""

    add_approved_batch(lab.case_file, made_up_numbers(200, seed=3), sender=lab.facts, batch_id="B-002", per_second=5)
    recorder = make_recorder(lab.case_file, "B-002", member="alice", sender=lab.sender(), observer=Observer())
    last = max(lab.read(alerts.c.place, alerts.c.provider_reference))[1]
    with lab.case_file.records.connect() as connection:
        row, _explained = find_by_reference(connection, "B-002", [last])[last]
        message = recorder.examiner.examine(connection, row)
    done = []

    def at(point):
        if point == "after the answer" and lab.posts() > 30 and not done:
            done.append(point)
            assert lab.sender().send(message.message(lab.clock.now())).kind == "accepted"

    sent = send_batch(lab.case_file, "B-002", member="alice", sender=lab.sender(), at=at)
    assert sent.end == "halted"
    assert "somebody else sends this batch" in sent.why
    assert lab.posts() < 150
    assert {len(found) for found in lab.standin.accepted_by_reference().values()} == {1}


def test_the_first_text_goes_alone_until_the_list_has_shown_it(lab):
    lab.send()
    accepted = sorted(one["accepted_at"] for one in lab.standin.ledger())
    first, second = (datetime.fromisoformat(one) for one in accepted[:2])
    assert second - first >= timedelta(seconds=45)


def test_a_mark_ahead_of_the_records_is_never_overwritten(lab):
    facts = lab.case_file.mark.read()
    lab.case_file.mark.replace(MarkFacts(facts.seq + 50, "f" * 64, batches=facts.batches))
    lab.case_file.log.add("victims_counted", why="going on")
    assert lab.case_file.mark.read().seq == facts.seq + 50
    refused(lab.send, "records_rolled_back")
