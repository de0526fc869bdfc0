"""Decisions of people about reports: statuses, duplicates, matches. Rows are added, and never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from ringback.records.report_tables import report_decisions

STATUS, DUPLICATE, MATCH = "status", "duplicate", "match"
SAME, DIFFERENT = "same", "different"
MATCHED, REJECTED = "confirmed", "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        report: The report; of two duplicates the earlier one.
        what: status, duplicate or match.
        about: '' for a status; the other report; or what was matched: a number's keyed digest, or a call's id.
        run: The run that a match was looked at in, else ''.
        decision: The new status; same or different; confirmed or rejected.
        who: Who decided.
        at: When.
        why: Why, in their words, numbers masked.
    """

    report: str
    what: str
    about: str
    run: str
    decision: str
    who: str
    at: datetime
    why: str


def add_decision(connection: Connection, decision: Decision) -> int:
    """Add one; returns its number."""
    values = {name: getattr(decision, name) for name in Decision.__slots__}
    adding = insert(report_decisions).values(**values).returning(report_decisions.c.id)
    return int(connection.execute(adding).scalar_one())


def list_decisions(connection: Connection, *, what: str | None = None, report: str | None = None) -> list[Decision]:
    """Decisions in the order in which they were made."""
    query = select(*(report_decisions.c[name] for name in Decision.__slots__)).order_by(report_decisions.c.id)
    if what is not None:
        query = query.where(report_decisions.c.what == what)
    if report is not None:
        query = query.where(report_decisions.c.report == report)
    return [Decision(**row._mapping) for row in connection.execute(query)]


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str, str], Decision]:
    """The last word on each: (report, what, about) to the decision that was made last."""
    return {(one.report, one.what, one.about): one for one in decisions}


def standing_matches(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """What stands of the decisions about matches: report to decision.

    A report is about one number at most. So a newer confirmation takes the place of an older one, and the rejection of
    another number leaves it as it is.

    Args:
        decisions: In the order in which they were made; those of other kinds do not count.
    """
    standing: dict[str, Decision] = {}
    for one in decisions:
        before = standing.get(one.report)
        is_of_another = before is not None and before.decision == MATCHED and before.about != one.about
        if one.what == MATCH and not (one.decision == REJECTED and is_of_another):
            standing[one.report] = one
    return standing
