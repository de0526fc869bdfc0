"""Which database a log belongs to."""

from dataclasses import dataclass

import pytest

from ringback.errors import RingbackError
from ringback.sources.archives.sidecars import find_database, find_logs


@dataclass
class One:
    ref: str
    name: str
    format: str = "sqlite"


DATABASE, OTHER = One("EX-001", "panel.db"), One("EX-002", "other.db")
LOG, JOURNAL = One("EX-003", "panel.db-wal", "sqlite_wal"), One("EX-004", "panel.db-journal", "sqlite_journal")


def test_a_log_is_found_by_its_name():
    every = [DATABASE, OTHER, LOG, JOURNAL]
    assert find_logs(DATABASE, every, {}) == {"-wal": LOG, "-journal": JOURNAL}
    assert find_logs(OTHER, every, {}) == {}
    assert find_database(LOG, every, {}) == "EX-001"
    assert find_database(LOG, [OTHER, LOG], {}) is None


def test_case_toml_can_name_the_database_of_a_log():
    every = [DATABASE, OTHER, LOG]
    sections = {"EX-003": {"wal_of": "EX-002"}}
    assert find_logs(DATABASE, every, sections) == {}
    assert find_logs(OTHER, every, sections) == {"-wal": LOG}


def test_two_databases_of_one_name_are_refused():
    every = [DATABASE, One("EX-009", "panel.db"), LOG]
    with pytest.raises(RingbackError, match="2 exhibits have that name: EX-001, EX-009") as caught:
        find_logs(DATABASE, every, {})
    assert "wal_of" in caught.value.next_step
    assert find_logs(DATABASE, every, {"EX-003": {"wal_of": "EX-009"}}) == {}
