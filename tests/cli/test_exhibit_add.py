"""Several files at once: those that can be taken in are, whatever is wrong with the others."""

import json

import pytest

from cli.test_damage import CALLS, SUBJECTS
from engine.full_disk import full_disk

NUMBERS = "number,use\n020 7946 0998,help line\n"


@pytest.fixture
def case(ringback, tmp_path):
    assert ringback("case", "new", tmp_path / "case", "--name", "Test").code == 0
    (tmp_path / "calls.csv").write_text(CALLS)
    (tmp_path / "subjects.csv").write_text(SUBJECTS)
    (tmp_path / "site_numbers.csv").write_text(NUMBERS)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9)
    return tmp_path / "case"


def there(ringback, case):
    return [one["name"] for one in ringback("exhibit", "list", case, "--json").json]


def test_one_that_is_there_already_keeps_nobody_out(ringback, case, tmp_path):
    assert ringback("exhibit", "add", case, tmp_path / "calls.csv").code == 0
    names = ("subjects.csv", "calls.csv", "site_numbers.csv")
    done = ringback("exhibit", "add", case, *(tmp_path / name for name in names))
    assert done.code == 0, done.err
    assert there(ringback, case) == ["calls.csv", "subjects.csv", "site_numbers.csv"]
    assert "2 added, 1 already there" in done.out
    assert "calls.csv is already exhibit EX-001 of this case" in done.err


def test_all_of_them_there_already_is_done(ringback, case, tmp_path):
    files = [tmp_path / "calls.csv", tmp_path / "subjects.csv"]
    assert ringback("exhibit", "add", case, *files).code == 0
    for again in (files, files[:1]):
        done = ringback("exhibit", "add", case, *again)
        assert done.code == 0, done.err
        assert f"0 added, {len(again)} already there" in done.out


def test_those_that_fail_are_named_with_the_reason_and_the_others_are_added(ringback, case, tmp_path):
    names = ("nowhere.csv", "calls.csv", "photo.jpg", "subjects.csv", "calls.csv")
    done = ringback("exhibit", "add", case, *(tmp_path / name for name in names))
    assert done.code == 2
    assert there(ringback, case) == ["calls.csv", "subjects.csv"]
    assert "2 added, 1 already there, 2 failed" in done.out
    told = " ".join(done.err.split())
    assert f"NOT added: exhibit (new) cannot be read: {tmp_path / 'nowhere.csv'} (there is no such file)" in told
    assert "photo.jpg) is in no format that ringback reads" in told
    assert told.count("next: ") == 2
    assert ringback("verify", case).code == 0


def test_what_became_of_each_is_told_as_json(ringback, case, tmp_path):
    ringback("exhibit", "add", case, tmp_path / "calls.csv")
    names = ("calls.csv", "nowhere.csv", "subjects.csv")
    done = ringback("exhibit", "add", case, *(tmp_path / name for name in names), "--json")
    assert done.code == 2
    outcomes = {one["outcome"]: one for one in json.loads(done.out)}
    assert set(outcomes) == {"already there", "failed", "added"}
    assert outcomes["already there"]["ref"] == "EX-001"
    assert outcomes["failed"]["error"] == "exhibit_unreadable"
    assert outcomes["added"]["name"] == "subjects.csv"


def test_a_file_that_does_not_fit_keeps_no_smaller_one_out(ringback, case, tmp_path):
    (tmp_path / "big.csv").write_text(CALLS + CALLS.partition("\n")[2] * 2000)
    with full_disk(700_000):
        done = ringback("exhibit", "add", case, tmp_path / "big.csv", tmp_path / "subjects.csv")
    assert done.code == 2
    assert "make room" in done.err
    assert there(ringback, case) == ["subjects.csv"]


def test_a_folder_of_files_that_are_all_there_is_done(ringback, case, tmp_path):
    (tmp_path / "seized").mkdir()
    for name in ("calls.csv", "subjects.csv"):
        (tmp_path / name).rename(tmp_path / "seized" / name)
    assert ringback("exhibit", "add", case, tmp_path / "seized").code == 0
    done = ringback("exhibit", "add", case, tmp_path / "seized")
    assert done.code == 0
    assert "0 added, 2 already there" in done.out
