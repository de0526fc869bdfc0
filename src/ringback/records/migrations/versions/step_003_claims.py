"""Format 3: the count of claims of each batch, to compare with the mark outside the records."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "003", "002"

_COUNT = """
UPDATE leases SET claims = (
    SELECT count(*) FROM attempts JOIN alerts ON alerts.id = attempts.alert WHERE alerts.batch = leases.batch
)
"""


def upgrade() -> None:
    """Count the existing claims. Later ones are counted as they are made."""
    op.add_column("leases", sa.Column("claims", sa.Integer, nullable=False, server_default="0"))
    op.execute(_COUNT)
    op.execute("UPDATE about SET value = '3' WHERE key = 'format'")
