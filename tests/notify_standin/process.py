"""The stand-in in a process of its own, and the handle to it."""

import http.client
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from notify_standin.controls import PREFIX
from notify_standin.handle import Handle

_TESTS = Path(__file__).resolve().parent.parent
_CONTROL_SECONDS = 60
_END_SECONDS = 10


class RemoteStandin(Handle):
    """A handle over HTTP to a stand-in that somebody started.

    Args:
        control_url: The `control_url` that it printed (its API's address does as well while it takes connections).
    """

    def __init__(self, control_url: str) -> None:
        self.control_url = control_url
        self._lock = threading.Lock()
        target = urlsplit(control_url)
        self._connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=_CONTROL_SECONDS)

    def do(self, command: str, **arguments: Any) -> Any:
        """Run one of the controls over there; ValueError with its words where it will not."""
        with self._lock:
            self._connection.request("POST", f"{PREFIX}{command}", json.dumps(arguments))
            response = self._connection.getresponse()
            answer = json.loads(response.read())
        if response.status != 200:
            raise ValueError(f"{command}: {answer['error']}")
        return answer["result"]

    def disconnect(self) -> None:
        """Close the connection; the stand-in goes on."""
        self._connection.close()


class StandinProcess(RemoteStandin):
    """Starts `python -m notify_standin` and ends it; use it in a `with`.

    Args:
        arguments: Of the command line, such as "--rate-limit", "none"; see `python -m notify_standin --help`.
    """

    def __init__(self, *arguments: str) -> None:
        paths = [str(_TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "notify_standin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            self.end()
            raise RuntimeError("the stand-in did not start; its own words are above")
        self.announced: dict[str, Any] = json.loads(line)
        super().__init__(self.announced["control_url"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.disconnect()
        self.end()

    def end(self) -> None:
        """End the process: it goes when its standard input closes."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
