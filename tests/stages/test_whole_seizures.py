"""The stages together, over random small seizures: against plain Python, in any order, and twice."""

import random
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ringback import schemas as t
from ringback.reporting.funnel import build_funnel
from ringback.stages.funnel import STEPS
from stages.seizures import RUN_INPUTS, ZONE, Seizure, every_reason, seizures
from tiers import examples

# The engine is a fixture: it keeps nothing between examples.
BOUNDED = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Where each example is analysed twice, or only adds up.
FEWER = settings(BOUNDED, max_examples=examples(20))


def assert_agrees_with_oracle(made, oracle):
    assert {place(row): row["rejected"] for row in made["decided_rows"]} == {
        place(row): row["rejected"] for row in oracle.rows
    }
    read = ("started_at", "called_number", "own", "organisation", "duration_s", "connected")
    plain = ("at", "number", "own", "organisation", "seconds", "answered")
    assert [[row[name] for name in read] for row in made["calls"]] == [
        [row[name] for name in plain] for row in oracle.calls
    ]
    assert [
        (row["called_number"], row["called_how"]) for row in made["decided_rows"] if row["called_disambiguated"]
    ] == [(row["number"], row["how"]) for row in oracle.rows if row["decided"]]
    assert {row["e164"]: row["owner"] for row in made["own_numbers"]} == oracle.own
    found = oracle.victims()
    assert [row["called_number"] for row in made["victims"]] == list(found)
    for row in made["victims"]:
        expected = found[row["called_number"]]
        assert {name: row[name] for name in expected} == expected
    assert {(row["step"], row["outcome"]): row["count"] for row in made["funnel"] if row["count"]} == {
        key: count for key, count in oracle.funnel.items() if count
    }
    people = made["people_by_minute"]
    busiest = max(people, key=lambda row: (row["people"], -row["minute"].timestamp()), default=None)
    assert (busiest and (busiest["people"], busiest["minute"])) == oracle.peak()
    assert {row["day"]: row["calls"] for row in made["calls_by_day"]} == dict(oracle.days())
    assert_counts_are_those_of_calls(made)


def assert_counts_are_those_of_calls(made):
    """The tally, accounts and days come to what counting the calls in Python gives."""
    names = [name for name in t.CALL_TALLY.names if name in t.CALLS.names]
    by_answers, by_account = Counter(), Counter()
    for row in made["call_tally"]:
        assert row["calls"] > 0
        by_answers[tuple(row[name] for name in names)] += row["calls"]
    assert by_answers == Counter(tuple(row[name] for name in names) for row in made["calls"])
    for row in made["accounts"]:
        calls = [call for call in made["calls"] if call["account"] == row["account"]]
        moments = sorted(call["started_at"] for call in calls)
        assert (row["calls"], row["connected_calls"]) == (len(calls), sum(call["connected"] for call in calls))
        assert (row["first_at"], row["last_at"]) == ((moments[0], moments[-1]) if moments else (None, None))
        by_account[row["account"]] += row["calls"]
    assert by_account.total() == sum(call["account"] is not None for call in made["calls"])
    by_day = {}
    for call in made["calls"]:
        by_day.setdefault(call["started_at"].astimezone(ZoneInfo(ZONE)).date().isoformat(), []).append(call)
    assert [tuple(row.values()) for row in made["calls_by_day"]] == [
        (
            day,
            len(calls),
            sum(call["called_region"] == "GB" for call in calls),
            min(call["started_at"] for call in calls),
            max(call["started_at"] for call in calls),
        )
        for day, calls in sorted(by_day.items())
    ]


def place(row):
    return row["exhibit"], row["origin_table"], row["origin_row"]


def without_id(row):
    return str({name: value for name, value in row.items() if name != "row_id"})


@BOUNDED
@given(seizure=seizures())
def test_the_stages_agree_with_plain_python(analyse, seizure):
    oracle = seizure.oracle()
    event("victims" if oracle.victims() else "no victims")
    event("disambiguated" if any(row["decided"] for row in oracle.rows) else "nothing disambiguated")
    for reason in {row["rejected"] for row in oracle.rows}:
        event(f"rejected: {reason}")
    assert_agrees_with_oracle(analyse(seizure.tables, RUN_INPUTS), oracle)


