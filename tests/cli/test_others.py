"""A case, its records and its keys that others can get at, or that lead elsewhere: every command refuses, in words."""

import gc
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from ringback.cli.main import app
from ringback.errors import RingbackError
from ringback.keys import create_key, load_keys, read_secret
from tiers import first_quick

COMMANDS = {
    "verify": ["verify"],
    "audit": ["audit"],
    "show": ["case", "show"],
    "upgrade": ["case", "upgrade"],
    "run": ["run"],
    "exhibit": ["exhibit", "list"],
    "staff": ["staff", "list"],
    "status": ["alerts", "status", "B-001"],
    "send": ["alerts", "send", "B-001"],
    "serve": ["serve", "provider", "--port", "0"],
}
PLACES = {
    "case folder": ("case", 0o755),
    "case folder that a group writes": ("case", 0o770),
    "records": ("case/records.sqlite", 0o644),
    "records that others write": ("case/records.sqlite", 0o666),
    "log of the records": ("case/records.sqlite-wal", 0o640),
    "shared memory of the records": ("case/records.sqlite-shm", 0o620),
    "key": ("keys/ID.keys", 0o604),
    "keys folder": ("keys", 0o755),
    "keys folder that a group may enter": ("keys", 0o710),
}
# What the program writes into a case folder or reads there.
LINKED = (
    ".run.lock", ".current.new", ".case.toml.new", "audit.head", "current", "case.toml", "records.sqlite",
    "records.sqlite-wal", "out", "runs", "exhibits",
)  # fmt: skip


@dataclass
class OwnCase:
    """A case with a keys folder of its own."""

    folder: Path

    @property
    def path(self):
        return self.folder / "case"

    @property
    def keys(self):
        return self.folder / "keys"

    @property
    def id(self):
        return next(self.keys.glob("*.keys")).stem

    def place(self, name):
        path = self.folder / name.replace("ID", self.id)
        if path.name.startswith("records.sqlite-"):
            # Whoever still has the records open takes this file along.
            gc.collect()
            path.touch(mode=0o600)
        return path

    def run(self, *words, on=None):
        group = 1 if words[0] in ("verify", "audit", "run") else 2
        typed = [str(word) for word in (*words[:group], on or self.path, *words[group:])]
        done = CliRunner().invoke(app, typed, env={"RINGBACK_KEYS": str(self.keys)})
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return SimpleNamespace(code=done.exit_code, err=done.stderr)


@pytest.fixture
def case(tmp_path):
    made = OwnCase(tmp_path)
    assert made.run("case", "new", "--name", "Test", "--synthetic").code == 0
    return made


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("command", first_quick(COMMANDS, 3))
def test_what_others_can_get_at_is_refused_until_it_is_closed(case, command, name):
    place, mode = PLACES[name]
    path = case.place(place)
    right = 0o700 if path.is_dir() else 0o600
    path.chmod(mode)
    done = case.run(*COMMANDS[command])
    assert done.code == 2
    assert f"{path} has mode {mode:04o}" in done.err
    assert f"chmod {right:o} {path}" in done.err
    path.chmod(right)
    assert "has mode" not in case.run(*COMMANDS[command] if command != "serve" else COMMANDS["show"]).err


def test_a_copy_made_by_an_expert_can_be_verified_once_it_is_the_experts_alone(case, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(case.path, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    done = case.run("verify", on=copy)
    assert done.code == 2
    assert "disk that keeps file modes" in done.err
    commands = done.err.split("make them yours alone: ")[1].split(";")[0]
    assert os.system(commands) == 0
    assert case.run("verify", on=copy).code == 0


def test_what_belongs_to_another_user_is_refused(case, monkeypatch):
    if os.geteuid() == 0:
        os.chown(case.path / "records.sqlite", 12345, -1)
    else:
        mine = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    done = case.run("verify")
    assert (done.code, "belongs to" in done.err) == (2, True)


def test_a_new_case_takes_no_keys_folder_that_is_open(tmp_path):
    made = OwnCase(tmp_path)
    made.keys.mkdir()
    made.keys.chmod(0o755)
    done = made.run("case", "new", "--name", "Test")
    assert (done.code, f"chmod 700 {made.keys}" in done.err) == (2, True)
    assert not made.path.exists()
    assert list(made.keys.iterdir()) == []


def test_the_key_itself_is_looked_at_whenever_it_is_read(tmp_path):
    keys = tmp_path / "keys"
    key = create_key(keys, "one")
    load_keys(keys, "one")
    for path, mode, right in ((key, 0o640, 0o600), (keys, 0o755, 0o700)):
        path.chmod(mode)
        with pytest.raises(RingbackError, match=f"mode {mode:04o}"):
            load_keys(keys, "one")
        path.chmod(right)
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RingbackError, match="is a link"):
        load_keys(keys, "one")


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602])
def test_api_keys_are_refused_as_before(tmp_path, mode):
    path = tmp_path / "one.notify-live"
    path.write_text("a key")
    path.chmod(mode)
    with pytest.raises(RingbackError) as caught:
        read_secret(tmp_path, "one", "notify-live")
    assert caught.value.code == "secret_open"
    path.chmod(0o600)
    assert read_secret(tmp_path, "one", "notify-live") == "a key"


@pytest.mark.parametrize("name", LINKED)
def test_no_link_in_the_case_folder_is_followed(case, tmp_path, name):
    path = case.place(f"case/{name}")
    elsewhere = tmp_path / "precious"
    if path.exists():
        path.rename(elsewhere)
    else:
        elsewhere.write_text("precious")
    before = elsewhere.read_bytes() if elsewhere.is_file() else sorted(elsewhere.iterdir())
    path.symlink_to(elsewhere)
    for command in ("verify", "run"):
        done = case.run(command)
        assert done.code == 2
        assert f"{path} is a link" in done.err
    assert before == (elsewhere.read_bytes() if elsewhere.is_file() else sorted(elsewhere.iterdir()))
