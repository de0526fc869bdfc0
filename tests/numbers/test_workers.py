"""Workers that read numbers end with the process that started them, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.number_map import read_numbers

if __name__ == "__main__":
    # Each text is one of its own; most are no numbers at all.
    read_numbers([f"07700 900123 x{n}" for n in range(400_000)], plan=DialPlan(), workers=2)
"""


def children(process):
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def lives(process):
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true, *, within_s=60):
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, "it did not come to it"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_do_not_outlive_their_parent(tmp_path, number):
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, tmp_path / "program.py"], stderr=subprocess.PIPE, process_group=0, text=True
    ) as parent:
        # Two workers, and the tracker that Python adds.
        wait_until(lambda: parent.poll() is not None or len(children(parent.pid)) >= 3)
        workers = children(parent.pid)
        time.sleep(1)
        assert parent.poll() is None
        # Ctrl-C goes to all of a terminal's job; kill -9 is told one.
        os.killpg(parent.pid, number) if number == signal.SIGINT else parent.kill()
        said = parent.stderr.read() if number == signal.SIGINT else ""
        parent.wait(60)
        wait_until(lambda: not any(lives(one) for one in workers), within_s=10)
    # One traceback at most, the parent's own: a worker has nothing to say.
    assert said.count("Traceback") <= 2
    assert "SpawnProcess" not in said
