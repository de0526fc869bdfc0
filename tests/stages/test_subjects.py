"""Subjects: how far the case against each has come, and which accounts are tied to whom."""

from itertools import pairwise

import pytest

from ringback import schemas as t
from ringback.stages.subjects import account_subjects, subjects, subjects_by_status_and_area
from stages.literal_tables import unbound


def row(account, subject, status, area="London"):
    return {"account": account, "subject": subject, "status": status, "area": area}


def find_subjects(run, *rows):
    found = run(subjects(*unbound(t.RAW_SUBJECTS)), {t.RAW_SUBJECTS: rows})
    return {one["subject"]: one for one in found}


def find_ties(run, *rows):
    found = run(account_subjects(*unbound(t.RAW_SUBJECTS)), {t.RAW_SUBJECTS: rows})
    assert len({one["account"] for one in found}) == len(found)
    return {one["account"]: (one["subject"], one["status"], one["identified"]) for one in found}


def test_a_subject_has_the_furthest_status_of_its_rows(run):
    found = find_subjects(run, row("a1", "S1", "arrested"), row("a2", "S1", "convicted"), row("a3", "S1", "identified"))
    assert found["S1"] == {"subject": "S1", "status": "convicted", "area": "London", "accounts": 3}


def test_the_statuses_stand_in_their_order(run):
    order = ["unidentified", "identified", "arrested", "charged", "convicted"]
    for lower, higher in pairwise(order):
        assert find_subjects(run, row("a1", "S1", higher), row("a2", "S1", lower))["S1"]["status"] == higher


@pytest.mark.parametrize("status", [None, "", "on bail", "unidentified"])
def test_a_status_that_nobody_defined_is_unidentified(run, status):
    assert find_subjects(run, row("a1", "S1", status))["S1"]["status"] == "unidentified"
    assert find_ties(run, row("a1", "S1", status)) == {"a1": ("S1", "unidentified", False)}


@pytest.mark.parametrize("status", ["identified", "Arrested", " charged ", "CONVICTED"])
def test_an_account_of_an_identified_subject_says_so(run, status):
    assert find_ties(run, row("a1", "S1", status)) == {"a1": ("S1", status.strip().lower(), True)}


def test_an_account_of_two_subjects_goes_to_the_one_whose_case_is_further(run):
    assert find_ties(run, row("a1", "S1", "identified"), row("a1", "S2", "charged")) == {"a1": ("S2", "charged", True)}


def test_an_account_of_two_subjects_as_far_goes_to_the_first_by_reference(run):
    rows = [row("a1", "S2", "charged"), row("a1", "S1", "charged"), row("a2", "S2", "charged")]
    assert find_ties(run, *rows) == {"a1": ("S1", "charged", True), "a2": ("S2", "charged", True)}


def test_a_row_without_account_or_subject_ties_nothing(run):
    rows = [row(None, "S1", "charged"), row("a2", None, "charged")]
    assert find_ties(run, *rows) == {}
    assert find_subjects(run, *rows) == {"S1": {"subject": "S1", "status": "charged", "area": "London", "accounts": 0}}


def test_an_account_given_twice_counts_once(run):
    assert find_subjects(run, row("a1", "S1", "charged"), row("a1", "S1", "charged"))["S1"]["accounts"] == 1


def test_subjects_are_counted_by_status_and_area(run):
    rows = [
        {"subject": "S1", "status": "charged", "area": "London"},
        {"subject": "S2", "status": "charged", "area": "London"},
        {"subject": "S3", "status": "charged", "area": None},
        {"subject": "S4", "status": "arrested", "area": "London"},
    ]
    found = run(subjects_by_status_and_area(*unbound(t.SUBJECTS)), {t.SUBJECTS: rows})
    assert sorted(tuple(one.values()) for one in found) == [
        ("arrested", "London", 1),
        ("charged", "London", 2),
        ("charged", "not known", 1),
    ]
