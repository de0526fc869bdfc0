"""The figures that come of reports: how many there are, how many were tied, and what was lost.

Reported, confirmed and estimated losses are three figures, each by itself. Nothing adds them up: they are three answers
to three questions about much the same money.
"""

from ringback.expressions import Column, Table, ibis
from ringback.stages.figures import FigureKind

TIED = ("certain", "likely")
_LOSS = (
    ": in pounds the sum of all (total), per report (mean), the middle one of those with a loss (median), and the"
    " largest; reports counts all of them, with_loss those above nought. Never to be added to another loss"
)
MATCH_FIGURES: dict[str, FigureKind] = {
    "reports_total": FigureKind("reports", "Reports in the snapshot", "reports"),
    "reports_matched": FigureKind(
        "reports", "Reports tied to a number: by our text's reference, or because number and call agree", "reports"
    ),
    "reports_by_outcome": FigureKind("reports", "Reports by what came of each, and why", "reports"),
    "reports_for_a_person": FigureKind("reports", "Reports that a person has to decide about", "reports"),
    "reporters_not_in_the_calls": FigureKind(
        "reports",
        "Reports whose number was not called, nor any number like it with a call that agrees; that is no proof that"
        " they were not called",
        "reports",
    ),
    "victims_reported_never_alerted": FigureKind(
        "numbers",
        "Distinct numbers under the run's alert rule that a report is tied to, and that no text of ours went to",
        "reports",
    ),
    "numbers_reported_never_alerted": FigureKind(
        "numbers",
        "Distinct numbers that a report is tied to, and that no text of ours went to, whether the alert rule names them"
        " or not",
        "reports",
    ),
    "loss_reported": FigureKind("GBP", f"What reporters say they lost{_LOSS}", "reports"),
    "loss_confirmed": FigureKind("GBP", f"What a bank or a court confirmed{_LOSS}", "confirmed"),
    "loss_estimated": FigureKind("GBP", f"What staff estimated{_LOSS}", "estimated"),
}


def outcome_counts(report_outcomes: Table) -> Table:
    """One row per outcome and reason: outcome, reason, reports; the most reports first.

    Args:
        report_outcomes: REPORT_OUTCOMES.
    """
    counted = report_outcomes.group_by("outcome", "reason").aggregate(reports=ibis._.count())
    return counted.order_by(counted.reports.desc(), "outcome", "reason")


def reported_losses(reports: Table) -> Table:
    """One row: what reporters say they lost.

    Args:
        reports: REPORTS.

    Returns:
        reports, with_loss, total, mean, median and largest; sums in pence, null where there is nothing to say.
    """
    return _summary(reports.select(pence="lost_pence"))


def assessed_losses(loss_assessments: Table, kind: str) -> Table:
    """One row: what somebody else put to the losses. As `reported_losses`.

    Args:
        loss_assessments: LOSS_ASSESSMENTS.
        kind: confirmed or estimated.
    """
    return _summary(loss_assessments.filter(loss_assessments.kind == kind).select("pence"))


def tied_numbers(report_outcomes: Table, victims: Table) -> Table:
    """One row per number that a report is tied to: called_number, E.164, and is_victim; in order.

    Args:
        report_outcomes: REPORT_OUTCOMES.
        victims: VICTIMS.
    """
    tied = report_outcomes.filter(report_outcomes.outcome.isin(TIED)).select("called_number").distinct()
    named = victims.select(victim="called_number")
    both = tied.left_join(named, tied.called_number == named.victim)
    return both.select("called_number", is_victim=both.victim.notnull()).order_by("called_number")


def _summary(losses: Table) -> Table:
    pence = losses.pence
    lost: Column = (pence > 0).ifelse(pence, None)
    return losses.aggregate(
        reports=losses.count(),
        with_loss=lost.count(),
        total=pence.sum().cast("int64"),
        mean=pence.mean(),
        median=lost.median(),
        largest=lost.max(),
    )
