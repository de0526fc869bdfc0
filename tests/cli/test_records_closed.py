"""After every command the records are one whole file: a copy of `records.sqlite` alone holds every row."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from cli.conftest import NO_VICTIMS
from cli.less_rights import less_rights, skip_where_modes_mean_nothing
from cli.test_damage import CALLS, SUBJECTS
from cli.test_serve import running
from ringback.alerting.inbound.callback_tokens import make_tokens
from ringback.case.case_file import new_case
from ringback.settings import Settings
from soak.commands import Command

RINGBACK = [sys.executable, "-m", "ringback.cli.entry"]


@pytest.fixture
def typed(tmp_path):
    """A function that runs a command as a process of its own and returns its exit code."""

    def run(*words, stdin="", rights=None):
        env = {**os.environ, "RINGBACK_KEYS": str(tmp_path / "keys"), "RINGBACK_WORKERS": "2"}
        argv = [*RINGBACK, *map(str, words)]
        return subprocess.run(
            argv, env=env, input=stdin, capture_output=True, text=True, check=False, preexec_fn=rights
        )

    return run


def alone(case, tmp_path):
    """The rows of each table in a copy of records.sqlite, without anything that lay beside it."""
    copy = tmp_path / "alone.sqlite"
    shutil.copyfile(case / "records.sqlite", copy)
    connection = sqlite3.connect(copy)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    finally:
        connection.close()
        copy.unlink()


def beside(case):
    return sorted(path.name for path in case.glob("records.sqlite-*"))


@pytest.mark.slow
def test_a_copy_of_the_records_holds_all_after_every_command(typed, tmp_path):
    case, files = tmp_path / "case", tmp_path / "files"
    files.mkdir()
    for name, content in {"calls.csv": CALLS, "subjects.csv": SUBJECTS, **NO_VICTIMS}.items():
        (files / name).write_text(content)
    more = tmp_path / "more.csv"
    more.write_text("number,use\n020 7946 0998,help line\n")
    entries = 0
    # The words of each command, its exit code, and how many entries it leaves in the log.
    for words, code, left, stdin in [
        (("case", "new", case, "--name", "Test"), 0, 1, ""),
        (("exhibit", "add", case, *sorted(files.iterdir())), 0, 4, ""),
        (("exhibit", "add", case, tmp_path / "nowhere.csv"), 2, 0, ""),
        (("run", case), 0, 3, ""),
        (("victims", case), 0, 1, ""),
        (("victims", case, "--out", tmp_path / "list.csv", "--why", "test"), 0, 1, ""),
        (("victims", case, "--rule", "none@1"), 2, 0, ""),
        (("explain", case, "--why", "test"), 0, 1, "07700 900100\n"),
        (("figures", case, "calls_total"), 0, 0, ""),
        (("verify", case), 0, 0, ""),
        (("audit", case, "--json"), 0, 0, ""),
        (("case", "show", case), 0, 0, ""),
        (("suppress", "list", case), 0, 0, ""),
        (("verify", case, "--head", "0" * 64), 1, 0, ""),
        (("exhibit", "add", case, more), 0, 1, ""),
        (("map", case), None, 1, ""),
    ]:
        done = typed(*words, stdin=stdin)
        assert code in (None, done.returncode), done.stdout + done.stderr
        entries += left
        assert alone(case, tmp_path)["audit"] == entries, words
        assert beside(case) == [], words
    assert alone(case, tmp_path)["exhibits"] == 5


def test_a_run_that_is_stopped_or_hangs_leaves_whole_records(new_case, keys, tmp_path):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    for times in (1, 2):
        run = Command("run", case, "--why", f"take {times}", folder=tmp_path, environment={"RINGBACK_KEYS": str(keys)})
        while run.ended() is None and not any((case / "runs").glob("*/manifest.json")):
            time.sleep(0.01)
        for _one in range(times):
            run.send(signal.SIGINT, to_group=True)
            time.sleep(0.05)
        run.wait(20)
        if times == 2 and beside(case):
            # Told twice, it waits a second for its threads and no longer. Then it is as after a kill, and the next
            # command closes the records.
            look = Command("audit", case, folder=tmp_path, environment={"RINGBACK_KEYS": str(keys)})
            assert look.wait(60) == 0
        assert alone(case, tmp_path)["audit"] >= 2
        assert beside(case) == []


def test_a_server_that_is_told_to_end_leaves_whole_records(tmp_path):
    made = new_case(tmp_path / "case", settings=Settings(keys_dir=tmp_path / "keys"), name="Test", synthetic=True)
    make_tokens(made, now=made.clock.now(), member="alice")
    made.close()
    with running(made) as (_address, end):
        code, told = end()
    assert code == 0, told
    assert beside(made.case.path) == []
    assert alone(made.case.path, tmp_path)["audit"] == 2


@pytest.mark.slow
def test_commands_that_look_work_in_a_folder_that_cannot_be_written(typed, tmp_path):
    skip_where_modes_mean_nothing(tmp_path)
    case = tmp_path / "case"
    assert typed("case", "new", case, "--name", "Test").returncode == 0
    (case / "records.sqlite").chmod(0o400)
    case.chmod(0o500)
    try:
        for words in (("case", "show", case), ("audit", case), ("verify", case), ("exhibit", "list", case)):
            done = typed(*words, rights=less_rights)
            assert done.returncode == 0, done.stderr
            assert "audit head" in done.stderr
        (tmp_path / "more.csv").write_text("number,use\n020 7946 0998,help line\n")
        done = typed("exhibit", "add", case, tmp_path / "more.csv", rights=less_rights)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    finally:
        case.chmod(0o700)


def test_records_that_somebody_has_open_are_whole_all_the_same(typed, tmp_path):
    case = tmp_path / "case"
    assert typed("case", "new", case, "--name", "Test").returncode == 0
    (tmp_path / "more.csv").write_text("number,use\n020 7946 0998,help line\n")
    other = sqlite3.connect(case / "records.sqlite")
    other.execute("SELECT count(*) FROM audit").fetchall()
    try:
        assert typed("exhibit", "add", case, tmp_path / "more.csv").returncode == 0
        assert beside(case) == ["records.sqlite-shm", "records.sqlite-wal"]
        assert alone(case, tmp_path)["audit"] == 2
    finally:
        other.close()
    assert beside(case) == []
