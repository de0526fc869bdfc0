"""The tables of calls: seized rows as parsed, the few that are adjusted, the calls, and counts of calls."""

from ringback.schemas.raw import ORIGIN, UTC
from ringback.schemas.table import Table, columns

_CALL = columns(
    ("account", "string", "login on the spoofing service"),
    ("started_at", UTC, "start of the call"),
    ("started_reading", "string", "plain, repeated, skipped, or zoned where the text itself gives the offset"),
    ("duration_s", "float64", "talk time in seconds; null where it could not be read"),
    ("presentation_number", "int64", "number shown, E.164 without its plus; null unless read for certain"),
    ("organisation", "string", "whose number was shown, where it is an organisation's"),
    ("connected", "boolean", "somebody answered: talk time above nought and an answered disposition"),
    ("called_number", "int64", "number dialled, E.164 without its plus; null where it could not be read"),
    ("called_kind", "string", "kind of the called number"),
    ("called_region", "string", "region of the called number"),
    ("called_how", "string", "how the called number was read"),
    ("called_ambiguous", "boolean", "more than one reading remained"),
    ("called_reason", "string", "why the called number could not be read"),
)
_ROW_ID = columns(("row_id", "int64", "number of the row among all seized calls, in the order of reading"))
PARSED_CALLS = Table(
    "parsed_calls",
    "one row per seized row of a call table, read from the row alone; an ambiguous number is its first reading",
    ORIGIN
    + _ROW_ID
    + columns(
        ("call_id", "string", "the site's identifier of the call"),
        ("leg", "string", "a or b in small letters, where the site says which"),
    )
    + _CALL
    + columns(
        ("called_raw", "string", "number dialled, as seized; '' for none"),
        ("disposition", "string", "how the call ended, as seized"),
        ("inbound", "boolean", "the call was made to an account, not by it"),
        (
            "needs_review",
            "boolean",
            "the row alone does not show whether it is a call, or to which number: it is inbound, ambiguous, outside"
            " the life of the site, without a readable time, or the leg to the account's own phone",
        ),
        ("duplicate_key", "int64", "hash of identifier, leg, account and start; rows of the same call share it"),
    ),
)
REPEATED_KEYS = Table(
    "repeated_keys",
    "one row per duplicate_key that several rows of parsed_calls share",
    columns(("duplicate_key", "int64", "the hash")),
)
ADJUSTED_ROWS = Table(
    "adjusted_rows",
    "one row per row of parsed_calls that is not simply a call as parsed: it needed review, repeats another row, or"
    " its called number is an own number",
    ORIGIN
    + _ROW_ID
    + _CALL
    + columns(
        ("called_disambiguated", "boolean", "the number had several readings; the account's other calls decided"),
        ("own", "string", "account, subject, site or organisation, where the called number is an own number"),
        ("needs_review", "boolean", "as in parsed_calls"),
        ("rejected", "string", "why the row is not a call of its own; null when it is"),
    ),
)
CALLS = Table(
    "calls",
    "one row per call: rows of parsed_calls that were not adjusted, and adjusted_rows that were not rejected; a view",
    tuple(column for column in ADJUSTED_ROWS.columns if column.name not in ("row_id", "needs_review", "rejected")),
)
LONG_CALLS = Table(
    "long_calls",
    "one row per answered call to a UK person that is longer than a minute, or than the run's rule asks",
    CALLS.columns,
)
CALL_TALLY = Table(
    "call_tally",
    "one row per combination of the values of a call that the funnel, the figures and the findings count by",
    columns(
        ("exhibit", "string", "exhibit of the calls"),
        ("started_reading", "string", "how their start was read"),
        ("called_region", "string", "region of the called number"),
        ("called_ambiguous", "boolean", "more than one reading remained"),
        ("called_reason", "string", "why the called number could not be read"),
        ("organisation", "string", "whose number was shown, where it is an organisation's"),
        ("own", "string", "account, subject, site or organisation, where the called number is an own number"),
        ("connected", "boolean", "somebody answered"),
        ("read", "boolean", "the called number was read for certain"),
        ("timed", "boolean", "the talk time was read"),
        ("talked", "boolean", "the talk time is above nought"),
        ("over_threshold", "boolean", "the talk time is longer than the run's rule asks"),
        ("calls", "int64", "calls with this combination"),
    ),
)
CALLED_PARTIES = Table(
    "called_parties",
    "one row per called_number that was read for certain; a view over calls",
    columns(
        ("called_number", "string", "the number, E.164"),
        ("kind", "string", "kind of number"),
        ("region", "string", "ISO 3166 region"),
        ("own", "string", "account, subject, site or organisation, where it is an own number"),
        ("calls", "int64", "calls to it"),
        ("connected_calls", "int64", "calls that were answered"),
        ("talk_s", "float64", "total talk time in seconds"),
        ("longest_s", "float64", "seconds of the longest call"),
        ("accounts", "int64", "distinct accounts that called it"),
        ("first_at", UTC, "first call"),
        ("last_at", UTC, "last call"),
    ),
)
CALLS_BY_DAY = Table(
    "calls_by_day",
    "one row per day, in the case's time zone, on which there was a call",
    columns(
        ("day", "string", "the day, ISO 8601"),
        ("calls", "int64", "calls that day"),
        ("uk_calls", "int64", "calls to UK numbers that day"),
        ("first_at", UTC, "first of the calls"),
        ("last_at", UTC, "last of them"),
    ),
)
PEOPLE_BY_MINUTE = Table(
    "people_by_minute",
    "one row per clock minute (UTC) in which a UK number was called",
    columns(("minute", UTC, "start of the minute"), ("people", "int64", "distinct UK numbers called")),
)
