"""Cleaning an uploaded file in a process of its own: see `cleaning_worker`."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ringback.errors import RingbackError

# Of the process: libraries take a third of it, a picture of 60 million pixels the rest.
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS, WAIT_SECONDS = 30, 90
_WORKER = Path(__file__).with_name("cleaning_worker.py")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one uploaded file.

    Attributes:
        pictures: Kind (png or jpeg) and bytes of each picture; none where it was refused.
        refused: Why it was refused; "" where it was not.
    """

    pictures: tuple[tuple[str, bytes], ...] = ()
    refused: str = ""


def check_cleaner() -> None:
    """Check that files can be cleaned here.

    Raises:
        RingbackError: `uploads_missing` where the libraries are not installed.
    """
    import importlib.util

    missing = [name for name in ("PIL", "pillow_heif", "pypdfium2") if importlib.util.find_spec(name) is None]
    if missing:
        raise RingbackError("uploads_missing", missing=", ".join(missing))


def clean_file(data: bytes) -> Cleaned:
    """Clean one file. Whatever it does to the process that reads it, there is an answer."""
    # `-I`: nothing of the folder or the environment is imported; what is installed is.
    paths = "import sys; sys.path[:0] = sys.argv.pop(1).split(':'); import runpy; sys.argv.pop(0);"
    run = f"{paths} runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-I", "-c", run, ":".join(sys.path), str(_WORKER), str(MEMORY_BYTES), str(CPU_SECONDS)]
    try:
        # Our own program, and nothing that was sent.
        done = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, timeout=WAIT_SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        return Cleaned(refused="it takes too long to read")
    line, _newline, rest = done.stdout.partition(b"\n")
    try:
        told = json.loads(line)
        if refused := told.get("refused"):
            return Cleaned(refused=str(refused))
        pictures, start = [], 0
        for one in told["pictures"]:
            end = start + int(one["bytes"])
            pictures.append((str(one["kind"]), rest[start:end]))
            start = end
        if done.returncode or start != len(rest) or not pictures:
            raise ValueError("the process died")
        return Cleaned(tuple(pictures))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Cleaned(refused="reading it takes too much memory or time, or breaks the program that reads it")
