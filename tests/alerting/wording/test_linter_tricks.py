"""Tricks of bad wordings, by kind: each trick is blocked, and a similar harmless text passes."""

from pathlib import Path

import pytest

from ringback.alerting.wording.linter import lint

_FOLDER = Path(__file__).parents[1] / "corpus"
REFERENCE = "BCDF-GHJK-MNZ"
MISSING = {"force_missing", "called_missing", "website_missing", "reference_missing", "not_a_name"}
WORDING = (
    "Example Police: this number was called by criminals. {} Read more on the Example Police website."
    " Alert reference: BCDF-GHJK-MNZ."
)


def tries(name):
    kind, found = "", []
    for line in (_FOLDER / f"tricks_{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        else:
            found.append((kind, line))
    return found


def judge(said, **facts):
    text = WORDING.format(said)
    if REFERENCE in said:
        text = text.replace(" Alert reference: BCDF-GHJK-MNZ.", "")
    told = {"force": "Example Police", "website": "the Example Police website", "reference": REFERENCE}
    return lint(text, **told, **facts)


def codes(said, **facts):
    return {fault.code for fault in judge(said, **facts)}


@pytest.mark.parametrize(("kind", "said"), tries("bad"))
def test_a_trick_is_blocked(kind, said):
    assert codes(said) - MISSING


@pytest.mark.parametrize(("kind", "said"), tries("good"))
def test_a_harmless_text_like_a_trick_passes(kind, said):
    assert codes(said) == set()


def test_every_kind_has_enough_tricks():
    kinds = [kind for kind, _ in tries("bad")]
    assert len(set(kinds)) >= 15
    assert all(kinds.count(kind) >= 8 for kind in kinds)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Every little helps us keep officers on this.", "asks_money"),
        ("Most of the slots have been taken.", "pressure"),
        ("Expect a knock on Saturday if the page has not been opened.", "pressure"),
        ("What they heard from you is for sale.", "pressure"),
        ("Let this be a lesson.", "pressure"),
        ("Best if your family does not find out.", "pressure"),
        ("The cashiers may be in on it.", "pressure"),
        ("Aim your lens at the pattern on our posters.", "link"),
        ("Return our call from earlier.", "phone_number"),
        ("Tell us how many candles were on your last cake.", "asks_details"),
        ("Look at the plastic you pay with and note the end four.", "asks_details"),
        ("Copy the code that another sender gives you.", "asks_details"),
        ("What is your take-home pay?", "asks_details"),
        ("Never put the handset down while we trace it.", "phone_number"),
        ("Allow our engineer to look around your laptop.", "remote_control"),
        ("Write down the colour of your front door.", "order"),
        ("What is the name of your dog?", "order"),
    ],
)
def test_a_trick_gets_the_right_code(said, code):
    assert code in codes(said)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Bring it with you.", {"order"}),
        ("If you like, bring a stick.", {"order"}),
        ("Look at the page and write a poem.", {"order"}),
        ("Look at the page, so bring a friend.", {"order"}),
        ("You can bring a friend and write a poem.", set()),
        ("Call records show this.", set()),
        ("Text messages like this one go to many.", set()),
        ("Take your time.", set()),
        ("Tell somebody you trust.", set()),
        ("Tell the girl across the road.", {"order"}),
        ("Are you tall?", {"order"}),
        ("Are you sure that this text is real?", set()),
        ("Who sent it?", set()),
    ],
)
def test_orders_and_questions(said, found):
    assert codes(said) == found


@pytest.mark.parametrize(
    ("said", "blocked"),
    [
        ("Enter your reference on our page.", False),
        ("Give the reference BCDF-GHJK-MNZ on our page.", False),
        ("Enter your PIN beside your reference on our page.", True),
        ("Give the PIN BCDF-GHJK-MNZ on our page.", True),
        ("Enter your BCDF-GHJK-MNZ and your PIN on our page.", True),
        ("Give the reference on the top of your bill.", True),
    ],
)
def test_only_the_alerts_own_reference_may_be_typed_in(said, blocked):
    assert ("asks_details" in codes(said)) is blocked


def test_check_may_be_asked_for_before_or_after_the_word_reply():
    for said in ("Reply CHECK to see whether we sent this.", "Text CHECK in reply to see whether we sent this."):
        assert codes(said, takes_replies=True) == set()
        assert "asks_reply" in codes(said, takes_replies=False)
    assert "asks_reply" in codes("Write BLUE in reply.", takes_replies=True)
