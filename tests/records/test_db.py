"""Many processes write the records at once, and a newer file is refused."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import event

from ringback.errors import RingbackError
from ringback.records.audit import AuditLog
from ringback.records.batches import Batch, add_batch
from ringback.records.db import connect_records, create_records, open_records, writing
from ringback.records.leases import take_lease

NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)


def add_entries(folder, count):
    log = AuditLog(open_records(folder / "records.sqlite"), folder)
    for _ in range(count):
        log.add("looked", why="at the same time", who="tester")


def test_four_processes_write_one_unbroken_chain(tmp_path):
    create_records(tmp_path / "records.sqlite")
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        list(pool.map(add_entries, [tmp_path] * 4, [25] * 4))
    log = AuditLog(open_records(tmp_path / "records.sqlite"), tmp_path)
    assert len(log.entries()) == 100
    assert log.find_faults() == []


def test_records_of_a_newer_program_are_refused(tmp_path):
    create_records(tmp_path / "records.sqlite")
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute("UPDATE about SET value = '99'")
    with pytest.raises(RingbackError, match="newer ringback"):
        open_records(tmp_path / "records.sqlite")


def test_missing_records_are_a_missing_case(tmp_path):
    with pytest.raises(RingbackError) as caught:
        open_records(tmp_path / "records.sqlite")
    assert caught.value.code == "case_missing"


def test_the_records_are_readable_by_their_owner_alone(tmp_path):
    create_records(tmp_path / "records.sqlite")
    assert (tmp_path / "records.sqlite").stat().st_mode & 0o077 == 0


def _wait_shortly(raw, _record, _proxy):
    """Wait only briefly for a lock, instead of the usual half minute."""
    raw.execute("PRAGMA busy_timeout = 50" if isinstance(raw, sqlite3.Connection) else "SET lock_timeout = '50ms'")
    raw.commit()


@pytest.mark.parametrize("sent_before", [True, False])
def test_the_error_for_locked_records_names_the_holder_and_what_to_do(records_engine, sent_before):
    words = "which one is not known"
    if sent_before:
        words = "the last to send a batch was process 4711 on vm"
        with writing(records_engine).begin() as connection:
            batch = Batch("B-001", "alerts", "approved", "{}", "0" * 64, planned_by="alice", planned_at=NOON)
            add_batch(connection, batch)
            take_lease(connection, "B-001", holder="vm:4711:ab12", now=NOON, lasts=timedelta(seconds=45))
    with writing(records_engine).begin():
        # Like a sender frozen in the middle of a turn.
        event.listen(records_engine, "checkout", _wait_shortly)
        with pytest.raises(RingbackError) as caught, writing(records_engine).begin():
            pass
        event.remove(records_engine, "checkout", _wait_shortly)
    assert caught.value.code == "records_busy"
    assert words in str(caught.value)
    assert "disk" not in caught.value.next_step
    assert caught.value.retryable


def test_a_claim_is_on_the_servers_disk_whatever_the_database_is_set_to(postgres):
    """With another setting of the database or its owner, a power cut would lose the last claims."""
    address = postgres.new_database()
    engine = connect_records(address)
    with engine.begin() as connection:
        name = engine.url.database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    engine.dispose()
    engine = connect_records(address)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    engine.dispose()
