"""Format 2: staff, suppressions, batches, alerts, receipts, replies, alarms and checks."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "002", "001"


def upgrade() -> None:
    """Make the tables of staff and alerts. Existing tables stay as they are."""
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch", sa.String, nullable=False),
        sa.Column("alert", sa.Integer, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("what", "batch", "alert", "detail"),
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("rehearses", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("state_why", sa.String),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("planned_by", sa.String, nullable=False),
        sa.Column("planned_at", sa.BigInteger, nullable=False),
        sa.Column("approved_by", sa.String),
        sa.Column("approved_at", sa.BigInteger),
        sa.Column("approval_entry", sa.Integer),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("stopped_at", sa.BigInteger),
    )
    op.create_table(
        "check_slots",
        sa.Column("reference_digest", sa.String, primary_key=True),
        sa.Column("source_digest", sa.String, primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("booked", sa.Boolean, nullable=False),
    )
    op.create_index("check_slots_by_time", "check_slots", ["next_at"])
    op.create_table(
        "paces",
        sa.Column("sender", sa.String, primary_key=True),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("paused_until", sa.BigInteger),
        sa.Column("paused_why", sa.String),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notification_id", sa.String, nullable=False),
        sa.Column("provider_reference", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("completed_at", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("came_by", sa.String, nullable=False),
        sa.Column("applied", sa.Boolean, nullable=False),
        sa.UniqueConstraint("notification_id", "status"),
    )
    op.create_index("ix_receipts_notification_id", "receipts", ["notification_id"])
    op.create_index("ix_receipts_provider_reference", "receipts", ["provider_reference"])
    op.create_table(
        "staff",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("password_hash", sa.String),
        sa.Column("totp_sealed", sa.String),
        sa.Column("totp_last_step", sa.BigInteger),
        sa.Column("enrol_hash", sa.String),
        sa.Column("enrol_until", sa.BigInteger),
        sa.Column("number_digest", sa.String),
        sa.Column("number_sealed", sa.String),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.BigInteger),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("confirmed_by", sa.String),
        sa.Column("pending", sa.Text),
        sa.Column("pending_by", sa.String),
    )
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number_digest", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("undone_at", sa.BigInteger),
        sa.Column("undone_by", sa.String),
        sa.Column("undone_why", sa.String),
    )
    op.create_index("ix_suppressions_number_digest", "suppressions", ["number_digest"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch", sa.String, sa.ForeignKey("batches.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("number_digest", sa.String, nullable=False),
        sa.Column("check_digest", sa.String, nullable=False, unique=True),
        sa.Column("sealed", sa.String),
        sa.Column("provider_reference", sa.String, nullable=False, unique=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("why", sa.String),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("claimed_at", sa.BigInteger),
        sa.Column("fence", sa.Integer),
        sa.Column("ask_at", sa.BigInteger),
        sa.Column("notification_id", sa.String, unique=True),
        sa.Column("accepted_at", sa.BigInteger),
        sa.Column("delivery", sa.String),
        sa.Column("delivery_at", sa.BigInteger),
        sa.UniqueConstraint("batch", "place"),
    )
    op.create_index("alerts_by_number", "alerts", ["number_digest"])
    op.create_index("alerts_by_state", "alerts", ["batch", "state", "id"])
    op.create_index("alerts_to_ask", "alerts", ["batch", "ask_at"])
    op.create_table(
        "leases",
        sa.Column("batch", sa.String, sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("renewed_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("provider_id", sa.String, nullable=False, unique=True),
        sa.Column("number_digest", sa.String, nullable=False),
        sa.Column("sealed", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("suppression", sa.Integer, sa.ForeignKey("suppressions.id")),
        sa.Column("handled_at", sa.BigInteger),
        sa.Column("handled_by", sa.String),
    )
    op.create_index("ix_replies_number_digest", "replies", ["number_digest"])
    op.create_table(
        "routes",
        sa.Column("batch", sa.String, sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("number_digest", sa.String, nullable=False),
        sa.Column("number_sealed", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("region", sa.String, nullable=False),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("name", sa.String, sa.ForeignKey("staff.name"), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("alert", sa.Integer, sa.ForeignKey("alerts.id"), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("outcome", sa.String),
        sa.Column("detail", sa.String),
        sa.Column("notification_id", sa.String),
    )
    op.execute("UPDATE about SET value = '2' WHERE key = 'format'")
