"""The tables of exhibits and the audit log."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, String, Table, Text

# Format 2 added staff and alerts (alert_tables.py), format 3 the claims of a batch, format 4 reports
# (report_tables.py). Each step is a file in migrations/versions/.
RECORDS_FORMAT = 4

metadata = MetaData()

# One row: the format of the tables in this file.
about = Table("about", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

# One row per registered exhibit.
exhibits = Table(
    "exhibits",
    metadata,
    Column("ref", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("path", String, nullable=False),
    Column("in_place", Boolean, nullable=False),
    Column("format", String, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("added_at", String, nullable=False),
    Column("added_by", String, nullable=False),
)

# One row per audit entry. `hash` covers every other column and the hash of the entry before.
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)
