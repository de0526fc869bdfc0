"""Files in the cache folder: written whole or not at all, trusted only where nobody else could have written them."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def read_own(path: Path) -> bytes | None:
    """The content of a file that belongs to this user, and that nobody else may write.

    What is looked at and what is read are the same file.

    Returns:
        None where there is none, where it is a link, somebody else's or open for others to write.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123
            return file.read() if _is_our_own(descriptor) else None
    except OSError:
        return None


def write_own(path: Path, content: bytes) -> None:
    """Write a file for this user alone, in a folder that is made when it is missing; it is no fault when that fails."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # readable by its owner alone
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123
                file.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _is_our_own(descriptor: int) -> bool:
    about = os.fstat(descriptor)
    mine = about.st_uid == os.geteuid() and not about.st_mode & _OTHERS_MAY_WRITE
    return stat.S_ISREG(about.st_mode) and mine
