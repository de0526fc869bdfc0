"""Accounts: what each login did and paid."""

from datetime import timedelta
from decimal import Decimal

from ringback import schemas as t
from ringback.stages.accounts import accounts
from stages.literal_tables import START, call, tied, unbound, unread_call

NOTHING = {
    "subject": None,
    "status": None,
    "calls": 0,
    "connected_calls": 0,
    "uk_calls_over_minute": 0,
    "uk_people_over_minute": 0,
    "first_at": None,
    "last_at": None,
    "paid_gbp": Decimal("0.00"),
}


def find(run, *, named=(), calls=(), payments=(), ties=()):
    tables = {
        t.RAW_ACCOUNTS: [{"account": account} for account in named],
        t.CALLS: calls,
        t.LONG_CALLS: calls,
        t.PAYMENT_ROWS: payments,
        t.ACCOUNT_SUBJECTS: ties,
    }
    rows = run(accounts(*unbound(*tables)), tables)
    assert [row["account"] for row in rows] == sorted({row["account"] for row in rows})
    return {row["account"]: row for row in rows}


def paid(account, pounds, rejected=None):
    return {"account": account, "gbp": Decimal(pounds), "rejected": rejected}


def test_an_account_that_did_nothing_is_there_all_the_same(run):
    assert find(run, named=["ann"]) == {"ann": {"account": "ann"} | NOTHING}


def test_an_account_known_from_payments_only_is_there(run):
    found = find(run, payments=[paid("dan", "150.00"), paid("dan", "0.50")])
    assert found == {"dan": {"account": "dan"} | NOTHING | {"paid_gbp": Decimal("150.50")}}


def test_payments_that_do_not_count_neither_pay_nor_name_an_account(run):
    rows = [paid("ann", "150"), paid("ann", "150", "duplicate"), paid("eve", "150", "duplicate")]
    found = find(run, payments=rows)
    assert {account: row["paid_gbp"] for account, row in found.items()} == {"ann": Decimal("150.00")}


def test_calls_are_counted_by_account(run):
    later = START + timedelta(hours=2)
    found = find(
        run,
        named=["ann"],
        calls=[
            call(1),
            call(2, started_at=later),
            call(3, called_number="+442079460001", called_kind="landline"),
            call(4, duration_s=60.0),
            call(5, own="account"),
            call(6, called_region="US"),
            unread_call(7, connected=False),
            call(8, account="bob"),
        ],
    )
    assert found["ann"] == {"account": "ann"} | NOTHING | {
        "calls": 7,
        "connected_calls": 6,
        "uk_calls_over_minute": 3,
        "uk_people_over_minute": 2,
        "first_at": START,
        "last_at": later,
    }
    assert found["bob"]["calls"] == 1


def test_many_calls_and_payments_do_not_multiply_each_other(run):
    found = find(run, calls=[call(row) for row in range(3)], payments=[paid("ann", "10")] * 2, ties=[tied()])
    assert (found["ann"]["calls"], found["ann"]["paid_gbp"]) == (3, Decimal("20.00"))


def test_rows_without_an_account_make_none(run):
    assert find(run, named=[None], calls=[call(account=None)], payments=[paid(None, "10")]) == {}


def test_an_account_carries_its_subject_and_status(run):
    found = find(run, named=["ann", "bob"], ties=[tied("ann", "S1", "charged"), tied("zoe", "S2")])
    assert (found["ann"]["subject"], found["ann"]["status"]) == ("S1", "charged")
    assert found["bob"]["subject"] is None
    assert "zoe" not in found
