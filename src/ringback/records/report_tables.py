"""The tables of reports from the public. What a report says is sealed under a key of its own; numbers are digests."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from ringback.records.tables import metadata
from ringback.records.utc_datetime import UtcDateTime

# One row per export of another centre that was imported, or is being imported. The file itself is not kept.
report_imports = Table(
    "report_imports",
    metadata,
    Column("id", String, primary_key=True),  # IM-001
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False, unique=True),
    Column("bytes", BigInteger, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", String, nullable=False),
)

# One row per report. Erasing one empties the sealed content, its key and its digests; the row stays, to be counted.
reports = Table(
    "reports",
    metadata,
    Column("id", String, primary_key=True),  # R-0001
    Column("place", Integer, nullable=False, unique=True),  # from 1, in order of arrival
    Column("way", String, nullable=False),  # public, telephone, import
    Column("received_at", UtcDateTime, nullable=False),
    Column("taken_by", String, nullable=False),  # the member of staff; '' for the public form
    Column("status", String, nullable=False),  # received, looked_at, tied, helped, closed
    Column("kind", String, nullable=False),  # crime, information
    Column("sealed", Text),  # the content, under the report's own key
    Column("key_sealed", String),  # that key, under the case's key
    Column("number_digest", String, index=True),  # of the called number, as alerts have it
    Column("check_digest", String, index=True),  # of our text's reference and last four digits, as alerts have it
    Column("contact_digest", String, index=True),  # of how to reach the reporter
    Column("content_digest", String, index=True),  # of all that an imported row says
    # Of the number under which another centre has it. Erasing keeps it, so that no later export brings the report back.
    Column("centre_digest", String, index=True),
    Column("status_digest", String, unique=True),  # of the status code that the reporter was given
    Column("wants_to_be_told", Boolean, nullable=False),
    Column("duplicate_group", String),  # the first report of those that a person found to be the same
    Column("source", String, ForeignKey("report_imports.id")),
    Column("source_table", String),
    Column("source_row", BigInteger),
    Column("erased_at", UtcDateTime),
    Column("erased_by", String),
    Unique("source", "source_table", "source_row"),
)

# One row per sum. The three bases are never added to each other. `reported` rows never change; a newer confirmed or
# estimated sum takes the place of the one before.
report_losses = Table(
    "report_losses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report", String, ForeignKey("reports.id"), nullable=False, index=True),
    Column("basis", String, nullable=False),  # reported, confirmed, estimated
    Column("pence", BigInteger, nullable=False),
    Column("returned_pence", BigInteger, nullable=False),
    Column("who", String, nullable=False),  # '' for what the reporter says
    Column("at", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("replaced_at", UtcDateTime),
    CheckConstraint("basis IN ('reported', 'confirmed', 'estimated')", name="known_basis"),
)

# One row per decision of a person about a report. Rows are added, never changed.
report_decisions = Table(
    "report_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report", String, ForeignKey("reports.id"), nullable=False, index=True),
    Column("what", String, nullable=False),  # status, duplicate, match
    Column("about", String, nullable=False),  # '', another report, or a number's digest or a call's id
    Column("run", String, nullable=False),  # the run that a match was looked at in, else ''
    Column("decision", String, nullable=False),
    Column("who", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
)
