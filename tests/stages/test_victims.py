"""Victims: called numbers that meet a rule, each with the reason in words."""

from datetime import timedelta

import pytest

from ringback import schemas as t
from ringback.stages.rules import A_MINUTE, RULES
from ringback.stages.victims import is_long_call, qualifying_calls, victims
from stages.literal_tables import START, call, tied, unbound, unread_call

FIVE_MINUTES = RULES["over-five-minutes@1"]


def find(run, *rows, ties=(tied(),), rule=A_MINUTE):
    expression = victims(*unbound(t.CALLS, t.ACCOUNT_SUBJECTS), rule=rule)
    return run(expression, {t.CALLS: rows, t.ACCOUNT_SUBJECTS: ties})


def is_victim(run, **values):
    return len(find(run, call(**values))) == 1


@pytest.mark.parametrize(("seconds", "meets"), [(60.0, False), (60.001, True), (61.0, True), (None, False)])
def test_over_a_minute_is_more_than_sixty_seconds(run, seconds, meets):
    assert is_victim(run, duration_s=seconds) is meets


@pytest.mark.parametrize(("seconds", "meets"), [(61.0, False), (300.0, False), (301.0, True)])
def test_over_five_minutes_asks_for_more_than_three_hundred(run, seconds, meets):
    found = find(run, call(duration_s=seconds), rule=FIVE_MINUTES)
    assert [row["rule"] for row in found] == ["over-five-minutes@1"] * meets


def test_the_call_must_have_been_answered(run):
    assert is_victim(run, connected=True) is True
    assert is_victim(run, connected=False) is False


@pytest.mark.parametrize("kind", ["landline", "mobile_or_landline", "personal", "pager", "voip", None])
def test_only_mobiles_are_victims_to_text(run, kind):
    assert is_victim(run, called_kind=kind) is False


@pytest.mark.parametrize("region", ["JE", "GG", "IM", "US", "001", None])
def test_only_uk_numbers_are_victims(run, region):
    assert is_victim(run, called_region=region) is False


@pytest.mark.parametrize("owner", ["account", "subject", "site", "organisation"])
def test_ones_own_numbers_are_never_victims(run, owner):
    assert is_victim(run, own=owner) is False


def test_a_number_not_read_for_certain_is_never_a_victim(run):
    assert find(run, unread_call(1, called_ambiguous=True), unread_call(2)) == []


def test_a_call_without_an_account_makes_no_victim(run):
    assert is_victim(run, account=None) is False


@pytest.mark.parametrize(
    "ties", [(), (tied("bob"),), (tied("ann", status="unidentified"),)], ids=["none", "other", "unidentified"]
)
def test_the_account_must_be_tied_to_an_identified_subject(run, ties):
    assert find(run, call(), ties=ties) == []


def test_one_call_and_one_account_read_in_the_singular(run):
    (row,) = find(run, call())
    assert row["reason"] == (
        "1 answered call of more than 60 seconds to this UK mobile, from 1 account tied to 1 identified subject"
    )


def test_several_calls_accounts_and_subjects_read_in_the_plural(run):
    rows = [call(1), call(2, account="bob"), call(3, account="bob", duration_s=600.0)]
    (row,) = find(run, *rows, ties=(tied("ann", "S1"), tied("bob", "S2")))
    assert row["reason"] == (
        "3 answered calls of more than 60 seconds to this UK mobile, from 2 accounts tied to 2 identified subjects"
    )
    assert (row["calls"], row["accounts"], row["subjects"], row["longest_s"]) == (3, 2, 2, 600.0)


def test_two_accounts_of_one_subject_count_one_subject(run):
    (row,) = find(run, call(1), call(2, account="bob"), ties=(tied("ann", "S1"), tied("bob", "S1")))
    assert (row["accounts"], row["subjects"]) == (2, 1)


def test_only_calls_that_meet_the_rule_themselves_are_counted(run):
    day = timedelta(days=1)
    rows = [
        call(1, started_at=START - day, duration_s=10.0),
        call(2, started_at=START - day, account="bob", duration_s=900.0),
        call(3, duration_s=62.0),
        call(4, started_at=START + day, duration_s=100.0),
        call(5, started_at=START + 2 * day, connected=False),
    ]
    (row,) = find(run, *rows)
    assert (row["calls"], row["longest_s"], row["accounts"]) == (2, 100.0, 1)
    assert (row["first_at"], row["last_at"]) == (START, START + day)


def test_organisations_are_distinct_sorted_and_only_of_these_calls(run):
    shown = ["The Tax Office", "A Bank", None, "The Tax Office"]
    rows = [call(row, organisation=name) for row, name in enumerate(shown, start=1)]
    rows.append(call(9, organisation="Brief Bank", duration_s=10.0))
    (row,) = find(run, *rows)
    assert row["organisations"] == "A Bank; The Tax Office"


def test_no_organisation_shown_is_an_empty_text(run):
    (row,) = find(run, call(organisation=None))
    assert row["organisations"] == ""


def test_the_first_call_is_told_by_its_origin(run):
    rows = [
        call(7, exhibit="EX-001", started_at=START + timedelta(seconds=1)),
        call(5, exhibit="EX-003"),
        call(9, exhibit="EX-002", origin_table="calls"),
        call(8, exhibit="EX-002", origin_table="calls"),
        call(99, exhibit="EX-002", origin_table="archive"),
    ]
    (row,) = find(run, *rows)
    assert (row["first_exhibit"], row["first_table"], row["first_row"]) == ("EX-002", "archive", 99)


def test_victims_stand_in_order_of_their_number(run):
    numbers = ["+447700900003", "+447700900001", "+447700900002"]
    rows = find(run, *(call(row, called_number=number) for row, number in enumerate(numbers)))
    assert [row["called_number"] for row in rows] == sorted(numbers)


def test_a_long_call_counts_whatever_the_kind_and_whoever_made_it(run):
    table = unbound(t.CALLS)[0]
    expression = table.filter(is_long_call(table, A_MINUTE)).select("origin_row")
    rows = [call(1, called_kind="landline", account=None), call(2, duration_s=None, connected=False), unread_call(3)]
    assert [row["origin_row"] for row in run(expression, {t.CALLS: rows})] == [1]


def test_a_qualifying_call_carries_the_subject_behind_it(run):
    tables = {t.CALLS: [call(1), call(2, account="bob")], t.ACCOUNT_SUBJECTS: [tied("ann", "S7")]}
    (row,) = run(qualifying_calls(*unbound(*tables), rule=A_MINUTE), tables)
    assert (row["origin_row"], row["subject"]) == (1, "S7")
