"""From seized rows to calls: times, numbers and talk time read; rows that are no call of their own told apart."""

from datetime import datetime

import ibis
from ibis import Column, Table

ORIGIN = ("exhibit", "origin_table", "origin_row", "origin_byte")
# Why a seized row is not a call of its own, in the order in which it is asked.
REJECTIONS = ("bad_time", "outside_period", "other_leg", "duplicate")
ANSWERED = ("ANSWERED", "ANSWER", "CONNECTED")
_LOCAL_TIME = r"^((?:19|20|21)\d\d-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?)([ ]?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?))?$"
_HOURS = r"^(\d{1,5}):(\d\d):(\d\d)$"


def timed_rows(raw_calls: Table, zone_offsets: Table) -> Table:
    """One row per seized row, with its start in UTC: RAW_CALLS and started_utc, started_reading.

    A text with its own offset is taken at its word; any other is local to the case's time zone. The repeated
    autumn hour is read as its first pass and says so; a text that is no time leaves both columns null.

    Args:
        raw_calls: RAW_CALLS.
        zone_offsets: ZONE_OFFSETS, stretches without gaps or overlap.
    """
    text = raw_calls.started_at.strip()
    rows = raw_calls.mutate(
        local=text.re_extract(_LOCAL_TIME, 1).replace("T", " ").try_cast("timestamp"),
        zone=text.re_extract(_LOCAL_TIME, 5),
    )
    rows = rows.mutate(
        zone_s=ibis.cases((rows.zone == "Z", 0), (rows.zone == "", None), else_=_offset_seconds(rows.zone))
    )
    joined = rows.left_join(
        zone_offsets, (rows.local >= zone_offsets.from_local) & (rows.local < zone_offsets.until_local)
    )
    shift = joined.zone_s.fill_null(joined.offset_s)
    zoned = joined.zone_s.notnull() & joined.local.notnull()
    return joined.select(
        *raw_calls.columns,
        started_utc=(joined.local - shift.as_interval("s")).cast("timestamp('UTC')"),
        started_reading=zoned.ifelse("zoned", joined.reading),
    )


def _offset_seconds(zone: Column) -> Column:
    digits = zone.replace(":", "")
    seconds = digits.substr(1, 2).try_cast("int64") * 3600 + digits.substr(3, 2).try_cast("int64").fill_null(0) * 60
    return zone.startswith("-").ifelse(-seconds, seconds)


def read_rows(
    timed: Table,
    settled_readings: Table,
    readings: Table,
    own_numbers: Table,
    organisation_numbers: Table,
) -> Table:
    """One row per seized row, with its numbers and talk time read: CALL_ROWS but for `rejected`, and called_key.

    called_number is null unless it was read for certain. called_key tells equal called numbers apart from others
    even where they could not be read.

    Args:
        timed: What `timed_rows` gave.
        settled_readings: SETTLED_READINGS.
        readings: READINGS, for the numbers shown.
        own_numbers: OWN_NUMBERS.
        organisation_numbers: ORGANISATION_NUMBERS.
    """
    rows = timed.mutate(
        account_key=timed.account.fill_null(""),
        called_raw=timed.called_number.fill_null(""),
        shown_raw=timed.presentation_number.fill_null(""),
    ).drop("called_number", "presentation_number")
    called = settled_readings.rename(called_account="account", called_text="raw", called_reason="reason")
    called = called.mutate(certain=called.e164.notnull() & ~called.ambiguous)
    shown = readings.filter(readings.e164.notnull(), ~readings.ambiguous).select(shown_text="raw", shown="e164")
    rows = rows.join(called, (rows.account_key == called.called_account) & (rows.called_raw == called.called_text))
    rows = rows.left_join(shown, rows.shown_raw == shown.shown_text)
    number = rows.certain.ifelse(rows.e164, None)
    rows = rows.mutate(called_number=number, called_key=number.fill_null(rows.called_raw))
    own = own_numbers.select(own_e164="e164", own="owner")
    organisations = organisation_numbers.select(org_e164="e164", organisation="organisation")
    rows = rows.left_join(own, rows.called_number == own.own_e164)
    rows = rows.left_join(organisations, rows.shown == organisations.org_e164)
    talk = _talk_seconds(rows.duration)
    answered = rows.disposition.isnull() | rows.disposition.upper().strip().isin(ANSWERED)
    return rows.select(
        *ORIGIN,
        "call_id",
        "leg",
        "account",
        "account_key",
        "called_key",
        "disposition",
        "organisation",
        "called_number",
        "own",
        "called_reason",
        "started_reading",
        started_at=rows.started_utc,
        presentation_number=rows.shown,
        called_kind=rows.certain.ifelse(rows.kind, None),
        called_region=rows.certain.ifelse(rows.region, None),
        called_how=rows.how,
        called_ambiguous=rows.ambiguous,
        called_settled=rows.settled,
        connected=(talk.fill_null(0.0) > 0) & answered,
        duration_s=talk,
    )


