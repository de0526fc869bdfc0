"""Reconciliation on literal tables: a funnel that adds up, and every place where it may not."""

import pytest

from literal_run import literal_run, note
from ringback import schemas as t
from ringback.errors import RingbackError
from ringback.pipeline.reconciliation import LOST, reconciled_funnel

# Five seized rows, of which three are calls: two to one number on one day, and one that nobody answered.
FUNNEL = [
    ("calls", "calls", "kept", 3), ("calls", "calls", "duplicate", 2),
    ("connected", "calls", "kept", 2), ("connected", "calls", "not_answered", 1),
    ("distinct", "numbers", "kept", 1), ("distinct", "numbers", "further_call_to_the_same_number", 1),
    ("attributed", "numbers", "kept", 1),
]  # fmt: skip
NAMES = ("step", "unit", "outcome", "count")
TABLES = {
    # How many seized rows there are is all that is asked of them.
    t.PARSED_CALLS: [{"origin_row": row} for row in range(5)],
    t.FUNNEL: [dict(zip(NAMES, row, strict=True)) for row in FUNNEL],
    t.REJECTED_ROWS: [{"step": "calls", "reason": "duplicate"}] * 2 + [{"step": "payments", "reason": "duplicate"}],
    t.CALLS_BY_DAY: [{"day": "2021-08-02", "calls": 2}, {"day": "2021-08-03", "calls": 1}],
    t.RAW_PAYMENTS: [{"account": "ann"}] * 3,
    t.PAYMENT_ROWS: [{"rejected": None}, {"rejected": None}, {"rejected": "duplicate"}],
    t.VICTIMS: [{"called_number": "+447700900001"}],
}
READING = {"rows": {"calls": 5, "payments": 3}, "seen": {"calls": 5, "payments": 3}}


def reconciled(folder, tables=TABLES, **reading):
    with literal_run(folder, TABLES | tables, reading=note(**(READING | reading))) as results:
        return reconciled_funnel(results.engine)


def refused(folder, tables=TABLES, **reading):
    with pytest.raises(RingbackError) as caught:
        reconciled(folder, tables, **reading)
    assert caught.value.code == "run_unreconciled"
    facts = caught.value.facts
    return facts["step"], facts["rows_in"], facts["kept"], facts["fell_out"]


def test_what_came_in_was_kept_or_fell_out_at_every_step(tmp_path):
    found = reconciled(tmp_path)
    assert [(one.step, one.rows_in, one.kept, [count for _why, count in one.fell_out]) for one in found] == [
        ("read", 5, 5, []),
        ("calls", 5, 3, [2]),
        ("connected", 3, 2, [1]),
        ("distinct", 2, 1, [1]),
        ("attributed", 1, 1, []),
    ]


def test_rows_that_no_reader_could_read_fall_out_by_their_reason(tmp_path):
    first = reconciled(tmp_path, seen={"calls": 9}, rejected={"calls": {"field_count": 4}})[0]
    assert (first.rows_in, first.kept, first.fell_out) == (9, 5, [("wrong number of fields", 4)])


def test_rows_that_a_damaged_place_swallowed_are_lost_and_counted(tmp_path):
    first = reconciled(tmp_path, seen={"calls": 7}, damage=["torn"])[0]
    assert LOST == "lost_to_damage"
    assert first.fell_out == [("lost in a damaged part of the exhibit", 2)]


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        # Without damage nothing can be lost, and no damage makes rows.
        ({"seen": {"calls": 7}}, ("reading EX-001", 7, 5, 0)),
        ({"seen": {"calls": 4}, "damage": ["torn"]}, ("reading EX-001", 4, 5, 0)),
        ({"seen": {"calls": 6}, "rejected": {"calls": {"bad_json": 2}}}, ("reading EX-001", 6, 5, 2)),
        ({"seen": {"calls": 5, "payments": 4}}, ("reading EX-001", 4, 3, 0)),
    ],
)
def test_readers_whose_counts_differ_stop_the_run(tmp_path, reading, found):
    assert refused(tmp_path, **reading) == found


@pytest.mark.parametrize(
    ("tables", "found"),
    [
        ({t.PARSED_CALLS: TABLES[t.PARSED_CALLS] * 2}, ("calls", 10, 3, 2)),
        ({t.REJECTED_ROWS: TABLES[t.REJECTED_ROWS][1:]}, ("calls", 5, 3, 1)),
        ({t.CALLS_BY_DAY: TABLES[t.CALLS_BY_DAY][1:]}, ("calls by day", 3, 1, 0)),
        ({t.CALLS_BY_DAY: []}, ("calls by day", 3, 0, 0)),
        ({t.RAW_PAYMENTS: TABLES[t.RAW_PAYMENTS] * 2}, ("payments", 6, 2, 1)),
        ({t.PAYMENT_ROWS: []}, ("payments", 3, 0, 1)),
        ({t.VICTIMS: []}, ("attributed", 0, 1, 0)),
        ({t.FUNNEL: TABLES[t.FUNNEL][:3] + TABLES[t.FUNNEL][4:]}, ("connected", 3, 2, 0)),
    ],
)
def test_a_table_that_lost_or_gained_a_row_stops_the_run(tmp_path, tables, found):
    assert refused(tmp_path, tables) == found
