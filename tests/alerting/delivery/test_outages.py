"""An outage of the provider parks no alert. Alerts parked for other reasons can be brought back, once."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from alerting.sending_case import (
    add_approved_batch,
    approve_again,
    made_up_numbers,
    notify_facts,
)
from notify_standin.outages import Outage
from parked_alerts import park
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.open_outcomes import make_recorder
from ringback.alerting.delivery.parked_alerts import retry_parked
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.integrity import find_alert_differences
from ringback.alerting.senders.notify import Notify
from ringback.errors import RingbackError
from ringback.records.alert_tables import alerts, attempts, batches
from ringback.records.db import writing
from ringback.records.sending import find_by_reference
from tiers import first_quick

# Whole batches, sent with a provider's stand-in: the long way to try one thing each.
pytestmark = pytest.mark.slow

FACTOR = 200


@pytest.fixture
def sender(case_file, standin):
    facts = notify_facts(standin, case_file)
    add_approved_batch(case_file, made_up_numbers(30), sender=facts, per_second=1.0)
    return Notify(standin.api_key, facts=facts, clock=case_file.clock)


def send(case_file, sender):
    return send_batch(case_file, "B-001", member="alice", sender=sender)


def column(case_file, *columns):
    with case_file.records.connect() as connection:
        return connection.execute(select(*columns)).all()


def assert_each_once(standin, count):
    times = Counter(len(found) for found in standin.accepted_by_reference().values())
    assert times == {1: count}


def during(standin, outage):
    """A hook that begins an outage when the first text was answered."""
    begun = []

    def at(point):
        if point == "after the answer" and not begun:
            begun.append(point)
            standin.outage(outage)

    return at


@pytest.mark.parametrize(
    "outage",
    first_quick(
        [
            Outage(720.0, "refuse"),
            Outage(60.0, with_row=0.0, gets=False),
            Outage(60.0, with_row=1.0, gets=False),
            Outage(720.0, with_row=0.0, gets=False),
            Outage(720.0, with_row=0.5),
            Outage(3600.0, with_row=0.0),
            Outage(720.0, "read_timeout", with_row=0.5),
        ],
        1,
    ),
    ids=str,
)
def test_an_outage_parks_no_alert(case_file, standin, sender, outage):
    sent = send_batch(case_file, "B-001", member="alice", sender=sender, at=during(standin, outage))
    assert (sent.end, sent.counts) == ("finished", {"accepted": 30})
    assert_each_once(standin, 30)


@pytest.mark.slow
def test_in_an_outage_one_text_at_a_time_tests_whether_the_provider_is_back(case_file, standin, sender):
    sent = send_batch(
        case_file, "B-001", member="alice", sender=sender, at=during(standin, Outage(1800.0, with_row=0.0, gets=False))
    )
    assert sent.counts == {"accepted": 30}
    tries = sum(outcome == "absent" for (outcome,) in column(case_file, attempts.c.outcome))
    assert 5 <= tries <= 5 + 16 + 12, "half an hour of pauses of up to five minutes"


def test_a_batch_with_parked_alerts_is_not_finished_and_a_person_brings_them_back_once(case_file, standin, sender):
    park(case_file, 4)
    sent = send(case_file, sender)
    assert (sent.end, sent.counts) == ("parked", {"accepted": 26, "needs_human": 4})
    assert column(case_file, batches.c.state) == [("approved",)]
    case_file.clock.sleep(130)
    done = retry_parked(case_file, "B-001", member="alice", sender=sender, why="the provider was down")
    assert (done.parked, done.accepted, done.back, dict(done.left)) == (4, 0, 4, {})
    assert column(case_file, batches.c.state) == [("stopped",)]
    with pytest.raises(RingbackError) as caught:
        send(case_file, sender)
    assert caught.value.code == "batch_not_approved"
    approve_again(case_file)
    sent = send(case_file, sender)
    assert (sent.end, sent.counts) == ("finished", {"accepted": 30})
    assert_each_once(standin, 30)
    again = retry_parked(case_file, "B-001", member="alice", sender=sender, why="once more")
    assert (again.parked, again.back) == (0, 0)
    assert column(case_file, batches.c.state) == [("finished",)]
    routes = "batch B-001: its routes are not those that were counted when it was planned"
    assert [one for one in find_alert_differences(case_file) if one != routes] == []


def test_a_parked_alert_that_the_provider_has_is_accepted_and_not_sent_again(case_file, standin, sender):
    """The provider said that it had none, but of four parked alerts it had taken two."""
    ids = park(case_file, 4)
    with case_file.records.connect() as connection:
        found = connection.execute(select(alerts).where(alerts.c.id.in_(ids[:2]))).all()
    examine(case_file, sender, standin, [row.provider_reference for row in found])
    case_file.clock.sleep(130)
    done = retry_parked(case_file, "B-001", member="alice", sender=sender, why="the provider was down")
    assert (done.accepted, done.back) == (2, 2)
    approve_again(case_file)
    assert send(case_file, sender).counts == {"accepted": 30}
    assert_each_once(standin, 30)


def examine(case_file, sender, standin, references):
    """Hand over the texts of these references behind the records' back."""

    recorder = make_recorder(case_file, "B-001", member="alice", sender=sender, observer=Observer())
    with case_file.records.connect() as connection:
        for row, _explained in find_by_reference(connection, "B-001", references).values():
            message = recorder.examiner.examine(connection, row).message(case_file.clock.now())
            assert sender.send(message).kind == "accepted"


