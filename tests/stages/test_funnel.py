"""The funnel: from seized rows to numbers to alert, with everyone who fell out on the way, and why."""

import pytest

from ringback import schemas as t
from ringback.numbers.reader import REASONS
from ringback.schemas import KINDS
from ringback.stages.call_tally import asked, call_tally
from ringback.stages.calls import REJECTIONS
from ringback.stages.funnel import STEPS, call_outcome, funnel, long_called_numbers
from ringback.stages.own_numbers import OWNERS
from ringback.stages.rules import A_MINUTE, RULES
from stages.literal_tables import call, tied, unbound, unread_call
from stages.seizures import RUN_INPUTS, every_reason


def count(run, *rows, ties=(tied(),), rule=A_MINUTE):
    kept = [
        {key: value for key, value in row.items() if key != "rejected"} for row in rows if row.get("rejected") is None
    ]
    tables = {
        t.REJECTED_ROWS: [{"step": "calls", "reason": row["rejected"]} for row in rows if row.get("rejected")],
        t.CALLS: kept,
        t.ACCOUNT_SUBJECTS: ties,
    }
    found = run(over_calls(*unbound(*tables), rule), tables)
    return {(row["step"], row["outcome"]): row["count"] for row in found}


def over_calls(rejected_rows, calls, account_subjects, rule):
    """The funnel, with the tally made of the calls."""
    return funnel(rejected_rows, call_tally(calls, rule=rule), calls, account_subjects, rule=rule)


def outcome(run, row):
    calls = asked(*unbound(t.CALLS), A_MINUTE)
    found = call_outcome(calls, A_MINUTE)
    (row,) = run(calls.select(step=found.step, reason=found.reason), {t.CALLS: [row]})
    return row["step"], row["reason"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (call(), (None, None)),
        (unread_call(called_ambiguous=True), ("readable", "ambiguous")),
        (unread_call(called_reason="withheld"), ("readable", "withheld")),
        (unread_call(), ("readable", "unread")),
        (call(connected=False, duration_s=None), ("connected", "talk_time_unknown")),
        (call(connected=False), ("connected", "not_answered")),
        (call(called_region="US"), ("uk", "abroad")),
        (call(called_region=None), ("uk", "abroad")),
        (call(called_region="GG"), ("uk", "crown_dependency")),
        (call(own="subject"), ("people", "own_number_of_subject")),
        (call(duration_s=60.0), ("over_threshold", "too_short")),
        (call(called_region="US", connected=False, own="site", duration_s=1.0), ("connected", "not_answered")),
        (call(own="organisation", duration_s=1.0), ("people", "own_number_of_organisation")),
    ],
)
def test_a_call_falls_out_once_at_the_first_step_it_fails(run, row, expected):
    assert outcome(run, row) == expected


def test_a_call_that_passes_every_step_is_kept_at_every_step(run):
    assert count(run, call()) == {(step, "kept"): 1 for step, _unit in STEPS}


def test_further_calls_to_a_number_fall_out_where_numbers_are_counted(run):
    found = count(run, call(1), call(2), call(3), call(4, called_number="+447700900002"))
    assert found["over_threshold", "kept"] == 4
    assert found["distinct", "kept"] == 2
    assert found["distinct", "further_call_to_the_same_number"] == 2


def test_a_number_that_one_identified_account_called_is_attributed(run):
    found = count(run, call(1, account="bob"), call(2), call(3, account=None))
    assert (found["attributed", "kept"], found["textable", "kept"]) == (1, 1)


def test_a_number_that_only_others_called_is_not_attributed(run):
    ties = (tied("ann", status="unidentified"),)
    found = count(run, call(1), call(2, account="bob"), call(3, account=None), ties=ties)
    assert (found["attributed", "kept"], found["attributed", "no_identified_subject"]) == (0, 1)


def test_an_untextable_number_is_not_asked_for_its_subject(run):
    found = count(run, call(called_kind="landline"), ties=())
    assert (found["textable", "kept"], found["textable", "landline"]) == (0, 1)
    assert ("attributed", "no_identified_subject") not in found


def test_the_threshold_is_the_rules(run):
    found = count(run, call(1, duration_s=299.0), call(2, duration_s=301.0), rule=RULES["over-five-minutes@1"])
    assert (found["over_threshold", "kept"], found["over_threshold", "too_short"]) == (1, 1)


def test_rejected_rows_are_counted_by_reason(run):
    rows = [call(row) | {"rejected": reason} for row, reason in enumerate([None, "duplicate", "duplicate", "bad_time"])]
    found = count(run, *rows)
    assert (found["calls", "kept"], found["calls", "duplicate"], found["calls", "bad_time"]) == (1, 2, 1)


def test_a_funnel_of_nothing_has_every_step_at_nought(run):
    assert count(run, ties=()) == {(step, "kept"): 0 for step, _unit in STEPS}


def test_steps_stand_in_order_with_the_kept_first(run):
    rows = [call(1), call(2, called_region="US"), call(3, called_region="US"), call(4, called_region="JE")]
    tables = {t.REJECTED_ROWS: [], t.CALLS: rows, t.ACCOUNT_SUBJECTS: []}
    found = run(over_calls(*unbound(*tables), A_MINUTE), tables)
    assert [row["step"] for row in found if row["outcome"] == "kept"] == [step for step, _unit in STEPS]
    assert [row["step_no"] for row in found] == sorted(row["step_no"] for row in found)
    uk = [(row["outcome"], row["count"]) for row in found if row["step"] == "uk"]
    assert uk == [("kept", 1), ("abroad", 2), ("crown_dependency", 1)]


def test_a_long_called_number_says_whether_anybody_identified_called_it(run):
    tables = {t.CALLS: [call(1), call(2, account="bob")], t.ACCOUNT_SUBJECTS: [tied("bob")]}
    expression = long_called_numbers(*unbound(*tables), rule=A_MINUTE)
    assert run(expression, tables) == [
        {"called_number": 447700900001, "kind": "mobile", "calls": 2, "attributed": True}
    ]


def test_something_falls_out_for_every_reason_there_is(analyse):
    made = analyse(every_reason().tables, RUN_INPUTS)
    fallen = {(row["step"], row["outcome"]) for row in made["funnel"] if row["outcome"] != "kept"}
    assert fallen == {
        *(("calls", reason) for reason in REJECTIONS),
        *(("readable", reason) for reason in ("ambiguous", *REASONS)),
        *(("connected", reason) for reason in ("talk_time_unknown", "not_answered")),
        *(("uk", reason) for reason in ("abroad", "crown_dependency")),
        *(("people", f"own_number_of_{owner}") for owner in OWNERS),
        ("over_threshold", "too_short"),
        ("distinct", "further_call_to_the_same_number"),
        *(("textable", kind) for kind in KINDS if kind != "mobile"),
        ("attributed", "no_identified_subject"),
    }
