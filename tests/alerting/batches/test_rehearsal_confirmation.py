"""Confirming a rehearsal: the person with the phone types what it shows."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from alerting.batches.test_approval import agree, edited_content, finish, refused, rewrite_chain, stop
from alerting.planning_case import (
    API_KEYS,
    OUTBOX,
    WORDING,
    alter,
    lay_key,
    made_up_mobiles,
    mobile,
    notify_facts,
    plan,
    read_on_phone,
    refusals,
)
from ringback.alerting.batches.approval import CONFIRMED, confirmation_facts, seal_entry, verify_approval
from ringback.alerting.batches.preview import preview_batch
from ringback.alerting.batches.rehearsal import plan_rehearsal
from ringback.alerting.batches.rehearsal_confirmation import check_first_words
from ringback.alerting.model.references import new_reference, show
from ringback.alerting.senders.registry import must_be_read_on_phones
from ringback.alerting.staff.sessions import store_number
from ringback.alerting.wording.templates import Wording, render
from ringback.errors import RingbackError
from ringback.records.alert_tables import alerts, batches
from ringback.records.batches import get_batch
from ringback.records.tables import audit

FIRST = "Example Police: this number was called"
WHOLE = render(WORDING, "KMNP-QRST-VWX")


def differences(typed, wording=WORDING):
    """The error for the typed words; '' if the text begins with them."""
    try:
        check_first_words(wording, typed, batch="B-001")
    except RingbackError as error:
        return f"{error.code}: {error.facts.get('problem', '')}".rstrip(": ")
    return ""


@pytest.mark.parametrize(
    "typed",
    [
        "Example Police: this number was",
        FIRST,
        WHOLE,
        f"  {FIRST}\n",
        "Example  Police:\tthis\nnumber \u00a0 was\r\ncalled by",
        render(WORDING, show(new_reference())),
    ],
)
def test_the_first_words_are_accepted_with_any_blanks(typed):
    assert differences(typed) == ""


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "rehearsal_words_few"),
        ("   \n", "rehearsal_words_few"),
        ("Example Police: this number", "rehearsal_words_few"),
        ("MyService: " + FIRST, "rehearsal_text_differs: something stands before the text that was planned"),
        ("Metro Fraud Alerts: Example Police: this", "rehearsal_text_differs: something stands before the text"),
        ("Example Police: " + FIRST, "rehearsal_text_differs: something stands before the text"),
        ("- " + FIRST, "rehearsal_text_differs: something stands before the text"),
        ("MyService:" + FIRST, 'rehearsal_text_differs: word 1 is not "Example"'),
        ("example police: this number was called", 'rehearsal_text_differs: word 1 is not "Example"'),
        ("Example Police this number was called", 'rehearsal_text_differs: word 2 is not "Police:"'),
        ("Example Police: this number has been", 'rehearsal_text_differs: word 5 is not "was"'),
        ("Example Police: thisnumber was called by", 'rehearsal_text_differs: word 3 is not "this"'),
        ("Example Police: this number wa", 'rehearsal_text_differs: word 5 is not "was"'),
        ("Example Police: this number wa\u200bs called", 'rehearsal_text_differs: word 5 is not "was"'),
        ("Exаmple Police: this number was", 'rehearsal_text_differs: word 1 is not "Example"'),
        (WHOLE + " Ring 07700 900123", "rehearsal_text_differs: where the text should have ended, it goes on"),
        (WHOLE.replace("KMNP", "AEIO"), "rehearsal_text_differs: word "),
        ("a b c d e", 'rehearsal_text_differs: word 1 is not "Example"'),
    ],
)
def test_another_text_is_refused(typed, problem):
    assert differences(typed).startswith(problem)


def test_what_was_typed_is_never_repeated():
    with pytest.raises(RingbackError) as caught:
        check_first_words(WORDING, "Call 07700 900123 now or else", batch="B-001")
    assert "900123" not in str(caught.value) + caught.value.next_step
    assert "the service's name may stand in front" in caught.value.next_step


def test_a_text_of_fewer_words_is_typed_whole():
    wording = Wording("en", "{reference} {force}", "Police", "x", False)
    assert differences("KMNP-QRST-VWX Police", wording) == ""
    assert differences("KMNP-QRST-VWX", wording) == "rehearsal_words_few"


@pytest.fixture
def for_people(staff_case, tokens):
    """A batch on the live key; bob stored a mobile."""
    for key_type, api_key in API_KEYS.items():
        lay_key(staff_case, api_key, key_type)
    store_number(staff_case, made_up_mobiles(1, seed=9)[0].called_number, token=tokens["bob"])
    plan(staff_case, *made_up_mobiles(3), sender=notify_facts(staff_case))
    return staff_case


def rehearse(case_file, batch="B-001", *, key_type=None, state="accepted"):
    planned = plan_rehearsal(case_file, batch, ["bob"], member="alice", key_type=key_type)
    finish(case_file, planned.batch.id, state=state)
    return planned.batch


def warned(case_file):
    facts = preview_batch(case_file, "B-001", member="bob")
    return facts["read_on_phone_by"], any("nobody has confirmed yet" in one for one in facts["warnings"])


@pytest.mark.parametrize("key_type", ["live", "team"])
def test_a_live_batch_is_approved_when_its_rehearsal_was_read_from_a_phone(for_people, key_type):
    refused(for_people, "rehearsal_missing", agree)
    rehearsal = rehearse(for_people, key_type=key_type)
    refused(for_people, "rehearsal_unconfirmed", agree)
    assert warned(for_people) == (None, True)
    given = read_on_phone(for_people)
    assert (given.batch, given.rehearsal, given.member) == ("B-001", rehearsal.id, "alice")
    entry = for_people.log.entries()[-1]
    assert (entry.seq, entry.what, entry.who) == (given.entry, CONFIRMED, "alice")
    facts = entry.read_facts()
    assert facts == confirmation_facts(get_batch(for_people.records, "B-001"), rehearsal, reader="alice") | {
        "seal": facts["seal"]
    }
    assert warned(for_people) == ("alice", False)
    agree(for_people)
    verify_approval(for_people, get_batch(for_people.records, "B-001"))


def test_a_batch_on_a_team_key_needs_the_same_confirmation(staff_case, tokens):
    lay_key(staff_case, API_KEYS["team"], "team")
    store_number(staff_case, made_up_mobiles(1, seed=9)[0].called_number, token=tokens["bob"])
    plan(staff_case, *made_up_mobiles(3), sender=notify_facts(staff_case, key_type="team"))
    rehearse(staff_case)
    refused(staff_case, "rehearsal_unconfirmed", agree)
    read_on_phone(staff_case)
    agree(staff_case)


def test_a_batch_on_a_test_key_needs_no_confirmation(staff_case, tokens):
    store_number(staff_case, "07700 900001", token=tokens["bob"])
    plan(staff_case, *made_up_mobiles(3), sender=notify_facts(staff_case, key_type="test"))
    rehearse(staff_case)
    refused(staff_case, "confirmation_needless", read_on_phone)
    assert warned(staff_case) == (None, False)
    agree(staff_case)


def test_a_batch_for_the_outbox_needs_no_confirmation(staff_case, tokens):
    plan(staff_case, mobile(1), sender=OUTBOX)
    refused(staff_case, "confirmation_needless", read_on_phone)
    assert warned(staff_case) == (None, False)
    agree(staff_case)


def test_which_senders_need_a_confirmation():
    assert must_be_read_on_phones({"name": "notify"})
    assert not must_be_read_on_phones({"name": "outbox", "key_type": "live"})


# Ways round it.


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Service: " + FIRST, "rehearsal_text_differs"),
        ("Example Police: this", "rehearsal_words_few"),
        ("", "rehearsal_words_few"),
    ],
)
def test_another_text_or_too_little_confirms_nothing_and_is_logged(for_people, typed, code):
    rehearse(for_people)
    refused(for_people, code, read_on_phone, words=typed)
    assert refusals(for_people)[-1] == ("confirm a rehearsal", code)
    assert "Service" not in for_people.log.entries()[-1].facts
    refused(for_people, "rehearsal_unconfirmed", agree)


def test_a_rehearsal_without_an_accepted_text_cannot_be_confirmed(for_people):
    refused(for_people, "rehearsal_missing", read_on_phone)
    planned = plan_rehearsal(for_people, "B-001", ["bob"], member="alice")
    refused(for_people, "rehearsal_missing", read_on_phone)
    finish(for_people, planned.batch.id, state="rejected")
    refused(for_people, "rehearsal_missing", read_on_phone)
    rehearse(for_people, key_type="test")
    refused(for_people, "rehearsal_missing", read_on_phone)
    refused(for_people, "rehearsal_missing", agree)


def test_words_and_confirmations_count_for_their_own_batch_only(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    other = Wording("en", WORDING.template.replace("was called", "was rung"), WORDING.force, WORDING.website, False)
    facts = notify_facts(for_people, template_body=render(other, "((reference))"))
    plan(for_people, *made_up_mobiles(2, seed=4), wording=other, sender=facts)
    refused(for_people, "rehearsal_missing", read_on_phone, "B-002")
    rehearse(for_people, "B-002")
    refused(for_people, "rehearsal_unconfirmed", agree, "B-002")
    refused(for_people, "rehearsal_text_differs", read_on_phone, "B-002")
    refused(for_people, "rehearsal_unconfirmed", agree, "B-002")
    read_on_phone(for_people, "B-002", words="Example Police: this number was rung")
    agree(for_people, "B-002")
    # A confirmation of one batch does not count for the other.
    agree(for_people, "B-001")


def test_a_batch_that_replaces_another_needs_a_new_rehearsal_and_confirmation(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    plan(for_people, *made_up_mobiles(3), sender=notify_facts(for_people), replaces="B-001")
    refused(for_people, "batch_state_wrong", read_on_phone)
    refused(for_people, "rehearsal_missing", agree, "B-002")
    rehearse(for_people, "B-002")
    refused(for_people, "rehearsal_unconfirmed", agree, "B-002")


def test_the_batch_is_named_and_not_its_rehearsal(for_people):
    rehearsal = rehearse(for_people)
    refused(for_people, "batch_state_wrong", read_on_phone, rehearsal.id)
    refused(for_people, "batch_unknown", read_on_phone, "B-009")


def test_the_newest_confirmation_or_denial_counts(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    rehearse(for_people)
    refused(for_people, "rehearsal_text_differs", read_on_phone, words="Alerts: " + FIRST)
    assert warned(for_people) == (None, True)
    refused(for_people, "rehearsal_unconfirmed", agree)
    read_on_phone(for_people)
    agree(for_people)


def test_too_few_words_do_not_revoke_a_confirmation(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    refused(for_people, "rehearsal_words_few", read_on_phone, words="Example")
    agree(for_people)


def test_a_stop_uses_up_the_approval_but_not_the_confirmation(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    agree(for_people)
    stop(for_people)
    agree(for_people)


def test_an_altered_batch_is_neither_confirmed_nor_approved(for_people):
    rehearse(for_people)
    content = edited_content(for_people, wording=edited_content(for_people).wording | {"template": "x {reference}"})
    alter(
        for_people,
        update(batches).where(batches.c.id == "B-001").values(content=content.canonical(), hash=content.hash),
    )
    refused(for_people, "batch_altered", read_on_phone, words="x KMNP-QRST-VWX")
    refused(for_people, "batch_altered", agree)


def test_a_forged_or_moved_confirmation_does_not_count(for_people):
    rehearsal, batch = rehearse(for_people), get_batch(for_people.records, "B-001")
    facts = confirmation_facts(batch, rehearsal, reader="alice")
    for_people.log.add(CONFIRMED, why="x", facts=facts | {"seal": "k1:made-up"}, who="alice")
    refused(for_people, "rehearsal_unconfirmed", agree)
    # With a seal, but over another rehearsal, hash or reader than the entry names.
    for changes in {"rehearsal_hash": "0" * 64}, {"hash": "0" * 64}, {"reader": "carol"}, {"rehearsal": "B-001-R9"}:
        told = facts | changes
        seal = seal_entry(for_people.keys(), CONFIRMED, **told)
        for_people.log.add(CONFIRMED, why="x", facts=told | {"seal": seal}, who="alice")
        refused(for_people, "rehearsal_unconfirmed", agree)


def test_an_entry_given_to_another_batch_does_not_count(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    plan(for_people, *made_up_mobiles(2, seed=4), sender=notify_facts(for_people))
    rehearse(for_people, "B-002")

    def carried_over(entry):
        if entry.what != CONFIRMED:
            return entry
        facts = entry.facts.replace('"B-001"', '"B-002"').replace("B-001-R1", "B-002-R1")
        return entry.__class__(**{name: getattr(entry, name) for name in entry.__slots__} | {"facts": facts})

    rewrite_chain(for_people, carried_over)
    refused(for_people, "records_rolled_back", agree, "B-002")
    # A person who can write the folder of keys, but has not the key, fails at the seal.
    facts, last = for_people.mark.read(), for_people.log.entries()[-1]
    for_people.mark.replace(replace(facts, seq=last.seq, hash=last.hash))
    refused(for_people, "rehearsal_unconfirmed", agree, "B-002")


def test_a_confirmation_does_not_count_once_its_rehearsal_is_gone(for_people):
    rehearsal = rehearse(for_people)
    read_on_phone(for_people)
    alter(
        for_people,
        delete(alerts).where(alerts.c.batch == rehearsal.id),
        delete(batches).where(batches.c.id == rehearsal.id),
    )
    refused(for_people, "rehearsal_missing", agree)


def test_a_refusal_taken_out_of_the_log_breaks_its_chain(for_people):
    rehearse(for_people)
    read_on_phone(for_people)
    refused(for_people, "rehearsal_text_differs", read_on_phone, words="Alerts: " + FIRST)
    told = for_people.log.entries()[-1].seq
    refused(for_people, "rehearsal_unconfirmed", agree)
    alter(for_people, delete(audit).where(audit.c.seq == told))
    with pytest.raises(RingbackError) as caught:
        agree(for_people)
    assert caught.value.code == "audit_broken"
