"""Alembic's entry point: run the steps on the given connection, in its transaction."""

from alembic import context

from ringback.records.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
