"""Matches: which number and which calls each report is about, with points for every part, and what comes of it.

    reports -> keys -> candidate calls -> parts and points -> best call of a number -> best number of a report

A report is tied to one number or to none. Where two numbers agree about equally well, a person decides.
"""

from ringback.expressions import Column, Table, ibis
from ringback.schemas import UTC
from ringback.schemas.reports import MATCHES, REPORT_OUTCOMES
from ringback.stages import match_parts as parts
from ringback.stages import match_rule as rule
from ringback.stages.e164 import e164_text
from ringback.stages.figures import dates_of
from ringback.stages.match_candidates import candidate_calls, number_keys

# Each part of a match, and how its codes begin.
_CODES = {
    "number": ("text", "number_", "digit"),
    "day": ("exact_", "few_days_", "month_", "unsure_", "statement_"),
    "time": ("time_", "part_"),
    "organisation": ("organisation_",),
    "shown": ("shown_",),
    "talk": ("talk_",),
}
_REPORT = (
    "called_on", "called_on_sure", "statement_on", "called_at", "part_of_day", "shown_number", "claimed", "talk_time",
)  # fmt: skip
_ORDER = ("started_at", "exhibit", "origin_table", "origin_row")
_VERY_NUMBER = ("text", "number_exact", "number_exact_other")
_DAYS_OF_YEARS = 365 * rule.OLD_YEARS


def matches(reports: Table, parsed_calls: Table, adjusted_rows: Table, local_days: Table) -> Table:
    """One row per report and call to a number that it may be about.

    Args:
        reports: REPORTS.
        parsed_calls: PARSED_CALLS.
        adjusted_rows: ADJUSTED_ROWS.
        local_days: LOCAL_DAYS, covering every call.

    Returns:
        MATCHES, ordered by report, number and start.
    """
    calls = candidate_calls(number_keys(reports), parsed_calls, adjusted_rows)
    told = reports.select("report", *_REPORT).rename(told_report="report")
    pairs = _dated(calls, local_days)
    pairs = pairs.join(told, pairs.report == told.told_report)
    scored = _best_calls(_scored(pairs))
    # The very number that was typed stays, however little else agrees: a person should see it.
    ranked = _ranked(scored.filter((scored.points >= rule.CANDIDATE_FROM) | scored.number_reason.isin(_VERY_NUMBER)))
    return (
        ranked.mutate(score=probability(ranked.points))
        .select(*MATCHES.names)
        .order_by("report", "called_number", *_ORDER)
    )


def report_outcomes(reports: Table, matches: Table) -> Table:
    """One row per report: what comes of it, and why.

    Args:
        reports: REPORTS. One that began with our text keeps its number even if it was never called.
        matches: MATCHES of these reports.

    Returns:
        REPORT_OUTCOMES, ordered by report.
    """
    numbers = matches.filter(matches.is_best_call)
    counted = matches.filter(matches["rank"] == 1).group_by(counted_report="report").aggregate(calls=ibis._.count())
    best = numbers.filter(numbers["rank"] == 1).select(
        best_report="report", number="called_number", points="points", own="own"
    )
    others = numbers.group_by(others_report="report").aggregate(
        numbers=numbers.count(), next_points=(numbers["rank"] == 2).ifelse(numbers.points, None).max()
    )
    rows = reports.select("report", "number_digest", "one_short", typed="called_number", lost_pence="lost_pence")
    rows = rows.left_join(best, rows.report == best.best_report)
    rows = rows.left_join(counted, rows.report == counted.counted_report)
    rows = rows.left_join(others, rows.report == others.others_report)
    text = ibis.literal(rule.REASONS["text"].points, "int64")
    ours = rows.number_digest.notnull()
    rows = rows.mutate(
        number=e164_text(rows.number).fill_null(ours.ifelse(rows.typed, None)),
        points=ours.ifelse(rows.points.fill_null(text), rows.points),
    )
    reason = _outcome_reason(rows)
    outcome = reason.cases(
        ("text", "certain"), ("agrees", "likely"), ("no_call", "not_in_the_calls"), else_="for_a_person"
    )
    return (
        rows.select(
            "report",
            outcome=outcome,
            reason=reason,
            called_number=rows.number,
            points=rows.points,
            score=probability(rows.points),
            next_points=rows.next_points,
            numbers=rows.numbers.fill_null(0),
            calls=rows.calls.fill_null(0),
            lost_pence=rows.lost_pence,
        )
        .select(*REPORT_OUTCOMES.names)
        .order_by("report")
    )


