"""Ctrl-C at any moment: one line that says how to go on, exit code 130, nothing left running, nothing lost."""

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from cli.test_damage import CALLS, SUBJECTS
from soak.commands import Command


def wait_until(true, *, within_s=60):
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, "it did not come to it"
        time.sleep(0.01)


def check_stopped(command, code=130, *, within_s=20):
    assert command.wait(within_s) == code, command.err
    lines = [line for line in command.err.splitlines() if "stopped; " in line]
    assert len(lines) == 1, command.err
    assert "Traceback" not in command.err
    assert command.orphans() == []
    return lines[0]


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_in_a_run_says_how_to_go_on_and_frees_the_lock(new_case, keys, tmp_path, times):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    run = Command("run", case, folder=tmp_path, environment={"RINGBACK_KEYS": str(keys)})
    wait_until(lambda: run.ended() is not None or any((case / "runs").glob("*/finished.json")))
    for _one in range(times):
        run.send(signal.SIGINT, to_group=True)
        time.sleep(0.05)
    line = check_stopped(run)
    assert f"ringback run {case}" in line
    with (case / ".run.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_ctrl_c_while_the_program_loads_is_answered(new_case, keys, tmp_path):
    command = Command("run", tmp_path / "nowhere", folder=tmp_path, whole=True)
    wait_until(lambda: command.heeds_signals() or command.ended() is not None)
    command.send(signal.SIGINT, to_group=True)
    assert "give the same command again" in check_stopped(command)


def test_sigterm_is_answered_too(new_case, tmp_path):
    command = Command("run", tmp_path / "nowhere", folder=tmp_path, whole=True)
    wait_until(lambda: command.heeds_signals() or command.ended() is not None)
    command.send(signal.SIGTERM, to_group=False)
    check_stopped(command, 143)


# A command that hangs in something that hears of no exception, as a library may.
DEAF = """
import time
from ringback.cli import interrupts
interrupts.GRACE_S = {grace}
interrupts.heed_signals()
interrupts.say_how_to_go_on("give it again")
there = False
while True:
    try:
        if not there:
            print("there", flush=True)
            there = True
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.parametrize(("grace", "times"), [(0.5, 1), (600, 2)])
def test_who_does_not_hear_of_it_is_ended(grace, times):
    program = [sys.executable, "-c", DEAF.format(grace=grace)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ, text=True) as deaf:
        assert deaf.stdout.readline() == "there\n"
        began = time.monotonic()
        for _one in range(times):
            deaf.send_signal(signal.SIGINT)
            time.sleep(0.1)
        assert deaf.wait(20) == 130
        assert time.monotonic() - began < 15
        assert deaf.stderr.read() == "stopped; give it again\n"


def test_who_was_told_not_to_hear_of_ctrl_c_does_not(tmp_path):
    """As nohup does, and a shell with a job in the background."""
    program = "import signal, os; signal.signal(signal.SIGINT, signal.SIG_IGN); from ringback.cli import interrupts;"
    program += "interrupts.heed_signals(); os.kill(os.getpid(), signal.SIGINT); print('still here')"
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "still here\n")


# A signal in the middle of a class that is being made: Python tells it as an error of its own.
HALF_MADE = """
import os, signal, sys

class Stopped:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGINT)

def app():
    type("Half", (), {"field": Stopped()})

from ringback.cli import entry, main
main.app = app
entry.main()
"""


def test_what_loading_a_module_makes_of_ctrl_c_is_answered():
    done = subprocess.run([sys.executable, "-c", HALF_MADE], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "stopped; give the same command again\n")
