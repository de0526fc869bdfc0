"""Checks that a case's files are private: no other user can get at them, and none of them is a link.

A file that others can read tells them who was called. A file that others can write, such as the records or the case's
key, cannot be trusted. A link in a case folder that came from elsewhere could make us overwrite any of our own files.
"""

import errno
import os
import pwd
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path

from ringback.errors import RingbackError

_OTHERS = 0o077
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


def check_private(paths: Iterable[Path]) -> None:
    """Refuse files and folders that somebody else can read, write or replace. Missing ones are skipped.

    Raises:
        RingbackError: `files_foreign` for a file of another user, `files_open` for all files whose mode lets others in.
    """
    found = [(path, facts) for path in paths if (facts := _look(path)) is not None]
    for path, facts in found:
        _check_owner(path, facts)
    if opened := [(path, facts.st_mode) for path, facts in found if facts.st_mode & _OTHERS]:
        raise _files_open(opened)


def check_unlinked(paths: Iterable[Path]) -> None:
    """Refuse symbolic links.

    Raises:
        RingbackError: `file_linked`.
    """
    for path in paths:
        if path.is_symlink():
            raise RingbackError("file_linked", path=path)


def read_private(path: Path) -> str:
    """The text of a file that nobody else can get at. The file that is checked is the file that is read.

    Raises:
        OSError: It cannot be read.
        RingbackError: `file_linked`, `files_foreign` or `files_open`.
    """
    with os.fdopen(open_plain(path, os.O_RDONLY), encoding="utf-8") as file:
        facts = os.fstat(file.fileno())
        _check_owner(path, facts)
        if facts.st_mode & _OTHERS:
            raise _files_open([(path, facts.st_mode)])
        return file.read()


def open_plain(path: Path, flags: int, *, folder: int | None = None) -> int:
    """Open a file, but never through a link. A new file is private to its owner.

    Args:
        path: The file.
        flags: As for `os.open`.
        folder: Descriptor of its folder, where that was opened and checked too.

    Raises:
        OSError: It cannot be opened.
        RingbackError: `file_linked`.
    """
    try:
        name = path if folder is None else path.name
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE, dir_fd=folder)
    except OSError as error:
        # For a folder that is a link, the system says ENOTDIR.
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and path.is_symlink():
            raise RingbackError("file_linked", path=path) from error
        raise


def write_plain(path: Path, text: str) -> None:
    """Write a text to a new or existing file, but never through a link.

    Raises:
        OSError: It cannot be written.
        RingbackError: `file_linked`.
    """
    # The mode follows the user's umask, as for any new file. Secrets are written elsewhere.
    with open(path, "w", encoding="utf-8", opener=lambda _name, flags: _open_public(path, flags)) as file:
        file.write(text)


def _open_public(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise RingbackError("file_linked", path=path) from error
        raise


def _look(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        # Missing, or deleted meanwhile as SQLite deletes its files. Whoever opens it reports that.
        return None


def _check_owner(path: Path, facts: os.stat_result) -> None:
    if facts.st_uid not in (os.geteuid(), 0):
        us, owner = _name_of(os.geteuid()), _name_of(facts.st_uid)
        raise RingbackError("files_foreign", path=path, owner=owner, us=us, shell_path=shlex.quote(str(path)))


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _files_open(opened: list[tuple[Path, int]]) -> RingbackError:
    """The error for every open file, with one command line that closes them all."""
    problems = [f"{path} has mode {stat.S_IMODE(mode):04o}: {_who_can(mode)}" for path, mode in opened]
    wanted = [(_FOLDER_MODE if stat.S_ISDIR(mode) else _FILE_MODE, path) for path, mode in opened]
    commands = [f"chmod {right:o} {shlex.quote(str(path))}" for right, path in wanted]
    return RingbackError("files_open", problems="; ".join(problems), commands=" && ".join(commands))


def _who_can(mode: int) -> str:
    """What users other than the owner can do.

    >>> _who_can(0o644), _who_can(0o660), _who_can(0o702)
    ('the group and others can read it', 'the group can read and write it', 'others can write it')
    """
    rights = {"the group": mode >> 3 & 7, "others": mode & 7}
    who = " and ".join(name for name, right in rights.items() if right)
    every = rights["the group"] | rights["others"]
    does = [
        word for word, bit in (("read", 4), ("write", 2), ("enter" if stat.S_ISDIR(mode) else "run", 1)) if every & bit
    ]
    shown = [word for word in does if word not in ("run", "enter")] or does
    return f"{who} can {' and '.join(shown)} it"
