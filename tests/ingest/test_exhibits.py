"""Intake on literal files: the lines of an exhibit in; raw rows, rows that could not be read, and notes out."""

from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest

from ringback import schemas as t
from ringback.case.case_file import new_case, open_case_file
from ringback.case.registration import register
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.ingest.exhibits import read_exhibits, seized_file
from ringback.ingest.talk_times import Endings
from ringback.progress import NullProgress
from ringback.settings import Settings
from ringback.sources.exhibit_reader import read_exhibit
from ringback.sources.mapping import make_mapping

HEAD = "call_id,leg,account,started_at,presentation_number,called_number,duration_s,disposition,pin\n"
CALL = "C1,b,ann,2021-08-02 10:00:00,,07700 900001,61,ANSWERED,1234\n"
SUBJECTS = "account,subject,status,area\nann,S1,charged,Leeds\n"


class RawCalls:
    """Stands where a run reads the texts of calls: keeps their raw rows, by exhibit."""

    def __init__(self):
        self.rows, self.endings = {}, Endings()

    @contextmanager
    def saving(self, _store, exhibit, _known):
        self.rows[exhibit] = []
        self._exhibit = exhibit
        yield self

    def write_table(self, rows):
        self.rows[self._exhibit] += rows.to_pylist()


class Reading:
    """A case, what its exhibits were read into, and how."""

    def __init__(self, folder):
        self.case_file = new_case(folder / "case", settings=Settings(keys_dir=folder / "keys"), name="Test")
        self.folder, self.calls = folder, RawCalls()
        self.store = RunStore(folder / "run")

    def add(self, name, content, **options):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return register(self.case_file, path, **options)

    def set_aside(self, ref, why):
        toml = self.case_file.case.toml
        toml.write_text(toml.read_text() + f'\n[exhibits.{ref}]\nset_aside = "{why}"\n')
        self.case_file = open_case_file(self.case_file.case.path, settings=self.case_file.settings)

    def read(self):
        read_exhibits(
            self.case_file,
            self.case_file.exhibits,
            self.store,
            mapping=make_mapping("ringback", {}, toml="case.toml"),
            call_texts=self.calls,
            progress=NullProgress(),
        )

    def saved(self, table):
        return [row for part in self.store.parts(table.name) for row in pq.read_table(part).to_pylist()]


@pytest.fixture
def reading(tmp_path):
    made = Reading(tmp_path)
    yield made
    made.case_file.records.dispose()


def cells(row):
    """The cells of a row that hold something, but for where in the file it starts."""
    return {name: value for name, value in row.items() if value is not None and name != "origin_byte"}


def test_calls_and_subjects_keep_their_texts_and_where_they_stood(reading):
    reading.add("calls.csv", HEAD + CALL)
    reading.add("subjects.csv", SUBJECTS)
    reading.read()
    assert [cells(row) for row in reading.calls.rows["EX-001"]] == [
        {
            "exhibit": "EX-001",
            "origin_table": "calls",
            "origin_row": 1,
            "call_id": "C1",
            "leg": "b",
            "account": "ann",
            "started_at": "2021-08-02 10:00:00",
            "called_number": "07700 900001",
            "duration": "61",
            "disposition": "ANSWERED",
        }
    ]
    assert [cells(row) for row in reading.saved(t.RAW_SUBJECTS)] == [
        {
            "exhibit": "EX-002",
            "origin_table": "subjects",
            "origin_row": 1,
            "account": "ann",
            "subject": "S1",
            "status": "charged",
            "area": "Leeds",
        }
    ]
    assert reading.saved(t.UNREAD_ROWS) == []
    assert reading.store.facts["synthetic"] is False


def test_a_code_is_counted_and_never_read(reading):
    reading.add("calls.csv", HEAD + CALL + CALL.replace("1234", "") + CALL)
    reading.read()
    assert reading.saved(t.QUARANTINE) == [{"exhibit": "EX-001", "origin_table": "calls", "column": "pin", "values": 2}]
    assert "1234" not in str(reading.calls.rows) + str(reading.store.facts)


def test_a_row_of_another_length_is_kept_apart_and_counted(reading):
    reading.add("calls.csv", HEAD + CALL + "C2,b\n" + CALL)
    reading.read()
    (row,) = reading.saved(t.UNREAD_ROWS)
    assert (row["origin_table"], row["origin_row"], row["step"]) == ("calls", 2, "reading")
    assert row["reason"] == "field_count"
    assert [row["origin_row"] for row in reading.calls.rows["EX-001"]] == [1, 3]
    told = reading.store.facts["reading"]["EX-001"]
    assert (told["rows"], told["seen"]) == ({"calls": 2}, {"calls": 3})
    assert told["rejected"] == {"calls": {"field_count": 1}}


