"""figures.json: every figure with its definition, period, rule and the rows it was counted from."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ringback.reporting.figures import FigureContext, build_figures, plain_value
from ringback.stages.figures import FIGURES
from ringback.stages.rules import A_MINUTE

ROWS = {"calls": 90, "accounts": 7, "payments": 3, "minutes": 60, "subjects": 2}
CONTEXT = FigureContext("2020-12-01 to 2022-11-24 (Europe/London)", A_MINUTE.key, A_MINUTE.words, ROWS)
VALUES = dict.fromkeys(FIGURES, 1) | {
    "revenue_gbp": Decimal("150.10"),
    "first_call_at": datetime(2021, 8, 2, 9, 0, tzinfo=UTC),
    "last_call_at": None,
    "calls_by_region": [{"region": "GB", "calls": 3}],
}


def build(**values):
    return {row["key"]: row for row in build_figures(FIGURES, VALUES | values, CONTEXT)}


def test_every_figure_is_there_in_order_with_all_its_facts():
    found = build()
    assert list(found) == list(FIGURES)
    for row in found.values():
        assert list(row) == ["key", "value", "unit", "definition", "period", "rule", "rows"]
        assert row["period"] == CONTEXT.period
        assert row["rows"] in ROWS.values()


def test_the_figures_that_were_promised_are_there():
    promised = (
        "calls_total calls_connected uk_calls uk_calls_over_minute uk_people_over_minute numbers_to_alert"
        " accounts_total accounts_active revenue_gbp first_call_at last_call_at peak_uk_people_per_minute"
        " peak_minute calls_by_region organisations_imitated subjects_by_status_and_area"
    )
    assert set(promised.split()) <= set(build())


def test_rows_are_those_the_figure_was_counted_from():
    found = build()
    assert found["calls_total"]["rows"] == 90
    assert found["numbers_to_alert"]["rows"] == 90
    assert found["revenue_gbp"]["rows"] == 3
    assert found["peak_minute"]["rows"] == 60


def test_the_number_to_alert_carries_its_rule_and_no_other_figure_does():
    found = build()
    assert {key: row["rule"] for key, row in found.items() if row["rule"]} == {"numbers_to_alert": "over-a-minute@1"}
    assert found["numbers_to_alert"]["definition"] == A_MINUTE.words


def test_no_definition_keeps_a_placeholder():
    assert not [row["key"] for row in build().values() if "{" in row["definition"] or not row["definition"]]


def test_values_are_what_json_holds():
    found = build()
    assert found["revenue_gbp"]["value"] == 150.1
    assert found["first_call_at"]["value"] == "2021-08-02T09:00:00Z"
    assert found["last_call_at"]["value"] is None
    assert json.loads(json.dumps(found)) == found


def test_figures_of_an_empty_case_are_nought_or_none():
    empty = dict.fromkeys(FIGURES, 0) | {"peak_minute": None, "calls_by_region": []}
    found = build(**empty)
    assert (found["peak_minute"]["value"], found["calls_by_region"]["value"]) == (None, [])


def test_a_figure_without_a_value_is_a_fault():
    with pytest.raises(KeyError):
        build_figures(FIGURES, {"calls_total": 1}, CONTEXT)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("0.10"), 0.1),
        ("text", "text"),
        (None, None),
        (True, True),
        ((1, Decimal(2)), [1, 2.0]),
        ({"at": [datetime(2021, 1, 1, tzinfo=UTC)]}, {"at": ["2021-01-01T00:00:00Z"]}),
    ],
)
def test_values_are_made_plain_however_deep_they_lie(value, plain):
    assert plain_value(value) == plain
