"""From parsed rows to calls: numbers are disambiguated, owners found, and rows that are no call rejected.

Nine rows in ten are calls just as they were parsed. The others are adjusted: a row that needs a review, one that
repeats another, and one whose number is somebody's own. Calls are the parsed rows without an adjustment, and the
adjusted rows that were not rejected.
"""

from datetime import datetime

from ringback.expressions import Column, Table, ibis
from ringback.schemas import ADJUSTED_ROWS, CALLS
from ringback.stages.ambiguous_numbers import disambiguated
from ringback.stages.e164 import e164_digits

ORIGIN = ("exhibit", "origin_table", "origin_row", "origin_byte")
# Why a seized row is not a call of its own. The first reason that applies counts.
REJECTIONS = ("inbound", "bad_time", "outside_period", "other_leg", "duplicate")


def adjusted_rows(
    parsed_calls: Table,
    repeated_keys: Table,
    dialling_habits: Table,
    reading_options: Table,
    own_numbers: Table,
    *,
    first_at: datetime,
    until_at: datetime,
) -> Table:
    """One row per seized row that is not simply a call as parsed: its number, its owner, and why it is no call, if so.

    If several reasons make a row no call, the first in `REJECTIONS` is given.

    Args:
        parsed_calls: PARSED_CALLS.
        repeated_keys: REPEATED_KEYS.
        dialling_habits: DIALLING_HABITS.
        reading_options: READING_OPTIONS.
        own_numbers: OWN_NUMBERS.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).

    Returns:
        ADJUSTED_ROWS.
    """
    own = own_numbers.select(own_number=e164_digits(own_numbers.e164), own="owner")
    rows = _rows_to_look_at(parsed_calls, repeated_keys, own)
    rows = _without_doubt(disambiguated(rows, dialling_habits, reading_options))
    rows = rows.left_join(own, rows.called_number == own.own_number).drop("own_number")
    rows = rows.mutate(unfit=_unfit(rows, first_at, until_at))
    again, legs = _duplicates(rows), _other_legs(rows, parsed_calls, first_at, until_at)
    # A null key joins nothing. A test of one side in the join's condition would make it compare every pair of rows.
    rows = rows.mutate(a_call=(rows.leg == "a").ifelse(rows.call_id, None), a_account=rows.account.fill_null(""))
    rows = rows.left_join(legs, (rows.a_call == legs.b_call) & (rows.a_account == legs.b_account))
    other_leg = rows.b_call.notnull().ifelse("other_leg", None)
    duplicate = rows.row_id.isin(again.row_id).ifelse("duplicate", None)
    rows = rows.mutate(rejected=ibis.coalesce(rows.unfit, other_leg, duplicate))
    changed = rows.filter(rows.needs_review | rows.own.notnull() | rows.rejected.notnull())
    return changed.select(*ADJUSTED_ROWS.names)


def decided_rows(parsed_calls: Table, adjusted_rows: Table) -> Table:
    """One row per seized row of a call table: as parsed or as adjusted; `rejected` is null for a call.

    Args:
        parsed_calls: PARSED_CALLS.
        adjusted_rows: ADJUSTED_ROWS.

    Returns:
        CALLS and rejected.
    """
    names = (*CALLS.names, "rejected")
    # Every row that needed a review was adjusted, so only the other adjusted rows have to be looked for.
    others = adjusted_rows.filter(~adjusted_rows.needs_review)
    as_parsed = parsed_calls.filter(~parsed_calls.needs_review).anti_join(others, "row_id")
    null = ibis.null("string")
    as_parsed = as_parsed.mutate(called_disambiguated=ibis.literal(False), own=null, rejected=null)
    return ibis.union(as_parsed.select(*names), adjusted_rows.select(*names))


def calls(parsed_calls: Table, adjusted_rows: Table) -> Table:
    """One row per call: the seized rows that were not rejected.

    Args:
        parsed_calls: PARSED_CALLS.
        adjusted_rows: ADJUSTED_ROWS.

    Returns:
        CALLS.
    """
    rows = decided_rows(parsed_calls, adjusted_rows)
    return rows.filter(rows.rejected.isnull()).drop("rejected")


