"""Alembic's entry: run the steps on the connection that was handed over, within its transaction."""

from alembic import context

from ringback.records.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