def _talk_seconds(text: Column) -> Column:
    clean = text.strip()
    hours, minutes, seconds = (clean.re_extract(_HOURS, part).try_cast("float64") for part in (1, 2, 3))
    plain = clean.re_extract(r"^\d{1,9}(\.\d+)?$", 0).try_cast("float64")
    return plain.fill_null(hours * 3600 + minutes * 60 + seconds)


def judged_rows(read: Table, *, first_at: datetime, until_at: datetime) -> Table:
    """One row per seized row, with the reason why it is no call of its own, or null: CALL_ROWS.

    Asked in this order: no readable time; outside the life of the site; the leg to the account's own phone where
    the leg to the person called is there too; a repetition of a row already taken (same identifier, leg, account,
    start, called number, talk time and disposition: the first by origin stays).

    Args:
        read: What `read_rows` gave.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).
    """
    early = ibis.cases(
        (read.started_at.isnull(), "bad_time"),
        ((read.started_at < first_at) | (read.started_at >= until_at), "outside_period"),
        else_=None,
    ).cast("string")
    side = read.leg.lower().strip()
    # A null joins with nothing: a test of one side beside the keys would make the join compare all with all.
    rows = read.mutate(early=early, side=side, a_call=(side == "a").ifelse(read.call_id, None))
    b_legs = (
        rows.filter(rows.early.isnull(), rows.side == "b", rows.call_id.notnull())
        .select(b_call="call_id", b_account="account_key")
        .distinct()
    )
    rows = rows.left_join(b_legs, (rows.a_call == b_legs.b_call) & (rows.account_key == b_legs.b_account))
    rows = rows.mutate(late=rows.early.fill_null(rows.b_call.notnull().ifelse("other_leg", None)))
    same = ibis.window(
        group_by=[
            rows.late.isnull(),
            rows.call_id.fill_null(""),
            rows.side.fill_null(""),
            rows.account_key,
            rows.started_at,
            rows.called_key,
            rows.duration_s.fill_null(-1.0),
            rows.disposition.fill_null(""),
        ],
        order_by=[rows[name] for name in ORIGIN],
    )
    place = ibis.row_number().over(same)
    rows = rows.mutate(rejected=rows.late.fill_null((place > 0).ifelse("duplicate", None)))
    return rows.select(
        *ORIGIN,
        "call_id",
        "leg",
        "account",
        "started_at",
        "started_reading",
        "presentation_number",
        "organisation",
        "called_number",
        "called_kind",
        "called_region",
        "called_how",
        "called_ambiguous",
        "called_settled",
        "called_reason",
        "own",
        "connected",
        "duration_s",
        "rejected",
    ).order_by(*ORIGIN)


def call_rows(
    raw_calls: Table,
    *,
    zone_offsets: Table,
    settled_readings: Table,
    readings: Table,
    own_numbers: Table,
    organisation_numbers: Table,
    first_at: datetime,
    until_at: datetime,
) -> Table:
    """One row per seized row: times, numbers and talk time read, and why it is no call of its own, if it is none.

    Args:
        raw_calls: RAW_CALLS.
        zone_offsets: ZONE_OFFSETS.
        settled_readings: SETTLED_READINGS.
        readings: READINGS.
        own_numbers: OWN_NUMBERS.
        organisation_numbers: ORGANISATION_NUMBERS.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).

    Returns:
        CALL_ROWS, ordered by origin.
    """
    timed = timed_rows(raw_calls, zone_offsets)
    read = read_rows(timed, settled_readings, readings, own_numbers, organisation_numbers)
    return judged_rows(read, first_at=first_at, until_at=until_at)


def calls(call_rows: Table) -> Table:
    """One row per call: the rows that were not rejected. Returns CALLS, ordered by origin."""
    kept = call_rows.filter(call_rows.rejected.isnull()).drop("rejected")
    return kept.order_by(*ORIGIN)


def rejected_rows(unread_rows: Table, call_rows: Table, payment_rows: Table) -> Table:
    """Every seized row that fell out before it was a call or a payment, wherever that was. Returns REJECTED_ROWS.

    Args:
        unread_rows: UNREAD_ROWS.
        call_rows: CALL_ROWS.
        payment_rows: PAYMENT_ROWS.
    """
    names = (*ORIGIN, "step", "reason", "detail")
    judged = [
        rows.filter(rows.rejected.notnull()).select(
            *ORIGIN, step=ibis.literal(step), reason=rows.rejected, detail=ibis.literal("")
        )
        for step, rows in (("calls", call_rows), ("payments", payment_rows))
    ]
    return ibis.union(unread_rows.select(*names), *judged).order_by(*ORIGIN, "step", "reason")
