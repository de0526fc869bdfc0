"""The questions of a report: in order, skipped where they have no place, and read to a value or a fault."""

import json
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.model.references import SAMPLE, show
from ringback.numbers.dial_plan import DialPlan
from ringback.victim_reports.answers import read_answers
from ringback.victim_reports.content import Happened, Kind, Loss, LossKind, PartOfDay, ReportContent, Sure, Whose
from ringback.victim_reports.faults import FAULT_WORDS, AnswerFault
from ringback.victim_reports.questions import LOSS_QUESTIONS, QUESTIONS, Known, asks_for_losses, next_question

KNOWN = Known(date(2022, 11, 24), DialPlan())
ALL = {one.key: one for one in (*QUESTIONS, *LOSS_QUESTIONS)}
TOLD = {
    "kind": "crime", "called_number": "07700 900123", "whose": "own", "called_on": "20/11/2022",
    "called_on_sure": "exact", "called_at": "10.15am", "claimed": "Barclays", "shown_number": "020 7946 0001",
    "talk_time": "5 to 15 minutes", "happened": ["moved_money", "gave_code"],
    "losses": [{"loss": "£1,200.50", "loss_kind": "card", "loss_on": "21/11/2022", "loss_returned": "100"}, "3m"],
    "story": "They said\nmove it", "name": "Ann Example", "contact_number": "07700 900456",
    "email": "ann@example.com", "postcode": "LS1 4AP", "wants_to_be_told": True,
}  # fmt: skip


def asked(**answers):
    """The keys that are asked, with these answers and none to all others."""
    given = {}
    while question := next_question(given):
        given[question.key] = answers.get(question.key)
    return list(given)


def test_a_text_of_ours_makes_the_question_of_the_number_needless():
    assert asked()[:3] == ["reference", "kind", "called_number"]
    assert asked(reference="X")[:4] == ["reference", "last_four", "kind", "whose"]
    assert "called_number" not in asked(reference="X")


def test_what_has_no_place_is_not_asked():
    assert "called_on_sure" not in asked()
    assert "called_on_sure" in asked(called_on=date(2022, 1, 1))
    assert "part_of_day" in asked()
    assert "part_of_day" not in asked(called_at=time(0))  # midnight is a time
    assert "happened" not in asked(kind=Kind.information)
    assert "wants_to_be_told" not in asked()
    assert "wants_to_be_told" in asked(email="a@example.com")
    assert asks_for_losses({"kind": Kind.crime, "happened": None})
    assert not asks_for_losses({"kind": Kind.crime, "happened": (Happened.nothing,)})
    assert not asks_for_losses({"kind": Kind.information})


def test_every_question_has_words_a_kind_and_its_own_key():
    assert len(ALL) == len(QUESTIONS) + len(LOSS_QUESTIONS)
    for one in ALL.values():
        assert one.text.endswith(("?", "."))
        assert bool(one.choices) == (one.kind in ("choice", "choices"))


def test_whole_answers_become_the_content():
    content, faults = read_answers(TOLD, KNOWN)
    assert faults == []
    assert content.called_number == "+447700900123"
    assert (content.whose, content.called_on_sure, content.called_at) == (Whose.own, Sure.exact, time(10, 15))
    assert content.happened == (Happened.moved_money, Happened.gave_code)
    assert content.losses == (
        Loss(120050, LossKind.card, date(2022, 11, 21), 10000), Loss(300_000_000, LossKind.transfer),
    )  # fmt: skip
    assert content.story == "They said\nmove it"
    assert content.reporter.wants_to_be_told
    assert content.part_of_day == PartOfDay.unknown
    assert ReportContent.from_dict(json.loads(json.dumps(content.as_dict()))) == content


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"kind": None}, [("kind", "missing")]),
        ({"called_number": "0123"}, [("called_number", "unreadable_number")]),
        ({"called_on": "25/11/2022"}, [("called_on", "future_day"), ("called_on_sure", "contradicts")]),
        ({"whose": "mine"}, [("whose", "unknown_choice")]),
        ({"losses": ["1.200", "2"]}, [("losses.0.loss", "unclear_sum")]),
        ({"losses": [{"loss": "5", "loss_returned": "6"}]}, [("losses.0", "more_than_lost")]),
        ({"losses": "5"}, [("losses", "unreadable_sum")]),
        ({"losses": [{"lost": "5"}]}, [("losses.0.lost", "unknown_field")]),
        ({"happened": "nothing"}, [("losses", "contradicts")]),
        ({"happened": "nothing, gave_code"}, [("happened", "contradicts")]),
        ({"email": "not an address"}, [("email", "unreadable_email")]),
        ({"colour": "red"}, [("colour", "unknown_field")]),
        ({"reference": "BCDF"}, [("reference", "mistyped_reference")]),
        ({"reference": show(SAMPLE)}, [("last_four", "missing"), ("called_number", "contradicts")]),
        ({"story": "x" * 20_001}, [("story", "too_long")]),
        ({"claimed": "x" * 201}, [("claimed", "too_long")]),
        ({"part_of_day": "morning"}, [("part_of_day", "contradicts")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_question(changes, faults):
    assert read_answers({**TOLD, **changes}, KNOWN)[1] == faults


@pytest.mark.parametrize("typed", ["2", "relative", "A relative's or friend's phone", "a rel"])
def test_a_choice_is_made_by_number_key_or_words(typed):
    assert ALL["whose"].read(typed, KNOWN) == Whose.relative


@pytest.mark.parametrize("typed", ["0", "5", "a", "phone", "1, 2"])
def test_a_choice_that_is_none_or_two_is_refused(typed):
    with pytest.raises(AnswerFault) as error:
        ALL["whose"].read(typed, KNOWN)
    assert error.value.code == "unknown_choice"


@pytest.mark.parametrize("key", ALL)
@given(typed=st.text(max_size=40))
def test_any_answer_is_read_or_is_a_fault_with_words(key, typed):
    try:
        ALL[key].read(typed, KNOWN)
    except AnswerFault as found:
        said = str(found) == FAULT_WORDS[found.code]
    else:
        said = True
    assert said


@given(
    st.dictionaries(
        st.sampled_from([*ALL, "losses", "other"]),
        st.none() | st.booleans() | st.text(max_size=10) | st.lists(st.text(max_size=5), max_size=2) | st.integers(),
    )
)
def test_answers_of_any_kind_are_read_or_faulty_and_never_break_it(told):
    _content, faults = read_answers(told, KNOWN)
    assert all(code in FAULT_WORDS for _key, code in faults)
