"""Bring records to the format of this program with Alembic: new ones at once, older ones step by step."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, insert, inspect

from ringback.records import alert_tables, report_tables
from ringback.records.tables import RECORDS_FORMAT, about, metadata

_FIRST = "001"
# Naming the modules here ensures that their tables are in `metadata`.
ALL_TABLES = (metadata.tables, alert_tables.staff, report_tables.reports)


def make_fresh(engine: Engine) -> None:
    """Make all tables in their current form, and record that no step is left to do."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(about).values(key="format", value=str(RECORDS_FORMAT)))
        command.stamp(_config(connection), "head")


def upgrade(engine: Engine) -> None:
    """Do the remaining steps, in one transaction. Records older than the steps count as at the first."""
    with engine.begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            command.stamp(_config(connection), _FIRST)
        command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(Path(__file__).parent / "versions"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
