"""The figures of matches: `figures.json` beside them, each entry in the form of a run's figures."""

from collections.abc import Callable
from typing import Any

from ringback.engine.base import Engine
from ringback.engine.queries import StageQuery
from ringback.engine.store import RunStore
from ringback.keys import KeyRing
from ringback.reporting.figures import FigureContext, build_figures
from ringback.schemas import VICTIMS
from ringback.schemas.reports import LOSS_ASSESSMENTS, REPORT_OUTCOMES, REPORTS
from ringback.stages import match_figures as stages
from ringback.stages.match_rule import VERSION


def match_figures(
    engine: Engine, run: RunStore, alerted: frozenset[str], *, keys: Callable[[], KeyRing]
) -> list[dict[str, Any]]:
    """The entries of figures.json.

    Args:
        engine: The tables of run and matches; a loss that nobody assessed is not known, and no nought.
        run: The run's own facts.
        alerted: Keyed digests of the numbers that a text went to, or may have.
        keys: Gives the case's keys.
    """
    outcomes = engine.dicts(StageQuery(stages.outcome_counts, (REPORT_OUTCOMES,)))
    losses = {"reported": engine.dicts(StageQuery(stages.reported_losses, (REPORTS,)))[0]}
    if LOSS_ASSESSMENTS.name in engine.store.tables:
        for kind in ("confirmed", "estimated"):
            query = StageQuery(stages.assessed_losses, (LOSS_ASSESSMENTS,), (("kind", kind),))
            losses[kind] = engine.dicts(query)[0]
    tied = engine.dicts(StageQuery(stages.tied_numbers, (REPORT_OUTCOMES, VICTIMS)))
    ring = keys() if alerted and tied else None
    never = [one for one in tied if ring is None or alerted.isdisjoint(ring.digests(one["called_number"]))]

    def counted(*wanted: str) -> int:
        return sum(row["reports"] for row in outcomes if row["outcome"] in wanted)

    values = {
        "reports_total": engine.store.rows(REPORTS.name),
        "reports_matched": counted(*stages.TIED),
        "reports_by_outcome": outcomes,
        "reports_for_a_person": counted("for_a_person"),
        "reporters_not_in_the_calls": counted("not_in_the_calls"),
        "victims_reported_never_alerted": sum(one["is_victim"] for one in never),
        "numbers_reported_never_alerted": len(never),
        **{f"loss_{kind}": _pounds(losses.get(kind)) for kind in ("reported", "confirmed", "estimated")},
    }
    rows = {
        "reports": engine.store.rows(REPORTS.name),
        **{kind: losses.get(kind, {}).get("reports", 0) for kind in ("confirmed", "estimated")},
    }
    context = FigureContext(run.facts["period"], VERSION, "", rows)
    return [entry | {"rule": VERSION} for entry in build_figures(stages.MATCH_FIGURES, values, context)]


def _pounds(loss: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """Sums in pence as pounds; None where nothing is known."""
    if not loss or not loss["reports"]:
        return None
    counts = {name: loss[name] for name in ("reports", "with_loss")}
    sums = {name: loss[name] for name in ("total", "mean", "median", "largest")}
    return [counts | {name: None if pence is None else round(pence / 100, 2) for name, pence in sums.items()}]
