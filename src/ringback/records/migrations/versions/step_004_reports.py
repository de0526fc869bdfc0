"""Format 4: reports from the public, their losses, decisions about them, and imports."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "004", "003"


def upgrade() -> None:
    """Make the tables of reports. Existing tables stay as they are."""
    op.create_table(
        "report_imports",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False, unique=True),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False, unique=True),
        sa.Column("way", sa.String, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("taken_by", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("key_sealed", sa.String),
        sa.Column("number_digest", sa.String),
        sa.Column("check_digest", sa.String),
        sa.Column("contact_digest", sa.String),
        sa.Column("content_digest", sa.String),
        sa.Column("centre_digest", sa.String),
        sa.Column("status_digest", sa.String, unique=True),
        sa.Column("wants_to_be_told", sa.Boolean, nullable=False),
        sa.Column("duplicate_group", sa.String),
        sa.Column("source", sa.String, sa.ForeignKey("report_imports.id")),
        sa.Column("source_table", sa.String),
        sa.Column("source_row", sa.BigInteger),
        sa.Column("erased_at", sa.BigInteger),
        sa.Column("erased_by", sa.String),
        sa.UniqueConstraint("source", "source_table", "source_row"),
    )
    for name in ("number_digest", "check_digest", "contact_digest", "content_digest", "centre_digest"):
        op.create_index(f"ix_reports_{name}", "reports", [name])
    op.create_table(
        "report_losses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report", sa.String, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("basis", sa.String, nullable=False),
        sa.Column("pence", sa.BigInteger, nullable=False),
        sa.Column("returned_pence", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("replaced_at", sa.BigInteger),
        sa.CheckConstraint("basis IN ('reported', 'confirmed', 'estimated')", name="known_basis"),
    )
    op.create_index("ix_report_losses_report", "report_losses", ["report"])
    op.create_table(
        "report_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report", sa.String, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("run", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("ix_report_decisions_report", "report_decisions", ["report"])
    op.execute("UPDATE about SET value = '4' WHERE key = 'format'")
