"""The funnel as people read it: every step is what came in, what was kept, and what fell out."""

from functools import cache
from itertools import pairwise

import pytest

from ringback.errors import RingbackError
from ringback.reporting.funnel import LABELS, REASONS, build_funnel, funnel_as_dicts, reason_label
from ringback.schemas import KINDS
from ringback.stages.funnel import STEPS
from stages.literal_tables import analyse_duckdb
from stages.seizures import RUN_INPUTS, every_reason

UNREAD = {"field_count": 2, "torn_last_row": 1}


@cache
def made():
    return analyse_duckdb(every_reason().tables, RUN_INPUTS)


@pytest.fixture
def rows():
    return [dict(row) for row in made()["funnel"]]


def build(rows, *, read=None, seen=None, unread=UNREAD):
    read = len(made()["decided_rows"]) if read is None else read
    return build_funnel(rows, rows_seen=read + 3 if seen is None else seen, rows_read=read, unread=unread)


def test_every_step_is_what_was_kept_and_what_fell_out(rows):
    steps = build(rows)
    assert [step.step for step in steps] == ["read", *(name for name, _unit in STEPS)]
    for step in steps:
        assert step.rows_in == step.kept + sum(count for _reason, count in step.fell_out), step.step
        assert step.fell_out, step.step


def test_every_step_takes_in_what_the_step_before_it_kept(rows):
    steps = build(rows)
    for before, step in pairwise(steps):
        assert step.rows_in == before.kept, step.step


def test_the_first_step_is_what_the_readers_could_not_read(rows):
    first = build(rows)[0]
    assert (first.unit, first.rows_in - first.kept) == ("rows", 3)
    assert first.fell_out == [("wrong number of fields", 2), ("torn last row", 1)]


def test_the_last_step_is_the_victims(rows):
    assert build(rows)[-1].kept == len(made()["victims"]) > 0


def test_every_reason_that_falls_out_has_its_own_words(rows):
    shown = {(row["step"], row["outcome"]) for row in rows if row["outcome"] != "kept"}
    without = {reason for _step, reason in shown if reason not in REASONS}
    # Kinds of number read well as they are.
    assert without <= set(KINDS)
    for step in build(rows):
        labels = [reason for reason, _count in step.fell_out]
        assert len(labels) == len(set(labels)), step.step


def test_every_step_has_a_label():
    assert list(LABELS) == ["read", *(name for name, _unit in STEPS)]


def test_too_short_means_a_number_or_a_call():
    assert reason_label("readable", "too_short") == "too short"
    assert reason_label("over_threshold", "too_short") == "not longer than the threshold"
    assert reason_label("textable", "shared_cost") == "shared cost"


@pytest.mark.parametrize("by", [-1, 1])
def test_any_count_that_was_tampered_with_is_found(rows, by):
    for row in rows:
        row["count"] += by
        with pytest.raises(RingbackError) as caught:
            build(rows)
        assert caught.value.code == "run_unreconciled"
        assert caught.value.facts["step"] == row["step"]
        row["count"] -= by
    assert build(rows)


def test_an_outcome_that_is_missing_is_found(rows):
    for row in rows:
        if row["outcome"] != "kept":
            with pytest.raises(RingbackError, match="does not add up"):
                build([one for one in rows if one is not row])


@pytest.mark.parametrize(
    "wrong", [{"read": 1, "seen": 4}, {"seen": 1}, {"unread": {}}, {"unread": UNREAD | {"bad_json": 1}}]
)
def test_rows_that_the_readers_lost_are_found(rows, wrong):
    with pytest.raises(RingbackError) as caught:
        build(rows, **wrong)
    assert caught.value.code == "run_unreconciled"


def test_the_error_says_which_step_and_how_far_off(rows):
    (kept,) = [row for row in rows if (row["step"], row["outcome"]) == ("connected", "kept")]
    kept["count"] -= 1
    with pytest.raises(RingbackError) as caught:
        build(rows)
    facts = caught.value.facts
    assert facts["rows_in"] - facts["kept"] - facts["fell_out"] == 1


def test_a_funnel_of_nothing_adds_up():
    nothing = [{"step_no": 1, "step": step, "unit": unit, "outcome": "kept", "count": 0} for step, unit in STEPS]
    steps = build_funnel(nothing, rows_seen=0, rows_read=0, unread={})
    assert [(step.rows_in, step.kept, step.fell_out) for step in steps] == [(0, 0, [])] * (len(STEPS) + 1)


def test_the_steps_as_json_say_the_same(rows):
    first = funnel_as_dicts(build(rows))[0]
    assert list(first) == ["step", "label", "unit", "in", "kept", "fell_out"]
    assert first["fell_out"][0] == {"reason": "wrong number of fields", "count": 2}
    assert first["in"] == first["kept"] + 3
