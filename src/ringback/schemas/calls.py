"""The tables of calls: seized rows of call tables as they were read, judged, and counted."""

from ringback.schemas.raw import ORIGIN, UTC
from ringback.schemas.table import Table, columns

_CALL_PARTS = columns(
    ("account", "string", "login on the spoofing service"),
    ("started_at", UTC, "start of the call"),
    ("started_reading", "string", "plain, repeated, skipped, or zoned when the text itself told the offset"),
    ("duration_s", "float64", "talk time in seconds; null when unread"),
    ("presentation_number", "int64", "number shown, as E.164 without its plus; null when not read for certain"),
    ("called_number", "int64", "number dialled, as E.164 without its plus; null when unread"),
    ("called_kind", "string", "kind of the called number"),
    ("called_region", "string", "region of the called number"),
    ("called_how", "string", "how the called number was read"),
    ("called_ambiguous", "boolean", "more than one reading remained"),
    ("called_reason", "string", "why the called number could not be read"),
)
_PLACE = columns(("place", "int64", "number of the row among all seized calls, by exhibit and in the order of reading"))
READ_CALLS = Table(
    "read_calls",
    "one row per seized row of a call table, with its texts read; a number with several readings is the first of them",
    ORIGIN
    + _PLACE
    + columns(
        ("call_id", "string", "the site's identifier of the call"),
        ("leg", "string", "a or b, where the site says, in small letters"),
    )
    + _CALL_PARTS
    + columns(
        ("called_raw", "string", "number dialled, as seized; '' for none"),
        ("disposition", "string", "how the call ended, as seized"),
        ("organisation", "string", "whose number was shown, where it is an organisation's"),
        ("connected", "boolean", "somebody answered: talk time above nought and an answered disposition"),
        ("inbound", "boolean", "the call reached an account, and was not made by it"),
        ("plain", "boolean", "nothing in the row itself asks for a second look: see unclear_calls"),
        ("look", "int64", "hash of identifier, leg, account and start: rows that repeat one another have the same"),
    ),
)
UNCLEAR_CALLS = Table(
    "unclear_calls",
    "one row per seized row of a call table that is not plain, again: its number has several readings, its time is"
    " outside the life of the site or cannot be read, it is the leg to the account's own phone, or it reached an"
    " account",
    READ_CALLS.columns,
)
LONG_ROWS = Table(
    "long_rows",
    "one row per plain row of read_calls that is answered, and of a length and to a region that the published figures"
    " or the run's rule ask for, again, but without the site's own words: whether it repeats another, or reached an own"
    " number, is in marked_rows",
    tuple(
        column
        for column in READ_CALLS.columns
        if column.name not in ("call_id", "leg", "called_raw", "disposition", "inbound", "look")
    ),
)
CALLED_LEGS = Table(
    "called_legs",
    "one row per seized row of a call table that is the leg to the person called and names its call",
    columns(
        ("call_id", "string", "the site's identifier of the call"),
        ("account", "string", "login on the spoofing service"),
        ("started_at", UTC, "start of the leg"),
    ),
)
REPEATED_LOOKS = Table(
    "repeated_looks",
    "one row per look that more than one seized row has",
    columns(("look", "int64", "the hash")),
)
EXAMINED_ROWS = Table(
    "examined_rows",
    "one row per row of unclear_calls: its number settled, and why it is no call of its own, if it is none",
    ORIGIN
    + _CALL_PARTS
    + columns(
        ("called_settled", "boolean", "settled by the account's own calls"),
        ("organisation", "string", "whose number was shown, where it is an organisation's"),
        ("own", "string", "account, subject, site or organisation, when the called number is one's own"),
        ("connected", "boolean", "somebody answered: talk time above nought and an answered disposition"),
        ("rejected", "string", "why the row is not a call of its own; null when it is"),
    ),
)
CALL_ROWS = Table(
    "call_rows",
    "one row per seized row of a call table, kept or not; its identifier and leg are in read_calls: no file of its own,"
    " but the plain rows of read_calls with what marked_rows says of them, and examined_rows",
    EXAMINED_ROWS.columns,
)
CALLS = Table(
    "calls",
    "one row per call: no file of its own, but the rows of call_rows that were not rejected",
    CALL_ROWS.columns[:-1],
)
_COUNTED = tuple(
    column
    for column in CALLS.columns
    if column.name
    in (
        "exhibit",
        "account",
        "started_at",
        "started_reading",
        "duration_s",
        "called_number",
        "called_region",
        "called_ambiguous",
        "called_reason",
        "organisation",
        "own",
        "connected",
    )
)
REPETITIONS = Table(
    "repetitions",
    "one row per seized row of a call table that repeats a row before it; with what is counted of calls",
    ORIGIN
    + _PLACE
    + columns(("plain", "boolean", "the row is not in unclear_calls"))
    + tuple(column for column in _COUNTED if column.name not in ("exhibit", "own")),
)
MARKED_ROWS = Table(
    "marked_rows",
    "one row per plain row of read_calls that repeats another, or that reached a number of one's own; with what is"
    " counted of calls",
    _PLACE + _COUNTED + columns(("rejected", "string", "duplicate when the row repeats another, else null")),
)
CALL_CHANGES = Table(
    "call_changes",
    "what the counts of plain rows lack, and have too much: no file of its own, but one row for each call of"
    " examined_rows, one for each row of marked_rows, which is taken out, and another if it is a call all the same",
    _COUNTED + columns(("calls", "int64", "1 for a call more, -1 for a call less")),
)
LONG_CALLS = Table(
    "long_calls",
    "one row per answered call to a UK person that is longer than a minute, or than the run's rule asks",
    CALLS.columns,
)
CALL_TALLY = Table(
    "call_tally",
    "one row per combination of what the funnel, the figures and the findings ask of a call",
    columns(
        ("exhibit", "string", "exhibit of the calls"),
        ("started_reading", "string", "how their start was read"),
        ("called_region", "string", "region of the called number"),
        ("called_ambiguous", "boolean", "more than one reading remained"),
        ("called_reason", "string", "why the called number could not be read"),
        ("organisation", "string", "whose number was shown, where it is an organisation's"),
        ("own", "string", "whose own number the called one is, when it is one's own"),
        ("connected", "boolean", "somebody answered"),
        ("read", "boolean", "the called number was read for certain"),
        ("timed", "boolean", "the talk time was read"),
        ("talked", "boolean", "the talk time is above nought"),
        ("over_threshold", "boolean", "the talk time is longer than the run's rule asks"),
        ("calls", "int64", "calls of which all of this is so"),
    ),
)
CALLED_PARTIES = Table(
    "called_parties",
    "one row per called_number read for certain: no file of its own, but made from calls when it is asked for",
    columns(
        ("called_number", "string", "the number, E.164"),
        ("kind", "string", "kind of number"),
        ("region", "string", "ISO 3166 region"),
        ("own", "string", "whose own number it is, when it is one's own"),
        ("calls", "int64", "calls to it"),
        ("connected_calls", "int64", "calls that were answered"),
        ("talk_s", "float64", "seconds talked in all"),
        ("longest_s", "float64", "seconds of the longest call"),
        ("accounts", "int64", "distinct accounts that called it"),
        ("first_at", UTC, "first call"),
        ("last_at", UTC, "last call"),
    ),
)
CALLS_BY_DAY = Table(
    "calls_by_day",
    "one row per day in the case's time zone with a call",
    columns(
        ("day", "string", "the day, ISO 8601"),
        ("calls", "int64", "calls that day"),
        ("uk_calls", "int64", "calls to UK numbers that day"),
        ("first_at", UTC, "first of the calls"),
        ("last_at", UTC, "last of them"),
    ),
)

