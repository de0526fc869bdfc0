"""Which seized rows are no call of their own: legs and repetitions."""

import pytest

from ringback import schemas as t
from ringback.stages.calls import calls, marked_rows, rejected_rows
from stages.literal_tables import call, raw_call, unbound
from stages.number_book import BARE_US
from stages.reading_calls import read_calls, reasons


def judge(run, *rows):
    return reasons(read_calls(run, [row | {"origin_row": number} for number, row in enumerate(rows, start=1)]))


def leg(side, **values):
    return raw_call(**{"call_id": "C1", "leg": side} | values)


def test_the_leg_to_the_accounts_own_phone_falls_out_where_the_other_is_there(run):
    assert judge(run, leg("a", called_number="account's own"), leg("b")) == ["other_leg", None]


def test_legs_are_told_in_either_case_and_with_blanks(run):
    assert judge(run, leg("A"), leg(" B ")) == ["other_leg", None]


def test_a_leg_alone_is_a_call(run):
    assert judge(run, leg("a"), leg("b", call_id="C2")) == [None, None]


def test_a_leg_of_another_accounts_call_of_that_identifier_does_not_count(run):
    assert judge(run, leg("a"), leg("b", account="bob")) == [None, None]


def test_legs_without_an_identifier_are_never_paired(run):
    assert judge(run, leg("a", call_id=None), leg("b", call_id=None)) == [None, None]


def test_legs_without_an_account_are_paired_by_their_identifier(run):
    assert judge(run, leg("a", account=None), leg("b", account=None)) == ["other_leg", None]


@pytest.mark.parametrize("started", ["2019-08-02 10:00:00", "0000-00-00 00:00:00"])
def test_a_leg_that_is_no_call_itself_does_not_push_the_other_out(run, started):
    assert judge(run, leg("a"), leg("b", started_at=started))[0] is None


def test_an_exact_repetition_falls_out(run):
    assert judge(run, leg("b"), leg("b"), leg("b")) == [None, "duplicate", "duplicate"]


def test_another_spelling_of_the_number_is_a_repetition(run):
    rows = [leg("b", called_number=text) for text in ("07700 900001", "+44 7700 900001", "447700900001")]
    assert judge(run, *rows) == [None, "duplicate", "duplicate"]


def test_unreadable_numbers_are_the_same_only_when_their_texts_are(run):
    rows = [leg("b", called_number=text) for text in ("anonymous", "anonymous", "4.477E+11", None, "either 1")]
    assert judge(run, *rows) == [None, "duplicate", None, None, None]


def test_an_identifier_left_empty_is_as_good_as_none(run):
    assert judge(run, leg("b", call_id=None), leg("b", call_id="")) == [None, "duplicate"]


def test_a_missing_value_matches_a_missing_value(run):
    row = leg(None, account=None, disposition=None, duration=None, called_number=None)
    assert judge(run, row, row) == [None, "duplicate"]


@pytest.mark.parametrize(
    "other",
    [
        {"duration": "62"},
        {"duration": None},
        {"started_at": "2021-08-02 10:00:01"},
        {"called_number": "07700 900002"},
        {"account": "bob"},
        {"account": None},
        {"call_id": "C2"},
        {"disposition": "BUSY"},
        {"leg": None},
    ],
    ids=lambda other: "-".join(f"{key}={value}" for key, value in other.items()),
)
def test_a_row_that_differs_in_one_respect_is_no_repetition(run, other):
    assert judge(run, leg("b"), leg("b", **other)) == [None, None]


def test_what_was_shown_does_not_make_a_repetition_another_call(run):
    assert judge(run, leg("b"), leg("b", presentation_number="bank")) == [None, "duplicate"]


def test_the_same_moment_in_two_zones_is_a_repetition(run):
    assert judge(run, leg("b"), leg("b", started_at="2021-08-02T09:00:00Z")) == [None, "duplicate"]


def test_the_same_talk_time_in_two_notations_is_a_repetition(run):
    assert judge(run, leg("b"), leg("b", duration="0:01:01")) == [None, "duplicate"]


