"""Names for temporary files and folders, which are renamed once they are whole; and removal of abandoned ones."""

import os
import re
import secrets
import shutil
import socket
from pathlib import Path

_NAME = re.compile(r"\..+\.(?P<host>[^~]+)~(?P<process>\d+)~[0-9a-f]{16}\.part")


def temp_path(path: Path) -> Path:
    """A new hidden name beside a file or folder. It is unique, and holds the host and the process that made it.

    >>> temp_path(Path("out/report.html")).parent
    PosixPath('out')
    """
    return path.with_name(f".{path.name}.{_host()}~{os.getpid()}~{secrets.token_hex(8)}.part")


def clear_dead_temp_files(folder: Path) -> None:
    """Remove the temporary files in a folder whose processes, on this machine, have ended."""
    for part in folder.glob(".*.part"):
        begun = _NAME.fullmatch(part.name)
        if begun and begun["host"] == _host() and not _lives(int(begun["process"])):
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part, ignore_errors=True)
            else:
                part.unlink(missing_ok=True)


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # It runs, and belongs to another user.
        return True
    return True
