"""Which seized rows are no call of their own: legs and repetitions."""

import pytest

from ringback import schemas as t
from ringback.stages.calls import adjusted_rows, calls, decided_rows, rejected_rows
from stages.literal_tables import FIRST_AT, START, UNTIL_AT, call, raw_call, unbound
from stages.number_book import BARE_US
from stages.reading_calls import decide, reasons


def judge(run, *rows):
    return reasons(decide(run, [row | {"origin_row": number} for number, row in enumerate(rows, start=1)]))


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
    found = decide(
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


def test_an_ambiguous_number_is_decided_before_repetitions_are_told(run):
    habit = [raw_call(called_number=text) for text in list(BARE_US)[:5]]
    decided = leg("b", call_id="X", called_number="either 1")
    certain = leg("b", call_id="X", called_number="+12125550150")
    assert judge(run, decided, certain, decided, *habit)[:3] == [None, None, "duplicate"]


def parsed(row_id, number="+447700900001", **values):
    """A row of PARSED_CALLS: a call as it stands, with a key of its own."""
    kept = {name: value for name, value in call(row_id).items() if name in t.PARSED_CALLS.names}
    own = {"row_id": row_id, "called_number": number, "duplicate_key": row_id, "needs_review": False}
    return kept | own | {"inbound": False, "call_id": f"C{row_id}", "called_raw": ""} | values


def adjust(run, *rows, own=()):
    tables = {
        t.PARSED_CALLS: rows,
        t.REPEATED_KEYS: [{"duplicate_key": 0}],
        t.DIALLING_HABITS: [],
        t.READING_OPTIONS: [],
        t.OWN_NUMBERS: own,
    }
    return run(adjusted_rows(*unbound(*tables), first_at=FIRST_AT, until_at=UNTIL_AT), tables)


def test_only_rows_that_are_not_simply_calls_are_adjusted(run):
    own = [{"e164": "+447700900009", "owner": "site"}]
    rows = [
        parsed(1),
        parsed(2, "+447700900009"),
        parsed(3, duplicate_key=0, call_id="twice"),
        parsed(4, duplicate_key=0, call_id="twice"),
        # The same key by chance.
        parsed(5, duplicate_key=0, call_id="once"),
        parsed(6, "+447700900009", duplicate_key=0, call_id="own twice"),
        parsed(7, "+447700900009", duplicate_key=0, call_id="own twice"),
        parsed(8, needs_review=True, started_at=None),
        # Looked at, and found to be a call.
        parsed(9, needs_review=True, leg="a"),
    ]
    found = adjust(run, *rows, own=own)
    assert sorted((row["row_id"], row["own"], row["rejected"]) for row in found) == [
        (2, "site", None),
        (4, None, "duplicate"),
        (6, "site", None),
        (7, "site", "duplicate"),
        (8, None, "bad_time"),
        (9, None, None),
    ]


def test_a_number_that_stayed_ambiguous_is_no_number_and_nobodys_own(run):
    (row,) = adjust(
        run,
        parsed(1, called_ambiguous=True, needs_review=True, called_raw="either 1"),
        own=[{"e164": "+447700900001", "owner": "site"}],
    )
    kept = ("called_number", "called_kind", "called_region", "own", "called_ambiguous", "rejected")
    assert [row[name] for name in kept] == [None, None, None, None, True, None]


def test_calls_are_the_rows_without_an_adjustment_and_the_adjusted_ones_that_were_not_rejected(run):
    adjusted = [
        {"row_id": 2, "origin_row": 2, "own": "site", "needs_review": False, "rejected": None},
        {"row_id": 3, "origin_row": 3, "needs_review": False, "rejected": "duplicate"},
        {"row_id": 4, "origin_row": 4, "needs_review": True, "rejected": None},
        {"row_id": 5, "origin_row": 5, "needs_review": True, "rejected": "bad_time"},
    ]
    tables = {
        t.PARSED_CALLS: [parsed(number, needs_review=number > 3, started_at=START) for number in range(1, 6)],
        t.ADJUSTED_ROWS: adjusted,
    }
    found = run(calls(*unbound(*tables)), tables)
    assert sorted((row["origin_row"], row["own"]) for row in found) == [(1, None), (2, "site"), (4, None)]
    assert tuple(found[0]) == t.CALLS.names
    rows = run(decided_rows(*unbound(*tables)), tables)
    assert sorted((row["origin_row"], row["rejected"]) for row in rows) == [
        (1, None),
        (2, None),
        (3, "duplicate"),
        (4, None),
        (5, "bad_time"),
    ]


def test_rejected_rows_of_every_step_stand_in_one_table(run):
    origin = {"exhibit": "EX-001", "origin_table": "calls"}
    tables = {
        t.UNREAD_ROWS: [origin | {"origin_row": 7, "step": "reading", "reason": "field_count", "detail": "5 of 8"}],
        t.ADJUSTED_ROWS: [
            origin | {"origin_row": 2, "rejected": "bad_time"},
            origin | {"origin_row": 3, "rejected": None},
            origin | {"origin_row": 5, "rejected": "duplicate"},
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
