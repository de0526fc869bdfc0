"""The audit log: every kind of tampering is found."""

import random
import sqlite3
import uuid
from pathlib import Path

import pytest

from ringback.records.audit import FIRST_PREVIOUS, AuditLog
from ringback.records.db import create_records, open_records


@pytest.fixture
def log(tmp_path):
    made = AuditLog(create_records(tmp_path / "records.sqlite"), tmp_path)
    for number in range(1, 6):
        made.add("looked", why=f"reason {number}", facts={"n": number}, who="tester")
    return made


def tamper(tmp_path, *statements):
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def recompute_from(tmp_path, first):
    """Recompute every later hash, as somebody with the database and this program's source could."""
    log = AuditLog(open_records(tmp_path / "records.sqlite"), tmp_path)
    previous = FIRST_PREVIOUS
    for entry in log.entries():
        if entry.seq >= first:
            tamper(tmp_path, f"UPDATE audit SET previous = '{previous}' WHERE seq = {entry.seq}")
            changed = next(one for one in log.entries() if one.seq == entry.seq)
            tamper(tmp_path, f"UPDATE audit SET hash = '{changed.computed_hash()}' WHERE seq = {entry.seq}")
        previous = next(one for one in log.entries() if one.seq == entry.seq).hash


def test_an_untouched_log_has_no_faults(log):
    assert log.find_faults() == []
    assert log.find_faults(head=log.head()) == []


def test_an_older_head_still_stands_in_a_log_that_grew(log):
    older = log.head()
    log.add("looked", why="later", who="tester")
    assert log.find_faults(head=older) == []
    assert log.find_faults(head=older.upper()) == []


@pytest.mark.parametrize("column", ["at", "who", "what", "why", "facts", "previous", "hash"])
def test_an_edited_column_is_found(log, tmp_path, column):
    tamper(tmp_path, f"UPDATE audit SET {column} = 'x' WHERE seq = 3")
    assert any("entry 3" in fault for fault in log.find_faults())


def test_a_deleted_entry_is_found(log, tmp_path):
    tamper(tmp_path, "DELETE FROM audit WHERE seq = 3")
    assert any("entry 3 is missing" in fault for fault in log.find_faults())


def test_swapped_entries_are_found(log, tmp_path):
    tamper(
        tmp_path,
        "UPDATE audit SET seq = 99 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 99",
    )
    faults = " ".join(log.find_faults())
    assert "entry 2" in faults
    assert "entry 3" in faults


def test_a_deleted_entry_with_the_rest_renumbered_is_found(log, tmp_path):
    tamper(tmp_path, "DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq > 3")
    assert any("does not follow" in fault for fault in log.find_faults())


def test_a_cut_off_tail_is_found_by_the_head_file_and_by_a_written_down_head(log, tmp_path):
    head = log.head()
    tamper(tmp_path, "DELETE FROM audit WHERE seq > 3")
    assert any("audit.head" in fault for fault in log.find_faults())
    # Even if the head file was changed to match.
    (tmp_path / "audit.head").write_text(f"3 {log.head()}\n")
    assert log.find_faults() == []
    assert any("given head" in fault for fault in log.find_faults(head=head))


def test_a_chain_recomputed_from_the_middle_is_found_with_a_written_down_head(log, tmp_path):
    head = log.head()
    tamper(tmp_path, "UPDATE audit SET why = 'another reason' WHERE seq = 3")
    recompute_from(tmp_path, 3)
    (tmp_path / "audit.head").write_text(f"5 {log.head()}\n")
    assert log.find_faults() == []
    assert any("given head" in fault for fault in log.find_faults(head=head))


def test_an_emptied_log_is_found(log, tmp_path):
    tamper(tmp_path, "DELETE FROM audit")
    assert any("empty" in fault for fault in log.find_faults())


def test_all_faults_are_reported_at_once(log, tmp_path):
    tamper(
        tmp_path,
        "UPDATE audit SET why = 'x' WHERE seq = 1",
        "UPDATE audit SET who = 'y' WHERE seq = 5",
        "DELETE FROM audit WHERE seq = 3",
    )
    faults = " ".join(log.find_faults())
    assert "entry 1" in faults
    assert "entry 3 is missing" in faults
    assert "entry 5" in faults


def test_facts_with_odd_text_keep_their_hash(log):
    log.add("looked", why='emoji 🔔, quote ", NUL \0, surrogate \ud800'.encode("utf-8", "replace").decode(), who="t")
    assert log.find_faults() == []


def test_numbers_in_the_facts_are_masked_wherever_they_stand(log):
    facts = {
        "folder": Path("/srv/07700900123/page"),
        "texts": ["call 07700 900123", {"deep": "+447700900123"}],
        "bare": "07700900123",
        "count": 7700900123,
    }
    entry = log.add("looked", why="for 07700 900123", facts=facts, who="tester")
    assert "900123" not in entry.why
    assert entry.read_facts() == {
        "folder": "/srv/*********23/page",
        "texts": ["call ***** ****23", {"deep": "+**********23"}],
        "bare": "*********23",
        "count": 7700900123,
    }
    assert log.find_faults() == []


def test_identifiers_in_the_facts_are_not_masked(log):
    draw = random.Random(1)

    def hexes(length):
        return "".join(draw.choice("0123456789abcdef") for _place in range(length))

    for _round in range(300):
        # The first has many digits in a row.
        facts = {
            "number": f"k1:{hexes(4)}07700900123{hexes(9)}",
            "numbers": [f"k1:{hexes(24)}"],
            "seal": f"k1:{hexes(32)}",
            "run": hexes(16),
            "hash": hexes(64),
            "notification": str(uuid.UUID(hexes(32))),
            "own": f"rb-{hexes(20)}",
            "at": "2022-11-24T10:15:00.123456+00:00",
        }
        entry = log.add_within(Recorder(), "looked", why="test", facts=facts, who="tester")
        assert entry.read_facts() == facts


class Recorder:
    """A connection that stores nothing."""

    def execute(self, _statement):
        return self

    def first(self):
        return None