# Counts of plain rows, repetitions among them, made while they are read; `call_changes` is what they lack, or have too
# much. The examples of habits are no counts, and of all rows.
PLAIN_TALLY = Table(
    "plain_tally",
    "one row per combination of what call_tally asks of a plain row, whose number is nobody's own as far as it tells;"
    " a combination comes again for each batch of rows that was read, and repetitions are counted too",
    tuple(column for column in CALL_TALLY.columns if column.name != "own"),
)
PLAIN_DAYS = Table(
    "plain_days",
    "one row per day in the case's time zone with a plain row; a day comes again for each batch of rows, and"
    " repetitions are counted too",
    CALLS_BY_DAY.columns,
)
PLAIN_ACCOUNTS = Table(
    "plain_accounts",
    "one row per account with a plain row, or null for none; an account comes again for every few batches of rows",
    columns(
        ("account", "string", "login on the spoofing service"),
        ("calls", "int64", "plain rows"),
        ("connected_calls", "int64", "those that were answered"),
        ("first_at", UTC, "start of the first"),
        ("last_at", UTC, "start of the last"),
    ),
)
HABIT_EXAMPLES = Table(
    "habit_examples",
    "one row per number that an account dialled without a prefix and that has one reading: of each account and way of"
    " reading, in every few batches of rows, the first few distinct numbers, as many as tell a habit",
    columns(
        ("account", "string", "login on the spoofing service"),
        ("called_how", "string", "how the number was read"),
        ("called_number", "int64", "the number, E.164 without its plus"),
    ),
)
