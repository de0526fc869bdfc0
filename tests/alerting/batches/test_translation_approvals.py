"""Translation approvals: a text in another language is planned only after a named reader approved exactly it."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from alerting.planning_case import WORDING, alter, make_planning_case, mobile, plan, refusals
from ringback.alerting.batches.approval import seal_entry
from ringback.alerting.batches.preview import preview_batch
from ringback.alerting.batches.translation_approvals import (
    READ,
    add_translation_approval,
    check_readable,
    find_translation_approval,
    show_text,
)
from ringback.alerting.model.references import SAMPLE, show
from ringback.alerting.wording.templates import Wording
from ringback.alerting.wording.translations import TranslationApproval, approved_text_hash
from ringback.errors import RingbackError
from ringback.records.tables import audit

WELSH = Wording(
    "cy",
    "{force}: ffoniwyd y rhif hwn gan droseddwyr a guddiodd pwy oedden nhw. Nid oes angen arian na manylion arnom"
    " gennych. I gael gwybod mwy, chwiliwch am {website}. Cyfeirnod y rhybudd: {reference}.",
    "Heddlu Enghraifft",
    "gwefan Heddlu Enghraifft",
    takes_replies=False,
)


@pytest.fixture
def case_file(tmp_path):
    made = make_planning_case(tmp_path)
    yield made
    made.records.dispose()


def read(case_file, wording=WELSH, *, member="bob"):
    return add_translation_approval(case_file, wording, member=member, why="for Wales")


def with_reading(case_file, wording=WELSH, *, planner="alice"):
    return replace(wording, approval=find_translation_approval(case_file, wording, planner=planner))


def refused(case_file, code, wording, *, member="alice"):
    with pytest.raises(RingbackError) as caught:
        plan(case_file, mobile(1), wording=wording, member=member)
    assert caught.value.code == code, caught.value
    assert refusals(case_file)[-1] == ("plan", code)
    with case_file.records.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM batches").scalar() == 0
    return caught.value


def made_up_reading(wording, reader="bob"):
    """A forged approval: made by calling the functions, without an entry in the log."""
    hash_ = approved_text_hash(show_text(wording), show(SAMPLE))
    return replace(wording, approval=TranslationApproval(wording.language, reader, hash_))


def test_an_approved_translation_is_planned_and_names_its_approver(case_file):
    entry = read(case_file)
    assert (entry.what, entry.who, entry.why) == (READ, "bob", "for Wales")
    planned = plan(case_file, mobile(1), wording=with_reading(case_file))
    assert planned.content.wording["approval"]["approver"] == "bob"
    shown = preview_batch(case_file, "B-001", member="carol")
    assert (shown["language"], shown["read_by"]) == ("cy", "bob")
    assert "ffoniwyd y rhif hwn" in shown["text"]
    assert refusals(case_file) == []


def test_an_english_text_needs_no_reader(case_file):
    planned = plan(case_file, mobile(1))
    assert planned.content.wording["approval"] is None
    assert preview_batch(case_file, "B-001", member="bob")["read_by"] is None


def test_an_unapproved_translation_is_blocked_with_the_reason(case_file):
    error = refused(case_file, "alert_wording_blocked", with_reading(case_file))
    assert 'nobody named as a reader of "cy" has approved this exact text' in str(error)


@pytest.mark.parametrize(
    "changes",
    [
        {"template": WELSH.template.replace("droseddwyr", "drosedwyr")},
        {"template": WELSH.template + " "},
        {"template": WELSH.template + " Brysiwch."},
        {"force": "Heddlu Arall"},
        {"website": "gwefan Heddlu Arall"},
        {"language": "ga"},
    ],
)
def test_another_text_or_language_than_the_approved_one_is_blocked(case_file, changes):
    read(case_file)
    altered = replace(WELSH, **changes)
    if show_text(altered) == show_text(WELSH) and altered.language == WELSH.language:
        # A phone does not show a blank at the end.
        assert with_reading(case_file, altered).approval.approver == "bob"
        return
    refused(case_file, "alert_wording_blocked", with_reading(case_file, altered))
    # Nor with the approval of the other text.
    refused(case_file, "alert_wording_blocked", replace(altered, approval=with_reading(case_file).approval))


def test_an_approval_without_a_log_entry_is_refused(case_file):
    refused(case_file, "translation_unread", made_up_reading(WELSH))
    read(case_file, member="carol")
    refused(case_file, "translation_unread", made_up_reading(WELSH, "bob"))


def test_an_approval_forged_in_the_log_is_refused(case_file):
    reading = made_up_reading(WELSH).approval
    facts = {"language": "cy", "reader": "bob", "text_sha256": reading.text_sha256}
    case_file.log.add(READ, why="forged", facts=facts | {"seal": "k1:" + "0" * 32}, who="bob")
    assert with_reading(case_file).approval is None
    refused(case_file, "translation_unread", replace(WELSH, approval=reading))
    # The seal of a real approval of another text does not fit either.
    real = read(case_file, replace(WELSH, force="Heddlu Arall")).read_facts()
    case_file.log.add(READ, why="forged", facts=facts | {"seal": real["seal"]}, who="bob")
    refused(case_file, "translation_unread", replace(WELSH, approval=reading))


def test_an_approval_cannot_be_moved_to_another_person(case_file):
    """Moving a sealed entry to another name gains nothing: the seal covers the name."""
    facts = read(case_file, member="alice").read_facts()
    case_file.log.add(READ, why="forged", facts=facts | {"reader": "bob"}, who="bob")
    refused(case_file, "reader_is_planner", with_reading(case_file))


def test_on_a_broken_log_no_approval_counts(case_file):
    read(case_file)
    wording = with_reading(case_file)
    alter(case_file, update(audit).where(audit.c.what == READ).values(facts=json.dumps({"language": "cy"})))
    refused(case_file, "audit_broken", wording)


def test_the_approver_of_a_translation_cannot_plan_its_batch(case_file):
    read(case_file, member="alice")
    refused(case_file, "reader_is_planner", with_reading(case_file))
    # If somebody else has approved it too, that approval counts.
    read(case_file, member="bob")
    read(case_file, member="alice")
    planned = plan(case_file, mobile(1), wording=with_reading(case_file))
    assert planned.content.wording["approval"]["approver"] == "bob"


def test_welsh_passed_off_as_english_is_blocked(case_file):
    read(case_file)
    error = refused(case_file, "alert_wording_blocked", replace(WELSH, language="en"))
    assert "does not read as English" in str(error)
    # Also with an approval: that of a text in Welsh.
    refused(case_file, "alert_wording_blocked", replace(with_reading(case_file), language="en"))


@pytest.mark.parametrize("language", ["EN", "eng", "en-GB", "welsh", "", "cy\n"])
def test_english_by_another_name_is_no_way_round_its_checks(case_file, language):
    wording = replace(WORDING, language=language)
    with pytest.raises(RingbackError) as caught:
        check_readable(case_file, wording, member="bob")
    assert caught.value.code == "language_bad"
    refused(case_file, "language_bad", made_up_reading(wording))


def test_a_text_with_other_faults_cannot_be_approved(case_file):
    for wording, code in (
        (replace(WELSH, template=WELSH.template + " www.example.org"), "alert_wording_blocked"),
        (replace(WELSH, template="{force} {website}"), "alert_wording_blocked"),
        (WORDING, "translation_english"),
    ):
        with pytest.raises(RingbackError) as caught:
            read(case_file, wording)
        assert caught.value.code == code
        assert refusals(case_file)[-1] == ("read a translation", code)
    assert [entry for entry in case_file.log.entries() if entry.what == READ] == []


def test_an_approval_under_an_older_key_still_counts(case_file):
    read(case_file)
    keys = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    keys.write_text(keys.read_text() + f"k2 {'ab' * 32}\n")
    assert plan(case_file, mobile(1), wording=with_reading(case_file)).batch.id == "B-001"


def test_a_seal_for_another_purpose_does_not_count(case_file):
    reading = made_up_reading(WELSH).approval
    facts = {"language": "cy", "reader": "bob", "text_sha256": reading.text_sha256}
    seal = seal_entry(case_file.keys(), "batch_planned", **facts)
    case_file.log.add(READ, why="forged", facts=facts | {"seal": seal}, who="bob")
    assert with_reading(case_file).approval is None
