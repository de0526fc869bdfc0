"""A wish to stop is recognised in any spelling and many languages. Anything else is left to a person."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.alerting.inbound.reply_classifier import read_kind
from ringback.alerting.inbound.stop_words import asks_to_stop
from ringback.text.confusables import read_homoglyphs
from tiers import examples

_FOLDER = Path(__file__).parents[1] / "corpus"
LOOK_ALIKES = {}
for _look, _plain in read_homoglyphs().items():
    if len(_plain) == 1:
        LOOK_ALIKES.setdefault(_plain, []).append(_look)
AROUND = ["", "please ", "Hi, ", "Who is this? ", "I am 84 and ill. "]


def read_replies(name):
    return (_FOLDER / f"{name}_replies.txt").read_text(encoding="utf-8").splitlines()


STOPS, OTHERS = read_replies("stop"), read_replies("other")


def test_the_corpus_is_as_large_as_promised():
    assert len(set(STOPS)) == len(STOPS) >= 520
    assert len(set(OTHERS)) == len(OTHERS) >= 360


@pytest.mark.parametrize("text", STOPS)
def test_a_wish_to_stop_is_recognised(text):
    assert read_kind(text) == "stop"


@pytest.mark.parametrize("text", OTHERS)
def test_other_texts_are_not_taken_for_a_wish_to_stop(text):
    assert read_kind(text) != "stop"


@given(st.sampled_from(AROUND), st.data())
@settings(max_examples=examples(200), deadline=None)
def test_look_alike_letters_make_no_difference(around, data):
    word = "".join(data.draw(st.sampled_from([one, one.upper(), *LOOK_ALIKES[one]])) for one in "stop")
    assert asks_to_stop(around + word)


@given(st.lists(st.integers(1, 9), min_size=4, max_size=4), st.sampled_from(["", " please", "!!", " texting me"]))
def test_stretched_letters_make_no_difference(counts, after):
    assert asks_to_stop("".join(letter * count for letter, count in zip("stop", counts, strict=True)) + after)


@given(st.sampled_from([" ", ".", "-", "_", " . ", "*", "/"]), st.sampled_from(AROUND))
def test_spaced_letters_make_no_difference(sign, around):
    assert asks_to_stop(around + sign.join("stop"))


@pytest.mark.parametrize("word", ["shop", "step", "top", "spot", "atop", "slop", "strop", "stoat", "sop", "post"])
def test_a_word_similar_to_stop_is_not_read_as_stop(word):
    assert not asks_to_stop(word)
    assert not asks_to_stop(f"{word} please")


@pytest.mark.parametrize("those", ["them", "the scammers", "these criminals", "fraud", "people who do this", "him"])
@pytest.mark.parametrize("wish", ["stop {}", "Please stop {}", "can you stop {}", "I want to stop {}", "STOP {}!"])
def test_a_call_to_stop_others_is_no_wish_to_stop(wish, those):
    assert not asks_to_stop(wish.format(those))


@pytest.mark.parametrize(
    "told", ["they said {}", "I told them: {}?", "he told me to {}", "she would not {}", "they never {}"]
)
@pytest.mark.parametrize("wish", ["stop texting me", "leave me alone", "take me off the list"])
def test_reported_speech_to_others_is_no_wish_to_stop(told, wish):
    assert not asks_to_stop(told.format(wish))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("don't ring me, text me", False),  # in doubt: a person reads it
        ("Don't text me, ring me instead", False),
        ("STOP. Ring me to explain", True),
        ("no more messages since then", False),
        ("no more messages", True),
        ("if you do not stop I will complain", True),
        ("please do not stop", False),
        ("You texted me by mistake. Stop.", True),
        ("I texted STOP by mistake", False),
        ("you keep texting me, stop", True),
        ("keep texting me", False),
    ],
)
def test_phrases_that_reverse_a_wish_to_stop(text, seen):
    assert asks_to_stop(text) is seen


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_can_be_read(text):
    assert asks_to_stop(text) in {True, False}