def test_the_first_by_origin_stays_over_several_exhibits(run):
    found = read_calls(
        run,
        [
            leg("b", exhibit="EX-002", origin_row=1),
            leg("b", exhibit="EX-001", origin_row=9),
            leg("b", exhibit="EX-001", origin_row=10),
            leg("b", exhibit="EX-001", origin_table="archive", origin_row=50),
        ],
    )
    assert [(row["exhibit"], row["origin_table"], row["origin_row"], row["rejected"]) for row in found] == [
        ("EX-001", "archive", 50, None),
        ("EX-001", "calls", 9, "duplicate"),
        ("EX-001", "calls", 10, "duplicate"),
        ("EX-002", "calls", 1, "duplicate"),
    ]


def test_a_repeated_leg_to_the_account_is_that_and_not_a_repetition(run):
    assert judge(run, leg("a"), leg("a"), leg("b"), leg("b")) == ["other_leg", "other_leg", None, "duplicate"]


def test_settling_applies_before_repetitions_are_told(run):
    habit = [raw_call(called_number=text) for text in list(BARE_US)[:5]]
    settled = leg("b", call_id="X", called_number="either 1")
    certain = leg("b", call_id="X", called_number="+12125550150")
    assert judge(run, settled, certain, settled, *habit)[:3] == [None, None, "duplicate"]


def test_calls_are_the_rows_that_were_not_rejected(run):
    rows = [call(3) | {"rejected": None}, call(2) | {"rejected": "duplicate"}, call(1) | {"rejected": None}]
    found = run(calls(*unbound(t.CALL_ROWS)), {t.CALL_ROWS: rows})
    assert sorted(row["origin_row"] for row in found) == [1, 3]
    assert tuple(found[0]) == t.CALLS.names


def test_plain_rows_are_marked_once_whatever_marks_them(run):
    own, others = "+447700900001", "+447700900002"
    rows = [(1, own, True), (2, own, True), (3, others, True), (4, others, True), (5, own, False), (6, None, True)]
    tables = {
        t.READ_CALLS: [
            {"place": place, "called_number": number, "plain": plain, "account": "owl1"}
            for place, number, plain in rows
        ],
        t.REPETITIONS: [
            {"place": place, "called_number": number, "plain": plain, "account": "owl1"}
            for place, number, plain in rows
            if place in (2, 4, 5, 6)
        ],
        t.OWN_NUMBERS: [{"e164": own, "owner": "site"}],
    }
    read, again, owners = unbound(*tables)
    found = run(marked_rows(read, repetitions=again, own_numbers=owners), tables)
    assert sorted((row["place"], row["rejected"], row["own"]) for row in found) == [
        (1, None, "site"),
        (2, "duplicate", "site"),
        (4, "duplicate", None),
        (6, "duplicate", None),
    ]
    assert {row["account"] for row in found} == {"owl1"}


def test_rejected_rows_of_every_step_stand_in_one_table(run):
    origin = {"exhibit": "EX-001", "origin_table": "calls"}
    tables = {
        t.UNREAD_ROWS: [origin | {"origin_row": 7, "step": "reading", "reason": "field_count", "detail": "5 of 8"}],
        t.EXAMINED_ROWS: [call(2) | {"rejected": "bad_time"}, call(3) | {"rejected": None}],
        t.REPETITIONS: [
            # Of the rows that are not plain, those examined say it.
            origin | {"origin_row": 2, "place": 2, "plain": False},
            origin | {"origin_row": 5, "place": 5, "plain": True},
        ],
        t.PAYMENT_ROWS: [origin | {"origin_table": "payments", "origin_row": 1, "rejected": "bad_amount"}],
    }
    found = run(rejected_rows(*unbound(*tables)), tables)
    assert [(row["origin_row"], row["step"], row["reason"], row["detail"]) for row in found] == [
        (2, "calls", "bad_time", ""),
        (5, "calls", "duplicate", ""),
        (7, "reading", "field_count", "5 of 8"),
        (1, "payments", "bad_amount", ""),
    ]
