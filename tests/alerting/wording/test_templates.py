"""Templates render to exact texts, and the default ones keep the rules for any force."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.model.references import SAMPLE, show
from ringback.alerting.wording.sms_segments import count_segments
from ringback.alerting.wording.templates import (
    DEFAULT_TEMPLATES,
    TranslationApproval,
    Wording,
    approved_text_hash,
    default_wording,
    find_faults,
    lint_wording,
    render,
)
from ringback.errors import RingbackError

FORCES = """Example Police|Metropolitan Police|Police Scotland|Police Service of Northern Ireland|PSNI|Kent Police
Avon and Somerset Police|Bedfordshire Police|British Transport Police|Cambridgeshire Constabulary|Cheshire Constabulary
City of London Police|Cleveland Police|Cumbria Police|Derbyshire Constabulary|Devon and Cornwall Police|Dorset Police
Durham Constabulary|Dyfed-Powys Police|Essex Police|Gloucestershire Constabulary|Greater Manchester Police|Gwent Police
Hampshire and Isle of Wight Constabulary|Hertfordshire Constabulary|Humberside Police|Lancashire Constabulary
Leicestershire Police|Lincolnshire Police|Merseyside Police|Norfolk Constabulary|North Wales Police
North Yorkshire Police|Northamptonshire Police|Northumbria Police|Nottinghamshire Police|South Wales Police
South Yorkshire Police|Staffordshire Police|Suffolk Constabulary|Surrey Police|Sussex Police|Thames Valley Police
Warwickshire Police|West Mercia Police|West Midlands Police|West Yorkshire Police|Wiltshire Police|Guernsey Police
States of Jersey Police|Isle of Man Constabulary|National Crime Agency|Ministry of Defence Police
Civil Nuclear Constabulary|North West Regional Organised Crime Unit|Heddlu Gwent Police""".replace("\n", "|").split("|")


def words(template, **changed):
    facts = {"language": "en", "force": "Example Police", "website": "the Example Police website"}
    return Wording(template=template, takes_replies=False, **(facts | changed))


@pytest.mark.parametrize("takes_replies", [True, False])
@pytest.mark.parametrize("force", FORCES)
def test_the_default_wordings_keep_the_rules_and_fit_in_two_segments(force, takes_replies):
    wording = default_wording(force=force, takes_replies=takes_replies)
    assert lint_wording(wording) == []
    size = count_segments(render(wording, show(SAMPLE)))
    assert (size.encoding, size.count) == ("GSM-7", 2)


@given(
    st.lists(
        st.sampled_from(["North", "South", "Upper", "Vale", "Mere", "Thorpe", "Ashby", "Corve", "&", "and", "of"]),
        min_size=1, max_size=4,
    ),
    st.sampled_from(["Police", "Constabulary", "Crime Agency"]),
    st.booleans(),
)  # fmt: skip
def test_the_default_wordings_pass_for_made_up_forces(places, kind, takes_replies):
    assert find_faults(default_wording(force=" ".join([*places, kind]), takes_replies=takes_replies)) == []


def test_the_text_in_full():
    assert render(default_wording(force="Example Police"), "BCDF-GHJK-MNZ") == (
        "Example Police: this number was called by criminals who hid who they were. We do not need any money or"
        " details from you. To find out more, search for the Example Police website. Alert reference: BCDF-GHJK-MNZ."
        " Replies to this text are not read."
    )
    replying = render(default_wording(force="Example Police", takes_replies=True), "BCDF-GHJK-MNZ")
    assert replying.endswith("Alert reference: BCDF-GHJK-MNZ. Reply STOP to get no more texts from us.")


def test_every_default_template_uses_every_field():
    for template in DEFAULT_TEMPLATES.values():
        assert all(template.count(field) == 1 for field in ("{force}", "{website}", "{reference}"))


@pytest.mark.parametrize("template", ["{force} {name}", "{force!r}", "{force.__class__}", "{}", "{0}", "{force:>9}"])
def test_an_unknown_field_is_an_error(template):
    with pytest.raises(RingbackError) as caught:
        render(words(template), "BCDF")
    assert caught.value.code == "wording_field_unknown"


@pytest.mark.parametrize("template", ["{force", "force}", "{{force}}", "{force}}"])
def test_a_brace_of_no_field_is_an_error(template):
    with pytest.raises(RingbackError) as caught:
        render(words(template), "BCDF")
    assert caught.value.code == "wording_brace_left"
    assert "{reference}" in caught.value.next_step


def test_a_value_cannot_bring_in_another_field():
    with pytest.raises(RingbackError):
        render(words("{force}", force="{reference}"), "BCDF")


def test_the_provider_would_change_nothing_of_a_rendered_text():
    raw = "\u201cHi\u201d\u00a0there \u2013 it\u2019s  us\u2026 , yes .\r\n\r\n\r\n\r\n {force} \n"
    assert render(words(raw), "BCDF") == '"Hi" there - it\'s us..., yes.\n\nExample Police'


def test_invisible_characters_are_kept_for_the_linter():
    assert "\u200b" in render(words("{force}\u200b"), "BCDF")


def test_a_blocked_wording_says_why():
    (reason,) = find_faults(words("{force}: this number was called. See {website}. Act now. {reference}"))
    assert reason.startswith('"Act now"')
    assert find_faults(words("{name}")) == ["the wording has an unknown field: 'name'"]


def test_a_wording_comes_back_from_plain_data():
    approval = TranslationApproval("cy", "a.translator", "0" * 64)
    wording = words("{force}", language="cy", approval=approval)
    assert Wording(**asdict(wording)) == wording


def test_an_approved_translation_can_be_sent_and_its_approval_binds_the_text_not_the_reference():
    welsh = words(
        "{force}: cafodd y rhif hwn ei ffonio gan droseddwyr. Ewch i {website}. Cyfeirnod: {reference}.",
        language="cy", force="Heddlu Enghraifft", website="wefan Heddlu Enghraifft",
    )  # fmt: skip
    assert [fault.code for fault in lint_wording(welsh)] == ["language_unapproved"]
    read = approved_text_hash(render(welsh, "7KQM-3TX9-2"), "7KQM-3TX9-2")
    approved = Wording(**(asdict(welsh) | {"approval": TranslationApproval("cy", "a.translator", read)}))
    assert lint_wording(approved) == []
    assert lint_wording(approved, "QQQQ-WWWW-RRR") == []
