"""Planning: every number is routed, the batch is frozen, and refusals are logged."""

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from alerting.planning_case import (
    MOBILE,
    OTHERS,
    OUTBOX,
    WORDING,
    alter,
    called,
    chosen,
    made_up_mobiles,
    make_planning_case,
    mobile,
    notify_facts,
    opened,
    plan,
    refusals,
    rows_of,
    snapshot,
    windows,
)
from ringback.alerting.batches import planning
from ringback.alerting.batches.approval import PLANNED, approve
from ringback.alerting.batches.planning import plan_batch
from ringback.alerting.batches.preview import preview_batch
from ringback.alerting.model.batch_content import BatchContent, Window, list_hash
from ringback.alerting.model.references import SAMPLE, check_digests, read, show
from ringback.alerting.model.router import Candidate
from ringback.alerting.suppressions import import_list, read_list
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import NUMBER
from ringback.records.alert_tables import alerts, batches, routes
from ringback.records.batches import get_batch, set_state
from ringback.records.db import writing


@pytest.fixture
def case_file(tmp_path):
    made = make_planning_case(tmp_path)
    yield made
    made.records.dispose()


def suppress(case_file, *numbers):
    import_list(case_file, read_list("\n".join(numbers)), plan=DialPlan(), reason="protected")


def routed(case_file, batch="B-001"):
    """Number to channel and reason."""
    ring = case_file.keys()
    return {
        ring.unseal(row.number_sealed, about=f"route:{batch}:{row.place}"): (row.channel, row.reason)
        for row in rows_of(case_file, routes, batch)
    }


def texted(case_file, batch="B-001"):
    return {opened(case_file, row)[0] for row in rows_of(case_file, alerts, batch)}


def refused(case_file, code, function, *arguments, **others):
    """Check that the call raises this error, leaves no batch behind, and is logged."""
    before = len(rows_of(case_file, batches))
    with pytest.raises(RingbackError) as caught:
        function(case_file, *arguments, **others)
    assert caught.value.code == code
    assert refusals(case_file)[-1] == ("plan", code)
    assert len(rows_of(case_file, batches)) == before
    return caught.value


def test_everybody_gets_a_route_and_those_to_be_texted_an_alert(case_file):
    planned = plan(case_file)
    assert routed(case_file) == {
        "+447700900001": ("text", "uk_mobile"),
        "+447700900002": ("text", "uk_mobile"),
        "+447700900003": ("text", "uk_mobile"),
        "+442079460001": ("outreach", "landline"),
        "+442079460002": ("outreach", "voip"),
        "+447700900901": ("referral", "crown_dependency"),
        "+441632960001": ("referral", "abroad"),
        "+447700900902": ("none", "personal"),
        "+447700900903": ("none", "own_number_of_subject"),
    }
    assert texted(case_file) == {"+447700900001", "+447700900002", "+447700900003"}
    assert {row.state for row in rows_of(case_file, alerts)} == {"waiting"}
    assert planned.content.texts == 3
    assert sum(sum(reasons.values()) for reasons in planned.content.channels.values()) == 9


def test_an_alert_holds_a_sealed_number_and_a_reference_of_its_own(case_file):
    plan(case_file, *(mobile(place) for place in range(50)))
    ring, references = case_file.keys(), set()
    for row in rows_of(case_file, alerts):
        number, reference = opened(case_file, row)
        assert row.number_digest in ring.digests(number)
        assert row.check_digest in check_digests(ring, reference, number[-4:])
        assert row.check_digest not in check_digests(ring, reference, "9999")
        assert read(show(reference)) == reference != SAMPLE
        assert row.provider_reference.startswith("rb-")
        assert len(row.provider_reference) == 23
        references.add(reference)
    assert len(references) == 50


def test_no_number_or_reference_is_in_plain_text_in_the_records(case_file, tmp_path):
    plan(case_file)
    with case_file.records.connect() as connection:
        kept = " ".join(str(row) for table in (batches, routes, alerts) for row in connection.execute(table.select()))
    for row in rows_of(case_file, alerts):
        number, reference = opened(case_file, row)
        assert number[3:] not in kept
        assert reference not in kept
        assert show(reference) not in kept