def test_the_stages_agree_with_plain_python_where_everything_happens(analyse):
    seizure = every_reason()
    assert_agrees_with_oracle(analyse(seizure.tables, RUN_INPUTS), seizure.oracle())


@FEWER
@given(seizure=seizures(), seed=st.integers(0, 10**6))
def test_the_order_of_the_rows_does_not_matter(analyse, seizure, seed):
    shuffled = Seizure(*(random.Random(seed).sample(rows, len(rows)) for rows in (seizure.calls, seizure.subjects)))
    made, other = analyse(seizure.tables, RUN_INPUTS), analyse(shuffled.tables, RUN_INPUTS)
    unordered = (
        "dialling_habits",
        "called_parties",
        "long_calls",
        "call_tally",
        "own_numbers",
        "account_subjects",
        "subjects",
        "subjects_by_status_and_area",
    )
    for name, rows in made.items():
        if name in unordered:
            assert sorted(map(str, rows)) == sorted(map(str, other[name])), name
        elif name == "adjusted_rows":
            # The id of a row is that in the order of reading.
            assert sorted(map(without_id, rows)) == sorted(map(without_id, other[name]))
        else:
            assert rows == other[name], name


@FEWER
@given(seizure=seizures())
def test_the_same_rows_in_another_exhibit_change_nothing_but_the_repetitions(analyse, seizure):
    again = [row | {"exhibit": f"EX-9{row['exhibit'][-2:]}"} for row in seizure.calls]
    once, twice = (
        analyse(seizure.tables, RUN_INPUTS),
        analyse(replace(seizure, calls=seizure.calls + again).tables, RUN_INPUTS),
    )
    of_rows = {"decided_rows", "adjusted_rows", "rejected_rows", "funnel"}
    for name in once.keys() - of_rows:
        assert sorted(map(str, once[name])) == sorted(map(str, twice[name])), name
    kept_out = [row for row in once["funnel"] if row["step"] != "calls"]
    assert kept_out == [row for row in twice["funnel"] if row["step"] != "calls"]
    assert twice["decided_rows"][: len(once["decided_rows"])] == once["decided_rows"]


@FEWER
@given(seizure=seizures())
def test_every_step_reconciles_and_no_row_is_lost(analyse, seizure):
    made = analyse(seizure.tables, RUN_INPUTS)
    rows = len(seizure.calls)
    assert len(made["decided_rows"]) == rows == len(made["calls"]) + len(made["rejected_rows"])
    steps = build_funnel(made["funnel"], rows_seen=rows, rows_read=rows, unread={})
    assert [step.step for step in steps] == ["read", *(name for name, _unit in STEPS)]
    kept = {step.step: step.kept for step in steps}
    assert (kept["calls"], kept["attributed"]) == (len(made["calls"]), len(made["victims"]))
    certain = [row for row in made["calls"] if row["called_number"]]
    assert sum(row["calls"] for row in made["called_parties"]) == len(certain) == kept["readable"]
    for name in ("calls_by_day", "call_tally"):
        assert sum(row["calls"] for row in made[name]) == len(made["calls"]), name


def test_a_seizure_of_nothing_runs_to_its_end(analyse):
    made = analyse(Seizure([], []).tables, RUN_INPUTS)
    filled = {name for name, rows in made.items() if rows}
    assert filled == {"own_numbers", "accounts", "funnel"}


@pytest.mark.parametrize("wrong", ["victims", "rejected", "funnel"])
def test_the_oracle_would_notice(analyse, wrong):
    seizure = every_reason()
    made, oracle = analyse(seizure.tables, RUN_INPUTS), seizure.oracle()
    if wrong == "victims":
        made["victims"].pop()
    elif wrong == "rejected":
        made["decided_rows"][0]["rejected"] = "duplicate"
    else:
        made["funnel"][3]["count"] += 1
    with pytest.raises(AssertionError):
        assert_agrees_with_oracle(made, oracle)