def test_the_note_tells_what_the_exhibit_is_and_what_was_in_it(reading):
    added = reading.add("calls.csv", HEAD + CALL)
    reading.read()
    told = reading.store.facts["reading"]["EX-001"]
    assert {name: told[name] for name in ("exhibit", "name", "format", "bytes", "sha256")} == {
        "exhibit": "EX-001",
        "name": "calls.csv",
        "format": "csv",
        "bytes": len(HEAD + CALL),
        "sha256": added.sha256,
    }
    assert (told["tables"], told["roles"], told["passed_over"]) == (["calls"], ["calls"], [])
    assert (told["damage"], told["set_aside"]) == ([], "")


def test_one_value_with_the_mark_makes_the_run_synthetic(reading):
    reading.add("calls.csv", HEAD + CALL.replace("C1", "SYNTHETIC-1"))
    reading.read()
    assert reading.store.facts["synthetic"] is True


def test_an_exhibit_set_aside_is_noted_and_not_read(reading):
    reading.add("calls.csv", HEAD + CALL)
    reading.add("subjects.csv", SUBJECTS)
    reading.set_aside("EX-002", "another case's")
    reading.read()
    assert reading.saved(t.RAW_SUBJECTS) == []
    told = reading.store.facts["reading"]["EX-002"]
    assert (told["set_aside"], told["rows"], told["tables"]) == ("another case's", {}, [])


def test_what_was_read_before_is_taken_as_it_is(reading):
    reading.add("calls.csv", HEAD + CALL)
    reading.read()
    reading.calls = RawCalls()
    reading.read()
    assert reading.calls.rows == {}
    assert reading.saved(t.UNREAD_ROWS) == []


@pytest.fixture
def fail(monkeypatch):
    """Let exhibits fail: exhibit to error code; the others are read as they are."""

    def let_fail(codes):
        def read_or_fail(seized, mapping, **options):
            if code := codes.get(seized.exhibit):
                raise RingbackError(code, exhibit=seized.exhibit, position="byte 9", problem="torn", path="x", room="x")
            return read_exhibit(seized, mapping, **options)

        monkeypatch.setattr("ringback.ingest.exhibits.read_exhibit", read_or_fail)

    return let_fail


def test_an_exhibit_that_fails_stops_the_run_after_the_others_were_read(reading, fail):
    for name, content in (("subjects.csv", SUBJECTS), ("calls.csv", HEAD + CALL), ("accounts.csv", "account\nann\n")):
        reading.add(name, content)
    fail({"EX-002": "source_broken"})
    with pytest.raises(RingbackError, match="EX-002") as caught:
        reading.read()
    assert caught.value.code == "source_broken"
    assert set(reading.store.facts["reading"]) == {"EX-001", "EX-003"}
    assert reading.store.part_names("unread_rows") == ["unread_rows.EX-001", "unread_rows.EX-003"]
    # The exhibit is whole again: only it is read.
    fail({})
    reading.calls = RawCalls()
    reading.read()
    assert list(reading.calls.rows) == ["EX-002"]


def test_several_that_fail_are_told_together(reading, fail):
    reading.add("calls.csv", HEAD + CALL)
    reading.add("subjects.csv", SUBJECTS)
    fail({"EX-001": "source_broken", "EX-002": "source_broken"})
    with pytest.raises(RingbackError, match=r"(?s)EX-001.*EX-002") as caught:
        reading.read()
    assert caught.value.code == "exhibits_failed"


def test_a_full_disk_is_not_the_exhibits_fault_and_stops_at_once(reading, fail):
    reading.add("calls.csv", HEAD + CALL)
    reading.add("subjects.csv", SUBJECTS)
    fail({"EX-001": "disk_full"})
    with pytest.raises(RingbackError) as caught:
        reading.read()
    assert caught.value.code == "disk_full"
    assert reading.store.facts == {}


def test_a_seizure_without_calls_says_which_tables_there_are(reading):
    reading.add("subjects.csv", SUBJECTS)
    with pytest.raises(RingbackError, match="subjects") as caught:
        reading.read()
    assert caught.value.code == "mapping_nothing_found"


def test_a_dump_is_read_with_the_others_that_may_define_its_tables(reading):
    # What was set aside defines nothing, and the second part of a dump is read with the first.
    for name in ("one.sql", "two.sql", "three.sql", "four.sql.00", "four.sql.01"):
        reading.add(name, f"-- MySQL dump 10.19\n-- {name}\n")
    reading.set_aside("EX-003", "another case's")
    exhibits = reading.case_file.exhibits
    first = seized_file(reading.case_file, exhibits[0], exhibits)
    assert (first.exhibit, first.format, first.path.name.endswith("one.sql")) == ("EX-001", "mysqldump", True)
    assert [one.exhibit for one in first.others] == ["EX-002", "EX-004"]
    assert dict(seized_file(reading.case_file, exhibits[2], exhibits).options) == {"set_aside": "another case's"}
