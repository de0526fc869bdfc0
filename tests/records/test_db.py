"""Many processes write the records at once, and a newer file is refused."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from ringback.errors import RingbackError
from ringback.records.audit import AuditLog
from ringback.records.db import create_records, open_records


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
