"""Cue lines match words without being expanded, and match the same phrases as their expansion."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.wording.rules.cue_lines import Cues, is_deniable
from ringback.alerting.wording.rules.lexicons import read_cues

LINE = "(please |now |)(tap|tape|click) (|on |the )here(|s)"


def written_out(line):
    pieces = re.split(r"\(([^()]*)\)", line)
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    return {"".join(chosen).replace(" ", "") for chosen in itertools.product(*choices)}


def test_a_line_matches_exactly_the_phrases_it_stands_for():
    cues = Cues([LINE])
    phrases = written_out(LINE)
    assert len(phrases) == 3 * 3 * 3 * 2
    assert all(cues.holds(phrase) for phrase in phrases)
    others = {phrase[:-1] for phrase in phrases} | {phrase + "x" for phrase in phrases} | {"", "here", "nowhere"}
    assert not any(cues.holds(other) for other in others - phrases)


@given(st.sampled_from(sorted(written_out(LINE))), st.data())
def test_it_makes_no_difference_where_the_blanks_are(phrase, data):
    cues, places, at = Cues([LINE]), None, 0
    while at < len(phrase):
        until = data.draw(st.integers(at + 1, len(phrase)))
        word, at = phrase[at:until], until
        places = cues.start(word) if places is None else cues.go_on(places, word)
        assert places
    assert any(place.is_end for place in places)
    assert not cues.go_on(places, "zz")


def test_a_phrase_blocked_outright_by_one_line_is_deniable_by_no_other():
    cues = Cues(["~(tap|click) here", "click (here|there)"])
    assert [is_deniable(cues.start(phrase)) for phrase in ("taphere", "clickhere", "clickthere")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("written", "phrase"), [("t*p here", "taphere"), ("cl**k", ""), ("cl*ckthere", "clickthere"), ("*ap", "")]
)
def test_letters_may_be_starred_out(written, phrase):
    assert Cues(["(tap|click) (here|there)"]).starred(written.replace(" ", "")) == phrase


def test_a_long_line_is_not_written_out():
    many = "(" + "|".join(f"a{number}b" for number in range(100)) + ")"
    cues = Cues([many * 12])  # 10 to the power of 24 phrases
    assert cues.holds("a7b" * 12)
    assert not cues.holds("a7b" * 11)


def test_the_lists_have_no_brackets_in_brackets():
    names = ("pressure", "calls", "details", "links", "remote", "money", "orders_fine", "attachments", "victims")
    for name in names:
        cues = read_cues(f"{name}.txt")
        assert not any(
            mark in choice for start in cues.lines for piece in start.pieces for choice in piece for mark in "()|"
        )
