"""Files and folders that survive a power cut: hashed as they are written, flushed, and then put in their place."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ringback.errors import RingbackError
from ringback.files.disk import unwritable

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file as it was written: its size and SHA-256."""

    bytes: int
    sha256: str


def write_file(to: Path, data: bytes, *, mode: int = PRIVATE) -> HeldFile:
    """Write a small new file.

    Raises:
        RingbackError: `disk_full` or `output_unwritable`.
    """
    return write_chunks(to, iter([data]), mode=mode, progress=lambda _n: None)


def write_chunks(to: Path, chunks: Iterator[bytes], *, mode: int, progress: Callable[[int], None]) -> HeldFile:
    """Write a new file from pieces.

    Raises:
        RingbackError: `disk_full` or `output_unwritable`.
    """
    digest, size = hashlib.sha256(), 0
    try:
        make_folder(to.parent)
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                progress(len(chunk))
            file.flush()
            os.fsync(handle)
            os.fchmod(handle, mode)
    except OSError as error:
        raise unwritable(to, error) from error
    return HeldFile(size, digest.hexdigest())


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, for their owner alone."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700)


def fsync_folders(folder: Path) -> None:
    """Flush a folder, and all folders below it, to the disk."""
    for place in (*(Path(found) for found, _folders, _names in os.walk(folder)), folder.parent):
        fsync_folder(place)


def fsync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(part: Path, to: Path) -> None:
    """Flush a finished folder to the disk, then give it its final name.

    Raises:
        RingbackError: `disk_full` or `output_unwritable`.
    """
    try:
        fsync_folders(part)
        part.rename(to)
        fsync_folders(to)
    except OSError as error:
        raise unwritable(to, error) from error


@contextmanager
def naming(part: Path, to: Path) -> Iterator[None]:
    """Make errors name the final folder instead of the temporary one."""
    try:
        yield
    except RingbackError as error:
        path = error.facts.get("path")
        if not isinstance(path, Path) or not path.is_relative_to(part.absolute()):
            raise
        named = {"path": to.absolute() / path.relative_to(part.absolute()), "place": to.absolute().parent}
        raise RingbackError(error.code, **error.facts | named) from error
