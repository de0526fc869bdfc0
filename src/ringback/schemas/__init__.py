"""Every table: its columns, types, units and grain.

Types are Ibis type names: string, int64, float64, boolean, decimal(18,2), timestamp (naive, in the case's time zone)
and timestamp('UTC'), date. Nothing here computes; readers, stages and the engine share these names.
"""

from ringback.schemas.calls import (
    ADJUSTED_ROWS,
    CALL_TALLY,
    CALLED_PARTIES,
    CALLS,
    CALLS_BY_DAY,
    LONG_CALLS,
    PARSED_CALLS,
    PEOPLE_BY_MINUTE,
    REPEATED_KEYS,
)
from ringback.schemas.raw import (
    ANSWERS_OF,
    FEW_VALUES,
    ORIGIN,
    RAW_ACCOUNTS,
    RAW_CALLS,
    RAW_PAYMENTS,
    RAW_SITE_NUMBERS,
    RAW_SUBJECTS,
    RAW_TABLES,
    SYNTHETIC_MARK,
    UTC,
)
from ringback.schemas.reports import LOSS_ASSESSMENTS, REPORT_DECISIONS, REPORTS, SNAPSHOT_TABLES
from ringback.schemas.table import Table, columns

# The tables of seized rows and of calls are re-exported here, so that all tables are found in one place.
__all__ = [
    "ADJUSTED_ROWS",
    "ANSWERS_OF",
    "CALLED_PARTIES",
    "CALLS",
    "CALLS_BY_DAY",
    "CALL_TALLY",
    "FEW_VALUES",
    "LONG_CALLS",
    "LOSS_ASSESSMENTS",
    "ORIGIN",
    "PARSED_CALLS",
    "PEOPLE_BY_MINUTE",
    "RAW_ACCOUNTS",
    "RAW_CALLS",
    "RAW_PAYMENTS",
    "RAW_SITE_NUMBERS",
    "RAW_SUBJECTS",
    "RAW_TABLES",
    "REPEATED_KEYS",
    "REPORTS",
    "REPORT_DECISIONS",
    "SNAPSHOT_TABLES",
    "SYNTHETIC_MARK",
    "UTC",
]

REJECTED_ROWS = Table(
    "rejected_rows",
    "one row per seized row that was rejected",
    ORIGIN
    + columns(
        ("step", "string", "where it fell out: reading, or the stage's name"),
        ("reason", "string", "why, as a code"),
        ("detail", "string", "what was wrong, without any phone number"),
    ),
)
UNREAD_ROWS = Table(
    "unread_rows",
    "one row per seized row, or damaged place, that could not be read",
    REJECTED_ROWS.columns,
)
QUARANTINE = Table(
    "quarantine",
    "one row per seized column that is counted and never read: codes, PINs, passwords, cards, recordings",
    columns(
        ("exhibit", "string", "reference of the exhibit"),
        ("origin_table", "string", "the seized table"),
        ("column", "string", "the seized column"),
        ("values", "int64", "rows in which it held something"),
    ),
)

KINDS = (
    "mobile",
    "landline",
    "mobile_or_landline",
    "toll_free",
    "premium",
    "shared_cost",
    "voip",
    "personal",
    "pager",
    "uan",
    "voicemail",
    "unknown",
)
# Dispositions of calls that somebody answered, in capitals.
ANSWERED = ("ANSWERED", "ANSWER", "CONNECTED")
READINGS = Table(
    "readings",
    "one row per distinct raw text of a contact number or a number of the site; calls have theirs in parsed_calls",
    columns(
        ("raw", "string", "the text as seized"),
        ("e164", "string", "the first reading that the dial plan accepts; null when unread"),
        ("kind", "string", "kind of number: " + ", ".join(KINDS)),
        ("region", "string", "ISO 3166 region, 001 for worldwide services; null when unread"),
        (
            "how",
            "string",
            "how it was read: plus, 00, 011, trunk:GB, bare-international, bare-national:US, ...",
        ),
        ("ambiguous", "boolean", "more than one reading, with different results, was acceptable"),
        ("reason", "string", "why it could not be read; null when it could"),
    ),
)
READING_OPTIONS = Table(
    "reading_options",
    "one row per acceptable reading of an ambiguous raw text",
    columns(
        ("raw", "string", "the text as seized"),
        ("rank", "int64", "order in the dial plan, from 1"),
        ("e164", "string", "this reading"),
        ("kind", "string", "kind of number"),
        ("region", "string", "ISO 3166 region"),
        ("how", "string", "how it was read"),
    ),
)
SEEN_OPTIONS = Table(
    "seen_options",
    "as reading_options, but made exhibit by exhibit: a text may have its rows several times",
    READING_OPTIONS.columns,
)
ORGANISATION_NUMBERS = Table(
    "organisation_numbers",
    "one row per number that an organisation publishes as its own",
    columns(
        ("e164", "string", "the number"),
        ("organisation", "string", "the organisation imitated by showing it"),
        ("sector", "string", "bank, card, tax, ..."),
    ),
)
ZONE_OFFSETS = Table(
    "zone_offsets",
    "one row per stretch of local time with one offset from UTC, in the case's time zone",
    columns(
        ("from_local", "timestamp", "start of the stretch, local time"),
        ("until_local", "timestamp", "end of the stretch, local time, not in it"),
        ("offset_s", "int64", "seconds to subtract from local time to get UTC"),
        (
            "reading",
            "string",
            "plain, repeated (the autumn hour: read as its first pass) or skipped (spring)",
        ),
    ),
)

