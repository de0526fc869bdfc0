"""Migrated records have the same tables as new ones, and keep their content."""

import pytest
from alembic import command
from sqlalchemy import inspect, select

from ringback.errors import RingbackError
from ringback.records.audit import AuditLog
from ringback.records.db import connect_records, create_records, open_records, read_format, upgrade_records
from ringback.records.migrations import steps
from ringback.records.tables import RECORDS_FORMAT, audit


def make_first_format(place):
    """Records as the first version of the program made them: three tables, and no record of steps."""
    engine = connect_records(place)
    with engine.begin() as connection:
        command.upgrade(steps._config(connection), "001")
        connection.exec_driver_sql("DROP TABLE alembic_version")
    return engine


def shape(engine):
    """Every table with its columns, keys and indexes, from the database's own catalogue."""
    seen = inspect(engine)
    return {
        table: (
            [(one["name"], str(one["type"]), one["nullable"]) for one in seen.get_columns(table)],
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((one["constrained_columns"], one["referred_table"]) for one in seen.get_foreign_keys(table)),
            sorted(sorted(one["column_names"]) for one in seen.get_unique_constraints(table)),
            sorted((one["name"], tuple(one["column_names"]), bool(one["unique"])) for one in seen.get_indexes(table)),
        )
        for table in sorted(seen.get_table_names())
    }


@pytest.fixture
def another_place(request, records_place, tmp_path):
    """A second place of the same kind."""
    if isinstance(records_place, str):
        return request.getfixturevalue("postgres").new_database()
    return tmp_path / "other.sqlite"


def test_migrated_records_are_what_fresh_ones_are(records_place, another_place):
    fresh = create_records(records_place)
    migrated = make_first_format(another_place)
    upgrade_records(migrated)
    assert shape(migrated) == shape(fresh)
    assert read_format(migrated) == read_format(fresh) == RECORDS_FORMAT
    fresh.dispose()
    migrated.dispose()


def test_migrating_keeps_the_audit_log_whole_and_is_done_once(records_place, tmp_path):
    engine = make_first_format(records_place)
    log = AuditLog(engine, tmp_path)
    log.add("case_created", why="test", facts={"case": "one"}, who="tester")
    with pytest.raises(RingbackError) as caught:
        open_records(records_place, case_path=tmp_path)
    assert caught.value.code == "records_older"
    upgrade_records(engine)
    upgrade_records(engine)
    assert log.find_faults() == []
    with open_records(records_place, case_path=tmp_path).connect() as connection:
        assert connection.scalar(select(audit.c.what)) == "case_created"
    engine.dispose()


def test_a_database_that_holds_a_case_takes_no_other(records_engine, records_place):
    with pytest.raises(RingbackError) as caught:
        create_records(records_place)
    assert caught.value.code == "records_taken"