def test_the_hash_covers_the_content_and_the_list(case_file):
    batch = plan(case_file).batch
    content = BatchContent.from_canonical(get_batch(case_file.records, "B-001").content)
    listed = [
        (row.place, row.number_digest, row.check_digest, row.provider_reference) for row in rows_of(case_file, alerts)
    ]
    assert content.hash == batch.hash
    assert content.list_sha256 == list_hash(listed)
    assert (content.run, content.rule, content.wording["template"]) == ("run-1", "over-a-minute@1", WORDING.template)
    assert content.notes == {"candidates": 9, "victims": 3}


def test_the_order_of_the_list_is_that_of_the_keyed_digests(case_file):
    plan(case_file, *(mobile(place) for place in range(40)))
    rows = rows_of(case_file, alerts)
    assert [row.place for row in rows] == list(range(1, 41))
    digests = [row.number_digest for row in rows]
    assert digests == sorted(digests)
    numbers = [opened(case_file, row)[0] for row in rows]
    assert numbers != sorted(numbers)


def test_the_order_in_which_candidates_come_does_not_matter(case_file):
    people = [mobile(place) for place in range(20)]
    plan(case_file, *people)
    plan(case_file, *reversed(people), replaces="B-001")
    assert [row.number_digest for row in rows_of(case_file, alerts)] == [
        row.number_digest for row in rows_of(case_file, alerts, "B-002")
    ]


def test_planning_is_in_the_audit_log_without_a_number(case_file):
    batch = plan(case_file).batch
    entry = case_file.log.entries()[-1]
    facts = entry.read_facts()
    assert (entry.what, entry.who, entry.why) == (PLANNED, "alice", "test")
    assert (facts["batch"], facts["hash"], facts["texts"], facts["run"]) == ("B-001", batch.hash, 3, "run-1")
    assert facts["channels"]["outreach"] == {"landline": 1, "voip": 1}
    told = {name: fact for name, fact in facts.items() if name not in ("hash", "list_sha256", "seal")}
    assert not NUMBER.search(json.dumps(told))
    assert case_file.log.find_faults() == []


def test_a_reason_with_a_number_in_it_is_masked_everywhere(case_file):
    plan(case_file, again="asked by 07700 900123")
    kept = get_batch(case_file.records, "B-001").content + case_file.log.entries()[-1].facts
    assert "900123" not in kept
    assert "23" in BatchContent.from_canonical(get_batch(case_file.records, "B-001").content).notes["again"]


def test_batches_are_numbered(case_file):
    assert [plan(case_file, mobile(place)).batch.id for place in (1, 2)] == ["B-001", "B-002"]


def test_a_suppressed_number_is_not_texted_and_not_referred(case_file):
    suppress(case_file, "07700 900002", "020 7946 0001")
    planned = plan(case_file)
    found = routed(case_file)
    assert found["+447700900002"] == found["+442079460001"] == ("none", "suppressed")
    assert texted(case_file) == {"+447700900001", "+447700900003"}
    assert planned.content.channels["none"]["suppressed"] == 2


def test_a_number_suppressed_under_an_older_key_is_not_texted(case_file):
    suppress(case_file, "07700 900002")
    keys = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    keys.write_text(keys.read_text() + f"k2 {'ab' * 32}\n")
    plan(case_file)
    assert routed(case_file)["+447700900002"] == ("none", "suppressed")
    assert {row.number_digest[:3] for row in rows_of(case_file, alerts)} == {"k2:"}


def test_nobody_is_texted_by_two_batches(case_file):
    plan(case_file, mobile(1), mobile(2))
    second = plan(case_file, mobile(2), mobile(3))
    assert texted(case_file, "B-002") == {"+447700900003"}
    assert routed(case_file, "B-002")["+447700900002"] == ("none", "already_alerted")
    assert second.content.channels["none"] == {"already_alerted": 1}


def test_a_number_alerted_under_an_older_key_is_not_texted_again(case_file):
    plan(case_file, mobile(1))
    keys = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    keys.write_text(keys.read_text() + f"k2 {'ab' * 32}\n")
    plan(case_file, mobile(1), mobile(2))
    assert texted(case_file, "B-002") == {"+447700900002"}


def test_a_number_is_texted_again_only_for_a_reason_which_is_frozen(case_file):
    plan(case_file, mobile(1))
    alter(case_file, update(alerts).values(state="accepted"))
    assert plan(case_file, mobile(1)).content.texts == 0
    third = plan(case_file, mobile(1), again="the first text had a wrong website")
    assert third.content.texts == 1
    assert third.content.notes["again"] == "the first text had a wrong website"


