"""From seized rows to calls: numbers settled, owners found; rows that are no call told apart.

Nine rows in ten are plain: they are calls as they were read, unless they are among the few that are marked because they
repeat another row or reached a number of one's own. Only the rows that are not plain are examined and saved again.
"""

from datetime import datetime

import ibis
from ibis import Column, Table

from ringback.schemas import CALL_CHANGES, REPETITIONS
from ringback.stages.ambiguous_numbers import settled_calls
from ringback.stages.e164 import e164_digits

ORIGIN = ("exhibit", "origin_table", "origin_row", "origin_byte")
# What is counted of calls, but for whose own number the called one is.
_COUNTED = tuple(name for name in CALL_CHANGES.names if name not in ("own", "calls"))
# Why a seized row is not a call of its own, in the order in which it is asked.
REJECTIONS = ("inbound", "bad_time", "outside_period", "other_leg", "duplicate")


def call_rows(read_calls: Table, examined_rows: Table, *, marked_rows: Table) -> Table:
    """One row per seized row: its numbers settled and named, and why it is no call of its own, if it is none.

    Args:
        read_calls: READ_CALLS, or LONG_ROWS: then the rows are those that can be long calls.
        examined_rows: EXAMINED_ROWS.
        marked_rows: MARKED_ROWS.

    Returns:
        CALL_ROWS: the plain rows as they were read, and the examined ones.
    """
    plain = read_calls.filter(read_calls.plain)
    marked = marked_rows.select("rejected", "own", marked="place")
    plain = plain.left_join(marked, plain.place == marked.marked)
    plain = plain.mutate(called_settled=ibis.literal(False))
    names = examined_rows.columns
    return ibis.union(plain.select(*names), examined_rows.select(*names))


def marked_rows(read_calls: Table, *, repetitions: Table, own_numbers: Table) -> Table:
    """One row per plain row that something outside it decides on: it repeats another, or its number is one's own.

    They are a few in a thousand, and every question about calls needs them: found once, they cost one small join.

    Args:
        read_calls: READ_CALLS.
        repetitions: REPETITIONS.
        own_numbers: OWN_NUMBERS.

    Returns:
        MARKED_ROWS.
    """
    plain, own = read_calls.filter(read_calls.plain), _owners(own_numbers)
    owned = plain.join(own, plain.called_number == own.own_number)
    again = repetitions.filter(repetitions.plain)
    places = again.select(again="place")
    owned = owned.left_join(places, owned.place == places.again)
    owned = owned.mutate(rejected=owned.again.notnull().ifelse("duplicate", None))
    others = again.left_join(own, again.called_number == own.own_number)
    others = others.filter(others.own.isnull()).mutate(rejected=ibis.literal("duplicate"))
    names = ("place", *_COUNTED, "own", "rejected")
    return ibis.union(owned.select(*names), others.select(*names))


def call_changes(marked_rows: Table, examined_rows: Table) -> Table:
    """What the counts of plain rows lack, and have too much: one row per call more, and per call less.

    Args:
        marked_rows: MARKED_ROWS: each was counted as a call to nobody's own number.
        examined_rows: EXAMINED_ROWS: none was counted.

    Returns:
        CALL_CHANGES.
    """
    less = marked_rows.select(*_COUNTED, own=ibis.null("string"), calls=ibis.literal(-1, "int64"))
    more = (
        rows.filter(rows.rejected.isnull()).select(*_COUNTED, "own", calls=ibis.literal(1, "int64"))
        for rows in (marked_rows, examined_rows)
    )
    return ibis.union(less, *more)


def _owners(own_numbers: Table) -> Table:
    """OWN_NUMBERS to be joined with numbers: own_number and own, whose it is."""
    return _selective(own_numbers.select(own_number=e164_digits(own_numbers.e164), own="owner"), "own_number")


def _selective(few: Table, key: str) -> Table:
    """Few rows as the second side of a join with millions, of which then only those are read in full that they want.

    DuckDB lets the scan of the first side know which keys are wanted, but only where the second side is filtered
    itself. So it is filtered by what holds for each of its rows.
    """
    return few.filter(few[key].notnull())


def examined_rows(
    unclear_calls: Table,
    called_legs: Table,
    *,
    settled_readings: Table,
    own_numbers: Table,
    repetitions: Table,
    first_at: datetime,
    until_at: datetime,
) -> Table:
    """One row per row that more than its own text decides on: its number settled, why it is no call, if it is none.

    Asked in this order: a call that reached an account; no readable time; outside the life of the site; the leg to
    the account's own phone where the leg to the person called is there too; a repetition of a row already taken.

    Args:
        unclear_calls: UNCLEAR_CALLS.
        called_legs: CALLED_LEGS.
        settled_readings: SETTLED_READINGS.
        own_numbers: OWN_NUMBERS.
        repetitions: REPETITIONS.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).

    Returns:
        EXAMINED_ROWS.
    """
    rows = settled_calls(unclear_calls, settled_readings)
    rows = rows.mutate(rejected=_no_call_at_all(rows, first_at, until_at))
    in_time = called_legs.filter(called_legs.started_at >= first_at, called_legs.started_at < until_at)
    rows = _marked_legs(rows, in_time)
    again = repetitions.filter(~repetitions.plain).select(again="place")
    rows = rows.left_join(again, rows.place == again.again)
    rows = rows.mutate(
        rejected=rows.rejected.fill_null(rows.again.notnull().ifelse("duplicate", None)), certain=_certain_number(rows)
    )
    own = _owners(own_numbers)
    rows = rows.left_join(own, rows.certain == own.own_number)
    read = rows.certain.notnull()
    return rows.select(
        *ORIGIN,
        "account",
        "started_at",
        "started_reading",
        "duration_s",
        "presentation_number",
        "called_how",
        "called_ambiguous",
        "called_settled",
        "called_reason",
        "organisation",
        "own",
        "connected",
        "rejected",
        called_number=rows.certain,
        called_kind=read.ifelse(rows.called_kind, None),
        called_region=read.ifelse(rows.called_region, None),
    )


