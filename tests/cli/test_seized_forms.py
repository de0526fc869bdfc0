"""What police receive, from the command to the rows: databases with their logs, folders, archives, Master.csv."""

import gzip
import json
import shutil
import sqlite3
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from sources.delimited.test_cdr import CALLS, asterisk_line
from sources.json.test_freeswitch import record

NOON = datetime(2021, 7, 1, 12, tzinfo=UTC)
SUBJECTS = "account,subject,status,area,contact_number\nuser7,SUBJECT-01,arrested,London,\n"


@pytest.fixture
def case(ringback, tmp_path):
    def make(preset="ringback"):
        folder = tmp_path / "case"
        ringback("case", "new", folder, "--name", "Operation Example", "--preset", preset)
        (tmp_path / "subjects.csv").write_text(SUBJECTS)
        return folder

    return make


def _calls(case):
    run = case / "runs" / (case / "current").read_text().strip()
    return [row for path in sorted(run.glob("parsed_calls*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_master_csv_just_works(ringback, case, tmp_path):
    folder = case("asterisk")
    (tmp_path / "Master.csv").write_text("".join(asterisk_line(*call) for call in CALLS))
    older = asterisk_line("user7", "02079460018", "07700 900199", "2021-06-01 00:00:00", 90, "ANSWERED")
    (tmp_path / "Master.csv.1").write_text(older)
    ringback("exhibit", "add", folder, tmp_path / "Master.csv", tmp_path / "Master.csv.1", tmp_path / "subjects.csv")
    done = ringback("run", folder)
    assert "Called by an account tied to an identified" in done.out
    called = sorted(row["called_raw"] for row in _calls(folder))
    assert called == sorted([call[2] for call in CALLS] + ["07700 900199"])


@pytest.mark.slow
def test_a_database_and_its_log_are_two_exhibits_read_as_one(ringback, case, tmp_path):
    folder, live = case(), tmp_path / "live.db"
    connection = sqlite3.connect(live, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE calls (account, started_at, called_number, duration)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO calls VALUES ('user7', 1625140800, '07700 900123', 65)")
    for ending in ("", "-wal"):
        shutil.copyfile(f"{live}{ending}", tmp_path / f"panel.db{ending}")
    connection.close()
    alone = ringback("exhibit", "add", folder, tmp_path / "panel.db", tmp_path / "subjects.csv")
    assert "panel.db-wal lies beside its database" in " ".join(alone.err.split())
    ringback("exhibit", "add", folder, tmp_path / "panel.db-wal")
    listed = json.loads(ringback("exhibit", "list", folder, "--json").out)
    assert [one["format"] for one in listed] == ["sqlite", "csv", "sqlite_wal"]
    ringback("run", folder)
    assert [(row["exhibit"], row["started_at"]) for row in _calls(folder)] == [("EX-001", NOON)]
    assert "nothing differs" in ringback("verify", folder).out


@pytest.mark.slow
def test_a_folder_is_as_many_exhibits_as_it_has_files(ringback, case, tmp_path):
    folder, seized = case("freeswitch"), tmp_path / "json_cdr"
    (seized / "2021").mkdir(parents=True)
    for number in range(3):
        (seized / "2021" / f"a_{number}.cdr.json").write_text(record(number))
    (seized / "again.json").write_text(record(0))
    (seized / ".DS_Store").write_bytes(b"x")
    (seized / "empty.json").write_bytes(b"")
    (seized / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9)
    (seized / "link").symlink_to("/etc/passwd")
    done = ringback("exhibit", "add", folder, seized, tmp_path / "subjects.csv", "--json")
    outcomes = json.loads(done.out)
    assert [one["outcome"] for one in outcomes].count("already there") == 1
    assert [one["name"] for one in outcomes if one["outcome"] == "added"] == [
        "json_cdr/again.json", "json_cdr/2021/a_1.cdr.json", "json_cdr/2021/a_2.cdr.json", "subjects.csv",
    ]  # fmt: skip
    told = " ".join(done.err.split())
    assert ".DS_Store: left behind by the system" in told
    assert "link: symbolic link" in told
    assert all(name in told for name in ("empty.json", "a_0.cdr.json", "photo.jpg"))
    ringback("run", folder)
    assert {row["call_id"] for row in _calls(folder)} == {"call-0", "call-1", "call-2"}
    assert "nothing differs" in ringback("verify", folder).out


def test_a_folder_of_nothing_and_one_of_too_much(ringback, case, tmp_path, monkeypatch):
    folder, seized = case(), tmp_path / "seized"
    seized.mkdir()
    refused = ringback("exhibit", "add", folder, seized)
    assert refused.code == 2
    assert "holds no file that can be added" in " ".join(refused.err.split())
    monkeypatch.setattr("ringback.cli.exhibits.MOST_FILES", 2)
    for number in range(3):
        (seized / f"{number}.csv").write_text(f"a,b\n{number},2\n")
    assert "tar -cf seized.tar" in " ".join(ringback("exhibit", "add", folder, seized).err.split())


def test_a_bomb_is_refused_at_the_door(ringback, case, tmp_path, monkeypatch):
    folder, bomb = case(), tmp_path / "calls.csv.gz"
    bomb.write_bytes(gzip.compress(b"account,started_at,called_number,duration\n" + b"a,b,c,d\n" * 1_000_000))
    monkeypatch.setenv("RINGBACK_UNPACK_BYTES", "1000000")
    refused = ringback("exhibit", "add", folder, bomb)
    assert refused.code == 2
    assert "is not unpacked further" in " ".join(refused.err.split())
    monkeypatch.setenv("RINGBACK_UNPACK_RATIO", "2000")
    assert ringback("exhibit", "add", folder, bomb).code == 0
