"""What the system refuses is told plainly: a missing file or right, a folder in place of a file, a full disk.

Each command is a process of its own, without the right of root to pass over the modes of files.
"""

import os
import resource
import shutil
import subprocess
import sys

import pytest

from cli.conftest import NO_VICTIMS
from cli.less_rights import less_rights, skip_where_modes_mean_nothing
from cli.test_damage import CALLS, SUBJECTS
from tiers import first_quick

RINGBACK = [sys.executable, "-m", "ringback.cli.entry"]
LIFE = ["--first-day", "2020-12-01", "--last-day", "2022-11-24"]


@pytest.fixture(scope="module")
def keys_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def typed(keys_dir, tmp_path):
    """A function that runs a command as a process without root's rights; checks that no traceback came."""

    def run(*words, stdin="", file_bytes=None, **environment):
        def prepare():
            less_rights()
            if file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

        env = {**os.environ, "RINGBACK_KEYS": str(keys_dir), "RINGBACK_WORKERS": "2", **environment}
        argv = [*RINGBACK, *map(str, words)]
        done = subprocess.run(
            argv, env=env, input=stdin, capture_output=True, text=True, check=False, preexec_fn=prepare, cwd=tmp_path
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def made(keys_dir, tmp_path_factory):
    """A case that was run; to be copied."""
    folder = tmp_path_factory.mktemp("made")
    for name, content in {"calls.csv": CALLS, "subjects.csv": SUBJECTS, **NO_VICTIMS}.items():
        (folder / name).write_text(content)
    files = sorted(folder.glob("*.csv"))
    for words in (["case", "new", "case", "--name", "T", *LIFE], ["exhibit", "add", "case", *files], ["run", "case"]):
        env = {**os.environ, "RINGBACK_KEYS": str(keys_dir), "RINGBACK_WORKERS": "2"}
        subprocess.run([*RINGBACK, *map(str, words)], env=env, cwd=folder, check=True, capture_output=True)
    return folder / "case"


@pytest.fixture
def case(made, tmp_path):
    yield shutil.copytree(made, tmp_path / "case")
    for path in (tmp_path, *tmp_path.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)


def check_told(done, *words, code=2):
    """Exit code 2, an error in words, and what to do next."""
    assert done.returncode == code, done.stdout + done.stderr
    told = " ".join(done.stderr.split())
    assert "error: " in told or "NOT added: " in told
    assert "next: " in told
    for word in words:
        assert str(word) in told, told


# A file or a folder that is not there is called that, with its whole path.

MISSING = {
    "map": ["map", "nowhere"],
    "run": ["run", "nowhere"],
    "figures": ["figures", "nowhere"],
    "victims": ["victims", "nowhere"],
    "explain": ["explain", "nowhere", "--why", "t"],
    "verify": ["verify", "nowhere"],
    "audit": ["audit", "nowhere"],
    "truth, case": ["truth", "nowhere", "seizure"],
    "truth, seizure": ["truth", "case", "nowhere"],
    "signs": ["signs", "nowhere"],
    "signs, list": ["signs", "nowhere.csv"],
    "signs, calendar": ["signs", "case/case.toml", "--calendar", "nowhere"],
    "signs, answers": ["signs", "--answers", "nowhere"],
    "signs, out": ["signs", "list.csv", "--out", "nowhere/list.jsonl"],
    "case show": ["case", "show", "nowhere"],
    "case upgrade": ["case", "upgrade", "nowhere"],
    "case backup, case": ["case", "backup", "nowhere", "backup"],
    "case backup, dest": ["case", "backup", "case", "nowhere/backup"],
    "case restore, backup": ["case", "restore", "nowhere", "new"],
    "exhibit add": ["exhibit", "add", "case", "nowhere"],
    "exhibit add, case": ["exhibit", "add", "nowhere", "list.csv"],
    "exhibit list": ["exhibit", "list", "nowhere"],
    "victims --out": ["victims", "case", "--out", "nowhere/list.csv", "--why", "t"],
    "serve provider": ["serve", "provider", "nowhere"],
    "suppress add": ["suppress", "list", "nowhere"],
    "staff": ["staff", "list", "nowhere"],
    "alerts": ["alerts", "status", "nowhere"],
}


@pytest.mark.parametrize("name", first_quick(MISSING, 1))
def test_what_is_not_there_is_called_that_with_its_whole_path(typed, case, tmp_path, name):
    (tmp_path / "list.csv").write_text("text\nhello\n")
    words = MISSING[name]
    done = typed(*words, stdin="07700 900100\n")
    if name == "truth, seizure":
        # Whether a case is synthetic is asked first.
        assert done.returncode == 2
        return
    check_told(done, tmp_path / "nowhere")
    told = " ".join(done.stderr.split())
    assert "there is no" in told or "not there" in told


# A folder in place of a file, and the other way round.

MIXED_UP = {
    "a file for a case": (["run", "list.csv"], "it is a file, and a case is a folder"),
    "a file for a new case": (["case", "new", "list.csv", "--name", "T"], "is a file, not a folder"),
    "a file above a new case": (["case", "new", "list.csv/case", "--name", "T"], "is a file, not a folder"),
    "a folder for a message": (["signs", "folder"], "it is a folder, not a file"),
    "a folder for a list of messages": (["signs", "folder.csv"], "it is a folder, not a file"),
    "a folder for a calendar": (["signs", "list.csv", "--calendar", "folder"], "it is a folder, not a file"),
    "a folder for answers": (["signs", "--answers", "folder"], "it is a folder, not a file"),
    "a folder for the list of victims": (["victims", "case", "--out", "folder.csv", "--why", "t"], "is there already"),
    "a file above the list of victims": (
        ["victims", "case", "--out", "list.csv/victims.csv", "--why", "t"],
        "is a file, not a folder",
    ),
    "a file for a seizure": (["synth", "list.csv", "--calls", "1000"], "list.csv cannot be written"),
    "a file above a seizure": (["synth", "list.csv/s", "--calls", "1000"], "a file stands where a folder should be"),
    "a file for a demo": (["demo", "list.csv", "--calls", "1000"], "list.csv"),
    "a file for a backup": (["case", "restore", "list.csv", "new"], "is not a backup of a case"),
    "a file above a restored case": (["case", "backup", "case", "list.csv/backup"], "list.csv"),
    "a file below a file as exhibit": (["exhibit", "add", "case", "list.csv/x"], "there is no such file"),
    "a pipe as exhibit": (["exhibit", "add", "case", "pipe"], "it is no plain file"),
}


@pytest.mark.parametrize("name", first_quick(MIXED_UP, 1))
def test_a_folder_for_a_file_and_a_file_for_a_folder_are_told(typed, case, tmp_path, name):
    (tmp_path / "list.csv").write_text("text\nhello\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe")
    words, told = MIXED_UP[name]
    before = sorted(path.name for path in tmp_path.iterdir())
    check_told(typed(*words), told)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def folder_for(place):
    def change(case):
        path = case / place
        if path.is_dir():
            shutil.rmtree(path)
            path.write_text("x")
        else:
            path.unlink()
            path.mkdir(mode=0o700)

    return change


@pytest.mark.parametrize(
    ("place", "words"),
    first_quick(
        [
            ("case.toml", ["case", "show", "case"]),
            ("records.sqlite", ["case", "show", "case"]),
            ("exhibits", ["exhibit", "add", "case", "more.csv"]),
            ("runs", ["run", "case"]),
            ("out", ["run", "case"]),
            ("current", ["figures", "case"]),
            (".run.lock", ["run", "case"]),
            ("audit.head", ["victims", "case"]),
        ],
        1,
    ),
)
def test_a_case_whose_parts_are_something_else_is_told(typed, case, tmp_path, place, words):
    (tmp_path / "more.csv").write_text("number,use\n020 7946 0998,help line\n")
    folder_for(place)(case)
    check_told(typed(*words), tmp_path / "case")


# No right to read or write.


@pytest.fixture
def modes(tmp_path):
    skip_where_modes_mean_nothing(tmp_path)


@pytest.mark.parametrize("kind", ["exhibit", "message", "messages", "calendar", "answers"])
def test_a_file_that_may_not_be_read_is_told(typed, case, tmp_path, modes, kind):
    secret = tmp_path / "secret.csv"
    secret.write_text("text\nhello\n")
    secret.chmod(0)
    words = {
        "exhibit": ["exhibit", "add", "case", secret],
        "message": ["signs", secret.rename(tmp_path / "secret.txt")] if kind == "message" else [],
        "messages": ["signs", secret],
        "calendar": ["signs", "x.txt", "--calendar", secret],
        "answers": ["signs", "--answers", secret],
    }
    check_told(typed(*words[kind]), tmp_path / "secret", "permission denied")


@pytest.mark.parametrize(
    ("words", "place"),
    first_quick(
        [
            (["case", "new", "closed/case", "--name", "T"], "closed/case"),
            (["case", "new", "closed/a/b/case", "--name", "T"], "closed/a/b/case"),
            (["victims", "case", "--out", "closed/list.csv", "--why", "t"], "closed/list.csv"),
            (["victims", "case", "--out", "closed/list.xlsx", "--why", "t"], "closed/list.xlsx"),
            (["signs", "list.csv", "--out", "closed/answers.jsonl"], "closed/answers.jsonl"),
            (["synth", "closed/seizure", "--calls", "1000"], "closed/seizure"),
            (["demo", "closed/demo", "--calls", "1000"], "closed/demo"),
            (["case", "backup", "case", "closed/backup"], "closed/backup"),
            (["case", "restore", "backup", "closed/new"], "closed/new"),
        ],
        1,
    ),
)
def test_a_folder_that_may_not_be_written_is_told_and_nothing_is_left(
    typed, case, tmp_path, modes, keys_dir, words, place
):
    (tmp_path / "list.csv").write_text("text\nhello\n")
    if words[1] == "restore":
        assert typed("case", "backup", "case", "backup").returncode == 0
    keys, entries = sorted(keys_dir.iterdir()), typed("audit", "case").stdout
    (tmp_path / "closed").chmod(0o500)
    check_told(typed(*words), tmp_path / place)
    assert list((tmp_path / "closed").iterdir()) == []
    assert sorted(keys_dir.iterdir()) == keys
    if words[1] != "backup":
        # Nothing was disclosed, so nothing is logged.
        assert typed("audit", "case").stdout == entries


@pytest.mark.parametrize(
    ("place", "mode", "words"),
    first_quick(
        [
            ("", 0o500, ["exhibit", "add", "case", "list.csv"]),
            ("", 0o500, ["run", "case"]),
            ("", 0o500, ["victims", "case"]),
            ("", 0o000, ["case", "show", "case"]),
            ("exhibits", 0o500, ["exhibit", "add", "case", "list.csv"]),
            ("out", 0o500, ["run", "case"]),
            ("case.toml", 0o000, ["case", "show", "case"]),
            ("records.sqlite", 0o000, ["case", "show", "case"]),
            ("records.sqlite", 0o400, ["victims", "case"]),
            ("exhibits/EX-002-calls.csv", 0o000, ["run", "case"]),
        ],
        1,
    ),
)
def test_a_case_that_may_not_be_used_is_told(typed, case, tmp_path, modes, place, mode, words):
    (tmp_path / "list.csv").write_text("number,use\n020 7946 0998,help line\n")
    (case / place).chmod(mode)
    check_told(typed(*words), "case")


@pytest.mark.slow
def test_a_mapping_is_not_written_where_it_may_not_be(typed, case, tmp_path, modes):
    case.chmod(0o500)
    assert typed("map", "case", "--accept").returncode == 2


# A full disk.


@pytest.mark.parametrize(
    ("words", "file_bytes"),
    first_quick(
        [
            (["case", "new", "new", "--name", "T"], 1_000),
            (["case", "new", "new", "--name", "T"], 40_000),
            (["exhibit", "add", "case", "big.csv"], 800_000),
            (["synth", "seizure", "--calls", "3000"], 50_000),
            (["synth", "seizure", "--calls", "3000", "--format", "parquet"], 50_000),
            (["synth", "seizure", "--calls", "3000", "--format", "mysqldump"], 50_000),
            (["victims", "case", "--out", "list.csv", "--why", "t"], 300),
            (["victims", "case", "--out", "list.xlsx", "--why", "t"], 300),
            (["signs", "messages.csv", "--out", "answers.jsonl"], 2_000),
            (["case", "backup", "case", "backup"], 150_000),
            (["demo", "demo", "--calls", "1000"], 20_000),
        ],
        1,
    ),
)
def test_a_full_disk_is_told(typed, case, tmp_path, words, file_bytes, keys_dir):
    (tmp_path / "big.csv").write_text(CALLS + CALLS.partition("\n")[2] * 2000)
    (tmp_path / "messages.csv").write_text("text\n" + "your account is closed today\n" * 40)
    keys = sorted(keys_dir.iterdir())
    done = typed(*words, file_bytes=file_bytes)
    told = " ".join(done.stderr.split())
    assert done.returncode == 2, told
    assert "next: " in told
    assert "make room" in told, told
    assert not any(path.name in ("new", "backup", "list.csv", "list.xlsx") for path in tmp_path.iterdir())
    assert sorted(keys_dir.iterdir()) == keys
    assert list(tmp_path.rglob(".*.part")) == []


def test_a_case_that_could_not_be_made_is_made_at_the_second_try(typed, tmp_path):
    assert typed("case", "new", "new", "--name", "T", file_bytes=40_000).returncode == 2
    assert typed("case", "new", "new", "--name", "T").returncode == 0


def test_records_without_their_case_toml_are_never_removed(typed, case):
    (case / "case.toml").unlink()
    before = (case / "records.sqlite").read_bytes()
    assert typed("case", "new", "case", "--name", "T").returncode == 2
    assert (case / "records.sqlite").read_bytes() == before
    assert (case / "exhibits" / "EX-001-accounts.csv").exists()


def test_a_case_toml_that_is_no_text_is_told(typed, case):
    (case / "case.toml").write_bytes(b'name = "\xff\xfe"\n')
    check_told(typed("case", "show", "case"), "it is not written as UTF-8")
