"""The command `ringback` in a process group of its own, to be stopped and killed; and what is left of the group."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from soak.children import FORKS

# The forked command finds everything loaded: a run costs no seconds of imports.
FORKS.set_forkserver_preload(
    ["alerting.sending_case", "soak.children", "soak.commands", "ringback.cli.runs", "ringback.cli.sending"]
)
RINGBACK = Path(sys.executable).with_name("ringback")


class Command:
    """A command that was started.

    Args:
        words: Its words, without `ringback`.
        folder: Where its output goes: out.txt and err.txt, begun anew.
        environment: What is set for it beside what this process has.
        whole: Whether it starts as a user starts it, with a Python of its own; else it is forked, and starts at once.
    """

    def __init__(self, *words, folder: Path, environment=None, whole=False):
        self.folder, self.whole = folder, whole
        self.began = time.monotonic()
        words = [str(word) for word in words]
        if whole:
            with (folder / "out.txt").open("wb") as out, (folder / "err.txt").open("wb") as err:
                self._process = subprocess.Popen(
                    [RINGBACK, *words], stdout=out, stderr=err, process_group=0, env=os.environ | (environment or {})
                )
        else:
            self._process = FORKS.Process(target=_be_ringback, args=(words, folder, environment or {}))
            self._process.start()
        self.pid = self._process.pid

    @property
    def err(self):
        """What it said on standard error, so far."""
        path = self.folder / "err.txt"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def ended(self):
        """Its exit code, or None; minus the signal's number where one ended it."""
        return self._process.poll() if self.whole else self._process.exitcode

    def wait(self, seconds):
        """Wait for its end; returns the exit code, or None when it is still there."""
        if self.whole:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        else:
            self._process.join(seconds)
        return self.ended()

    def heeds_signals(self):
        """Whether it has got so far that it can answer Ctrl-C: before that Python itself is still starting."""
        with contextlib.suppress(OSError):
            status = (Path("/proc") / str(self.pid) / "status").read_text()
            caught = int(status.partition("SigCgt:")[2].split()[0], 16)
            return os.getpgid(self.pid) == self.pid and bool(caught >> (signal.SIGTERM - 1) & 1)
        return False

    def send(self, number, *, to_group):
        """Send a signal, as kill does to one process or a terminal to all of a group."""
        for to in (os.killpg, os.kill) if to_group else (os.kill,):
            # It may not have come to make its group yet.
            with contextlib.suppress(ProcessLookupError):
                to(self.pid, number)
                return

    def orphans(self, *, within_s=5.0):
        """Processes of its group that are still there so long after its end."""
        until = time.monotonic() + within_s
        while found := _group(self.pid):
            if time.monotonic() > until:
                return found
            time.sleep(0.05)
        return []

    def end(self):
        """Make sure that nothing of it is left."""
        self.send(signal.SIGKILL, to_group=True)
        return self.wait(30)


def _be_ringback(words, folder, environment):
    os.setpgid(0, 0)
    os.environ.update(environment)
    for number, name in ((1, "out.txt"), (2, "err.txt")):
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
    sys.argv = ["ringback", *words]
    from ringback.cli.entry import main

    main()


def _group(group):
    """Processes of a group that are no zombies."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group and fields[0] != "Z":
                    found.append(int(entry.name))
    return found
