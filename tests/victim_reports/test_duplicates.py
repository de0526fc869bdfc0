"""Reports that may be one told twice: shown with reasons, decided by a person, never merged."""

from datetime import date, timedelta

import pytest

from report_contents import logged, make_content, take
from ringback.errors import RingbackError
from ringback.records.reports import get_report
from ringback.victim_reports.content import Loss, Reporter
from ringback.victim_reports.duplicates import decide, find_pairs
from ringback.victim_reports.erasure import erase

NOBODY = Reporter()
DAY = date(2022, 11, 1)


def pairs(case_file):
    return {(one.first, one.second): one.reasons for one in find_pairs(case_file, member="alice", why="a test")}


def groups(case_file, *reports):
    with case_file.records.connect() as connection:
        return [get_report(connection, one).duplicate_group for one in reports]


def test_the_same_number_and_loss_within_days_is_likely_one_report(case_file):
    first = take(case_file, called_on=DAY, reporter=NOBODY)
    second = take(case_file, called_on=DAY + timedelta(days=7), reporter=NOBODY)
    assert pairs(case_file) == {
        (first, second): ("the same number was called 7 days apart, and the same loss is reported",)
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"called_on": DAY + timedelta(days=8)}, {"losses": (Loss(5),)}, {"losses": ()},
        {"called_number": "+447700900124"}, {"called_number": ""},
    ],
)  # fmt: skip
def test_another_day_loss_or_number_is_another_report(case_file, changes):
    take(case_file, called_on=DAY, reporter=NOBODY)
    take(case_file, **{"called_on": DAY, "reporter": NOBODY, **changes})
    assert pairs(case_file) == {}


def test_the_same_contact_is_a_reason_of_its_own(case_file):
    first = take(case_file, called_number="+447700900111")
    second = take(case_file, called_number="+447700900222")
    assert pairs(case_file) == {(first, second): ("the reporter gave the same phone number or e-mail address",)}


def test_a_person_decides_and_nothing_is_merged(case_file):
    first, second, third = (take(case_file, called_on=DAY) for _one in range(3))
    assert len(pairs(case_file)) == 3
    assert decide(case_file, second, first, same=True, member="alice", why="rang twice") == {
        first: first,
        second: first,
    }
    assert decide(case_file, second, third, same=True, member="alice", why="and again") == {third: first}
    assert groups(case_file, first, second, third) == [first] * 3
    assert list(pairs(case_file)) == [(first, third)]
    with case_file.records.connect() as connection:
        assert len({get_report(connection, one).sealed for one in (first, second, third)}) == 3
    assert [one["decided"] for one in logged(case_file, "report_duplicate_decided")] == ["same", "same"]


def test_the_last_word_on_a_pair_counts(case_file):
    first, second = take(case_file), take(case_file)
    decide(case_file, first, second, same=True, member="alice", why="a")
    assert decide(case_file, first, second, same=False, member="bob", why="b") == {first: None, second: None}
    assert pairs(case_file) == {}


def test_what_is_the_same_through_a_third_one_cannot_be_different(case_file):
    first, second, third = take(case_file), take(case_file), take(case_file)
    decide(case_file, first, second, same=True, member="alice", why="a")
    decide(case_file, second, third, same=True, member="alice", why="a")
    with pytest.raises(RingbackError) as error:
        decide(case_file, first, third, same=False, member="alice", why="a")
    assert error.value.code == "report_duplicates_contradict"
    assert groups(case_file, first, second, third) == [first] * 3
    with pytest.raises(RingbackError) as error:
        decide(case_file, first, "r-1", same=True, member="alice", why="a")
    assert error.value.code == "report_same_twice"


def test_an_erased_report_is_not_compared(case_file):
    first, _second = take(case_file), take(case_file)
    erase(case_file, first, member="bob", why="asked for it")
    assert pairs(case_file) == {}


def test_looking_for_them_is_logged_with_the_reports_that_were_opened(case_file):
    first, second = take(case_file), take(case_file)
    take(case_file, called_number="+447700900111", reporter=NOBODY)
    pairs(case_file)
    (entry,) = logged(case_file, "report_duplicates_shown")
    assert (entry["pairs"], entry["opened"], entry["who"]) == (1, [first, second], "alice")


def test_the_content_in_tests_is_a_report():
    assert make_content().lost_pence == 120050
