"""Candidates: everybody who was called at length by an identified subject, whether or not they can be texted."""

from ringback.expressions import Table
from ringback.stages.e164 import e164_text
from ringback.stages.rules import Rule


def candidates(calls: Table, account_subjects: Table, *, rule: Rule) -> Table:
    """One row per called number with a call that the rule asks for, whatever its kind, region and owner.

    Victims are the candidates whose number is a UK mobile and nobody's own. The others are kept so that the router can
    say what becomes of each: a landline is not texted, but whoever answers it was called all the same.

    Args:
        calls: CALLS.
        account_subjects: ACCOUNT_SUBJECTS.
        rule: The rule; only its length of call counts here.

    Returns:
        CANDIDATES, ordered by number.
    """
    long_calls = calls.filter(
        calls.called_number.notnull(), calls.connected, (calls.duration_s > rule.over_s).fill_null(False)
    )
    tied = account_subjects.filter(account_subjects.identified).select(tied_account="account").distinct()
    found = long_calls.semi_join(tied, long_calls.account == tied.tied_account)
    grouped = found.group_by("called_number").aggregate(
        kind=found.called_kind.max(),
        region=found.called_region.max(),
        own=found.own.max(),
        calls=found.count(),
    )
    return grouped.mutate(called_number=e164_text(grouped.called_number)).order_by("called_number")
