"""Accounts: what each login did and paid. An account is not a person."""

from ringback.expressions import Table, ibis
from ringback.stages.rules import A_MINUTE
from ringback.stages.victims import is_long_call


def accounts(
    raw_accounts: Table, calls: Table, long_calls: Table, payment_rows: Table, account_subjects: Table
) -> Table:
    """One row per account that the account table, a call or a payment names.

    Args:
        raw_accounts: RAW_ACCOUNTS.
        calls: CALLS.
        long_calls: LONG_CALLS, or CALLS.
        payment_rows: PAYMENT_ROWS.
        account_subjects: ACCOUNT_SUBJECTS.

    Returns:
        ACCOUNTS, ordered by account.
    """
    payments = payment_rows.filter(payment_rows.rejected.isnull())
    made = calls.group_by(call_account="account").aggregate(
        calls=calls.count(),
        connected_calls=calls.connected.sum().cast("int64"),
        first_at=calls.started_at.min(),
        last_at=calls.started_at.max(),
    )
    called = made.select(account=made.call_account)
    named = ibis.union(raw_accounts.select("account"), called, payments.select("account")).distinct()
    named = named.filter(named.account.notnull())
    long_ = long_calls.filter(is_long_call(long_calls, A_MINUTE))
    each = long_.group_by("account", "called_number").aggregate(long_calls=long_.count())
    people = each.group_by(people_account=each.account).aggregate(
        people=each.count(), long_calls=each.long_calls.sum().cast("int64")
    )
    paid = payments.group_by(paid_account=payments.account).aggregate(paid_gbp=payments.gbp.sum().cast("decimal(18,2)"))
    tied = account_subjects.rename(tied_account="account")
    all_ = named.left_join(made, named.account == made.call_account)
    all_ = all_.left_join(people, all_.account == people.people_account)
    all_ = all_.left_join(paid, all_.account == paid.paid_account)
    all_ = all_.left_join(tied, all_.account == tied.tied_account)
    return all_.select(
        "account",
        "subject",
        "status",
        calls=all_.calls.fill_null(0),
        connected_calls=all_.connected_calls.fill_null(0),
        uk_calls_over_minute=all_.long_calls.fill_null(0),
        uk_people_over_minute=all_.people.fill_null(0),
        first_at=all_.first_at,
        last_at=all_.last_at,
        paid_gbp=all_.paid_gbp.fill_null(ibis.literal(0).cast("decimal(18,2)")),
    ).order_by("account")
