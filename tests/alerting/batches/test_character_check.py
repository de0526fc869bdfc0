"""Planning refuses characters that the sender would change, and names them: a phone shows what was approved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.planning_case import OUTBOX, WORDING, made_up_mobiles, make_planning_case, notify_facts, plan, refusals
from notify_standin.letters import rewrite, tidy
from ringback.alerting.batches.character_check import name_each
from ringback.alerting.batches.translation_approvals import add_translation_approval
from ringback.alerting.model.references import ALPHABET
from ringback.alerting.senders.notify import find_setting_faults
from ringback.alerting.senders.notify_letters import ANY, LETTERS, WELSH, find_changed
from ringback.alerting.wording.templates import Wording, render
from ringback.errors import RingbackError

TEMPLATES = {
    "pl": "{force}: na ten numer dzwonili przestępcy. Szukaj {website}. Numer {reference}.",
    "ur": "{force}: اس نمبر پر مجرموں نے فون کیا۔ {website} {reference}",
    "uk": "{force}: на цей номер телефонували злочинці. {website} {reference}",
    "fr": "{force} : ce numéro a été appelé par des criminels à cœur ouvert, reçu ici. {website} {reference}",
}
WELSH_TEMPLATE = "{force}: galwyd y rhif hwn. Tŵr, tŷ, môr, gẃr. Chwiliwch am {website}. Cyfeirnod: {reference}."


@pytest.fixture
def case_file(tmp_path):
    made = make_planning_case(tmp_path)
    yield made
    made.records.dispose()


def by_notify(case_file, wording, **others):
    """Plan it for Notify, whose template is the wording."""
    facts = {"template_body": render(wording, "((reference))")} | others
    return plan(case_file, *made_up_mobiles(2), wording=wording, sender=notify_facts(case_file, **facts))


def read_by_carol(case_file, wording):
    """The wording after Carol, who reads its language, has approved it."""
    add_translation_approval(case_file, wording, member="carol", why="test")
    facts = case_file.log.entries()[-1].read_facts()
    approval = {"language": wording.language, "approver": "carol", "text_sha256": facts["text_sha256"]}
    return replace(wording, approval=approval)


def refusal(function, *arguments, **others):
    with pytest.raises(RingbackError) as caught:
        function(*arguments, **others)
    return caught.value


@pytest.mark.parametrize(
    ("language", "named", "count"),
    [
        ("pl", "ę (latin small letter e with ogonek)", 1),
        ("ur", "ا (arabic letter alef)", 15),
        ("uk", "н (cyrillic small letter en)", 16),
        ("fr", "œ (latin small ligature oe), ç (latin small letter c with cedilla)", 2),
    ],
)
def test_a_language_that_notify_cannot_write_is_refused_with_its_characters(case_file, language, named, count):
    wording = replace(WORDING, language=language, template=TEMPLATES[language])
    error = refusal(by_notify, case_file, wording)
    assert error.code == "wording_unwritable"
    assert f"({language})" in str(error)
    assert named in str(error)
    assert str(error).count("(") - 1 == min(count, 12)
    assert "another sender" in error.next_step
    assert refusals(case_file) == [("plan", "wording_unwritable")]


@pytest.mark.parametrize("language", [*TEMPLATES, "cy"])
def test_the_outbox_takes_every_approved_language(case_file, language):
    wording = replace(WORDING, language=language, template=TEMPLATES.get(language, WELSH_TEMPLATE))
    planned = plan(case_file, wording=read_by_carol(case_file, wording), sender=OUTBOX)
    assert planned.content.wording["language"] == language


def test_welsh_is_planned_for_notify(case_file):
    wording = replace(WORDING, language="cy", template=WELSH_TEMPLATE)
    assert by_notify(case_file, read_by_carol(case_file, wording)).content.texts == 2


def test_any_language_is_planned_if_the_case_says_that_notify_keeps_any_letter(case_file):
    wording = replace(WORDING, language="pl", template=TEMPLATES["pl"])
    planned = by_notify(case_file, read_by_carol(case_file, wording), letters="any")
    assert planned.content.sender["letters"] == "any"
    assert refusal(by_notify, case_file, wording, letters="all").code == "notify_setting_bad"


@pytest.mark.parametrize("letters", LETTERS)
@pytest.mark.parametrize(
    ("character", "named"),
    [
        ("\u200b", "U+200B (zero width space)"),
        ("\u2060", "U+2060 (word joiner)"),
        ("\u2009", "U+2009 (thin space)"),
        ("\u2028", "U+2028 (line separator)"),
    ],
)
def test_characters_that_notify_removes_or_turns_into_blanks_are_named(case_file, letters, character, named):
    wording = replace(WORDING, template=WORDING.template.replace(" was", f"{character} was"))
    error = refusal(by_notify, case_file, wording, letters=letters)
    assert error.code == "wording_unwritable"
    assert named in str(error)


@pytest.mark.parametrize("character", "‘’“”–—…\u00a0\u202f\u2011\u2212‚„")
def test_characters_that_ringback_replaces_itself_are_approved_and_sent_replaced(case_file, character):
    wording = replace(WORDING, template=WORDING.template.replace("this number", f"{character}this number"))
    text = render(wording, "BCDF-GHJK-MNZ")
    assert character not in text
    assert find_changed(text) == find_changed(text, letters=ANY) == []
    assert by_notify(case_file, wording).content.texts == 2


def test_such_characters_in_the_template_at_notify_are_named(case_file):
    there = render(WORDING, "((reference))").replace("do not", "don’t")
    error = refusal(by_notify, case_file, WORDING, template_body=there + "…")
    assert error.code == "sender_differs"
    assert "its template is not the wording" in str(error)
    assert "’ (right single quotation mark), … (horizontal ellipsis)" in str(error)
    assert "as they stand" not in str(refusal(by_notify, case_file, WORDING, template_body="Other words"))


def test_the_place_of_such_characters_is_named_if_it_is_not_the_template(case_file):
    error = refusal(by_notify, case_file, replace(WORDING, force="Straż Przykład"))
    assert (
        "ż (latin small letter z with dot above), ł (latin small letter l with stroke) (some of them in: force)"
        in str(error)
    )


def test_a_combining_accent_is_explained():
    assert "write the letter with its accent as one character" in name_each(find_changed("tw\u0302r"))
    assert find_changed("t\u0175r") == []


def test_many_such_characters_are_counted():
    assert name_each(find_changed("абвгдежзийклмно")).endswith("л (cyrillic small letter el) and 3 more")


def test_no_letter_of_a_reference_is_ever_changed():
    for letters in LETTERS:
        assert find_changed(ALPHABET + "-", letters=letters) == []


def test_the_letters_setting_takes_two_values_only():
    facts = {"template_id": "t", "key_type": "live"}
    key = f"k-{'0' * 8}-0000-4000-8000-{'0' * 12}-{'1' * 8}-1111-4111-8111-{'1' * 12}"
    assert find_setting_faults(facts, key) == find_setting_faults(facts | {"letters": WELSH}, key) == []
    assert find_setting_faults(facts | {"letters": ["any"]}, key) == ["letters must be one of welsh, any"]


characters = st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab ,.\n\t\r“”–…\u00a0\u200b\u2028\x0b\x85ŵłé€\f"))


@given(text=st.text(characters, max_size=40), letters=st.sampled_from(LETTERS))
def test_a_text_that_passes_is_unchanged_by_the_provider(text, letters):
    shown = render(Wording("en", text.replace("{", "").replace("}", ""), "", "", False), "")
    changed = find_changed(shown, letters=letters)
    as_written = rewrite(tidy(shown), letters=letters)
    assert changed or as_written == shown


@pytest.mark.parametrize("letters", LETTERS)
def test_each_character_is_refused_when_and_only_when_the_provider_changes_it(letters):
    for code in (*range(0x20, 0xD800), *range(0xE000, 0x1_0000), 0x1F642):
        text = f"a{chr(code)}b"
        written = rewrite(tidy(text), letters=letters)
        assert bool(find_changed(text, letters=letters)) == (written != text), hex(code)
