"""Files that are begun beside their place and renamed when they are whole; what a killed process left of them."""

import os
import re
import secrets
import socket
from pathlib import Path

_NAME = re.compile(r"\..+\.(?P<host>[^~]+)~(?P<process>\d+)~[0-9a-f]{16}\.part")


def part_beside(path: Path) -> Path:
    """A new name beside a file, hidden and nobody else's; it tells which process began it.

    >>> part_beside(Path("out/report.html")).parent
    PosixPath('out')
    """
    return path.with_name(f".{path.name}.{_host()}~{os.getpid()}~{secrets.token_hex(8)}.part")


def clear_dead_parts(folder: Path) -> None:
    """Remove what processes of this machine began in a folder and cannot finish, for they are no more."""
    for part in folder.glob(".*.part"):
        begun = _NAME.fullmatch(part.name)
        if begun and begun["host"] == _host() and not _lives(int(begun["process"])):
            part.unlink(missing_ok=True)


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's.
        return True
    return True
