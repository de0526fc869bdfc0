"""Sending a batch to the provider's stand-in: what each answer leads to, once and only once."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from alerting.sending_case import (
    add_approved_batch,
    made_up_numbers,
    make_sending_case,
    notify_facts,
)
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.delivery.stop import stop_batch
from ringback.alerting.senders.notify import Notify
from ringback.alerting.senders.outbox import Outbox
from ringback.errors import RingbackError
from ringback.records.alarms import list_alarms
from ringback.records.alert_tables import alerts, attempts, batches
from ringback.records.db import writing
from tiers import first_quick

FACTOR = 80


def send(case_file, standin, *, count=20, per_second=49.0, batch="B-001", **options):
    facts = notify_facts(standin, case_file)
    if count:
        add_approved_batch(case_file, made_up_numbers(count), sender=facts, batch_id=batch, per_second=per_second)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    return send_batch(case_file, batch, member="alice", sender=sender, **options)


def rows(case_file, *columns):
    with case_file.records.connect() as connection:
        return connection.execute(select(*columns).order_by(columns[0])).all()


def moment(request):
    return datetime.fromisoformat(request["arrived_at"])


def once(point, do, *, when=lambda: True):
    """A hook that does something the first time that sending reaches a point."""
    lock, done = threading.Lock(), []

    def hook(reached):
        with lock:
            if reached != point or done or not when():
                return
            done.append(reached)
        do()

    return hook


def assert_once(standin, count):
    accepted = standin.accepted_by_reference()
    assert len(accepted) == count
    assert {len(found) for found in accepted.values()} == {1}


def test_every_alert_is_accepted_once_and_its_number_is_gone_from_the_table(case_file, standin):
    sent = send(case_file, standin, count=40)
    assert (sent.end, sent.counts) == ("finished", {"accepted": 40})
    assert_once(standin, 40)
    assert {sealed for _id, sealed in rows(case_file, alerts.c.id, alerts.c.sealed)} == {None}
    assert case_file.log.entries()[-1].what == "batch_finished"


@pytest.mark.parametrize(
    "fault",
    first_quick(["drop_after", "error_5xx_without_row", "drop_before", "reset_after", "truncated_body",
                 "truncated_json", "error_5xx_with_row", "html_403", "stall_after", "stall_before", "late_commit"]),
)  # fmt: skip
def test_a_text_in_doubt_is_asked_about_and_accepted_once(case_file, standin, fault):
    standin.script(fault, fault)
    sent = send(case_file, standin, count=8)
    assert (sent.end, sent.counts) == ("finished", {"accepted": 8})
    assert_once(standin, 8)
    outcomes = [outcome for _alert, outcome in rows(case_file, attempts.c.alert, attempts.c.outcome)]
    assert "unknown" not in outcomes


def test_a_doubt_is_not_asked_about_before_its_time(case_file, standin):
    standin.script("drop_after")
    send(case_file, standin, count=3)
    asked = [one for one in standin.requests() if one["method"] == "GET" and one["reference"]]
    claimed = min(moment for (moment,) in rows(case_file, attempts.c.claimed_at))
    assert asked
    for one in asked:
        assert datetime.fromisoformat(one["arrived_at"]) >= claimed + timedelta(seconds=120)


def test_a_refused_connection_leaves_no_doubt_and_is_tried_again(case_file, standin):
    sent = send(case_file, standin, count=5, at=once("claimed", lambda: standin.refuse(5.0)))
    assert sent.counts == {"accepted": 5}
    assert_once(standin, 5)
    assert "not_sent" in [one for _id, one in rows(case_file, attempts.c.alert, attempts.c.outcome)]


def test_too_many_requests_pause_all_batches(case_file, standin):
    standin.storm(4.0)
    sent = send(case_file, standin, count=10)
    assert sent.counts == {"accepted": 10}
    denied = [one for one in standin.requests() if one["status"] == 429]
    assert 1 <= len(denied) <= 16


def test_a_number_that_the_provider_does_not_take_is_rejected_with_its_reason(case_file, standin):
    facts = notify_facts(standin, case_file)
    numbers = [*made_up_numbers(3), "+442079460000"]
    add_approved_batch(case_file, numbers, sender=facts)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    sent = send_batch(case_file, "B-001", member="alice", sender=sender)
    assert sent.counts == {"accepted": 3, "rejected": 1}
    # A drama number: it never left.
    assert len(standin.accepted_by_reference()) == 3
    assert not [one for one in standin.requests() if one["status"] == 400]


def test_a_changed_template_halts_the_batch(case_file, standin):
    standin.script("template_changed")
    sent = send(case_file, standin, count=60)
    assert sent.end == "halted"
    assert "template is version 2" in sent.why
    assert sent.counts["waiting"] > 0
    with case_file.records.connect() as connection:
        assert [one.what for one in list_alarms(connection, batch="B-001")] == ["batch_halted"]
    assert "batch_halted" in [entry.what for entry in case_file.log.entries()]


def test_a_template_that_differs_before_the_start_sends_nothing(case_file, standin):
    standin.set_template("Something else ((reference))")
    with pytest.raises(RingbackError) as caught:
        send(case_file, standin, count=3)
    assert caught.value.code == "sender_differs"
    assert standin.ledger() == []
    assert case_file.log.entries()[-1].what == "refused"


def test_a_refused_key_halts_everything(case_file, standin):
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(30), sender=facts, per_second=5)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    revoke = once("after the answer", lambda: standin.set_service(revoked={"live": True}))
    sent = send_batch(case_file, "B-001", member="alice", sender=sender, at=revoke)
    assert sent.end == "halted"
    assert "refuses us" in sent.why
    assert set(sent.counts) <= {"accepted", "waiting"}


@pytest.mark.slow
def test_a_text_that_shows_up_later_than_promised_raises_an_alarm(case_file, standin):
    # The provider shows the first text only after the question, so a second one was sent: the documented limit.
    standin.script({"kind": "late_commit", "seconds": 150.0, "hold": False})
    sent = send(case_file, standin, count=2)
    assert sent.counts == {"accepted": 1, "needs_human": 1}
    with case_file.records.connect() as connection:
        found = list_alarms(connection, batch="B-001")
    assert [one.what for one in found] == ["accepted_twice"]
    assert "accepted it 2 times" in found[0].detail


@pytest.mark.slow
def test_a_provider_that_cannot_be_asked_leaves_the_doubt_open_until_it_can(case_file, standin):
    standin.script("drop_after")
    standin.script("error_5xx", "drop", "html_403", method="GET")
    # The first question is about the template; let it pass.
    standin.script(method="GET")
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(2), sender=facts)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    sender.check_before = lambda _content: []
    sent = send_batch(case_file, "B-001", member="alice", sender=sender)
    assert sent.counts == {"accepted": 2}
    assert_once(standin, 2)


@pytest.mark.slow
def test_an_alert_that_only_ever_meets_doubts_is_parked(case_file, standin):
    facts = notify_facts(standin, case_file)
    issued = add_approved_batch(case_file, made_up_numbers(80), sender=facts, per_second=0.1)
    never = list(issued)[3]
    standin.script(*["drop_before"] * 5, reference=never)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    sent = send_batch(case_file, "B-001", member="alice", sender=sender)
    assert (sent.end, sent.counts) == ("parked", {"accepted": 79, "needs_human": 1})
    [(reference, why)] = [row for row in rows(case_file, alerts.c.provider_reference, alerts.c.why) if row[1]]
    assert (reference, why) == (never, "5 attempts in doubt, and the provider has none of them")


def test_a_stop_ends_the_batch_and_uses_the_approval_up(case_file, standin):
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(200), sender=facts, per_second=5)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    stopped = []

    def stop():
        stop_batch(case_file, "B-001", member="carol", why="test")
        stopped.append(case_file.clock.now())

    tenth = once("after the answer", stop, when=lambda: len(standin.ledger()) >= 10)
    sent = send_batch(case_file, "B-001", member="alice", sender=sender, at=tenth)
    assert sent.end == "stopped"
    late = [
        one for one in standin.requests() if one["method"] == "POST" and moment(one) > stopped[0] + timedelta(seconds=1)
    ]
    assert late == []
    with pytest.raises(RingbackError) as caught:
        send(case_file, standin, count=0)
    assert caught.value.code == "batch_not_approved"


def test_a_batch_that_is_altered_while_it_is_sent_halts(case_file, standin):
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(100), sender=facts, per_second=5)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)

    def alter():
        with writing(case_file.records).begin() as connection:
            connection.execute(update(batches).values(content=batches.c.content + " "))

    sent = send_batch(case_file, "B-001", member="alice", sender=sender, at=once("after the answer", alter))
    assert sent.end == "halted"
    assert "altered while it was being sent" in sent.why


def test_sealed_numbers_that_were_swapped_halt_the_batch(case_file, standin):
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(2), sender=facts)
    with writing(case_file.records).begin() as connection:
        one, two = connection.execute(select(alerts.c.id, alerts.c.sealed).order_by(alerts.c.id)).all()
        connection.execute(update(alerts).where(alerts.c.id == one.id).values(sealed=two.sealed))
        connection.execute(update(alerts).where(alerts.c.id == two.id).values(sealed=one.sealed))
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    with pytest.raises(RingbackError) as caught:
        send_batch(case_file, "B-001", member="alice", sender=sender)
    assert caught.value.code == "sealed_unreadable"
    assert standin.ledger() == []
    assert case_file.log.entries()[-1].what == "refused"


def test_a_clock_that_was_set_back_sends_nothing(case_file, standin):
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(2), sender=facts)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    case_file.clock.base -= timedelta(hours=1)
    with pytest.raises(RingbackError) as caught:
        send_batch(case_file, "B-001", member="alice", sender=sender)
    assert caught.value.code == "clock_went_back"
    assert standin.ledger() == []
    assert case_file.log.entries()[-1].what == "refused"


def test_a_synthetic_case_reaches_no_provider(tmp_path, clock, standin):
    (tmp_path / "keys").mkdir(mode=0o700)
    made = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock, synthetic=True)
    with pytest.raises(RingbackError) as caught:
        send(made, standin, count=2)
    assert caught.value.code == "synthetic_never_sent"
    assert standin.requests() == []
    assert made.log.entries()[-1].read_facts()["error"] == "synthetic_never_sent"


def test_the_outbox_holds_each_text_once_even_after_a_torn_line(case_file):
    issued = add_approved_batch(case_file, made_up_numbers(30), sender={"name": "outbox"}, per_second=1000)
    path = case_file.case.out_dir / "outbox-B-001.jsonl"
    path.write_text('{"id": "outbox:rb-torn", "to": "+44')
    sent = send_batch(case_file, "B-001", member="alice", sender=Outbox(path, clock=case_file.clock))
    assert sent.counts == {"accepted": 30}
    lines = path.read_text().splitlines()[1:]
    assert len(lines) == 30
    assert {one.split('"provider_reference": "')[1].split('"')[0] for one in lines} == set(issued)


@pytest.mark.slow
def test_two_texts_that_show_up_late_raise_an_alarm(case_file, standin):
    # The second attempt is lost like the first. The question finds the first one, long given up.
    late = {"kind": "late_commit", "seconds": 200.0, "hold": False}
    standin.script(late, late)
    sent = send(case_file, standin, count=1)
    assert sent.counts == {"needs_human": 1}
    assert len(standin.ledger()) == 2
    with case_file.records.connect() as connection:
        assert [one.what for one in list_alarms(connection, batch="B-001")] == ["accepted_twice"]


def test_the_observer_hears_the_last_counts(case_file):
    class Watcher(Observer):
        seen = None

        def counts(self, counts, *, left_s):
            self.seen = (dict(counts), left_s)

    add_approved_batch(case_file, made_up_numbers(30), sender={"name": "outbox"}, per_second=1000)
    watcher = Watcher()
    sender = Outbox(case_file.case.out_dir / "outbox-B-001.jsonl", clock=case_file.clock)
    sent = send_batch(case_file, "B-001", member="alice", sender=sender, observer=watcher)
    assert sent.counts == {"accepted": 30}
    assert watcher.seen == ({"accepted": 30}, None)
