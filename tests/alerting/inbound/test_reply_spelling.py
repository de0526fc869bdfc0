"""The spelling of replies is normalised."""

import pytest

from ringback.alerting.inbound.reply_spelling import fold, read_clauses


def words(text):
    return [" ".join(clause.words) for clause in read_clauses(fold(text))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Dont txt me", ["dont text me"]),
        ("DON’T MSG ME AGAIN", ["dont message me again"]),
        ("st0p 5top $top st()p", ["stop stop stop stop"]),
        ("ѕтор", ["stop"]),
        ("ⓢⓣⓞⓟ", ["stop"]),
        ("ST⭕P", ["stop"]),
        ("STOOOP pleeease", ["stop please"]),
        ("s t o p", ["stop"]),
        ("st op un subscribe", ["stop unsubscribe"]),
        ("stoptextingme", ["stop texting me"]),
        ("unsubcsribe canceel", ["unsubscribe cancel"]),
        ("shop step stock contract", ["shop step stock contract"]),
        ("Stop. Who is this? 07700 900123", ["stop", "who is this", "07700 900123"]),
        ("stop & search", ["stop and search"]),
        ("", []),
        ("👍", []),
    ],
)
def test_words_are_normalised_as_expected(text, meant):
    assert words(text) == meant


def test_a_question_is_recognised_by_its_question_mark():
    assert [clause.question for clause in read_clauses(fold("Stop? Who are you"))] == [True, False]
