"""The tables that readers fill: one row per seized row, every value the text as seized.

Rows of RAW_CALLS are parsed as they are read and are not saved: `schemas.PARSED_CALLS` is what stays of them.
"""

from ringback.schemas.table import Table, columns

UTC = "timestamp('UTC')"
# Every call identifier of a synthetic seizure starts with this. The mark is in the data themselves, so nobody can
# make such a case look real by editing one line.
SYNTHETIC_MARK = "SYNTHETIC-"


ORIGIN = columns(
    ("exhibit", "string", "reference of the exhibit, such as EX-001"),
    ("origin_table", "string", "the seized table or file of the row"),
    ("origin_row", "int64", "row number in that table, from 1"),
    ("origin_byte", "int64", "byte at which the row starts in the decompressed exhibit; null where there is none"),
)

RAW_CALLS = Table(
    "raw_calls",
    "one row per seized row of a call table",
    ORIGIN
    + columns(
        ("call_id", "string", "the site's identifier of the call"),
        ("leg", "string", "a: the leg to the account's own phone; b: the leg to the person called"),
        ("account", "string", "login on the spoofing service"),
        ("started_at", "string", "start as seized, as ISO 8601 text"),
        ("presentation_number", "string", "number shown, as seized"),
        ("called_number", "string", "number dialled, as seized"),
        ("duration", "string", "talk time in seconds, as text; as seized where it cannot be read"),
        ("disposition", "string", "how the call ended, as seized"),
        ("answered_at", "string", "time of the answer, as ISO 8601 text; null where nobody answered"),
        ("ended_at", "string", "time of the end, as ISO 8601 text"),
        ("direction", "string", "inbound for a call to an account, else as seized"),
        ("country_code", "string", "calling code of the number dialled, where it stands in a column of its own"),
    ),
)
# Columns of RAW_CALLS with few distinct values: readers make dictionaries of them, and later steps read them as such.
FEW_VALUES = (
    "exhibit",
    "origin_table",
    "leg",
    "account",
    "disposition",
    "duration",
    "direction",
    "country_code",
)
# A column that rows of RAW_CALLS from an archive have beside these: the name of the table of which it is asked whether
# anything is known of answers. Of other rows it is asked of `origin_table`.
ANSWERS_OF = "answers_of"
RAW_ACCOUNTS = Table(
    "raw_accounts",
    "one row per seized row of an account table",
    ORIGIN
    + columns(
        ("account", "string", "login on the spoofing service"),
        ("created_at", "string", "when it was opened, as seized"),
        ("contact_number", "string", "the holder's own phone, as seized"),
    ),
)
RAW_PAYMENTS = Table(
    "raw_payments",
    "one row per seized row of a payment table",
    ORIGIN
    + columns(
        ("payment_id", "string", "the site's identifier of the payment"),
        ("account", "string", "login that paid"),
        ("paid_at", "string", "time of the payment, as seized"),
        ("bitcoin", "string", "amount in bitcoin, as seized"),
        ("gbp", "string", "sterling value on the day, as seized"),
    ),
)
RAW_SUBJECTS = Table(
    "raw_subjects",
    "one row per account that investigators tied to a person",
    ORIGIN
    + columns(
        ("account", "string", "login on the spoofing service"),
        ("subject", "string", "investigators' reference of the person"),
        ("status", "string", "unidentified, identified, arrested, charged or convicted"),
        ("area", "string", "where the person is dealt with"),
        ("contact_number", "string", "the person's own phone, where known"),
    ),
)
RAW_SITE_NUMBERS = Table(
    "raw_site_numbers",
    "one row per number that the site itself used",
    ORIGIN
    + columns(
        ("number", "string", "the number, as seized"),
        ("use", "string", "what the site used it for"),
    ),
)
RAW_TABLES: dict[str, Table] = {
    "calls": RAW_CALLS,
    "accounts": RAW_ACCOUNTS,
    "payments": RAW_PAYMENTS,
    "subjects": RAW_SUBJECTS,
    "site_numbers": RAW_SITE_NUMBERS,
}
