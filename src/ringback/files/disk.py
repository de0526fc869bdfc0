"""Errors for a file that could not be written: the disk is full, or something is wrong with its folder."""

import errno
import os
import shutil
from pathlib import Path

from ringback.errors import RingbackError

# The problems that somebody solves by making room.
_NO_ROOM = {
    errno.ENOSPC: "no space is left",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "files may not grow any larger there",
}
# Words for problems whose names in the system say nothing to people.
_PROBLEMS = {
    errno.ENOENT: "there is no such file",
    errno.EEXIST: "something of that name is there already",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "its disk can only be read",
    errno.ELOOP: "it is a symbolic link that is not followed",
    errno.ENAMETOOLONG: "its name is too long",
}
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def unwritable(path: Path, error: OSError, *, needed: int | None = None) -> RingbackError:
    """The error for a file that could not be written.

    Args:
        path: What was to be written.
        error: What the system said.
        needed: Size of the file in bytes, where that is known.

    Returns:
        `disk_full` where there is no room, else `output_unwritable`.

    >>> str(unwritable(Path("/nowhere/x"), PermissionError(13, "Permission denied")))
    '/nowhere/x cannot be written: permission denied'
    """
    path = path.absolute()
    if error.errno in _NO_ROOM:
        return disk_full(path, _NO_ROOM[error.errno], needed=needed)
    problem = "there is no such folder" if error.errno == errno.ENOENT else say_problem(error)
    return RingbackError("output_unwritable", path=path, problem=problem)


def say_problem(error: OSError) -> str:
    """The system's error about a file or folder, in words.

    >>> say_problem(IsADirectoryError(21, "Is a directory"))
    'it is a folder, not a file'
    """
    known = _PROBLEMS.get(error.errno or 0) or _NO_ROOM.get(error.errno or 0)
    return known or error.strerror or str(error)


def explain(error: BaseException) -> RingbackError | None:
    """The error for a file or folder that the system refused. Use it where no code nearer to the file had a better one.

    Returns:
        None for anything else: a fault in the program or the network, or a reader who closed our output.
    """
    if not isinstance(error, OSError) or isinstance(error, BrokenPipeError):
        return None
    path = Path(os.fsdecode(error.filename)).absolute() if isinstance(error.filename, str | bytes) else None
    if error.errno in _NO_ROOM:
        return disk_full(path or Path.cwd() / "a file", _NO_ROOM[error.errno])
    if path is None:
        return None
    if isinstance(error, FileNotFoundError):
        return RingbackError("file_missing", path=path)
    return RingbackError("path_unusable", path=path, problem=say_problem(error))


def disk_full(path: Path, problem: str = _NO_ROOM[errno.ENOSPC], *, needed: int | None = None) -> RingbackError:
    """The error for a full disk. It says how much is free and, where known, how much is needed."""
    path = path.absolute()
    place = next((one for one in path.parents if one.is_dir()), path.parent)
    room = _room(place)
    if needed is not None:
        room = f"{room}{' and ' if room else ''}{_size(needed)} needed"
    return RingbackError("disk_full", path=path, place=place, problem=problem, room=f" ({room})" if room else "")


def free_bytes(place: Path) -> int | None:
    """Free bytes on the disk of a folder; None where the system does not say."""
    try:
        return shutil.disk_usage(place).free
    except OSError:
        return None


def _room(place: Path) -> str:
    free = free_bytes(place)
    return "" if free is None else f"{_size(free)} free"


def _size(count: int) -> str:
    """Bytes as people write them.

    >>> _size(0), _size(1_500_000)
    ('0 bytes', '1.5 MB')
    """
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"
