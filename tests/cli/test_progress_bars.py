"""How far a command is: a bar on a terminal, a line now and then in a log file, nothing beside JSON."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from cli.test_damage import CALLS, SUBJECTS
from ringback.cli import progress_bars
from ringback.cli.progress_bars import BarProgress, Step
from ringback.engine.store import RunStore
from ringback.progress import current_watcher


class Terminal:
    """A terminal of the system's, with the far end in our hands."""

    def __init__(self):
        self._ours, self.theirs = pty.openpty()
        self.file = os.fdopen(self.theirs, "w", buffering=1)

    def said(self):
        """Everything written so far."""
        found = b""
        while select.select([self._ours], [], [], 0.2)[0]:
            try:
                found += os.read(self._ours, 65536)
            except OSError:
                break
        return found.decode()

    def close(self):
        self.file.close()
        os.close(self._ours)


@pytest.fixture
def terminal(monkeypatch):
    one = Terminal()
    monkeypatch.setattr(progress_bars, "err", Console(file=one.file, width=120, soft_wrap=True))
    yield one
    one.close()


@pytest.fixture
def log_file(monkeypatch, tmp_path):
    path = tmp_path / "log"
    with path.open("w", buffering=1) as file:
        monkeypatch.setattr(progress_bars, "err", Console(file=file, width=120))
        yield path


def test_a_terminal_shows_percentage_time_elapsed_and_time_left(terminal, monkeypatch):
    monkeypatch.setattr(progress_bars, "_GUESS_AFTER_S", 0.1)
    with BarProgress().step("Reading exhibits", 200) as advance:
        advance(100)
        time.sleep(0.7)
    said = terminal.said()
    assert "Reading exhibits" in said
    assert re.search(r"50%, 0:00:0\d elapsed, about 0:00:0\d left", said)
    assert "100%" in said


def test_a_share_of_the_unit_in_hand_counts(terminal):
    progress = BarProgress()
    with progress.step("Analysing calls", 4) as advance:
        advance(1)
        current_watcher().within(0.4)
        time.sleep(0.6)
    assert "35%" in terminal.said()


def test_a_step_of_unknown_length_shows_the_time_alone(terminal):
    with BarProgress().step("Writing the report", None):
        time.sleep(0.6)
    shown = terminal.said()
    assert "Writing the report" in shown
    assert "0:00:0" in shown


@pytest.mark.slow
def test_a_log_file_gets_a_line_now_and_then_and_no_control_characters(log_file, monkeypatch):
    monkeypatch.setattr(progress_bars, "LINE_EVERY_S", 1.0)
    progress = BarProgress()
    for label in ("Checking exhibits", "Reading exhibits"):
        with progress.step(label, 100) as advance:
            for _tenth in range(10):
                time.sleep(0.15)
                advance(10)
    lines = log_file.read_text().splitlines()
    # Three seconds: a line each second at most, however many steps and units there are.
    assert 1 <= len(lines) <= 3
    assert all(
        re.fullmatch(r"(Checking|Reading) exhibits: +\d+%, 0:00:0\d elapsed(, about .+ left)?", one) for one in lines
    )
    assert "\x1b" not in log_file.read_text()


def test_lines_come_also_while_a_step_says_nothing(log_file, monkeypatch):
    monkeypatch.setattr(progress_bars, "LINE_EVERY_S", 0.4)
    with BarProgress().step("Reading exhibits", 100):
        time.sleep(1.3)
    assert len(log_file.read_text().splitlines()) >= 2


def test_a_short_command_writes_nothing_into_a_log_file(log_file):
    with BarProgress().step("Reading exhibits", 100) as advance:
        advance(100)
    assert log_file.read_text() == ""


def test_beside_json_there_is_nothing(terminal):
    progress = BarProgress(quiet=True)
    with progress.step("Reading exhibits", 2) as advance:
        advance(1)
        progress.note("resuming")
    assert terminal.said() == ""


def test_a_number_in_a_label_is_masked(terminal):
    with BarProgress().step("Hashing 07700900123.csv", 2):
        pass
    assert "900123" not in terminal.said()


@pytest.mark.parametrize(
    ("done", "total", "after_s", "left"), [(25, 100, 30, 90), (0, 100, 30, None), (50, None, 9, None)]
)
def test_the_time_left_is_that_at_the_pace_so_far(done, total, after_s, left):
    step = Step("", total, began=time.monotonic() - after_s, done=done)
    assert step.left_s() is None if left is None else step.left_s() == pytest.approx(left, abs=0.5)


@pytest.mark.slow
def test_a_run_on_a_terminal_shows_every_step(new_case, keys):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    one = Terminal()
    command = [Path(sys.executable).with_name("ringback"), "run", case]
    environment = os.environ | {"RINGBACK_KEYS": str(keys), "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=one.theirs, env=environment)
    said = ""
    while process.poll() is None:
        said += one.said()
    said += one.said()
    one.close()
    assert process.returncode == 0, said
    for step in (
        "Checking exhibits",
        "Reading exhibits",
        "Analysing calls",
        "Writing the report",
    ):
        assert re.search(rf"{step} .*100%, 0:00:\d\d elapsed", said) or step == "Writing the report", (step, said)
        assert step in said
    # The cursor is shown again.
    assert said.rindex("\x1b[?25h") > said.rindex("\x1b[?25l")


@pytest.mark.slow
def test_a_resumed_run_says_what_it_took_from_before(ringback, new_case, monkeypatch):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "finish", interrupted)
        assert ringback("run", case).code == 130
    done = ringback("run", case)
    assert done.code == 0
    # Rules and figures may come to be: the tables are counted, not known.
    assert re.search(r"^resuming: 4 exhibits had been read and \d\d tables were finished", done.err, re.MULTILINE)
    assert "resuming" not in ringback("run", case).err


def interrupted(*_words, **_more):
    raise KeyboardInterrupt
