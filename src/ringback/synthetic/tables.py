"""The tables of the made-up panel: names, columns, and their types in its database."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SeizedTable:
    """One table.

    Attributes:
        name: Its name, also the stem of its file.
        columns: Column names in order.
        sql_types: Their types as `mysqldump` prints them.
        plain: Columns whose values never need escapes in a text format.
        numeric: Columns that `mysqldump` prints without quotes.
    """

    name: str
    columns: tuple[str, ...]
    sql_types: tuple[str, ...]
    plain: frozenset[str]
    numeric: frozenset[str] = frozenset()


ACCOUNTS: Final = SeizedTable(
    "accounts",
    ("account", "created_at", "display_name", "contact_number"),
    ("varchar(64) NOT NULL", "datetime DEFAULT NULL", "text DEFAULT NULL", "varchar(64) DEFAULT NULL"),
    frozenset({"account", "created_at"}),
)
CALLS: Final = SeizedTable(
    "calls",
    (
        "call_id",
        "leg",
        "account",
        "started_at",
        "presentation_number",
        "called_number",
        "duration_s",
        "disposition",
        "note",
        "captured_digits",
    ),
    (
        "varchar(32) DEFAULT NULL",
        "char(1) DEFAULT NULL",
        "varchar(64) DEFAULT NULL",
        "datetime DEFAULT NULL",
        "varchar(128) DEFAULT NULL",
        "varchar(128) DEFAULT NULL",
        "int(11) DEFAULT NULL",
        "varchar(16) DEFAULT NULL",
        "text DEFAULT NULL",
        "varchar(32) DEFAULT NULL",
    ),
    frozenset({"call_id", "leg", "account", "started_at", "duration_s", "disposition", "captured_digits"}),
    frozenset({"duration_s"}),
)
PAYMENTS: Final = SeizedTable(
    "payments",
    ("payment_id", "account", "paid_at", "bitcoin", "gbp"),
    (
        "varchar(32) DEFAULT NULL",
        "varchar(64) DEFAULT NULL",
        "datetime DEFAULT NULL",
        "decimal(16,8) DEFAULT NULL",
        "decimal(12,2) DEFAULT NULL",
    ),
    frozenset({"payment_id", "account", "paid_at", "bitcoin", "gbp"}),
    frozenset({"bitcoin", "gbp"}),
)
SITE_NUMBERS: Final = SeizedTable(
    "site_numbers",
    ("number", "use"),
    ("varchar(64) DEFAULT NULL", "varchar(64) DEFAULT NULL"),
    frozenset({"use"}),
)
# The investigators' own list: always a CSV file.
SUBJECTS: Final = SeizedTable(
    "subjects",
    ("account", "subject", "status", "area", "contact_number"),
    (),
    frozenset({"account", "subject", "status", "area"}),
)
# In the order of a dump.
SEIZED: Final = (ACCOUNTS, CALLS, PAYMENTS, SITE_NUMBERS)