def test_a_rejected_number_can_be_planned_again(case_file):
    plan(case_file, mobile(1))
    alter(case_file, update(alerts).values(state="rejected"))
    assert plan(case_file, mobile(1)).content.texts == 1


def test_a_batch_replaces_another_which_can_then_not_be_sent(case_file):
    plan(case_file, mobile(1), mobile(2))
    second = plan(case_file, mobile(2), mobile(3), replaces="B-001")
    assert texted(case_file, "B-002") == {"+447700900002", "+447700900003"}
    assert second.content.notes["replaces"] == "B-001"
    old = get_batch(case_file.records, "B-001")
    assert (old.state, old.state_why) == ("finished", "replaced by B-002")
    assert [entry.what for entry in case_file.log.entries()][-2:] == ["batch_replaced", PLANNED]
    with pytest.raises(RingbackError, match="cannot be approved"):
        approve(case_file, "B-001", member="bob", batch_hash=old.hash, why="test")


def test_what_the_replaced_batch_had_sent_is_not_sent_again(case_file):
    plan(case_file, mobile(1), mobile(2))
    alter(case_file, update(alerts).where(alerts.c.place == 1).values(state="accepted"))
    with writing(case_file.records).begin() as connection:
        set_state(connection, "B-001", "stopped", why="test", now=case_file.clock.now())
    sent = opened(case_file, rows_of(case_file, alerts)[0])[0]
    plan(case_file, mobile(1), mobile(2), replaces="B-001")
    assert texted(case_file, "B-002") == {"+447700900001", "+447700900002"} - {sent}


@pytest.mark.parametrize(
    ("state", "alert"),
    [("approved", "waiting"), ("finished", "waiting"), ("stopped", "claimed"), ("halted", "in_doubt")],
)
def test_a_batch_that_may_be_under_way_cannot_be_replaced(case_file, state, alert):
    plan(case_file, mobile(1))
    alter(case_file, update(batches).values(state=state), update(alerts).values(state=alert))
    refused(case_file, "batch_state_wrong", plan, mobile(1), replaces="B-001")
    refused(case_file, "batch_unknown", plan, mobile(1), replaces="B-077")


def test_a_batch_planned_at_the_same_moment_makes_planning_begin_again(case_file, monkeypatch):
    real, first = planning._read_known, []

    def read_known(*arguments):
        known = real(*arguments)
        if not first:
            first.append(True)
            plan(case_file, mobile(1), mobile(2), member="ann")
        return known

    monkeypatch.setattr(planning, "_read_known", read_known)
    planned = plan(case_file, mobile(2), mobile(3))
    assert planned.batch.id == "B-002"
    assert texted(case_file, "B-001") == {"+447700900001", "+447700900002"}
    assert texted(case_file, "B-002") == {"+447700900003"}


def test_texts_must_equal_the_victims(case_file):
    found = called(mobile(1), mobile(2), victims=3)
    error = refused(case_file, "batch_unreconciled", plan_batch, found, chosen(case_file), member="alice", why="test")
    assert "2 texts for 3 victims" in str(error)


def test_a_number_that_comes_twice_is_a_fault(case_file):
    found = called(mobile(1), Candidate(MOBILE, "landline", "FR"))
    refused(case_file, "batch_unreconciled", plan_batch, found, chosen(case_file), member="alice", why="test")


def test_victims_are_counted_before_suppressions(case_file):
    suppress(case_file, "07700 900001", "07700 900002", "07700 900003")
    planned = plan(case_file)
    assert (planned.content.texts, planned.content.notes["victims"]) == (0, 3)


def test_a_run_that_is_outdated_is_not_planned_from(case_file):
    found = called(mobile(1), outdated=True)
    refused(case_file, "run_outdated", plan_batch, found, chosen(case_file), member="alice", why="test")


GAPS = {"accounts": "no exhibit says which phones are the account holders' own"}


@pytest.mark.parametrize("fit", ["", "   "])
def test_a_list_is_not_planned_while_it_is_not_known_who_is_no_victim(case_file, fit):
    found = called(mobile(1), gaps=GAPS)
    error = refused(case_file, "list_unfit", plan_batch, found, chosen(case_file), member="alice", why="test", fit=fit)
    assert "account holders' own" in str(error)


