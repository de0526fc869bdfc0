"""Victims: called parties that meet a named rule."""

from functools import reduce
from operator import or_

from ringback.expressions import Column, Table, ibis
from ringback.stages.e164 import e164_text
from ringback.stages.rules import A_MINUTE, Rule


def is_long_call(calls: Table, rule: Rule) -> Column:
    """Whether a call was answered, lasted longer than the rule asks, and reached a person in the rule's region.

    Null, which counts as no, where the talk time or the region is not known.
    """
    return (
        calls.connected & (calls.duration_s > rule.over_s) & (calls.called_region == rule.region) & calls.own.isnull()
    )


def long_calls(calls: Table, *, rule: Rule) -> Table:
    """The calls that are long by the published figures or by the rule. Returns LONG_CALLS.

    They are one call in thirty, and several stages read them.

    Args:
        calls: CALLS.
        rule: The alert rule.
    """
    return calls.filter(reduce(or_, (is_long_call(calls, one) for one in dict.fromkeys((A_MINUTE, rule)))))


def qualifying_calls(calls: Table, account_subjects: Table, *, rule: Rule) -> Table:
    """One row per call that meets the rule on its own: CALLS and the subject behind it."""
    long_calls = calls.filter(is_long_call(calls, rule), calls.called_kind.isin(rule.kinds))
    tied = account_subjects.filter(account_subjects.identified).select(tied_account="account", subject="subject")
    return long_calls.join(tied, long_calls.account == tied.tied_account).drop("tied_account")


def victims(calls: Table, account_subjects: Table, *, rule: Rule) -> Table:
    """One row per called number that meets the rule, with the reason in words.

    Args:
        calls: CALLS, or the LONG_CALLS of the same rule.
        account_subjects: ACCOUNT_SUBJECTS.
        rule: The rule.

    Returns:
        VICTIMS, ordered by number.
    """
    found = qualifying_calls(calls, account_subjects, rule=rule)
    grouped = found.group_by("called_number").aggregate(
        calls=found.count(),
        longest_s=found.duration_s.max(),
        accounts=found.account.nunique(),
        subjects=found.subject.nunique(),
        first_at=found.started_at.min(),
        last_at=found.started_at.max(),
    )
    first = _first_calls(found).rename(first_number="called_number")
    shown = _organisations(found).rename(shown_number="called_number")
    both = grouped.left_join(first, grouped.called_number == first.first_number)
    both = both.left_join(shown, both.called_number == shown.shown_number)
    return both.select(
        called_number=e164_text(both.called_number),
        rule=ibis.literal(rule.key),
        reason=_reason(both, rule),
        calls=both.calls,
        longest_s=both.longest_s,
        accounts=both.accounts,
        subjects=both.subjects,
        first_at=both.first_at,
        last_at=both.last_at,
        organisations=both.organisations.fill_null(""),
        first_exhibit=both.exhibit,
        first_table=both.origin_table,
        first_row=both.origin_row,
    ).order_by("called_number")


def _first_calls(found: Table) -> Table:
    order = ibis.window(
        group_by=found.called_number,
        order_by=[found.started_at, found.exhibit, found.origin_table, found.origin_row],
    )
    placed = found.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place == 0).select("called_number", "exhibit", "origin_table", "origin_row")


def _organisations(found: Table) -> Table:
    pairs = found.filter(found.organisation.notnull()).select("called_number", "organisation").distinct()
    return pairs.group_by("called_number").aggregate(
        organisations=pairs.organisation.group_concat("; ", order_by=pairs.organisation)
    )


def _reason(table: Table, rule: Rule) -> Column:
    def plural(count: Column, one: str, many: str) -> Column:
        return count.cast("string") + (count == 1).ifelse(f" {one}", f" {many}")

    return (
        plural(table.calls, "answered call", "answered calls")
        + ibis.literal(f" of more than {rule.over_s} seconds to this UK mobile, from ")
        + plural(table.accounts, "account", "accounts")
        + ibis.literal(" tied to ")
        + plural(table.subjects, "identified subject", "identified subjects")
    )
