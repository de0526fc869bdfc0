"""Format 1: exhibits and the audit log."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "001", None


def upgrade() -> None:
    """Make the three tables of the first format."""
    op.create_table(
        "about", sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
    )
    op.create_table(
        "exhibits",
        sa.Column("ref", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("in_place", sa.Boolean, nullable=False),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("added_at", sa.String, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.execute("INSERT INTO about (key, value) VALUES ('format', '1')")
