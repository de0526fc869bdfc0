"""The proof that nothing was dropped silently: at every step, rows in equal rows kept plus rows rejected."""

from collections import Counter

from ringback.engine.base import Engine
from ringback.engine.queries import Tables
from ringback.errors import RingbackError
from ringback.expressions import Table as Expression
from ringback.reporting.funnel import FunnelStep, build_funnel

LOST = "lost_to_damage"


def reconciled_funnel(engine: Engine) -> list[FunnelStep]:
    """The funnel of a run, after checking it against the tables and the readers' own counts.

    The counts are independent: two sets of expressions count what the funnel kept and what fell out, the tables count
    their own rows, and the readers number the rows that they see.

    Raises:
        RingbackError: `run_unreconciled` for the first step that does not add up.
    """
    store = engine.store
    seen, read, unread = _read_counts(engine)
    funnel = build_funnel(engine.dicts(lambda m: m.funnel), rows_seen=seen, rows_read=read, unread=unread)
    kept = {step.step: step.kept for step in funnel}
    fell_out = {row["step"]: row["rows"] for row in engine.dicts(_rejected_by_step)}
    payments, dated = engine.dicts(_payments_kept), engine.dicts(_calls_dated)
    for step, rows_in, kept_rows, out_rows in (
        ("calls", store.rows("parsed_calls"), kept["calls"], fell_out.get("calls", 0)),
        ("calls by day", kept["calls"], dated[0]["calls"], 0),
        ("payments", store.rows("raw_payments"), payments[0]["rows"] or 0, fell_out.get("payments", 0)),
        ("attributed", store.rows("victims"), kept["attributed"], 0),
    ):
        if rows_in != kept_rows + out_rows:
            raise RingbackError("run_unreconciled", step=step, rows_in=rows_in, kept=kept_rows, fell_out=out_rows)
    return funnel


def _rejected_by_step(m: Tables) -> Expression:
    """One row per step at which rows were rejected: step, rows."""
    return m.rejected_rows.group_by("step").aggregate(rows=m.rejected_rows.count())


def _payments_kept(m: Tables) -> Expression:
    """One row: rows of payments that were kept."""
    kept = m.payment_rows.rejected.isnull()
    return m.payment_rows.filter(kept).aggregate(rows=kept.sum())


def _calls_dated(m: Tables) -> Expression:
    """One row: calls of all days."""
    return m.calls_by_day.aggregate(calls=m.calls_by_day.calls.sum().fill_null(0).cast("int64"))


def _read_counts(engine: Engine) -> tuple[int, int, dict[str, int]]:
    """Rows of call tables seen and read, and rows that could not be read, by reason.

    Rows that a damaged place swallowed can only be counted by the numbers of the rows around it.
    """
    unread: Counter[str] = Counter()
    seen_calls = read_calls = 0
    for note in engine.store.facts["reading"].values():
        for role, seen in note["seen"].items():
            read = note["rows"].get(role, 0)
            rejected = note["rejected"].get(role, {})
            lost = seen - read - sum(rejected.values())
            if lost < 0 or (lost and not note["damage"]):
                raise RingbackError(
                    "run_unreconciled",
                    step=f"reading {note['exhibit']}",
                    rows_in=seen,
                    kept=read,
                    fell_out=sum(rejected.values()),
                )
            if role == "calls":
                seen_calls, read_calls = seen_calls + seen, read_calls + read
                unread.update(rejected)
                if lost:
                    unread[LOST] += lost
    return seen_calls, read_calls, dict(unread)
