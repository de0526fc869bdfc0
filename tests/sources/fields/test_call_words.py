"""Words and flags for how a call ended, which way it went, and which country a number is in."""

import pytest

from ringback.numbers.country_codes import read_calling_code
from ringback.sources.fields.directions import INBOUND, is_inbound, is_known, surely_inbound
from ringback.sources.fields.dispositions import says_nobody_answered, says_unanswered, told_answers


@pytest.mark.parametrize(
    "word",
    [
        "NO ANSWER",
        "no-answer",
        "NOANSWER",
        "Busy",
        "user_busy",
        "CANCEL",
        "No contesta",
        "Besetzt",
        "нет ответа",
        "Занято",
        "未接",
    ],
)
def test_words_for_nobody_answered_are_known_in_any_spelling(word):
    assert says_unanswered(word)


@pytest.mark.parametrize(
    "word", ["ANSWERED", "COMPLETED", "NORMAL_CLEARING", "16", "17", "486", "", "answered busy line"]
)
def test_other_words_do_not_mean_that_nobody_answered(word):
    assert not says_unanswered(word)


@pytest.mark.parametrize(
    ("words", "silent"),
    [
        (["16", "17", "19"], {"17", "19"}),
        (["200", "486", "487", "603"], {"486", "487", "603"}),
        (["1", "2", "3"], set()),
        (["17", "486"], set()),
        (["ANSWERED", "BUSY"], {"BUSY"}),
    ],
)
def test_codes_are_known_only_beside_the_one_for_an_answer(words, silent):
    assert says_nobody_answered(words) == silent


@pytest.mark.parametrize(
    ("column", "word", "told"),
    [
        ("is_answered", "1", "ANSWERED"),
        ("answered", "False", "NO ANSWER"),
        ("connected", "yes", "ANSWERED"),
        ("missed_call", "true", "NO ANSWER"),
        ("missed", "0", "ANSWERED"),
        ("unanswered", "1", "NO ANSWER"),
        ("status", "1", "1"),
        ("answered_by", "machine", "machine"),
    ],
)
def test_a_flag_is_read_by_the_name_of_its_column(column, word, told):
    assert told_answers(column, word) == told


@pytest.mark.parametrize("word", ["inbound", "Incoming", "IB", "Inbound Dial", "incoming-call", "Eingehend"])
def test_inbound_is_understood_wherever_it_stands(word):
    assert surely_inbound(word)
    assert is_inbound(word)


@pytest.mark.parametrize(("word", "inbound", "known"), [
    ("in", True, True), ("MT", True, True), ("Outgoing API", False, True), ("OB", False, True), ("local", False, True),
    ("Transfer", False, False), ("", False, False),
])  # fmt: skip
def test_unknown_directions_are_recognised_as_unknown(word, inbound, known):
    assert is_inbound(word) == inbound
    assert is_known(word, INBOUND) == known
    assert not surely_inbound(word)


def test_words_that_a_case_names_are_the_only_ones_for_inbound():
    assert is_inbound("DID", frozenset({"did"}))
    assert not is_inbound("inbound", frozenset({"did"}))
    assert not is_inbound("Inbound Dial", frozenset())


@pytest.mark.parametrize(
    ("text", "code"),
    [("91", "91"), ("+44", "44"), ("0044", "44"), ("1", "1"), ("GB", "44"), ("uk", "44"), ("India", "91"),
     ("United Kingdom", "44"), ("england", "44"), ("0", None), ("999", None), ("4477", None), ("mobile", None),
     ("", None)],
)  # fmt: skip
def test_countries_are_read_as_codes_letters_or_names(text, code):
    assert read_calling_code(text) == code
