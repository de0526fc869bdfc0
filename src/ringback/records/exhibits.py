"""Exhibits: every seized file, hashed when registered and checked again before every run.

Nothing here writes to an exhibit. A copy is read-only; a file registered in place stays where it is.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, insert, select

from ringback.errors import RingbackError
from ringback.files.atomic import temp_path
from ringback.files.disk import disk_full, free_bytes, unwritable
from ringback.numbers.masking import mask_numbers
from ringback.records.audit import AuditLog, operating_user
from ringback.records.db import writing
from ringback.records.tables import exhibits
from ringback.text.printable import printable

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One registered exhibit. `path` is relative to the case folder for a copy, absolute for a file in place."""

    ref: str
    name: str
    path: str
    in_place: bool
    format: str
    bytes: int
    sha256: str
    synthetic: bool
    added_at: str
    added_by: str

    def logged_facts(self) -> dict[str, object]:
        """Its facts for the audit log."""
        return asdict(self) | {"exhibit": self.ref, "name": mask_numbers(self.name), "path": mask_numbers(self.path)}

    def file(self, case_folder: Path) -> Path:
        """The absolute path of the file."""
        return Path(self.path) if self.in_place else case_folder / self.path


def hash_file(path: Path, progress: Callable[[int], None] = lambda _n: None) -> str:
    """SHA-256 of a file. `progress` gets the bytes read since its last call."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            progress(len(chunk))
    return digest.hexdigest()


def add_exhibit(  # noqa: PLR0913 - what is known of an exhibit
    engine: Engine,
    case_folder: Path,
    *,
    log: AuditLog,
    source: Path,
    in_place: bool,
    format_: str,
    synthetic: bool,
    why: str,
    name: str = "",
    progress: Callable[[int], None] = lambda _n: None,
) -> Exhibit:
    """Register a file: hash it, copy it read-only unless in place, and log it in the same transaction.

    The exhibit gets the file's name, or `name`, which may include folders. The copy is made before the transaction, so
    that the transaction is short and others can write their log entries meanwhile.

    Raises:
        RingbackError: `exhibit_unreadable`, `exhibit_known` for the same content, `exhibit_altered` when the copy
            differs, `disk_full`, `output_unwritable`.

    `progress` gets the bytes since its last call. A file in place is read once; a copy takes three passes.
    """
    if in_place and printable(str(source)) != str(source):
        problem = "its name holds bytes that are no text, and cannot be kept: rename it, or add it without --in-place"
        raise RingbackError("exhibit_unreadable", exhibit="(new)", path=printable(str(source)), problem=problem)
    try:
        sha256 = hash_file(source, progress)
        size = source.stat().st_size
    except OSError as error:
        raise RingbackError("exhibit_unreadable", exhibit="(new)", path=source, problem=error.strerror) from error
    temp = None if in_place else _copy(source, case_folder, sha256=sha256, progress=progress)
    try:
        with writing(engine).begin() as connection:
            known = connection.scalar(select(exhibits.c.ref).where(exhibits.c.sha256 == sha256))
            if known:
                raise RingbackError("exhibit_known", path=source, exhibit=known)
            count = connection.scalar(select(func.count()).select_from(exhibits)) or 0
            ref = f"EX-{count + 1:03d}"
            exhibit = Exhibit(
                ref=ref,
                name=printable(name or source.name),
                path=str(source.resolve()) if in_place else f"exhibits/{ref}-{printable(source.name)}",
                in_place=in_place,
                format=format_,
                bytes=size,
                sha256=sha256,
                synthetic=synthetic,
                added_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                added_by=operating_user(),
            )
            connection.execute(insert(exhibits).values(**asdict(exhibit)))
            entry = log.add_within(connection, "exhibit_added", why=why, facts=exhibit.logged_facts())
            if temp is not None:
                temp.replace(case_folder / exhibit.path)
    except OSError as error:
        raise unwritable(case_folder / "exhibits" / source.name, error) from error
    finally:
        if temp is not None:
            temp.unlink(missing_ok=True)
    log.note_head(entry)
    return exhibit


def _copy(source: Path, case_folder: Path, *, sha256: str, progress: Callable[[int], None]) -> Path:
    """Make a read-only copy under a temporary name in exhibits/, and hash it again."""
    place = case_folder / "exhibits"
    size, free = source.stat().st_size, free_bytes(place)
    if free is not None and free < size:
        # Checked before hours of copying.
        raise disk_full(place / source.name, needed=size)
    temp = temp_path(place / "new")
    try:
        with source.open("rb") as seized, temp.open("xb") as copy:
            while chunk := seized.read(_CHUNK):
                copy.write(chunk)
                progress(len(chunk))
        found = hash_file(temp, progress)
        temp.chmod(0o400)
        if found != sha256:
            raise RingbackError("exhibit_altered", exhibit="(new)", path=source, found=found, registered=sha256)
    except BaseException as error:
        temp.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritable(place / source.name, error, needed=size) from error
        raise
    return temp


def list_exhibits(engine: Engine) -> list[Exhibit]:
    """All exhibits, in the order of their references."""
    with engine.connect() as connection:
        rows = connection.execute(select(exhibits).order_by(exhibits.c.ref)).all()
    return [Exhibit(**row._mapping) for row in rows]


def check_exhibit(exhibit: Exhibit, case_folder: Path, progress: Callable[[int], None] = lambda _n: None) -> None:
    """Re-hash one exhibit.

    Raises:
        RingbackError: `exhibit_missing`, `exhibit_unreadable` or `exhibit_altered`.
    """
    path = exhibit.file(case_folder)
    if not path.exists():
        raise RingbackError("exhibit_missing", exhibit=exhibit.ref, path=path)
    try:
        found = hash_file(path, progress)
    except OSError as error:
        raise RingbackError("exhibit_unreadable", exhibit=exhibit.ref, path=path, problem=error.strerror) from error
    if found != exhibit.sha256:
        raise RingbackError("exhibit_altered", exhibit=exhibit.ref, path=path, found=found, registered=exhibit.sha256)


def find_strangers(engine: Engine, case_folder: Path) -> Iterator[Path]:
    """Files in exhibits/ that are not registered."""
    known = {exhibit.path for exhibit in list_exhibits(engine)}
    for path in sorted((case_folder / "exhibits").rglob("*")):
        if path.is_file() and str(path.relative_to(case_folder)) not in known:
            yield path
