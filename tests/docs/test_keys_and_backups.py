"""The page on keys and backups, done as it says: every command in its order, and what is shown of their output."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import NO_VICTIMS
from cli.test_damage import CALLS, SUBJECTS

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "keys-and-backups.md"
RINGBACK = [sys.executable, "-m", "ringback.cli.entry"]


@pytest.fixture
def shell(tmp_path):
    """A function that runs a line of the page in a folder where op-case was made and run."""

    def run(*words):
        env = {**os.environ, "RINGBACK_KEYS": str(tmp_path / "keys"), "RINGBACK_WORKERS": "2"}
        argv = [*RINGBACK, *words[1:]] if words[0] == "ringback" else list(words)
        done = subprocess.run(argv, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    for name, content in {"calls.csv": CALLS, "subjects.csv": SUBJECTS, **NO_VICTIMS}.items():
        (tmp_path / name).write_text(content)
    run("ringback", "case", "new", "op-case", "--name", "X", "--first-day", "2020-12-01", "--last-day", "2022-11-24")
    run("ringback", "exhibit", "add", "op-case", *(path.name for path in sorted(tmp_path.glob("*.csv"))))
    run("ringback", "run", "op-case")
    return run


def steps():
    """Each command of the page, with the output that is shown under it, if any is."""
    text = PAGE.read_text(encoding="utf-8")
    text = text[text.index("## Making a backup") :]
    for found in re.finditer(r"(?m)((?:^    \S.*\n)+)(?:\n```text\n([\s\S]*?)```)?", text):
        lines = found[1].split("\n")[:-1]
        for line in lines[:-1]:
            yield shlex.split(line), ""
        yield shlex.split(lines[-1]), found[2] or ""


def shows(shown, printed):
    """Whether an output is the one that is shown, where `...` stands for anything in a line."""
    pattern = r"\n".join(".+".join(map(re.escape, line.split("..."))) for line in shown.rstrip("\n").split("\n"))
    return re.fullmatch(pattern, printed.rstrip("\n")) is not None


def test_the_page_holds_what_is_tested():
    assert [words[:3] for words, _shown in steps()] == [
        ["mkdir", "backups"],
        ["ringback", "case", "backup"],
        ["ringback", "case", "restore"],
        ["ringback", "verify", "op-case-restored"],
        ["cp", "-a", "op-case"],
    ]


@pytest.mark.slow
def test_every_command_does_what_the_page_says(shell, tmp_path):
    head = ""
    for words, shown in steps():
        done = shell(*[head if word == "HEX" else word for word in words])
        if found := re.search(r"audit head ([0-9a-f]{64})", done.stdout):
            head = found[1]
        if shown:
            assert shows(shown, done.stdout), done.stdout
    # The old way: the folder, copied while no command runs, with or without its own folder still there.
    last = shell("ringback", "audit", "op-case").stderr.split()[-1]
    shutil.rmtree(tmp_path / "op-case")
    checked = shell("ringback", "verify", "backups/op-case-tuesday", "--head", last)
    assert checked.stdout.startswith("nothing differs")


def test_an_output_is_compared_word_for_word():
    assert shows("a ... c\nd\n", "a b c\nd\n")
    assert not shows("a ... c\n", "a b c\nd\n")
    assert not shows("a\n", "b\n")