def test_the_reason_why_a_list_with_gaps_is_fit_is_frozen_logged_and_shown_without_numbers(case_file):
    found = called(mobile(1), gaps=GAPS)
    fit = "the panel rings no holders; asked 07700 900123"
    planned = plan_batch(case_file, found, chosen(case_file), member="alice", why="test", fit=fit)
    assert planned.content.notes["gaps"] == ["accounts"]
    assert planned.content.notes["fit"].startswith("the panel rings no holders")
    assert "900123" not in planned.batch.content
    entry = case_file.log.find_last(PLANNED, batch=planned.batch.id)
    assert (entry["gaps"], entry["fit"]) == (["accounts"], planned.content.notes["fit"])
    warnings = preview_batch(case_file, planned.batch.id, member="bob")["warnings"]
    assert any("no exhibit says accounts" in one for one in warnings)


def test_a_reason_is_not_kept_if_there_are_no_gaps(case_file):
    planned = plan_batch(case_file, called(mobile(1)), chosen(case_file), member="alice", why="test", fit="why not")
    assert "fit" not in planned.content.notes


def test_a_synthetic_case_is_planned_for_the_outbox_alone(tmp_path):
    case_file = make_planning_case(tmp_path, synthetic=True)
    refused(case_file, "synthetic_never_sent", plan, mobile(1), sender=notify_facts(case_file))
    assert plan(case_file, mobile(1)).content.sender == OUTBOX


def test_an_unknown_sender_is_refused(case_file):
    refused(case_file, "sender_unknown", plan, mobile(1), sender={"name": "pigeon"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"website": "www.example.org"}, "link"),
        ({"template": WORDING.template + " Ring 020 7946 0000 now."}, "number to ring"),
        ({"template": "{force}: you are a victim. {website} {reference}"}, "victim"),
    ],
)
def test_a_blocked_wording_is_not_planned(case_file, change, reason):
    wording = dataclasses.replace(WORDING, **change)
    error = refused(case_file, "alert_wording_blocked", plan, mobile(1), wording=wording)
    assert reason in str(error)


def test_a_template_at_the_provider_that_says_something_else_is_refused(case_file):
    facts = notify_facts(case_file, template_body="Click here ((reference))")
    refused(case_file, "sender_differs", plan, mobile(1), sender=facts)


def test_drama_numbers_are_never_planned_for_a_provider(case_file):
    people = [*made_up_mobiles(3), mobile(1), mobile(2)]
    planned = plan(case_file, *people, sender=notify_facts(case_file))
    assert planned.content.channels["none"] == {"drama_number": 2}
    assert texted(case_file) == {one.called_number for one in people[:3]}


def test_the_providers_own_test_numbers_pass_only_with_a_test_key(case_file):
    plan(case_file, mobile(1), mobile(4), sender=notify_facts(case_file, key_type="test"))
    assert texted(case_file) == {"+447700900001"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pace": "headlong"}, "pace_bad"),
        ({"per_second": 0}, "pace_bad"),
        ({"per_second": 1001}, "pace_bad"),
        ({"daily_limit": 0}, "pace_bad"),
        ({"daily_limit": 2}, "windows_short"),
        ({"per_second": 0.00001}, "windows_short"),
        ({"windows": ()}, "windows_bad"),
    ],
)
def test_an_impossible_pace_or_window_is_refused(case_file, change, code):
    refused(case_file, code, plan, mobile(1), mobile(2), mobile(3), **change)


def test_windows_that_have_gone_by_hold_no_texts(case_file):
    now = case_file.clock.now()
    gone = (Window(now - timedelta(hours=2), now - timedelta(hours=1)),)
    refused(case_file, "windows_short", plan, mobile(1), windows=gone)


def test_later_changes_of_the_case_do_not_touch_a_planned_batch(case_file):
    plan(case_file)
    before = snapshot(case_file)
    case_file.case.toml.write_text(
        case_file.case.toml.read_text().replace("over-a-minute@1", "over-five-minutes@1")
        + '\n[alerts]\nforce = "Other"\n'
    )
    case_file.case.switch_current("another-run")
    suppress(case_file, "07700 900001")
    plan(case_file, mobile(7), windows=windows(case_file, hours=3))
    assert snapshot(case_file) == before


def test_planning_seals_with_the_newest_key_and_reads_with_all(case_file):
    plan(case_file, *OTHERS, mobile(1))
    rows = rows_of(case_file, routes)
    strange = KeyRing((CaseKey("k1", b"another"),))
    with pytest.raises(RingbackError):
        strange.unseal(rows[0].number_sealed, about="route:B-001:1")
    with pytest.raises(RingbackError):
        case_file.keys().unseal(rows[0].number_sealed, about="route:B-001:2")