def test_alerts_tried_a_moment_ago_or_too_long_ago_stay_parked(case_file, standin, sender):
    park(case_file, 3)
    done = retry_parked(case_file, "B-001", member="alice", sender=sender, why="at once")
    assert (done.back, dict(done.left)) == (0, {"tried a moment ago: ask again in two minutes": 3})
    assert column(case_file, batches.c.state) == [("approved",)]
    long_ago = case_file.clock.now().replace(year=2020)
    with writing(case_file.records).begin() as connection:
        connection.execute(update(attempts).values(claimed_at=long_ago))
    done = retry_parked(case_file, "B-001", member="alice", sender=sender, why="years later")
    assert dict(done.left) == {"tried so long ago that the provider may have forgotten it": 3}


def test_without_an_answer_parked_alerts_stay_as_they_were(case_file, standin, sender):
    park(case_file, 3)
    case_file.clock.sleep(130)
    standin.outage(Outage(3600.0, with_row=0.0))
    done = retry_parked(case_file, "B-001", member="alice", sender=sender, why="too early")
    assert dict(done.left) == {"the provider gave no answer": 3}


@pytest.mark.parametrize(("days", "after_days", "parked"), [(3, 1.9, False), (3, 2.1, True), (30, 20.0, False)])
def test_an_alert_older_than_the_services_retention_is_never_sent_again(case_file, standin, days, after_days, parked):
    facts = notify_facts(standin, case_file, retention_days=days)
    add_approved_batch(case_file, made_up_numbers(1), sender=facts, hours=24 * 40)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    standin.script("drop_before")
    put_off = []

    def at(point):
        if point == "after the answer" and not put_off:
            put_off.append(point)
            with writing(case_file.records).begin() as connection:
                earlier = case_file.clock.now() - timedelta(days=after_days)
                connection.execute(update(alerts).values(claimed_at=earlier))
                connection.execute(update(attempts).values(claimed_at=earlier))

    sent = send_batch(case_file, "B-001", member="alice", sender=sender, at=at)
    assert sent.counts == ({"needs_human": 1} if parked else {"accepted": 1})


def test_age_follows_the_providers_clock_if_ours_is_behind(case_file, standin):
    """Our clock stands still for days; the provider's date shows the age."""
    facts = notify_facts(standin, case_file, retention_days=3)
    sender = Notify(standin.api_key, facts=facts, clock=case_file.clock)
    sender.read_list(None)
    assert abs(sender.ahead) < 60
    standin.advance(2.5 * 86_400)
    with pytest.raises(Exception):  # noqa: B017 - a token of days ago is refused, and the date was read
        sender.read_list(None)
    assert sender.ahead > 2.4 * 86_400


@pytest.mark.parametrize("days", [2, 91, "7", True, 7.5, None])
def test_an_impossible_retention_is_refused(case_file, standin, days):
    facts = notify_facts(standin, case_file, retention_days=days)
    with pytest.raises(RingbackError) as caught:
        Notify(standin.api_key, facts=facts, clock=case_file.clock)
    assert caught.value.code == "notify_setting_bad"
    assert "retention_days must be a whole number from 3 to 90" in str(caught.value)
