"""Subjects: persons thought to be behind accounts, and how far the case against each has come."""

from ringback.expressions import Column, Table, ibis
from ringback.schemas import IDENTIFIED_STATUSES

STATUSES = ("unidentified", *IDENTIFIED_STATUSES)


def subjects(raw_subjects: Table) -> Table:
    """One row per subject, with the furthest status any of its rows gives.

    Args:
        raw_subjects: RAW_SUBJECTS, one row per account.

    Returns:
        SUBJECTS.
    """
    named = raw_subjects.filter(raw_subjects.subject.notnull())
    ranked = named.mutate(rank=_status_rank(named.status))
    grouped = ranked.group_by("subject").aggregate(
        rank=ranked["rank"].max(), area=ranked.area.min(), accounts=ranked.account.nunique()
    )
    return grouped.select(
        "subject",
        status=grouped["rank"].cases(*enumerate(STATUSES)),
        area=grouped.area,
        accounts=grouped.accounts,
    )


def account_subjects(raw_subjects: Table) -> Table:
    """One row per account tied to a person: account, subject, status, identified.

    An account tied to several persons goes to the one whose case has come furthest, then the first by reference.
    """
    named = raw_subjects.filter(raw_subjects.account.notnull(), raw_subjects.subject.notnull())
    ranked = named.mutate(rank=_status_rank(named.status))
    order = ibis.window(group_by=ranked.account, order_by=[ranked["rank"].desc(), ranked.subject])
    placed = ranked.mutate(place=ibis.row_number().over(order))
    first = placed.filter(placed.place == 0)
    status = first["rank"].cases(*enumerate(STATUSES))
    return first.select("account", "subject", status=status, identified=first["rank"] > 0)


def _status_rank(status: Column) -> Column:
    clean = status.lower().strip()
    return clean.cases(*((name, rank) for rank, name in enumerate(STATUSES)), else_=0).cast("int64")


def subjects_by_status_and_area(subjects: Table) -> Table:
    """One row per status and area. Returns SUBJECTS_BY_STATUS_AND_AREA."""
    area = subjects.area.fill_null("not known")
    return (
        subjects.group_by(subjects.status, area=area)
        .aggregate(subjects=subjects.count())
        .select("status", "area", "subjects")
    )