def repetitions(
    read_calls: Table, *, repeated_looks: Table, settled_readings: Table, first_at: datetime, until_at: datetime
) -> Table:
    """One row per seized row that repeats a row already taken.

    The same identifier, leg, account, start, called number, talk time and disposition: the first by origin stays.
    A leg to the account's own phone may repeat one too: `examined_rows` then says of both that the other leg is there.

    Args:
        read_calls: READ_CALLS.
        repeated_looks: REPEATED_LOOKS.
        settled_readings: SETTLED_READINGS.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).

    Returns:
        REPETITIONS.
    """
    # Only rows of one identifier, leg, account and start can be the same call, and few are. Rows that look alike by
    # chance are told apart below.
    alike = read_calls.semi_join(_selective(repeated_looks, "look"), "look")
    rows = settled_calls(alike, settled_readings)
    rows = rows.filter(~rows.inbound, rows.started_at >= first_at, rows.started_at < until_at)
    certain = _certain_number(rows)
    same = ibis.window(
        group_by=[
            rows.call_id.fill_null(""),
            # Whether the other leg is there is the same for all rows of one identifier, and not asked here; it never is
            # for a row without one, so that row repeats none that has.
            ((rows.leg == "a") & rows.call_id.isnull()).fill_null(False),
            rows.leg.fill_null(""),
            rows.account.fill_null(""),
            rows.started_at,
            # Numbers that could not be read are the same where their texts are.
            certain.fill_null(0),
            certain.notnull().ifelse("", rows.called_raw),
            rows.duration_s.fill_null(-1.0),
            rows.disposition.fill_null(""),
        ],
        order_by=[rows[name] for name in ORIGIN],
    )
    placed = rows.mutate(turn=ibis.row_number().over(same))
    return placed.filter(placed.turn > 0).select(*REPETITIONS.names)


def _marked_legs(rows: Table, called_legs: Table) -> Table:
    """The rows, the leg to the account's own phone rejected where the other leg is there."""
    legs = called_legs.select(b_call="call_id", b_account=called_legs.account.fill_null("")).distinct()
    # A null joins with nothing: a test of one side beside the keys would make the join compare all with all.
    rows = rows.mutate(a_call=(rows.leg == "a").ifelse(rows.call_id, None), account_key=rows.account.fill_null(""))
    rows = rows.left_join(legs, (rows.a_call == legs.b_call) & (rows.account_key == legs.b_account))
    return rows.mutate(rejected=rows.rejected.fill_null(rows.b_call.notnull().ifelse("other_leg", None)))


def _no_call_at_all(rows: Table, first_at: datetime, until_at: datetime) -> Column:
    return ibis.cases(
        (rows.inbound, "inbound"),
        (rows.started_at.isnull(), "bad_time"),
        ((rows.started_at < first_at) | (rows.started_at >= until_at), "outside_period"),
        else_=None,
    ).cast("string")


def _certain_number(rows: Table) -> Column:
    return rows.called_ambiguous.ifelse(None, rows.called_number)


def calls(call_rows: Table) -> Table:
    """One row per call: the rows that were not rejected. Returns CALLS."""
    return call_rows.filter(call_rows.rejected.isnull()).drop("rejected")


def rejected_rows(unread_rows: Table, examined_rows: Table, repetitions: Table, payment_rows: Table) -> Table:
    """Every seized row that fell out before it was a call or a payment, wherever that was. Returns REJECTED_ROWS.

    Args:
        unread_rows: UNREAD_ROWS.
        examined_rows: EXAMINED_ROWS.
        repetitions: REPETITIONS: a plain row is a call unless it is one of them.
        payment_rows: PAYMENT_ROWS.
    """
    names = (*ORIGIN, "step", "reason", "detail")
    again = repetitions.filter(repetitions.plain).mutate(rejected=ibis.literal("duplicate"))
    judged = [
        rows.filter(rows.rejected.notnull()).select(
            *ORIGIN, step=ibis.literal(step), reason=rows.rejected, detail=ibis.literal("")
        )
        for step, rows in (("calls", examined_rows), ("calls", again), ("payments", payment_rows))
    ]
    return ibis.union(unread_rows.select(*names), *judged).order_by(*ORIGIN, "step", "reason")
