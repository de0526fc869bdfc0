"""Every bad wording is blocked for its own reason; every good one passes."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.wording_corpus import lint_item, read_corpus
from ringback.alerting.wording.rules.faults import REASONS
from ringback.text.confusables import read_homoglyphs
from tiers import examples

BAD, GOOD = read_corpus("bad"), read_corpus("good")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u200f"
LOOK_ALIKES = {
    look: character for character, look in read_homoglyphs().items() if len(look) == 1 and character.islower()
}


def _name(item):
    return f"{'+'.join(item['why'])}: {item['note']}" if "why" in item else item["note"]


@pytest.mark.parametrize("item", BAD, ids=_name)
def test_bad_wordings_are_blocked_with_their_reason(item):
    faults = lint_item(item)
    assert set(item["why"]) <= {fault.code for fault in faults}
    assert all(fault.reason and fault.quoted == item["text"][fault.span.start : fault.span.end] for fault in faults)


@pytest.mark.parametrize("item", GOOD, ids=_name)
def test_good_wordings_pass(item):
    assert lint_item(item) == []


def test_the_corpus_is_as_large_as_promised_and_knows_every_reason():
    assert len({(item["text"], item.get("language")) for item in BAD}) == len(BAD) >= 170
    assert len({item["text"] for item in GOOD}) == len(GOOD) >= 65
    families = Counter(code for item in BAD for code in item["why"])
    assert set(families) == set(REASONS)
    many = ("link", "phone_number", "asks_details", "pressure", "organisation", "victim", "not_english")
    assert all(families[code] >= 15 for code in many)


@pytest.mark.slow
def test_most_bad_wordings_have_one_fault_slipped_in():
    # A text that also lacked its reference would be blocked whatever the check under test does.
    missing = {"force_missing", "called_missing", "website_missing", "reference_missing"}
    also_missing = [
        item["note"]
        for item in BAD
        if not missing & set(item["why"]) and missing & {fault.code for fault in lint_item(item)}
    ]
    assert also_missing == ["all in Welsh, said to be English"]


@given(st.sampled_from(BAD), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_invisible_characters_do_not_get_a_bad_wording_through(item, data):
    places = data.draw(st.lists(st.integers(0, len(item["text"])), max_size=6))
    text = item["text"]
    for place in sorted(places, reverse=True):
        text = text[:place] + data.draw(st.sampled_from(INVISIBLE)) + text[place:]
    codes = {fault.code for fault in lint_item(item, text=text)}
    assert codes
    assert not places or "hidden_character" in codes


@given(st.sampled_from([item for item in BAD if set(item["why"]) & {"victim", "organisation", "link"}]), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_look_alike_letters_do_not_hide_what_a_bad_wording_says(item, data):
    fault = data.draw(st.sampled_from([one for one in lint_item(item) if one.code in item["why"] and one.quoted]))
    swapped = "".join(
        LOOK_ALIKES[letter] if letter in LOOK_ALIKES and data.draw(st.booleans()) else letter for letter in fault.quoted
    )
    text = item["text"][: fault.span.start] + swapped + item["text"][fault.span.end :]
    assert fault.code in {one.code for one in lint_item(item, text=text)}
