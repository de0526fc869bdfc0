"""Reports and calls for tests of matches: literal tables, and both stages run over them, one after the other."""

from ringback import schemas as t
from ringback.engine.time_zones import local_days
from ringback.schemas import reports as r
from ringback.stages.matches import matches, report_outcomes
from stages.literal_tables import FIRST_AT, UNTIL_AT, call, unbound

# In summer: 10:00 in London.
NUMBER, OTHER = "+447700900001", "+447700900501"
# Built once: an expression of this size takes longer to build than to run.
MATCHING = matches(*unbound(r.REPORTS, t.PARSED_CALLS, t.ADJUSTED_ROWS, t.LOCAL_DAYS))
OUTCOMES = report_outcomes(*unbound(r.REPORTS, r.MATCHES))
DAYS = local_days("Europe/London", FIRST_AT, UNTIL_AT).to_pylist()


def parsed(row=1, **values):
    """A row of PARSED_CALLS that is a call as parsed; `row_id` is its row."""
    found = {"row_id": row, "needs_review": False, "inbound": False} | call(row, **values)
    return {name: value for name, value in found.items() if name in t.PARSED_CALLS.names}


def adjusted(row=1, **values):
    """A row of ADJUSTED_ROWS; a call, unless `rejected` says why not."""
    found = {"row_id": row, "needs_review": False} | call(row, **values)
    return {name: value for name, value in found.items() if name in t.ADJUSTED_ROWS.names}


def tie(run, reports, rows=(), *, adjusted_rows=()):
    """Run both stages: the rows of MATCHES, and the rows of REPORT_OUTCOMES by report.

    Args:
        run: The fixture that runs an expression.
        reports: Rows of REPORTS.
        rows: Rows of PARSED_CALLS.
        adjusted_rows: Rows of ADJUSTED_ROWS.
    """
    given = {
        r.REPORTS: list(reports),
        t.PARSED_CALLS: list(rows),
        t.ADJUSTED_ROWS: list(adjusted_rows),
        t.LOCAL_DAYS: DAYS,
    }
    found = run(MATCHING, given)
    made = {r.REPORTS: list(reports), r.MATCHES: found}
    outcomes = run(OUTCOMES, made)
    return found, {one["report"]: one for one in outcomes}
