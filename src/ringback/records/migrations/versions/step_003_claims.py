"""Format 3: how many claims a batch ever had, to be held against the mark that is kept outside the records."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "003", "002"

_COUNT = """
UPDATE leases SET claims = (
    SELECT count(*) FROM attempts JOIN alerts ON alerts.id = attempts.alert WHERE alerts.batch = leases.batch
)
"""


def upgrade() -> None:
    """Count the claims that there were; each further one is counted as it is made."""
    op.add_column("leases", sa.Column("claims", sa.Integer, nullable=False, server_default="0"))
    op.execute(_COUNT)
    op.execute("UPDATE about SET value = '3' WHERE key = 'format'")
