"""Called parties: every number that was read for certain, with a summary of the calls to it."""

from ringback.expressions import Table
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
        # These are the same in every call to a number. Any value will do; the maximum would cost as much as the rest.
        kind=read.called_kind.arbitrary(),
        region=read.called_region.arbitrary(),
        own=read.own.arbitrary(),
        calls=read.count(),
        connected_calls=read.connected.sum().cast("int64"),
        # Summed as a decimal: a sum of floats depends on the order, and so on the number of threads.
        talk_s=read.duration_s.cast("decimal(18,3)").sum().cast("float64").fill_null(0.0),
        longest_s=read.duration_s.max(),
        accounts=read.account.nunique(),
        first_at=read.started_at.min(),
        last_at=read.started_at.max(),
    )
    return grouped.mutate(called_number=e164_text(grouped.called_number))
