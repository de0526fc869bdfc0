"""Exhibits: hashed when registered, read-only, and any change is found."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from ringback.errors import RingbackError
from ringback.records.audit import AuditLog
from ringback.records.db import create_records
from ringback.records.exhibits import add_exhibit, check_exhibit, find_strangers, list_exhibits


@pytest.fixture
def records(tmp_path):
    (tmp_path / "case" / "exhibits").mkdir(parents=True)
    return create_records(tmp_path / "case" / "records.sqlite")


@pytest.fixture
def register(records, tmp_path):
    def register_one(source, *, in_place=False):
        case = tmp_path / "case"
        log = AuditLog(records, case)
        return add_exhibit(
            records, case, log=log, source=source, in_place=in_place, format_="csv", synthetic=False, why="a test"
        )

    return register_one


@pytest.fixture
def add(register, tmp_path):
    def add_one(text, *, name="calls.csv", in_place=False):
        source = tmp_path / name
        source.write_text(text)
        return register(source, in_place=in_place)

    return add_one


def test_a_copy_is_read_only_and_named_by_its_reference(add, tmp_path):
    exhibit = add("a,b\n1,2\n")
    copy = exhibit.file(tmp_path / "case")
    assert (exhibit.ref, copy.name) == ("EX-001", "EX-001-calls.csv")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o400
    assert copy.read_text() == "a,b\n1,2\n"


def test_in_place_leaves_the_file_where_it_is(add, tmp_path):
    exhibit = add("a\n1\n", in_place=True)
    assert exhibit.file(tmp_path / "case") == tmp_path / "calls.csv"
    assert list((tmp_path / "case" / "exhibits").iterdir()) == []


def test_the_same_content_is_taken_once(add, records):
    add("a\n1\n")
    with pytest.raises(RingbackError, match="already exhibit EX-001"):
        add("a\n1\n", name="other.csv")
    assert [one.ref for one in list_exhibits(records)] == ["EX-001"]


def test_one_flipped_byte_is_found(add, tmp_path):
    exhibit = add("a,b\n1,2\n")
    copy = exhibit.file(tmp_path / "case")
    check_exhibit(exhibit, tmp_path / "case")
    copy.chmod(0o600)
    data = bytearray(copy.read_bytes())
    data[3] ^= 1
    copy.write_bytes(data)
    with pytest.raises(RingbackError) as caught:
        check_exhibit(exhibit, tmp_path / "case")
    assert caught.value.code == "exhibit_altered"


def test_a_missing_exhibit_is_named(add, tmp_path):
    exhibit = add("a\n1\n")
    exhibit.file(tmp_path / "case").unlink()
    with pytest.raises(RingbackError, match="EX-001") as caught:
        check_exhibit(exhibit, tmp_path / "case")
    assert caught.value.code == "exhibit_missing"


def test_a_missing_source_is_a_ringback_error(register, tmp_path):
    with pytest.raises(RingbackError) as caught:
        register(tmp_path / "no")
    assert caught.value.code == "exhibit_unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_source_is_a_ringback_error(add, tmp_path):
    (tmp_path / "calls.csv").touch(mode=0o000)
    with pytest.raises(RingbackError):
        add("x")


def test_a_file_that_nobody_registered_is_found(add, records, tmp_path):
    add("a\n1\n")
    (tmp_path / "case" / "exhibits" / "stray.csv").write_text("x")
    assert [path.name for path in find_strangers(records, tmp_path / "case")] == ["stray.csv"]


def test_an_exhibit_and_its_log_entry_come_together_or_not_at_all(add, records, tmp_path, monkeypatch):
    def die(self, *_words, **_facts):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(AuditLog, "add_within", die)
        with pytest.raises(KeyboardInterrupt):
            add("a\n1\n")
    assert list_exhibits(records) == []
    assert list((tmp_path / "case" / "exhibits").iterdir()) == []
    assert add("a\n1\n").ref == "EX-001"
    assert [entry.what for entry in AuditLog(records, tmp_path / "case").entries()] == ["exhibit_added"]


def test_the_same_file_added_at_the_same_time_is_taken_once(register, records, tmp_path):
    source = tmp_path / "calls.csv"
    source.write_text("a\n1\n")

    def try_it(_place):
        try:
            return register(source).ref
        except RingbackError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == ["EX-001", *["exhibit_known"] * 3]
    assert len(list((tmp_path / "case" / "exhibits").iterdir())) == 1
