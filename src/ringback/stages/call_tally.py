"""The tally of calls: everything that the funnel, the figures and the findings ask of a call, asked once."""

from ringback.expressions import Table, ibis
from ringback.schemas import CALL_TALLY
from ringback.stages.rules import Rule

# What is asked of a call: calls with the same answers count as one row of the tally.
QUESTIONS = tuple(name for name in CALL_TALLY.names if name != "calls")


def asked(calls: Table, rule: Rule) -> Table:
    """The calls, each with what is asked of its number and its talk time: read, timed, talked, over_threshold.

    Args:
        calls: CALLS, or what `calls.decided_rows` gave.
        rule: The rule whose threshold counts.
    """
    return calls.mutate(
        read=calls.called_number.notnull(),
        timed=calls.duration_s.notnull(),
        talked=(calls.duration_s > 0).fill_null(False),
        over_threshold=(calls.duration_s > rule.over_s).fill_null(False),
    )


def call_tally(calls: Table, *, rule: Rule) -> Table:
    """One row per combination of answers that a call gives, with how many gave it. Returns CALL_TALLY.

    Millions of calls give a few thousand combinations: whatever is counted of them afterwards takes no time.

    Args:
        calls: CALLS.
        rule: The alert rule.
    """
    answers = asked(calls, rule)
    return answers.group_by(*QUESTIONS).aggregate(calls=ibis._.count())