LOCAL_DAYS = Table(
    "local_days",
    "one row per day in the case's time zone",
    columns(
        ("day", "string", "the day, ISO 8601"),
        ("from_at", UTC, "start of the day"),
        ("until_at", UTC, "end of the day, not in it"),
    ),
)

DIALLING_HABITS = Table(
    "dialling_habits",
    "one row per account that always dials bare numbers in the same way",
    columns(
        ("account", "string", "login on the spoofing service"),
        ("habit", "string", "how all its unambiguous bare numbers are read: bare-international, bare-national:US, ..."),
    ),
)
OWN_NUMBERS = Table(
    "own_numbers",
    "one row per number that belongs to an account, a subject, the site or an organisation",
    columns(
        ("e164", "string", "the number"),
        ("owner", "string", "account, subject, site or organisation: the first that applies, in that order"),
    ),
)
PAYMENT_ROWS = Table(
    "payment_rows",
    "one row per seized row of a payment table, kept or not",
    ORIGIN
    + columns(
        ("payment_id", "string", "the site's identifier of the payment"),
        ("account", "string", "login that paid"),
        ("gbp", "decimal(18,2)", "sterling value on the day"),
        ("rejected", "string", "why the row is not a payment of its own; null when it is"),
    ),
)
VICTIMS = Table(
    "victims",
    "one row per called_number that meets the rule",
    columns(
        ("called_number", "string", "the number, E.164"),
        ("rule", "string", "name@version of the rule"),
        ("reason", "string", "why it meets the rule, in words"),
        ("calls", "int64", "calls to the number that each meet the rule"),
        ("longest_s", "float64", "seconds of the longest of them"),
        ("accounts", "int64", "distinct accounts behind them"),
        ("subjects", "int64", "distinct identified subjects behind them"),
        ("first_at", UTC, "first of them"),
        ("last_at", UTC, "last of them"),
        ("organisations", "string", "organisations whose numbers were shown in them, sorted, separated by '; '"),
        ("first_exhibit", "string", "exhibit of the first of them"),
        ("first_table", "string", "seized table of the first of them"),
        ("first_row", "int64", "row of the first of them"),
    ),
)
# Made when a batch is planned, not saved with the run: called_number, kind, region, own, calls (as the rule counts).
CANDIDATES = Table(
    "candidates", "one row per called_number with a call that meets the rule", CALLED_PARTIES.columns[:5]
)
ACCOUNTS = Table(
    "accounts",
    "one row per account that is in the account table, a call or a payment",
    columns(
        ("account", "string", "login on the spoofing service"),
        ("subject", "string", "investigators' reference, where tied to a person"),
        ("status", "string", "the subject's status"),
        ("calls", "int64", "calls made"),
        ("connected_calls", "int64", "calls that were answered"),
        ("uk_calls_over_minute", "int64", "UK calls over a minute to people"),
        ("uk_people_over_minute", "int64", "distinct UK numbers of those calls"),
        ("first_at", UTC, "first call"),
        ("last_at", UTC, "last call"),
        ("paid_gbp", "decimal(18,2)", "total paid in pounds"),
    ),
)
ACCOUNT_SUBJECTS = Table(
    "account_subjects",
    "one row per account tied to a person",
    columns(
        ("account", "string", "login on the spoofing service"),
        ("subject", "string", "investigators' reference of the person"),
        ("status", "string", "the subject's status in this row"),
        ("identified", "boolean", "whether the status makes it an identified subject"),
    ),
)
SUBJECTS = Table(
    "subjects",
    "one row per subject",
    columns(
        ("subject", "string", "investigators' reference of the person"),
        ("status", "string", "furthest status given"),
        ("area", "string", "where the person is dealt with"),
        ("accounts", "int64", "accounts tied to the person"),
    ),
)
FUNNEL = Table(
    "funnel",
    "one row per step and outcome",
    columns(
        ("step_no", "int64", "order of the step"),
        ("step", "string", "name of the step"),
        ("unit", "string", "what is counted: rows, calls or numbers"),
        ("outcome", "string", "kept, or the reason for falling out"),
        ("count", "int64", "how many"),
    ),
)
# Statuses that make a subject an identified one.
IDENTIFIED_STATUSES = ("identified", "arrested", "charged", "convicted")
SUBJECTS_BY_STATUS_AND_AREA = Table(
    "subjects_by_status_and_area",
    "one row per status and area",
    columns(("status", "string", "status"), ("area", "string", "area"), ("subjects", "int64", "subjects")),
)
TABLES: tuple[Table, ...] = (
    *(table for table in RAW_TABLES.values() if table is not RAW_CALLS),
    UNREAD_ROWS,
    REJECTED_ROWS,
    QUARANTINE,
    READINGS,
    READING_OPTIONS,
    ORGANISATION_NUMBERS,
    ZONE_OFFSETS,
    LOCAL_DAYS,
    SEEN_OPTIONS,
    PARSED_CALLS,
    REPEATED_KEYS,
    DIALLING_HABITS,
    OWN_NUMBERS,
    ADJUSTED_ROWS,
    PAYMENT_ROWS,
    CALLS,
    LONG_CALLS,
    CALL_TALLY,
    CALLED_PARTIES,
    VICTIMS,
    ACCOUNTS,
    ACCOUNT_SUBJECTS,
    SUBJECTS,
    FUNNEL,
    CALLS_BY_DAY,
    PEOPLE_BY_MINUTE,
    SUBJECTS_BY_STATUS_AND_AREA,
)