def rejected_rows(unread_rows: Table, adjusted_rows: Table, payment_rows: Table) -> Table:
    """Every seized row that fell out before it became a call or a payment, at whatever step.

    Args:
        unread_rows: UNREAD_ROWS.
        adjusted_rows: ADJUSTED_ROWS.
        payment_rows: PAYMENT_ROWS.

    Returns:
        REJECTED_ROWS, ordered by origin.
    """
    names = (*ORIGIN, "step", "reason", "detail")
    judged = [
        rows.filter(rows.rejected.notnull()).select(
            *ORIGIN, step=ibis.literal(step), reason=rows.rejected, detail=ibis.literal("")
        )
        for step, rows in (("calls", adjusted_rows), ("payments", payment_rows))
    ]
    return ibis.union(unread_rows.select(*names), *judged).order_by(*ORIGIN, "step", "reason")


def _rows_to_look_at(parsed_calls: Table, repeated_keys: Table, own: Table) -> Table:
    """The parsed rows that may be adjusted, with `alike`: whether another row has the same duplicate key."""
    rows = parsed_calls.mutate(alike=parsed_calls.duplicate_key.isin(repeated_keys.duplicate_key))
    return rows.filter(rows.needs_review | rows.alike | rows.called_number.isin(own.own_number))


def _without_doubt(rows: Table) -> Table:
    """The rows; where the number is still ambiguous, number, kind and region become null."""
    certain = ~rows.called_ambiguous
    return rows.mutate(
        **{name: certain.ifelse(rows[name], None) for name in ("called_number", "called_kind", "called_region")}
    )


def _unfit(rows: Table, first_at: datetime, until_at: datetime) -> Column:
    """Why a row is no call, judged without other rows; null if nothing speaks against it."""
    return ibis.cases(
        (rows.inbound, "inbound"),
        (rows.started_at.isnull(), "bad_time"),
        ((rows.started_at < first_at) | (rows.started_at >= until_at), "outside_period"),
        else_=None,
    ).cast("string")


def _duplicates(rows: Table) -> Table:
    """The row_id of each row that repeats a row before it.

    The same identifier, leg, account, start, called number, talk time and disposition; the first by origin stays.
    """
    alike = rows.filter(rows.alike)
    same = ibis.window(
        group_by=[
            alike.unfit.fill_null(""),
            alike.call_id.fill_null(""),
            # Rows of one identifier all have another leg, or none has: that need not be asked. A row without an
            # identifier never has one, so it is kept apart from rows that may.
            ((alike.leg == "a") & alike.call_id.isnull()).fill_null(False),
            alike.leg.fill_null(""),
            alike.account.fill_null(""),
            alike.started_at,
            # Unreadable numbers are the same if their texts are the same.
            alike.called_number.fill_null(0),
            alike.called_number.notnull().ifelse("", alike.called_raw),
            alike.duration_s.fill_null(-1.0),
            alike.disposition.fill_null(""),
        ],
        order_by=[alike[name] for name in ORIGIN],
    )
    placed = alike.select("row_id", place=ibis.row_number().over(same))
    return placed.filter(placed.place > 0).select("row_id")


def _other_legs(rows: Table, parsed_calls: Table, first_at: datetime, until_at: datetime) -> Table:
    """One row per call and account with a `b` leg, for calls that have an `a` leg among the rows: b_call, b_account."""
    asked = rows.filter(rows.needs_review, rows.leg == "a").select(asked_call="call_id")
    in_time = (parsed_calls.started_at >= first_at) & (parsed_calls.started_at < until_at)
    legs = parsed_calls.filter(parsed_calls.leg == "b", ~parsed_calls.inbound, in_time)
    legs = legs.select(b_call="call_id", b_account=legs.account.fill_null(""))
    return legs.semi_join(asked, legs.b_call == asked.asked_call).distinct()
