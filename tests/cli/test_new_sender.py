"""A new provider is one file with one method, and one line that names it."""

import pytest

from alerting import pigeon
from cli.alert_case import DRAMA, PEOPLE, STAFF_NUMBERS
from ringback.alerting.senders.base import Sender
from ringback.alerting.senders.registry import SENDERS, find_sender, reaches_people
from ringback.errors import RingbackError


@pytest.fixture
def flown(monkeypatch):
    """What the pigeons carried, with their line in the table."""
    monkeypatch.setitem(SENDERS, "pigeon", "alerting.pigeon:Pigeon")
    monkeypatch.setattr(pigeon, "FLOWN", [])
    return pigeon.FLOWN


def test_a_made_up_sender_goes_from_plan_to_status_by_command(people_case, flown):
    planned = people_case.planned("alice", "--sender", "pigeon", "--per-second", "1000")
    assert planned["sender"] == {"name": "pigeon", "shown_as": "ExamplePol"}
    assert people_case.alerts("bob", "approve", "B-001", planned["type_to_approve"], "--why", "x").json["error"] == (
        "rehearsal_missing"
    )
    assert people_case.alerts("alice", "rehearse", "B-001", "--to", "bob").code == 0
    assert {one.number for one in flown} <= STAFF_NUMBERS
    assert people_case.approve().code == 0
    assert people_case.alerts("olga", "send", "B-001").json["end"] == "finished"
    carried = [one.number for one in flown if one.number not in STAFF_NUMBERS]
    assert len(carried) == len(set(carried)) == PEOPLE
    # What a sender does not say of itself is what is safe: no drama number, and no question that it cannot answer.
    assert f"+44{DRAMA[0].replace(' ', '')[1:]}" not in carried
    assert people_case.alerts("olga", "poll", "B-001").json["error"] == "poll_impossible"


def test_a_made_up_sender_reaches_people_unless_it_says_otherwise(drama_case, flown):
    assert drama_case.plan("alice", "--sender", "pigeon").json["error"] == "synthetic_never_sent"
    assert flown == []


def test_a_name_that_no_line_has_is_refused_with_those_that_there_are(drama_case):
    done = drama_case.plan("alice", "--sender", "pigeon")
    assert (done.code, done.json["error"]) == (2, "sender_unknown")
    assert "outbox, notify" in done.err


def test_each_line_names_a_sender_that_bears_its_name():
    for name in SENDERS:
        found = find_sender(name)
        assert issubclass(found, Sender)
        assert found.name == name


@pytest.mark.parametrize("facts", [None, "outbox", {}, {"name": None}, {"name": "pigeon"}, {"name": ["outbox"]}])
def test_whatever_is_not_known_to_stay_here_reaches_people(facts):
    assert reaches_people(facts)
    assert not reaches_people({"name": "outbox"})


@pytest.mark.parametrize("name", [None, ["outbox"], "Outbox", ""])
def test_what_is_no_name_names_no_sender(name):
    with pytest.raises(RingbackError, match="no sender is called"):
        find_sender(name)