def probability(points: Column) -> Column:
    """Points as a probability from 0 to 1, to four places."""
    odds = ibis.literal(10.0, "float64").pow(points.cast("float64") / 10.0)
    return (odds / (odds + 1.0)).round(4).cast("float64")


def _outcome_reason(rows: Table) -> Column:
    behind = rows.next_points.isnull() | (rows.points - rows.next_points >= rule.MARGIN)
    return ibis.cases(
        (rows.number_digest.notnull(), "text"),
        (rows.typed.isnull() & rows.one_short.isnull(), "no_number"),
        (rows.points.isnull(), "no_call"),
        (rows.own.notnull(), "own_number"),
        (~behind, "ambiguous"),
        (rows.points < rule.LIKELY_FROM, "weak"),
        else_="agrees",
    )


def _dated(calls: Table, local_days: Table) -> Table:
    """The calls with call_day, call_second and is_old: local day, seconds since it began, and whether long ago."""
    dates = dates_of(local_days)
    calls = calls.mutate(on=calls.started_at.date())
    within = [calls.on == dates.date, calls.started_at >= dates.from_at, calls.started_at < dates.until_at]
    last = local_days.aggregate(last_at=local_days.until_at.max())
    both = calls.join(dates, within).cross_join(last)
    call_second = both.started_at.epoch_seconds().cast("int64") - both.from_at.epoch_seconds().cast("int64")
    # A report comes in when the site is gone: so events are as old as they were at its end, or older.
    long_ago = both.last_at - ibis.interval(days=_DAYS_OF_YEARS)
    return both.mutate(
        call_day=both.day.cast("date"), call_second=call_second, is_old=both.started_at < long_ago.cast(UTC)
    )


def _scored(pairs: Table) -> Table:
    """The pairs with a code and points for every part, and call_points."""
    pairs = pairs.mutate(
        told_reason=parts.told_day_reason(pairs),
        statement_reason=parts.statement_reason(pairs),
        time_reason=parts.time_reason(pairs),
        shown_reason=parts.shown_reason(pairs),
        talk_reason=parts.talk_reason(pairs),
    )
    pairs = pairs.mutate(
        told_points=parts.points_of(pairs.told_reason, _CODES["day"]),
        statement_points=parts.points_of(pairs.statement_reason, _CODES["day"]),
        organisation_reason=parts.organisation_reason(pairs),
    )
    pairs = pairs.mutate(day_reason=parts.day_reason(pairs))
    pairs = pairs.mutate(
        **{f"{name}_points": parts.points_of(pairs[f"{name}_reason"], codes) for name, codes in _CODES.items()}
    )
    named = [pairs[f"{name}_points"] for name in _CODES if name != "number"]
    return pairs.mutate(call_points=sum(named[1:], start=named[0]))


def _best_calls(scored: Table) -> Table:
    """The pairs with is_best_call and points: of several calls that agree equally well, the first is the best."""
    number = [scored.report, scored.called_number]
    order = ibis.window(group_by=number, order_by=[scored.call_points.desc(), *(scored[name] for name in _ORDER)])
    best = scored.call_points.max().over(ibis.window(group_by=number))
    return scored.mutate(is_best_call=ibis.row_number().over(order) == 0, points=scored.number_points + best)


def _ranked(scored: Table) -> Table:
    order = ibis.window(group_by=scored.report, order_by=[scored.points.desc(), scored.called_number])
    return scored.mutate(rank=ibis.dense_rank().over(order) + 1)
