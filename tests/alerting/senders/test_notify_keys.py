"""Notify is asked only with the API key that a batch was planned with."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from alerting.batches.test_approval import agree, finish, refused
from alerting.planning_case import (
    API_KEYS,
    OUTBOX,
    lay_key,
    made_up_mobiles,
    make_planning_case,
    notify_facts,
    plan,
    read_on_phone,
    refusals,
)
from alerting.sending_case import add_approved_batch, made_up_numbers, make_sending_case, provider_template
from alerting.sending_case import notify_facts as facts_at
from fast_clock import FastClock
from notify_standin import NotifyStandin
from ringback.alerting.batches.open_sender import open_batch_sender, sender_facts
from ringback.alerting.batches.rehearsal import plan_rehearsal
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.senders.base import Message
from ringback.alerting.senders.notify import Notify
from ringback.alerting.senders.notify_keys import read_api_key
from ringback.alerting.staff.sessions import store_number
from ringback.case.folder import open_case
from ringback.errors import RingbackError
from ringback.records.alert_tables import alerts
from ringback.records.batches import get_batch


@pytest.fixture
def clock():
    return FastClock(80)


@pytest.fixture
def standin(clock):
    with NotifyStandin(clock, seed=5, template_body=provider_template()) as made:
        yield made


@pytest.fixture
def in_doubt(tmp_path, clock, standin):
    """A batch on the live key. Notify took its only text and then cut the connection."""
    (tmp_path / "keys").mkdir(mode=0o700)
    case_file = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock)
    lay_key(case_file, standin.api_key)
    add_approved_batch(case_file, made_up_numbers(1), sender=facts_at(standin, case_file))
    standin.script("drop_after")
    until = threading.Event()

    def end(point):
        if point == "after the answer":
            until.set()

    send_batch(case_file, "B-001", member="olga", sender=at_notify(case_file, standin), until=until, at=end)
    assert alert_states(case_file) == ["in_doubt"]
    yield case_file
    case_file.records.dispose()


def at_notify(case_file, standin, key_type="live"):
    return Notify(standin.keys[key_type], facts=facts_at(standin), clock=case_file.clock)


def alert_states(case_file):
    with case_file.records.connect() as connection:
        return list(connection.scalars(select(alerts.c.state)))


@pytest.mark.parametrize("settle_only", [True, False])
def test_a_doubt_is_not_settled_with_a_key_of_another_type(in_doubt, standin, settle_only):
    before = standin.counts()
    other = at_notify(in_doubt, standin, "team")
    with pytest.raises(RingbackError) as caught:
        send_batch(in_doubt, "B-001", member="olga", sender=other, settle_only=settle_only)
    assert caught.value.code == "api_key_differs"
    assert "put back the key that the batch was planned with" in caught.value.next_step
    assert refusals(in_doubt) == [("send", "api_key_differs")]
    assert alert_states(in_doubt) == ["in_doubt"]
    assert standin.counts() == before
    sent = send_batch(in_doubt, "B-001", member="olga", sender=at_notify(in_doubt, standin), settle_only=True)
    assert sent.counts == {"accepted": 1}
    assert [len(found) for found in standin.accepted_by_reference().values()] == [1]


@pytest.mark.parametrize("what", ["send", "poll"])
def test_another_key_in_the_key_file_is_refused_before_anything_is_asked(in_doubt, standin, what):
    lay_key(in_doubt, standin.keys["team"])
    with pytest.raises(RingbackError) as caught:
        open_batch_sender(in_doubt, "B-001", member="olga", what=what)
    assert caught.value.code == "api_key_differs"
    assert refusals(in_doubt) == [(what, "api_key_differs")]
    lay_key(in_doubt, standin.api_key)
    assert open_batch_sender(in_doubt, "B-001", member="olga", what=what)[1].name == "notify"


@pytest.fixture
def case_file(tmp_path):
    made = make_planning_case(tmp_path)
    yield made
    made.records.dispose()


def test_a_batch_that_names_no_key_is_not_planned(case_file):
    refused(case_file, "api_key_differs", plan, *made_up_mobiles(2), sender=notify_facts(case_file, key_digest=None))


def test_the_api_key_is_recognised_after_the_case_key_was_rotated(case_file):
    plan(case_file, *made_up_mobiles(2), sender=notify_facts(case_file))
    keys = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    keys.write_text(keys.read_text() + f"k2 {'ab' * 32}\n")
    assert open_batch_sender(case_file, "B-001", member="olga", what="send")[1].name == "notify"


def test_the_frozen_facts_do_not_reveal_the_api_key(case_file):
    plan(case_file, *made_up_mobiles(2), sender=notify_facts(case_file))
    content = get_batch(case_file.records, "B-001").content
    assert '"key_name":"live_key"' in content
    assert API_KEYS["live"][-36:] not in content


def test_each_type_of_key_has_a_file_of_its_own(case_file):
    keys_dir, id_ = case_file.settings.keys_dir, case_file.case.settings.id
    for key_type, api_key in API_KEYS.items():
        lay_key(case_file, api_key, key_type)
    assert {key_type: read_api_key(keys_dir, id_, key_type) for key_type in API_KEYS} == API_KEYS
    for name in ("trial", "../live", None):
        with pytest.raises(RingbackError, match="key_type must be one of"):
            read_api_key(keys_dir, id_, name)


def test_one_key_in_the_files_of_two_types_is_refused(case_file):
    lay_key(case_file, API_KEYS["live"], "live")
    lay_key(case_file, "another name" + API_KEYS["live"][8:], "test")
    for key_type in ("live", "test"):
        with pytest.raises(RingbackError, match="the same API key is in the files for"):
            read_api_key(case_file.settings.keys_dir, case_file.case.settings.id, key_type)


def test_planning_freezes_the_key_from_the_file_of_its_type(case_file, clock, standin):
    toml = case_file.case.toml
    section = f'\n[notify]\nbase_url = "{standin.url}"\ntemplate_id = "{standin.template_id}"\nkey_type = "team"\n'
    toml.write_text(toml.read_text() + section)
    case_file = replace(case_file, case=open_case(case_file.case.path), clock=clock)
    lay_key(case_file, standin.keys["live"], "live")
    lay_key(case_file, standin.keys["team"], "team")
    facts = sender_facts(case_file, "notify")
    assert (facts["key_type"], facts["key_name"]) == ("team", "team_key")


@pytest.mark.parametrize(("in_truth", "said"), [("team", "live"), ("team", "test")])
def test_a_refusal_that_reveals_another_key_type_halts_and_rejects_nobody(clock, standin, in_truth, said):
    sender = Notify(standin.keys[in_truth], facts=facts_at(standin, key_type=said), clock=clock)
    outcome = sender.send(Message(made_up_numbers(1)[0], "text", "BCDF-GHJK-MNZ", "rb-1", clock.now()))
    assert outcome.kind == "refused"
    assert outcome.why.startswith("the API key is a team key")


# Rehearsed with a team key, sent with a live one.


@pytest.fixture
def for_people(staff_case, tokens):
    """A batch on the live key; keys of all types are there, and bob stored a mobile that any of them takes."""
    for key_type, api_key in API_KEYS.items():
        lay_key(staff_case, api_key, key_type)
    store_number(staff_case, made_up_mobiles(1, seed=9)[0].called_number, token=tokens["bob"])
    plan(staff_case, *made_up_mobiles(3), sender=notify_facts(staff_case))
    return staff_case


def rehearsed(case_file, key_type, batch="B-001"):
    planned = plan_rehearsal(case_file, batch, ["bob"], member="alice", key_type=key_type)
    finish(case_file, planned.batch.id)
    return planned


@pytest.mark.parametrize("key_type", ["live", "team", None])
def test_a_rehearsal_with_a_team_key_lets_a_batch_on_the_live_key_be_approved(for_people, key_type):
    planned = plan_rehearsal(for_people, "B-001", ["bob"], member="alice", key_type=key_type)
    assert planned.content.sender["key_type"] == (key_type or "live")
    assert planned.content.sender["key_name"] == f"{key_type or 'live'}_key"
    # It is sent with exactly the key that it names.
    assert open_batch_sender(for_people, "B-001-R1", member="alice", what="send")[1].name == "notify"
    finish(for_people, planned.batch.id)
    read_on_phone(for_people)
    agree(for_people)


def test_a_rehearsal_with_a_test_key_does_not_count(for_people):
    rehearsed(for_people, "test")
    refused(for_people, "rehearsal_missing", agree)
    plan(for_people, *made_up_mobiles(2, seed=2), sender=notify_facts(for_people, key_type="test"))
    rehearsed(for_people, "test", "B-002")
    agree(for_people, "B-002")


def test_only_the_key_may_differ_between_rehearsal_and_batch(for_people):
    assert set(rehearsed(for_people, "team").content.sender.items()) ^ set(notify_facts(for_people).items()) == {
        (name, value)
        for facts in (notify_facts(for_people), notify_facts(for_people, key_type="team"))
        for name, value in facts.items()
        if name in ("key_type", "key_name", "key_digest")
    }


def test_a_rehearsal_with_an_older_template_does_not_count(for_people):
    rehearsed(for_people, "team")
    plan(for_people, *made_up_mobiles(2, seed=2), sender=notify_facts(for_people, template_version=4))
    refused(for_people, "rehearsal_missing", agree, "B-002")


def test_a_sender_with_one_kind_of_key_takes_no_key_type_for_a_rehearsal(staff_case, tokens):
    store_number(staff_case, "07700 900101", token=tokens["bob"])
    plan(staff_case, sender=OUTBOX)
    refused(staff_case, "rehearsal_impossible", plan_rehearsal, "B-001", ["bob"], member="alice", key_type="team")
