"""Files that a command writes for its user: whole or not at all, and readable by their owner alone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ringback.errors import RingbackError
from ringback.files.atomic import temp_path
from ringback.files.disk import unwritable


def check_new_file(path: Path) -> None:
    """Make sure that a new file can be written, before anything is logged of it.

    Raises:
        RingbackError: `output_exists` or `output_unwritable`.
    """
    if path.exists() or path.is_symlink():
        raise RingbackError("output_exists", path=path)
    folder = path.absolute().parent
    if not folder.is_dir():
        problem = f"{folder} is a file, not a folder" if folder.exists() else f"there is no folder {folder}"
        raise RingbackError("output_unwritable", path=path.absolute(), problem=problem)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise RingbackError("output_unwritable", path=path.absolute(), problem=f"you may not write to {folder}")


def write_private(path: Path, data: str | bytes | Callable[[BinaryIO], None], *, replace: bool = True) -> None:
    """Write a file that only its owner can read, whole or not at all.

    The file is begun under a name that nobody can have prepared, so its mode is ours.

    Args:
        path: Where to.
        data: Text, written as UTF-8, or bytes, or a function that writes to the open file.
        replace: Whether a file that is there already gives way.

    Raises:
        RingbackError: `disk_full`, `output_unwritable`, or `output_exists` without `replace`.
    """
    temp = temp_path(path)
    try:
        handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                if callable(data):
                    data(file)
                else:
                    file.write(data.encode() if isinstance(data, str) else data)
            if replace:
                temp.replace(path)
            else:
                path.hardlink_to(temp)
        finally:
            temp.unlink(missing_ok=True)
    except FileExistsError as error:
        raise RingbackError("output_exists", path=path) from error
    except OSError as error:
        raise unwritable(path, error) from error
