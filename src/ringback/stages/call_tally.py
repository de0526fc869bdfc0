"""The tally of calls: everything that the funnel, the figures and the findings ask of a call, asked once."""

import ibis
from ibis import Table

from ringback.schemas import CALL_TALLY
from ringback.stages.rules import Rule


def asked(calls: Table, rule: Rule) -> Table:
    """The calls, each with what is asked of its number and its talk time: read, timed, talked, over_threshold.

    Args:
        calls: CALLS, CALL_ROWS or CALL_CHANGES.
        rule: The rule whose threshold counts.
    """
    return calls.mutate(
        read=calls.called_number.notnull(),
        timed=calls.duration_s.notnull(),
        talked=(calls.duration_s > 0).fill_null(False),
        over_threshold=(calls.duration_s > rule.over_s).fill_null(False),
    )


# What is asked of a call: calls with the same answers count as one row of the tally.
QUESTIONS = tuple(name for name in CALL_TALLY.names if name != "calls")


def call_tally(plain_tally: Table, call_changes: Table, *, rule: Rule) -> Table:
    """One row per combination of answers that a call gives, with how many gave it. Returns CALL_TALLY.

    Millions of calls give a few thousand combinations: whatever is counted of them afterwards takes no time.

    Args:
        plain_tally: PLAIN_TALLY, made with the same rule.
        call_changes: CALL_CHANGES.
        rule: The alert rule.
    """
    names = (*QUESTIONS, "calls")
    plain = plain_tally.mutate(own=ibis.null("string")).select(*names)
    both = ibis.union(plain, asked(call_changes, rule).select(*names))
    counted = both.group_by(*QUESTIONS).aggregate(calls=both.calls.sum().cast("int64"))
    return counted.filter(counted.calls > 0)
