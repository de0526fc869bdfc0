"""The files of a backup: copied and hashed in one pass, flushed to the disk, and listed in the manifest."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ringback.case.folder import OWN_LIST, TIME_LINE
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.files.durable import PRIVATE, HeldFile, write_chunks, write_file

MANIFEST = "manifest.json"
# 2 may hold publications, which programs that know 1 would take for damage.
BACKUP_FORMAT = 2
# The places of a backup's files. A folder ends in a slash.
CASE_TOML, HEAD, RECORDS, CURRENT = "case.toml", "audit.head", "records.sqlite", "current"
EXHIBITS, RUNS, OUT, KEY, PUBLICATIONS = "exhibits/", "runs/", "out/", "key/", "publications/"
WRITTEN_FOR_THE_PUBLIC = (TIME_LINE, OWN_LIST)
# What came with reports, sealed under their own keys; and reports that could not be opened.
REPORT_FILES, REPORTS_ASIDE = "report-files/", "reports-aside/"
_FOLDERS = (EXHIBITS, RUNS, OUT, KEY, PUBLICATIONS, REPORT_FILES, REPORTS_ASIDE)
_CHUNK = 1 << 20
_CASE_ID = re.compile(r"[0-9a-f]{16}")
_READ_ONLY = 0o400


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a backup.

    Attributes:
        case: The case's id.
        name: The case's name.
        ringback: Version of the program that made it.
        made_at: When it was made, in UTC.
        made_by: The operating system's user who made it.
        audit_seq: Number of the last audit entry in the backup.
        audit_head: Hash of that entry.
        records: Where the records are: "here" (in the backup) or "postgresql".
        run: The current run, if it is in the backup; else "".
        key: Whether the case's key is in the backup.
        files: Place in the backup to file.
        elsewhere: Reference to path of each exhibit registered in place, which is not in the backup.
    """

    case: str
    name: str
    ringback: str
    made_at: str
    made_by: str
    audit_seq: int
    audit_head: str
    records: str
    run: str
    key: bool
    files: dict[str, HeldFile]
    elsewhere: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> str:
        """Write the manifest into a backup. Returns its SHA-256."""
        text = json.dumps({"format": BACKUP_FORMAT} | asdict(self), indent=1, ensure_ascii=False) + "\n"
        data = text.encode("utf-8", "surrogatepass")
        write_file(folder / MANIFEST, data)
        return hashlib.sha256(data).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        RingbackError: `backup_missing`, `backup_newer`, or `backup_damaged` if it cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file() or path.is_symlink():
        problem = f"it has no {MANIFEST}"
        if not folder.is_dir():
            problem = "it is a file, not a folder" if folder.exists() else "there is no such folder"
        raise RingbackError("backup_missing", path=folder.absolute(), problem=problem)
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        if found.pop("format") > BACKUP_FORMAT:
            raise RingbackError("backup_newer", path=folder)
        if not _CASE_ID.fullmatch(found["case"]):
            raise ValueError("it names no case")
        files = {str(name): HeldFile(int(one["bytes"]), str(one["sha256"])) for name, one in found["files"].items()}
        return Manifest(**found | {"files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{MANIFEST} cannot be read: {error}"
        raise RingbackError("backup_damaged", path=folder.absolute(), problems=problem) from error


def mode_of(place: str) -> int:
    """The file mode for a place in a case: exhibits are read-only, everything else is for its owner alone."""
    return _READ_ONLY if place.startswith(EXHIBITS) else PRIVATE


def is_safe(place: str) -> bool:
    """Whether a place in a backup is a place in a case, and leads nowhere else.

    >>> is_safe("exhibits/EX-001-calls.csv"), is_safe("exhibits/../../x"), is_safe("/etc/x"), is_safe("bin/x")
    (True, False, False, False)
    """
    parts = PurePosixPath(place).parts
    known = {CASE_TOML, HEAD, RECORDS, CURRENT, *WRITTEN_FOR_THE_PUBLIC}
    in_folder = len(parts) > 1 and f"{parts[0]}/" in _FOLDERS
    return ".." not in parts and "\0" not in place and (place in known or in_folder)


def walk_files(folder: Path) -> Iterator[Path]:
    """All files and links below a folder, in order. Links are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from sorted(Path(place) / name for name in (*names, *links))


def copy_file(source: Path, to: Path, *, mode: int, progress: Callable[[int], None]) -> HeldFile:
    """Copy one file, refusing a link, and hash the copied bytes.

    Raises:
        RingbackError: `file_unreadable`, `path_link`, `disk_full` or `output_unwritable`.
    """
    if source.is_symlink():
        raise RingbackError("path_link", path=source.absolute())
    try:
        handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise unreadable(source, error) from error
    with os.fdopen(handle, "rb") as read:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise RingbackError("file_unreadable", path=source.absolute(), problem="it is no file")
        return write_chunks(to, _chunks(source, read), mode=mode, progress=progress)


def hash_written(path: Path) -> HeldFile:
    """Hash an existing file, and flush it to the disk.

    Raises:
        RingbackError: `file_missing`, `file_unreadable` or `path_link`.
    """
    digest, size = hashlib.sha256(), 0
    if path.is_symlink():
        raise RingbackError("path_link", path=path.absolute())
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            for chunk in _chunks(path, file):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise unreadable(path, error) from error
    return HeldFile(size, digest.hexdigest())


def _chunks(source: Path, read: Any) -> Iterator[bytes]:  # noqa: ANN401 - a file that is read
    try:
        while chunk := read.read(_CHUNK):
            yield chunk
    except OSError as error:
        raise unreadable(source, error) from error


def unreadable(path: Path, error: OSError) -> RingbackError:
    """The error for an unreadable file, with its full path."""
    if isinstance(error, FileNotFoundError):
        return RingbackError("file_missing", path=path.absolute())
    return RingbackError("file_unreadable", path=path.absolute(), problem=say_problem(error))


def total_bytes(files: Mapping[str, HeldFile]) -> int:
    """The total size of all files in bytes."""
    return sum(one.bytes for one in files.values())
