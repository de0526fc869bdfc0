"""Candidates: everybody called at length by an identified subject, so that the router can say what becomes of each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback import schemas as t
from ringback.schemas import KINDS
from ringback.stages.candidates import candidates
from ringback.stages.own_numbers import OWNERS
from ringback.stages.rules import A_MINUTE, RULES
from ringback.stages.victims import victims
from stages.literal_tables import call, run_duckdb, tied, unbound, unread_call
from tiers import examples

FIVE_MINUTES = RULES["over-five-minutes@1"]


def find(run, *rows, ties=(tied(),), rule=A_MINUTE):
    expression = candidates(*unbound(t.CALLS, t.ACCOUNT_SUBJECTS), rule=rule)
    return run(expression, {t.CALLS: rows, t.ACCOUNT_SUBJECTS: ties})


def is_candidate(run, **values):
    return len(find(run, call(**values))) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_number_is_a_candidate(run, kind):
    (row,) = find(run, call(called_kind=kind))
    assert row["kind"] == kind


@pytest.mark.parametrize("region", ["GB", "JE", "GG", "IM", "US", "001"])
def test_every_region_is_a_candidate(run, region):
    (row,) = find(run, call(called_region=region))
    assert row["region"] == region


@pytest.mark.parametrize("owner", [None, *OWNERS])
def test_ones_own_numbers_are_candidates_that_say_whose_they_are(run, owner):
    (row,) = find(run, call(own=owner))
    assert row["own"] == owner


@pytest.mark.parametrize(("seconds", "meets"), [(60.0, False), (60.001, True), (None, False)])
def test_the_call_must_be_longer_than_the_rule_asks(run, seconds, meets):
    assert is_candidate(run, duration_s=seconds) is meets


@pytest.mark.parametrize(("seconds", "meets"), [(300.0, False), (301.0, True)])
def test_the_rule_in_question_counts(run, seconds, meets):
    assert bool(find(run, call(duration_s=seconds), rule=FIVE_MINUTES)) is meets


def test_the_call_must_have_been_answered(run):
    assert is_candidate(run, connected=False) is False


def test_a_number_not_read_for_certain_is_no_candidate(run):
    assert find(run, unread_call(1, called_ambiguous=True), unread_call(2)) == []


@pytest.mark.parametrize(
    "ties", [(), (tied("bob"),), (tied("ann", status="unidentified"),)], ids=["none", "other", "unidentified"]
)
def test_the_account_must_be_tied_to_an_identified_subject(run, ties):
    assert find(run, call(), ties=ties) == []


def test_a_call_without_an_account_makes_no_candidate(run):
    assert is_candidate(run, account=None) is False


def test_only_calls_that_count_are_counted_and_a_number_stands_once(run):
    rows = [call(1), call(2, account="bob"), call(3, account="eve"), call(4, duration_s=9.0)]
    (row,) = find(run, *rows, ties=(tied("ann", "S1"), tied("bob", "S1")))
    assert row == {"called_number": "+447700900001", "kind": "mobile", "region": "GB", "own": None, "calls": 2}


def test_candidates_stand_in_order_of_their_number(run):
    numbers = ["+447700900003", "+442079460003", "+447700900002"]
    rows = find(run, *(call(row, called_number=number) for row, number in enumerate(numbers)))
    assert [row["called_number"] for row in rows] == sorted(numbers)


# What is known of a number is the same in all calls to it.
KNOWN = {
    "+447700900001": ("mobile", "GB", None),
    "+442079460002": ("landline", "GB", None),
    "+447700900003": ("mobile", "JE", None),
    "+447700900004": ("mobile", "GB", "site"),
    "+447700900005": ("mobile", "GB", None),
}
call_values = st.fixed_dictionaries(
    {
        "called_number": st.sampled_from(list(KNOWN)),
        "account": st.sampled_from(["ann", "bob", "eve", None]),
        "duration_s": st.sampled_from([None, 60.0, 61.0]),
        "connected": st.booleans(),
    }
)


@settings(deadline=None, max_examples=examples(40))
@given(st.lists(call_values, max_size=12))
def test_the_victims_are_exactly_the_uk_mobiles_of_others_among_them(rows):
    made = []
    for place, row in enumerate(rows):
        kind, region, own = KNOWN[row["called_number"]]
        made.append(call(place, called_kind=kind, called_region=region, own=own, **row))
    tables = {t.CALLS: made, t.ACCOUNT_SUBJECTS: [tied("ann", "S1"), tied("bob", "S1")]}
    sources = unbound(t.CALLS, t.ACCOUNT_SUBJECTS)
    found = run_duckdb(candidates(*sources, rule=A_MINUTE), tables)
    texts = [row["called_number"] for row in found if KNOWN[row["called_number"]] == ("mobile", "GB", None)]
    assert [row["called_number"] for row in run_duckdb(victims(*sources, rule=A_MINUTE), tables)] == texts
