"""The tally of calls: everything that the funnel, the figures and the findings ask of a call, asked once."""

from ringback.expressions import Table, ibis
from ringback.schemas import CALL_TALLY
from ringback.stages.rules import Rule

# What the tally asks of each call. Calls with the same answers share a row.
QUESTIONS = tuple(name for name in CALL_TALLY.names if name != "calls")


def asked(calls: Table, rule: Rule) -> Table:
    """The calls, with four columns about their number and talk time: read, timed, talked, over_threshold.

    Args:
        calls: CALLS, or the result of `calls.decided_rows`.
        rule: The rule whose threshold counts.
    """
    return calls.mutate(
        read=calls.called_number.notnull(),
        timed=calls.duration_s.notnull(),
        talked=(calls.duration_s > 0).fill_null(False),
        over_threshold=(calls.duration_s > rule.over_s).fill_null(False),
    )


def call_tally(calls: Table, *, rule: Rule) -> Table:
    """One row per combination of answers, with the number of calls that gave it. Returns CALL_TALLY.

    Millions of calls give a few thousand combinations, so later counts take no time.

    Args:
        calls: CALLS.
        rule: The alert rule.
    """
    answers = asked(calls, rule)
    return answers.group_by(*QUESTIONS).aggregate(calls=ibis._.count())
