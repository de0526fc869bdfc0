"""Payments: one each, with a sterling value that could be read."""

from decimal import Decimal

import pytest

from ringback import schemas as t
from ringback.stages.figures import payment_figures
from ringback.stages.payments import payment_rows
from stages.literal_tables import unbound


def judge(run, *rows):
    raw = [
        {"exhibit": "EX-001", "origin_table": "payments", "origin_row": number, "account": "ann"}
        | {"payment_id": f"P{number}", "gbp": "150.00"}
        | row
        for number, row in enumerate(rows, start=1)
    ]
    found = run(payment_rows(*unbound(t.RAW_PAYMENTS)), {t.RAW_PAYMENTS: raw})
    return sorted(found, key=lambda row: (row["exhibit"], row["origin_row"]))


def reasons(run, *rows):
    return [row["rejected"] for row in judge(run, *rows)]


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("150", "150.00"),
        ("150.5", "150.50"),
        (" 150.00 ", "150.00"),
        ("1,250.00", "1250.00"),
        ("£1,250", "1250.00"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_pounds_with_or_without_commas_and_sign(run, text, pounds):
    (row,) = judge(run, {"gbp": text})
    assert (row["gbp"], row["rejected"]) == (Decimal(pounds), None)


@pytest.mark.parametrize("text", [None, "", "n/a", "-150.00", "$150", "1e3", "12.3.4", "9" * 20])
def test_an_amount_that_cannot_be_read_is_no_payment(run, text):
    (row,) = judge(run, {"gbp": text})
    assert (row["gbp"], row["rejected"]) == (None, "bad_amount")


def test_a_repeated_payment_counts_once_and_another_under_its_identifier_too(run):
    rows = [{"payment_id": "P1"}, {"payment_id": "P1"}, {"payment_id": "P1", "gbp": "99"}]
    rows += [{"payment_id": "P1", "account": "bob"}, {"payment_id": "P1", "paid_at": "2021-08-01 00:00:00"}]
    assert reasons(run, *rows) == [None, "duplicate", None, None, None]


def test_a_decimal_comma_is_no_thousands_comma(run):
    rows = [{"gbp": "12,50"}, {"gbp": "1.234,56"}, {"gbp": "1,234.56"}, {"gbp": "£1,200"}, {"gbp": "1,2345"}]
    assert reasons(run, *rows) == ["bad_amount", "bad_amount", None, None, "bad_amount"]


def test_the_first_by_origin_stays_over_several_exhibits(run):
    later, first = {"payment_id": "P1", "exhibit": "EX-002", "origin_row": 1}, {"payment_id": "P1", "origin_row": 8}
    found = judge(run, later, first)
    assert [(row["exhibit"], row["rejected"]) for row in found] == [("EX-001", None), ("EX-002", "duplicate")]


def test_payments_without_an_identifier_are_all_kept(run):
    assert reasons(run, {"payment_id": None}, {"payment_id": None}) == [None, None]


def test_an_unreadable_amount_does_not_push_the_readable_one_out(run):
    rows = [{"payment_id": "P1", "gbp": "?"}, {"payment_id": "P1"}, {"payment_id": "P1", "gbp": ""}]
    assert reasons(run, *rows) == ["bad_amount", None, "bad_amount"]


def test_revenue_is_the_sum_of_the_payments_that_count(run):
    rows = [
        {"gbp": Decimal("150.10"), "rejected": None},
        {"gbp": Decimal("0.20"), "rejected": None},
        {"gbp": Decimal("150.10"), "rejected": "duplicate"},
        {"gbp": None, "rejected": "bad_amount"},
    ]
    assert run(payment_figures(*unbound(t.PAYMENT_ROWS)), {t.PAYMENT_ROWS: rows}) == [
        {"payments": 2, "revenue_gbp": Decimal("150.30")}
    ]
