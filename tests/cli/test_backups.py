"""A backup holds what cannot be made again, and a case comes back from it whole, or not at all."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat

import pytest

from case_copies import copy_prepared
from cli.conftest import NO_VICTIMS
from cli.test_damage import CALLS, SUBJECTS
from ringback.alerting.integrity import find_alert_differences
from ringback.case import backup as case_backup
from ringback.case import restore
from ringback.case.backup import Wanted, make_backup
from ringback.case.case_file import open_case_file
from ringback.errors import RingbackError
from ringback.progress import NullProgress
from ringback.settings import Settings

LIFE = ["--first-day", "2020-12-01", "--last-day", "2022-11-24"]


@pytest.fixture(scope="module")
def run_case(ringback, tmp_path_factory):
    """A case that was run, with one exhibit registered in place; to be copied."""
    folder = tmp_path_factory.mktemp("backed")
    for name, content in {"calls.csv": CALLS, "subjects.csv": SUBJECTS, **NO_VICTIMS}.items():
        (folder / name).write_text(content)
    case = folder / "case"
    assert ringback("case", "new", case, "--name", "Test", *LIFE).code == 0
    names = ["calls.csv", "accounts.csv", "site_numbers.csv"]
    assert ringback("exhibit", "add", case, *(folder / name for name in names)).code == 0
    assert ringback("exhibit", "add", case, "--in-place", folder / "subjects.csv").code == 0
    assert ringback("run", case).code == 0
    (case / "out" / "list of people.csv").write_text("somebody wrote this here\n")
    return case


@pytest.fixture
def case(run_case, tmp_path, keys):
    return copy_prepared(run_case, tmp_path / "case", keys)


def held(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def key_of(case, keys):
    return next(path for path in keys.glob("*.keys") if path.stem in (case / "case.toml").read_text())


def test_a_backup_holds_settings_exhibits_records_and_the_run_and_not_the_key(ringback, case, tmp_path):
    done = ringback("case", "backup", case, tmp_path / "backup")
    assert done.code == 0, done.err
    there = held(tmp_path / "backup")
    run = (case / "current").read_text().strip()
    assert {"manifest.json", "case.toml", "audit.head", "records.sqlite", "current"} <= there
    assert {"exhibits/EX-001-calls.csv", "out/report.html", "out/figures.json", f"runs/{run}/manifest.json"} <= there
    assert {name for name in there if "list of people" in name or name.endswith((".keys", "-wal", "-shm"))} == set()
    told = " ".join(done.out.split())
    assert "NOT in it: exhibit EX-004, registered in place:" in told
    assert "NOT in it: the case's key" in told
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert set(manifest["files"]) == there - {"manifest.json"}
    for name, one in manifest["files"].items():
        data = (tmp_path / "backup" / name).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest()), name


def test_a_backup_tells_of_itself_and_of_the_head_that_it_ends_with(ringback, case, tmp_path):
    made = ringback("case", "backup", case, tmp_path / "backup", "--why", "monday", "--json").json
    with sqlite3.connect(tmp_path / "backup" / "records.sqlite") as copy:
        seq, what, why, hash_ = copy.execute("SELECT seq, what, why, hash FROM audit ORDER BY seq DESC").fetchone()
    assert (what, why) == ("case_backed_up", "monday")
    assert (made["audit_seq"], made["audit_head"]) == (seq, hash_)
    assert (tmp_path / "backup" / "audit.head").read_text() == f"{seq} {hash_}\n"
    assert ringback("audit", case, "--json").json[-1]["what"] == "case_backed_up"


def test_modes_are_as_the_table_says(ringback, case, tmp_path):
    assert ringback("case", "backup", case, tmp_path / "backup", "--with-key").code == 0
    assert ringback("case", "restore", tmp_path / "backup", tmp_path / "new").code == 0
    for top in (tmp_path / "backup", tmp_path / "new"):
        for path in (top, *top.rglob("*")):
            wanted = 0o700 if path.is_dir() else 0o400 if path.parent.name == "exhibits" else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_case_comes_back_whole_elsewhere(ringback, case, tmp_path):
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    shutil.move(tmp_path / "backup", tmp_path / "other disk")
    shutil.rmtree(case)
    done = ringback("case", "restore", tmp_path / "other disk", tmp_path / "new")
    assert done.code == 0, done.out
    assert "nothing differs" in done.out
    assert "ringback alerts reconcile" in done.out
    assert ringback("verify", tmp_path / "new", "--json").json["differences"] == []
    again = ringback("run", tmp_path / "new", "--json")
    assert (again.code, again.json["unchanged"]) == (0, True)


@pytest.mark.slow
def test_what_people_wrote_for_the_public_comes_back_too(ringback, case, tmp_path):
    written = {"timeline.toml": "# nothing yet\n", "organisation_numbers.csv": "organisation,sector,line\n"}
    for name, text in written.items():
        (case / name).write_text(text)
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    assert ringback("case", "restore", tmp_path / "backup", tmp_path / "again").code in (0, 1)
    assert {name: (tmp_path / "again" / name).read_text() for name in written} == written


def test_without_its_run_a_case_comes_back_and_says_so(ringback, case, tmp_path):
    assert ringback("case", "backup", case, tmp_path / "backup", "--without-runs").code == 0
    assert {name for name in held(tmp_path / "backup") if name.startswith(("runs", "out", "current"))} == set()
    done = ringback("case", "restore", tmp_path / "backup", tmp_path / "new", "--json")
    assert (done.code, done.json["differences"]) == (0, [])
    assert any("the backup holds no run" in note or "no run counts" in note for note in done.json["notes"])
    assert ringback("run", tmp_path / "new").code == 0
    assert ringback("verify", tmp_path / "new").code == 0


def test_the_key_is_in_a_backup_only_when_asked_for_and_that_is_said(ringback, case, keys, tmp_path):
    done = ringback("case", "backup", case, tmp_path / "backup", "--with-key")
    assert "opens everything" in done.err
    name = f"key/{key_of(case, keys).name}"
    assert (tmp_path / "backup" / name).read_bytes() == key_of(case, keys).read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        settings = Settings(keys_dir=tmp_path / "empty keys")
        words = {"settings": settings, "find_alert_differences": find_alert_differences, "progress": NullProgress()}
        found = restore.restore_case(tmp_path / "backup", tmp_path / "first", **words)
        assert not found.key_there
        assert not (tmp_path / "first" / "key").exists()
        found = restore.restore_case(tmp_path / "backup", tmp_path / "second", put_key=True, **words)
        assert found.key_there
        put = tmp_path / "empty keys" / key_of(case, keys).name
        assert put.read_bytes() == key_of(case, keys).read_bytes()
        assert stat.S_IMODE(put.stat().st_mode) == 0o600
        put.write_text("k1 00\n")
        with pytest.raises(RingbackError) as caught:
            restore.restore_case(tmp_path / "backup", tmp_path / "third", put_key=True, **words)
        assert caught.value.code == "key_differs"
        assert put.read_text() == "k1 00\n"
        patch.undo()


def test_a_restore_without_the_key_says_where_it_belongs(ringback, case, tmp_path, monkeypatch):
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    found = restore.restore_case(
        tmp_path / "backup",
        tmp_path / "new",
        settings=Settings(keys_dir=tmp_path / "no keys"),
        find_alert_differences=find_alert_differences,
        progress=NullProgress(),
    )
    assert (found.key_there, found.differences) == (False, [])
    with pytest.raises(RingbackError) as caught:
        restore.restore_case(
            tmp_path / "backup",
            tmp_path / "more",
            settings=Settings(keys_dir=tmp_path / "no keys"),
            find_alert_differences=find_alert_differences,
            put_key=True,
            progress=NullProgress(),
        )
    assert caught.value.code == "backup_without_key"


def alter_exhibit(backup):
    path = backup / "exhibits" / "EX-001-calls.csv"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"61", b"62", 1))


def link(backup):
    (backup / "case.toml").rename(backup.parent / "case.toml")
    (backup / "case.toml").symlink_to(backup.parent / "case.toml")


def lead_out(backup):
    text = (backup / "manifest.json").read_text()
    (backup / "manifest.json").write_text(text.replace('"audit.head"', '"../audit.head"'))


DAMAGE = {
    "a file is missing": (lambda backup: (backup / "records.sqlite").unlink(), "records.sqlite is missing"),
    "an exhibit is altered": (alter_exhibit, "EX-001-calls.csv is altered"),
    "a file is longer": (lambda backup: (backup / "case.toml").open("a").write("#"), "case.toml is altered"),
    "a file is additional": (lambda backup: (backup / "out" / "x").touch(), "out/x is not in the manifest"),
    "a link": (link, "case.toml is a link"),
    "a folder is a link": (
        lambda backup: ((backup / "out").rename(backup.parent / "o"), (backup / "out").symlink_to(backup.parent / "o")),
        "out is a link",
    ),
    "the manifest leads out": (lead_out, "../audit.head is no place in a case"),
    "the manifest is torn": (lambda backup: os.truncate(backup / "manifest.json", 100), "manifest.json cannot be read"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_backup_that_is_not_as_it_was_made_is_refused_and_every_fault_named(ringback, case, tmp_path, name):
    damage, words = DAMAGE[name]
    backup = tmp_path / "backups" / "backup"
    backup.parent.mkdir()
    assert ringback("case", "backup", case, backup).code == 0
    damage(backup)
    done = ringback("case", "restore", backup, tmp_path / "new", "--json")
    assert (done.code, done.json["error"]) == (2, "backup_damaged")
    assert words in done.json["happened"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backups", "case"]


def test_all_faults_are_named_at_once(ringback, case, tmp_path):
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    (tmp_path / "backup" / "audit.head").unlink()
    (tmp_path / "backup" / "more").touch()
    told = ringback("case", "restore", tmp_path / "backup", tmp_path / "new").err
    assert "audit.head is missing" in told
    assert "more is not in the manifest" in told


def test_a_chain_that_was_broken_before_is_told(ringback, case, tmp_path):
    with sqlite3.connect(case / "records.sqlite") as records:
        records.execute("UPDATE audit SET why = 'another' WHERE seq = 2")
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    done = ringback("case", "restore", tmp_path / "backup", tmp_path / "new")
    assert done.code == 1
    assert "entry 2 (exhibit_added) was altered" in done.out


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda place: place.write_text("a file"), "output_exists"),
        (lambda place: (place.mkdir(), (place / "x").touch()), "output_exists"),
        (lambda place: place.symlink_to(place.parent / "elsewhere"), "path_link"),
        (lambda place: (place.parent / "dir").mkdir() or place.symlink_to(place.parent / "dir"), "path_link"),
    ],
)
def test_nothing_is_written_over_and_no_link_is_followed(ringback, case, tmp_path, make, code):
    assert ringback("case", "backup", case, tmp_path / "good").code == 0
    make(tmp_path / "there")
    before = sorted(tmp_path.rglob("*"))
    assert ringback("case", "backup", case, tmp_path / "there", "--json").json["error"] == code
    assert ringback("case", "restore", tmp_path / "good", tmp_path / "there", "--json").json["error"] == code
    assert ringback("case", "restore", tmp_path / "good", case, "--json").json["error"] == "case_exists"
    assert ringback("case", "backup", case, case / "backup", "--json").json["error"] == "backup_inside"
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_as_good_as_none(ringback, case, tmp_path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "new").mkdir()
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    assert ringback("case", "restore", tmp_path / "backup", tmp_path / "new").code == 0


def replaced_by_link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize(
    "name", ["records.sqlite", "case.toml", "exhibits", "exhibits/EX-001-calls.csv", "out", "runs"]
)
def test_links_within_a_case_are_not_followed(ringback, case, tmp_path, name):
    replaced_by_link(case / name)
    done = ringback("case", "backup", case, tmp_path / "backup", "--json")
    assert done.code == 2
    assert done.json["error"] in ("path_link", "file_linked")
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.unlink(), "it is not in the backup"),
        (lambda path: (path.chmod(0o600), path.write_text("x")), "the backup has it as it is"),
    ],
)
def test_an_exhibit_that_is_not_as_it_was_is_a_finding(ringback, case, tmp_path, damage, words):
    damage(case / "exhibits" / "EX-002-accounts.csv")
    done = ringback("case", "backup", case, tmp_path / "backup")
    assert done.code == 1
    assert words in done.err
    done = ringback("case", "restore", tmp_path / "backup", tmp_path / "new")
    assert done.code == 1
    assert "EX-002" in done.out


def test_a_backup_that_does_not_fit_is_refused_before_it_begins(ringback, case, tmp_path, monkeypatch):
    assert ringback("case", "backup", case, tmp_path / "backup").code == 0
    monkeypatch.setattr(case_backup, "free_bytes", lambda _place: 1000)
    monkeypatch.setattr(restore, "free_bytes", lambda _place: 1000)
    entries = len(ringback("audit", case, "--json").json)
    for words in (("backup", case, tmp_path / "b"), ("restore", tmp_path / "backup", tmp_path / "b")):
        done = ringback("case", *words, "--json")
        assert (done.code, done.json["error"]) == (2, "disk_full")
        assert "needed" in done.json["happened"]
        assert not (tmp_path / "b").exists()
    assert len(ringback("audit", case, "--json").json) == entries


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_backup_that_is_broken_off_leaves_nothing(case, keys, tmp_path, monkeypatch, error):
    usual = os.fsync
    left = [4]

    def fails_later(handle):
        left[0] -= 1
        if not left[0]:
            raise error
        usual(handle)

    case_file = open_case_file(case, settings=Settings(keys_dir=keys))
    monkeypatch.setattr(os, "fsync", fails_later)
    with pytest.raises((KeyboardInterrupt, RingbackError)) as caught:
        make_backup(case_file, tmp_path / "backup", wanted=Wanted(), why="test", progress=NullProgress())
    case_file.close()
    assert getattr(caught.value, "code", "disk_full") == "disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


@pytest.mark.slow
def test_the_old_way_works_a_copy_of_the_folder_while_no_command_runs(ringback, case, tmp_path):
    assert ringback("victims", case).code == 0
    head = ringback("audit", case).err.split()[-1]
    shutil.copytree(case, tmp_path / "copy")
    shutil.rmtree(case)
    done = ringback("verify", tmp_path / "copy", "--head", head, "--json")
    assert (done.code, done.json["differences"]) == (0, [])
    # What the page says must be in it is enough.
    least = tmp_path / "least"
    least.mkdir(mode=0o700)
    for name in ("case.toml", "records.sqlite", "audit.head"):
        shutil.copy(tmp_path / "copy" / name, least)
    shutil.copytree(tmp_path / "copy" / "exhibits", least / "exhibits")
    assert ringback("run", least).code == 0
    assert ringback("verify", least, "--head", head, "--json").json["differences"] == []


def test_records_in_postgresql_are_not_passed_over_in_silence(ringback, tmp_path, postgres):
    case, url = tmp_path / "case", postgres.new_database()
    assert ringback("case", "new", case, "--name", "Test", "--records", url).code == 0
    (tmp_path / "numbers.csv").write_text(NO_VICTIMS["site_numbers.csv"])
    assert ringback("exhibit", "add", case, tmp_path / "numbers.csv").code == 0
    done = ringback("case", "backup", case, tmp_path / "backup", "--json")
    assert (done.code, done.json["error"]) == (2, "backup_records_elsewhere")
    assert "pg_dump" in done.json["next_step"]
    assert "psycopg" not in done.json["next_step"]
    done = ringback("case", "backup", case, tmp_path / "backup", "--without-records")
    assert done.code == 0
    assert "NOT in it: the records" in done.out
    assert "records.sqlite" not in held(tmp_path / "backup")
    done = ringback("case", "restore", tmp_path / "backup", tmp_path / "new")
    assert done.code == 0
    assert "pg_restore" in done.out
    assert (tmp_path / "new" / "exhibits" / "EX-001-numbers.csv").exists()


def test_records_that_are_a_file_cannot_be_left_out(ringback, case, tmp_path):
    assert ringback("case", "backup", case, tmp_path / "backup", "--without-records").code == 2
    assert not (tmp_path / "backup").exists()
