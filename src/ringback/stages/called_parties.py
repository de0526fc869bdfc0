"""Called parties: every number that was read for certain, with what was done to it."""

from ibis import Table

from ringback.stages.e164 import e164_text


def called_parties(calls: Table) -> Table:
    """One row per called number read for certain.

    Args:
        calls: CALLS.

    Returns:
        CALLED_PARTIES.
    """
    read = calls.filter(calls.called_number.notnull())
    grouped = read.group_by("called_number").aggregate(
        kind=read.called_kind.max(),
        region=read.called_region.max(),
        own=read.own.max(),
        calls=read.count(),
        connected_calls=read.connected.sum().cast("int64"),
        # Summed as a decimal: a sum of floats depends on the order, and so on the number of threads.
        talk_s=read.duration_s.cast("decimal(18,3)").sum().cast("float64").fill_null(0.0),
        longest_s=read.duration_s.max(),
        first_at=read.started_at.min(),
        last_at=read.started_at.max(),
    )
    pairs = read.filter(read.account.notnull()).select("called_number", "account").distinct()
    accounts = pairs.group_by(account_number=pairs.called_number).aggregate(accounts=pairs.count())
    both = grouped.left_join(accounts, grouped.called_number == accounts.account_number)
    return both.select(
        "kind",
        "region",
        "own",
        "calls",
        "connected_calls",
        "talk_s",
        "longest_s",
        "first_at",
        "last_at",
        called_number=e164_text(both.called_number),
        accounts=both.accounts.fill_null(0),
    ).order_by("called_number")
