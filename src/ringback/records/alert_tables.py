"""The tables of staff and alerts. They hold numbers and references only sealed or as keyed digests."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from ringback.records.tables import metadata
from ringback.records.utc_datetime import UtcDateTime

# One row per person who works with the case.
staff = Table(
    "staff",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),  # approval.ROLES
    Column("status", String, nullable=False),  # proposed, invited, active, disabled
    Column("password_hash", String),
    Column("totp_sealed", String),
    Column("totp_last_step", BigInteger),  # the last 30-second step whose code was used, so that no code counts twice
    Column("enrol_hash", String),
    Column("enrol_until", UtcDateTime),
    Column("number_digest", String),  # the person's own mobile, for rehearsals
    Column("number_sealed", String),
    Column("failures", Integer, nullable=False, default=0),
    Column("next_try_at", UtcDateTime),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", String, nullable=False),
    Column("confirmed_by", String),
    # A change that waits for a second administrator, as JSON, and who asked for it.
    Column("pending", Text),
    Column("pending_by", String),
)

# One row per log-in that has not ended.
staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("name", String, ForeignKey("staff.name"), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
)

# One row per decision never to contact a number.
suppressions = Table(
    "suppressions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number_digest", String, nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("source", String, nullable=False),  # import, reply, staff
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", String, nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", String),
    Column("undone_why", String),
)

# One row per batch. `content` is the frozen content as canonical JSON, `hash` its SHA-256.
batches = Table(
    "batches",
    metadata,
    Column("id", String, primary_key=True),  # B-001; a rehearsal of it is B-001-R1
    Column("kind", String, nullable=False),  # alerts, rehearsal
    Column("rehearses", String),  # the batch that a rehearsal rehearses
    Column("state", String, nullable=False),  # planned, approved, stopped, halted, finished
    Column("state_why", String),
    Column("content", Text, nullable=False),
    Column("hash", String, nullable=False),
    Column("planned_by", String, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("approved_by", String),
    Column("approved_at", UtcDateTime),
    Column("approval_entry", Integer),  # the audit entry of the approval; stopping or halting takes it away
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
)

# One row per routed number of a batch: where it went, and why.
routes = Table(
    "routes",
    metadata,
    Column("batch", String, ForeignKey("batches.id"), primary_key=True),
    Column("place", Integer, primary_key=True),  # from 1, in the order of the list
    Column("number_digest", String, nullable=False),
    Column("number_sealed", String, nullable=False),
    Column("channel", String, nullable=False),  # text, outreach, referral, none
    Column("reason", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("region", String, nullable=False),
)

# One row per alert: one text to one number.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch", String, ForeignKey("batches.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("number_digest", String, nullable=False),
    Column("check_digest", String, nullable=False, unique=True),  # keyed, of alert reference and last four digits
    Column("sealed", String),  # number and alert reference; erased once the provider has accepted
    Column("provider_reference", String, nullable=False, unique=True),
    Column("state", String, nullable=False),  # schemas of alerting.states
    Column("why", String),
    Column("attempt", Integer, nullable=False, default=0),
    Column("claimed_at", UtcDateTime),
    Column("fence", Integer),
    Column("ask_at", UtcDateTime),  # when to ask the provider next: about a doubt, or once more after a second attempt
    Column("notification_id", String, unique=True),
    Column("accepted_at", UtcDateTime),
    Column("delivery", String),
    Column("delivery_at", UtcDateTime),
    UniqueConstraint("batch", "place"),
)
Index("alerts_by_state", alerts.c.batch, alerts.c.state, alerts.c.id)
Index("alerts_to_ask", alerts.c.batch, alerts.c.ask_at)
Index("alerts_by_number", alerts.c.number_digest)

# One row per attempt to hand an alert to the provider. Rows are added and ended, never deleted.
attempts = Table(
    "attempts",
    metadata,
    Column("alert", Integer, ForeignKey("alerts.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("fence", Integer, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String),
    Column("detail", String),
    Column("notification_id", String),
)

# One row per batch that somebody is or was sending. `fence` grows with every new holder.
leases = Table(
    "leases",
    metadata,
    Column("batch", String, ForeignKey("batches.id"), primary_key=True),
    Column("holder", String, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("renewed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("claims", Integer, nullable=False, server_default="0"),  # claims ever made
)

# One row per sender: the pace that all batches share.
paces = Table(
    "paces",
    metadata,
    Column("sender", String, primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),  # when the next request may start
    Column("paused_until", UtcDateTime),
    Column("paused_why", String),
    Column("day", String, nullable=False),  # UTC date of `requests`
    Column("requests", Integer, nullable=False),
)

# One row per delivery receipt that came in, in order of arrival, including copies and late ones.
receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notification_id", String, nullable=False, index=True),
    Column("provider_reference", String, index=True),
    Column("status", String, nullable=False),
    Column("completed_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("came_by", String, nullable=False),  # callback, poll, list, question
    Column("applied", Boolean, nullable=False),
    UniqueConstraint("notification_id", "status"),
)

# One row per text that somebody sent to us.
replies = Table(
    "replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider_id", String, nullable=False, unique=True),
    Column("number_digest", String, nullable=False, index=True),
    Column("sealed", String, nullable=False),  # number and text
    Column("kind", String, nullable=False),  # stop, check, not_me, other
    Column("sent_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("suppression", Integer, ForeignKey("suppressions.id")),
    Column("handled_at", UtcDateTime),
    Column("handled_by", String),
)

# One row per alarm.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch", String, nullable=False),  # '' for none
    Column("alert", Integer, nullable=False),  # 0 for none
    Column("what", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    UniqueConstraint("what", "batch", "alert", "detail"),
)

# One row per alert reference that was asked about, genuine or not, and source that asked. A lane of a reference
# (model.throttle.Lane) has a row with the lane's name as its source. A source over all references has a row with '' as
# its reference. Failed log-ins have rows too, with the account's name as the reference (staff.log_in_throttle).
check_slots = Table(
    "check_slots",
    metadata,
    Column("reference_digest", String, primary_key=True),
    Column("source_digest", String, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("booked", Boolean, nullable=False),  # the slot at next_at has not been used yet
)
Index("check_slots_by_time", check_slots.c.next_at)
