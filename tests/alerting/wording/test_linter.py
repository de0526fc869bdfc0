"""The linter through its interface: its results, its options, and arbitrary texts."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.alerting.wording.linter import REASONS, Fault, Span, lint
from ringback.alerting.wording.rules.faults import make_fault, tidy
from ringback.alerting.wording.translations import TranslationApproval, approved_text_hash
from tiers import examples

REFERENCE = "BCDF-GHJK-MNZ"
GOOD = (
    "Example Police: this number was called by criminals. Read more on the Example Police website."
    " Alert reference: BCDF-GHJK-MNZ."
)
WELSH = (
    "Heddlu Enghraifft: cafodd y rhif hwn ei ffonio gan droseddwyr. Ewch i wefan Heddlu Enghraifft."
    " Cyfeirnod: BCDF-GHJK-MNZ."
)


def check(text, **facts):
    told = {"force": "Example Police", "website": "the Example Police website", "reference": REFERENCE} | facts
    return lint(text, **told)


def codes(text, **facts):
    return [fault.code for fault in check(text, **facts)]


def test_a_fault_says_what_where_and_why():
    (fault,) = check(GOOD.replace("Read", "Urgent: read"))
    assert fault == Fault(Span(53, 59), "pressure", "Urgent", fault.reason)
    assert fault.reason == '"Urgent" hurries, frightens or tempts people, as criminals do'


def test_all_faults_are_collected_in_the_order_of_the_text():
    text = GOOD.replace("Read", "Hi Sarah. Act now. You are a v\u0456ctim. See example.com or ring 159. Read")
    found = codes(text)
    assert {"name", "pressure", "victim", "strange_letter", "link", "phone_number"} <= set(found)
    spans = [fault.span for fault in check(text)]
    assert spans == sorted(spans)


def test_the_span_is_in_the_original_text():
    text = GOOD.replace("Read", "\ufb01ne. v\u200bi\u200bc\u200bt\u200bi\u200bm. Read")
    victim = next(fault for fault in check(text) if fault.code == "victim")
    assert victim.quoted == "v\u200bi\u200bc\u200bt\u200bi\u200bm"


def test_missing_parts_are_all_named():
    assert codes("All is well.") == ["called_missing", "force_missing", "reference_missing", "website_missing"]


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_force_or_website_is_missing(blank):
    assert "force_missing" in codes(GOOD, force=blank)
    assert "website_missing" in codes(GOOD, website=blank)


@pytest.mark.parametrize(
    ("force", "code"),
    [
        ("police.uk", "link"),
        ("Police 0121 496 0123", "phone_number"),
        ("Barclays", "organisation"),
        ("Urgent Police", "pressure"),
        ("Ex\u0430mple Police", "strange_letter"),
        ("Mr John Smith", "name"),
        ("Victim Police", "victim"),
    ],
)
def test_the_forces_own_name_is_linted_too(force, code):
    assert code in codes(GOOD.replace("Example Police", force), force=force, website=f"the {force} website")


@pytest.mark.parametrize("force", ["STATES OF GUERNSEY POLICE", "PSNI", "Scott Police", "Mark and Amy Police", "Garda"])
def test_a_force_may_have_capitals_and_first_names_in_its_name(force):
    assert codes(GOOD.replace("Example Police", force), force=force, website=f"the {force} website") == []


@pytest.mark.parametrize("force", ["POLICE WARNING FINAL", "Police Warning Final", "Cash Unit", "A Unit = B"])
def test_a_force_field_that_holds_more_than_a_name_is_a_fault(force):
    assert "not_a_name" in codes(GOOD.replace("Example Police", force), force=force, website=f"the {force} website")


def test_the_website_is_a_name_too():
    website = "the Example Police website that nobody here had heard of until it came up"
    assert codes(GOOD.replace("the Example Police website", website), website=website) == ["not_a_name"]


def test_the_reference_counts_neither_as_a_number_nor_as_shouting():
    for reference in ("88888-A7777-K", "7KQM-3TX9-2", "ZZZZZZZZ", "A0121496012"):
        assert codes(GOOD.replace(REFERENCE, reference), reference=reference) == []


def test_a_phone_number_does_not_pass_as_a_reference():
    text = GOOD.replace(REFERENCE, "0121-496-0123")
    assert codes(text, reference="0121-496-0123") == ["reference_missing", "phone_number"]


def test_a_reference_inside_a_longer_word_does_not_count():
    assert "reference_missing" in codes(GOOD.replace(REFERENCE, REFERENCE + "Q"))


def test_replies_are_asked_for_only_where_the_sender_takes_them():
    text = GOOD.replace("Read", "Reply STOP to get no more texts from us. Read")
    assert codes(text, takes_replies=True) == []
    assert codes(text, takes_replies=False) == ["asks_reply"]


def approve(text, **changed):
    facts = {"language": "cy", "approver": "a.translator", "text_sha256": approved_text_hash(text, REFERENCE)}
    return TranslationApproval(**(facts | changed))


def check_welsh(text, approval, language="cy"):
    facts = {"force": "Heddlu Enghraifft", "website": "wefan Heddlu Enghraifft", "language": language}
    return codes(text, approval=approval, **facts)


def test_a_translation_needs_the_approval_of_that_very_text():
    assert check_welsh(WELSH, None) == ["language_unapproved"]
    assert check_welsh(WELSH, approve(WELSH)) == []
    assert check_welsh(WELSH.replace("Ewch", "Dewch"), approve(WELSH)) == ["language_unapproved"]
    assert check_welsh(WELSH, approve(WELSH, language="pl")) == ["language_unapproved"]
    assert check_welsh(WELSH, approve(WELSH, approver=" ")) == ["language_unapproved"]


def test_an_approval_does_not_make_a_translation_english():
    assert "not_english" in check_welsh(WELSH, approve(WELSH, language="en"), language="en")


def test_an_approved_translation_still_has_no_link_number_or_english_pressure():
    for slipped, code in (
        ("Ewch i example.com.", "link"),
        ("Ffoniwch 0121 496 0123.", "phone_number"),
        ("Barclays.", "organisation"),
        ("\u00a35,000.", "loss"),
        ("Act now, this is your last chance.", "pressure"),
    ):
        text = WELSH.replace("Ewch i wefan", f"{slipped} Ewch i wefan")
        assert code in check_welsh(text, approve(text))


def test_a_text_of_another_alphabet_may_be_approved():
    text = GOOD.replace("Read more on", "\u0632\u06cc\u0627\u062f\u06c1 \u062c\u0627\u0646\u06cc\u06ba:")
    approval = approve(text, language="ur")
    assert codes(text, language="ur", approval=approval) == []
    assert "not_english" in codes(text) or "strange_letter" in codes(text)


def test_faults_inside_others_of_the_same_code_are_dropped():
    text = "abcdef"
    faults = [make_fault("link", text, 1, 3), make_fault("link", text, 0, 4), make_fault("loss", text, 1, 3)]
    assert [(fault.code, fault.span) for fault in tidy(faults)] == [("link", (0, 4)), ("loss", (1, 3))]


@given(
    st.text(max_size=400),
    st.text(max_size=30),
    st.text(max_size=30),
    st.text(max_size=14),
    st.sampled_from(["en", "cy"]),
)
@settings(max_examples=examples(300), deadline=None)
def test_any_text_is_judged_and_quoted_to_the_letter(text, force, website, reference, language):
    faults = lint(text, force=force, website=website, reference=reference, language=language, takes_replies=True)
    for fault in faults:
        assert fault.quoted == text[fault.span.start : fault.span.end]
        assert fault.code in REASONS
        assert fault.reason
    assert faults == lint(
        text, force=force, website=website, reference=reference, language=language, takes_replies=True
    )


@given(
    st.lists(
        st.sampled_from(["0", "1", " ", "-", ".", "a", "www", "!", "@", "v", "\u200b", "*", "dot", "oh", "or", "not"]),
        max_size=300,
    )
)
@settings(max_examples=examples(100), deadline=None)
def test_faults_in_texts_made_of_listed_pieces_quote_the_text(pieces):
    text = "".join(pieces)
    assert all(fault.quoted == text[fault.span.start : fault.span.end] for fault in check(text))


def slow(text):
    return pytest.param(text, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    "hostile",
    ["0 " * 10_000, slow("a." * 10_000), slow("a*" * 10_000), slow("w w " * 5_000), "not ask, " * 2_200,
     "oh " * 6_600, "(" * 20_000, "A" * 20_000, "!? " * 6_600, "a" * 20_000, slow("v i c t i " * 2_000),
     "1,000," * 3_300, ": / " * 5_000, "one" * 6_600, slow("you are " * 2_500), "{" * 20_000, "0x:" * 6_600,
     "\u0456" * 20_000, "1-2-" * 5_000],
)  # fmt: skip
def test_hostile_texts_of_20_kb_are_judged(hostile):
    assert "too_long" in codes(hostile)


def test_no_order_of_random_words_is_an_error():
    words = (GOOD + " never ask or pay if 0121 oh eight. Dear Mr Bank of v!ctim").split()
    shuffled = random.Random(5)
    for _ in range(50):
        shuffled.shuffle(words)
        assert isinstance(check(" ".join(words)), list)


@pytest.mark.parametrize(
    "said",
    [
        "I-O-I",
        "lOI",
        "O77OO 9OOI23",
        "one, then nought, then one",
        "one fifty-nine",
        "wun oh wun",
        "one hundred and one",
    ],
)
def test_a_number_in_letters_or_words_is_a_number_to_ring(said):
    assert "phone_number" in codes(GOOD.replace("Read", f"Questions? {said}. Read"))


@pytest.mark.parametrize(
    "said",
    [
        "One in five people got a call",
        "This was in twenty twenty-one",
        "It was at nine thirty",
        "One hundred and fifty people were called",
        "There were two or three calls",
        "No one will ring you",
    ],
)
def test_a_number_that_counts_something_is_no_fault(said):
    assert codes(GOOD.replace("Read", f"{said}. Read")) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("If you do not answer, nothing happens", []),
        ("If you do not answer, that is fine", []),
        ("If you do not answer, officers will be told", ["pressure"]),
        ("Nothing happens at first, but those who do not answer will be visited", ["pressure"]),
        ("We do not answer texts", []),
        ("If you did not answer the call, there is nothing to do", []),
        ("If you told them anything, the page says what helps", []),
        ("You told them everything", ["victim"]),
        ("You can fill in the form on the Example Police website", []),
        ("Please fill in the form", ["attachment"]),
        ("There is no form to fill in", []),
    ],
)
def test_sentences_about_not_answering_and_about_forms(said, found):
    assert codes(GOOD.replace("Read", f"{said}. Read")) == found
