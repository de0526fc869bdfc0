"""The funnel: from seized rows to numbers to alert, with everyone who fell out on the way, and why."""

from dataclasses import dataclass
from functools import reduce

from ringback.expressions import Column, Table, ibis
from ringback.stages.call_tally import asked
from ringback.stages.rules import CROWN_DEPENDENCIES, Rule

# Step, and the unit it counts. What a step keeps enters the next one; "distinct" turns calls into numbers.
STEPS = (
    ("calls", "calls"),
    ("readable", "calls"),
    ("connected", "calls"),
    ("uk", "calls"),
    ("people", "calls"),
    ("over_threshold", "calls"),
    ("distinct", "numbers"),
    ("textable", "numbers"),
    ("attributed", "numbers"),
)
_STEP_NO = {name: number for number, (name, _unit) in enumerate(STEPS, start=1)}


def funnel(rejected_rows: Table, call_tally: Table, long_calls: Table, account_subjects: Table, *, rule: Rule) -> Table:
    """One row per step and outcome. Kept and fallen out are counted independently, so each checks the other.

    Args:
        rejected_rows: REJECTED_ROWS.
        call_tally: CALL_TALLY of the same rule.
        long_calls: LONG_CALLS of the same rule, or CALLS.
        account_subjects: ACCOUNT_SUBJECTS.
        rule: The alert rule.

    Returns:
        FUNNEL, ordered by step; within a step the kept first, then by count.
    """
    numbers = long_called_numbers(long_calls, account_subjects, rule=rule)
    tests = {"calls": ibis.literal(True), **call_tests(call_tally, rule)}
    passed = call_tally.aggregate(
        **{step: test.ifelse(call_tally.calls, 0).sum().fill_null(0).cast("int64") for step, test in tests.items()}
    )
    textable = numbers.kind.isin(rule.kinds)
    kept = [
        *(_row(passed.select(count=passed[step]), step, ibis.literal("kept")) for step in passed.columns),
        _counted("distinct", "kept", numbers.called_number.notnull()),
        _counted("textable", "kept", textable),
        _counted("attributed", "kept", textable & numbers.attributed),
    ]
    fell_out = [
        _outcomes("calls", rejected_rows.filter(rejected_rows.step == "calls").reason),
        _call_reasons(call_tally, rule),
        _repeats(numbers),
        _outcomes("textable", textable.ifelse(None, numbers.kind)),
        _outcomes("attributed", (textable & ~numbers.attributed).ifelse("no_identified_subject", None)),
    ]
    every = reduce(ibis.union, kept + fell_out)
    return every.order_by("step_no", (every.outcome == "kept").ifelse(0, 1), every["count"].desc(), "outcome")


def call_tests(calls: Table, rule: Rule) -> dict[str, Column]:
    """For each step that calls pass through: whether a call reached and passed it, without the reasons.

    Args:
        calls: The result of `call_tally.asked`, or CALL_TALLY.
        rule: The rule they were made with.
    """
    readable = calls.read
    connected = readable & calls.connected
    uk = connected & (calls.called_region == rule.region).fill_null(False)
    people = uk & calls.own.isnull()
    over = people & calls.over_threshold
    return {"readable": readable, "connected": connected, "uk": uk, "people": people, "over_threshold": over}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a call fell out, and why: both null when it passed every step for calls.

    Attributes:
        step: Name of the step.
        reason: The reason, as a code.
    """

    step: Column
    reason: Column


def call_outcome(calls: Table, rule: Rule) -> Outcome:
    """Where a call fell out and why.

    Args:
        calls: The result of `call_tally.asked`, or CALL_TALLY.
        rule: The rule they were made with.
    """
    # The first test that holds decides: the test, the step at which the call fell out, and the reason.
    tests: tuple[tuple[Column, str, str | Column], ...] = (
        (calls.called_ambiguous, "readable", "ambiguous"),
        (~calls.read, "readable", calls.called_reason.fill_null("unread")),
        (~calls.connected & ~calls.timed, "connected", "talk_time_unknown"),
        (~calls.connected, "connected", "not_answered"),
        (calls.called_region.isin(CROWN_DEPENDENCIES), "uk", "crown_dependency"),
        ((calls.called_region != rule.region).fill_null(True), "uk", "abroad"),
        (calls.own.notnull(), "people", ibis.literal("own_number_of_") + calls.own),
        (~calls.over_threshold, "over_threshold", "too_short"),
    )
    step = ibis.cases(*((test, step) for test, step, _reason in tests), else_=None)
    reason = ibis.cases(*((test, reason) for test, _step, reason in tests), else_=None)
    return Outcome(step.cast("string"), reason.cast("string"))


def _call_reasons(call_tally: Table, rule: Rule) -> Table:
    """For each step that calls pass through, why calls fell out there, and how many."""
    outcome = call_outcome(call_tally, rule)
    told = call_tally.select("calls", step=outcome.step, reason=outcome.reason)
    told = told.filter(told.step.notnull())
    counted = told.group_by("step", "reason").aggregate(count=told.calls.sum())
    return counted.select(
        step_no=counted.step.cases(*_STEP_NO.items()).cast("int64"),
        step=counted.step,
        unit=ibis.literal("calls"),
        outcome=counted.reason,
        count=counted["count"].cast("int64"),
    )


def long_called_numbers(calls: Table, account_subjects: Table, *, rule: Rule) -> Table:
    """One row per number with a call that passed every step for calls: called_number, kind, calls, attributed."""
    rows = asked(calls, rule)
    long_calls = rows.filter(call_tests(rows, rule)["over_threshold"])
    tied = account_subjects.filter(account_subjects.identified).select(tied_account="account")
    both = long_calls.left_join(tied, long_calls.account == tied.tied_account)
    return both.group_by("called_number").aggregate(
        kind=both.called_kind.max(), calls=both.count(), attributed=both.tied_account.notnull().any()
    )


def _counted(step: str, outcome: str, test: Column) -> Table:
    tested = test.name("passed").as_table()
    return _row(tested.aggregate(count=tested.passed.sum().fill_null(0)), step, ibis.literal(outcome))


def _outcomes(step: str, reason: Column) -> Table:
    fallen = reason.name("outcome").as_table().filter(lambda table: table.outcome.notnull())
    counted = fallen.group_by("outcome").aggregate(count=fallen.count())
    return _row(counted, step, counted.outcome)


def _repeats(numbers: Table) -> Table:
    more = numbers.aggregate(count=(numbers.calls.sum() - numbers.count()).fill_null(0))
    return _row(more.filter(more["count"] > 0), "distinct", ibis.literal("further_call_to_the_same_number"))


def _row(table: Table, step: str, outcome: Column) -> Table:
    unit = dict(STEPS)[step]
    return table.select(
        step_no=ibis.literal(_STEP_NO[step], "int64"),
        step=ibis.literal(step),
        unit=ibis.literal(unit),
        outcome=outcome.cast("string"),
        count=table["count"].cast("int64"),
    )
