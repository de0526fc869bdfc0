"""Making a backup of a case: a folder with all that cannot be made again, and a manifest with the hash of each file.

Others may work on the case meanwhile. The records are copied as of one point in time. Exhibits are never altered, only
added, so all those registered at that time are there.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import ringback
from ringback.case import backup_files as files
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.disk import disk_full, free_bytes, unwritable
from ringback.files.durable import HeldFile, naming, put_in_place, write_file
from ringback.keys import load_keys
from ringback.numbers.masking import mask_numbers
from ringback.progress import Progress
from ringback.records.audit import operating_user
from ringback.records.exhibits import Exhibit
from ringback.records.snapshot import read_exhibits, snapshot_records

BACKED_UP = "case_backed_up"
# Files that the program itself writes to out/. Other people's files there, such as lists of people, are not copied.
_OUT = ("figures.json", "report.html", "outbox-*.jsonl")
_SPARE_BYTES = 1 << 20


@dataclass(slots=True)
class Backup:
    """A backup that was made.

    Attributes:
        manifest: The backup's manifest.
        manifest_sha256: SHA-256 of the manifest, to be written down elsewhere like the head.
        findings: Faults of the case, and things missing from the backup.
    """

    manifest: files.Manifest
    manifest_sha256: str
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to include in a backup, beside settings, exhibits and records."""

    key: bool = False
    runs: bool = True
    records: bool = True


def make_backup(case_file: CaseFile, to: Path, *, wanted: Wanted, why: str, progress: Progress) -> Backup:
    """Make a backup in a new folder, whole or not at all. It is logged first, so that the backup's own log has it too.

    Raises:
        RingbackError: `output_exists`, `path_link`, `backup_inside`, `backup_records_elsewhere`, `key_missing`,
            `disk_full`, `output_unwritable`, or the error of a file that cannot be read.
    """
    case = case_file.case
    check_new(to)
    for folder in (case.exhibits_dir, case.runs_dir, case.out_dir, case.path / files.PUBLICATIONS):
        if folder.is_symlink():
            raise RingbackError("path_link", path=folder.absolute())
    if to.resolve().is_relative_to(case.path.resolve()):
        raise RingbackError("backup_inside", path=to.absolute(), case=case.path)
    if wanted.records and case.settings.records_url:
        address = case.settings.records_url.replace("postgresql+psycopg://", "postgresql://")
        raise RingbackError("backup_records_elsewhere", path=case.path, address=address)
    if wanted.key:
        load_keys(case_file.settings.keys_dir, case.settings.id)
    needed = _needed_bytes(case_file, wanted)
    free = free_bytes(to.absolute().parent)
    if free is not None and free < needed + _SPARE_BYTES:
        # Checked before hours of copying.
        raise disk_full(to, needed=needed)
    facts = {"file": mask_numbers(to.name), "key": wanted.key, "runs": wanted.runs, "records": wanted.records}
    case_file.log.add(BACKED_UP, why=why, facts=facts)
    clear_dead_temp_files(to.parent)
    temp = temp_path(to)
    try:
        temp.mkdir(mode=0o700)
    except OSError as error:
        raise unwritable(to, error) from error
    try:
        with naming(temp, to), progress.step("Backing up", needed) as advance:
            made = _Making(case_file, temp, wanted, advance).make()
        put_in_place(temp, to)
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    return made


def check_new(to: Path) -> None:
    """Check that a folder can be made: nothing or an empty folder is there, and no link leads elsewhere.

    Raises:
        RingbackError: `path_link`, `output_exists` or `output_unwritable`.
    """
    if to.is_symlink():
        raise RingbackError("path_link", path=to.absolute())
    try:
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise RingbackError("output_exists", path=to.absolute())
    except OSError as error:
        raise unwritable(to, error) from error
    above = to.absolute().parent
    if not above.is_dir():
        problem = f"{above} is a file, not a folder" if above.exists() else f"there is no folder {above}"
        raise RingbackError("output_unwritable", path=to.absolute(), problem=problem)
    if not os.access(above, os.W_OK | os.X_OK):
        raise RingbackError("output_unwritable", path=to.absolute(), problem=f"you may not write to {above}")


def _needed_bytes(case_file: CaseFile, wanted: Wanted) -> int:
    """The approximate size of the backup in bytes."""
    case = case_file.case
    sizes = [one.bytes for one in case_file.exhibits if not one.in_place]
    run_files = _run_files(case_file) if wanted.runs else []
    places = [*_publication_files(case_file), *run_files, *_report_files(case_file)]
    if wanted.records:
        places.append(case.path / files.RECORDS)
        # The writes that are still in SQLite's log.
        places += [log for log in [case.path / f"{files.RECORDS}-wal"] if log.exists()]
    return sum(sizes) + sum(path.lstat().st_size for path in places)


def _run_files(case_file: CaseFile) -> list[Path]:
    """The files of the current run, and its outputs; empty if there is no current run."""
    case = case_file.case
    run = case.find_current_run()
    if not run or not (case.runs_dir / run / "manifest.json").is_file():
        return []
    written = [path for pattern in _OUT for path in sorted(case.out_dir.glob(pattern))]
    return [*files.walk_files(case.runs_dir / run), *written]


def _publication_files(case_file: CaseFile) -> list[Path]:
    """The files of what was prepared for the public host. One that is being prepared has another name, and is left out.

    A link is given as it is: copying refuses it.
    """
    found: list[Path] = []
    for one in sorted((case_file.case.path / files.PUBLICATIONS).glob("P-*")):
        found += files.walk_files(one) if one.is_dir() and not one.is_symlink() else [one]
    return found


def _report_files(case_file: CaseFile) -> list[Path]:
    """What is kept of reports beside the records. What is being written just now is in the next backup."""
    tops = [case_file.case.path / name for name in (files.REPORT_FILES, files.REPORTS_ASIDE)]
    found = [(top, path) for top in tops for path in files.walk_files(top)]
    return [path for top, path in found if not any(part.startswith(".") for part in path.relative_to(top).parts)]


class _Making:
    """A backup in progress, in a temporary folder."""

    def __init__(self, case_file: CaseFile, folder: Path, wanted: Wanted, advance: Callable[[int], None]) -> None:
        self._case_file, self._folder, self._wanted, self._advance = case_file, folder, wanted, advance
        self._held: dict[str, HeldFile] = {}
        self._findings: list[str] = []

    def make(self) -> Backup:
        case_file = self._case_file
        seq, head, exhibits = self._take_records()
        self._held[files.HEAD] = write_file(self._folder / files.HEAD, f"{seq} {head}\n".encode())
        self._take(case_file.case.toml, files.CASE_TOML)
        for name in (one for one in files.WRITTEN_FOR_THE_PUBLIC if (case_file.case.path / one).exists()):
            self._take(case_file.case.path / name, name)
        elsewhere = self._take_exhibits(exhibits)
        # Taken after the records: whatever these know of was in its place before.
        for path in _publication_files(case_file):
            self._take(path, path.relative_to(case_file.case.path).as_posix())
        run = self._take_run() if self._wanted.runs else ""
        for path in _report_files(case_file):
            self._take(path, path.relative_to(case_file.case.path).as_posix())
        if self._wanted.key:
            for ending in ("keys", "reports"):
                # What reports are sealed to is made with the first publication.
                path = case_file.settings.keys_dir / f"{case_file.case.settings.id}.{ending}"
                if ending == "keys" or path.exists():
                    self._take(path, f"{files.KEY}{path.name}")
        manifest = files.Manifest(
            case=case_file.case.settings.id,
            name=mask_numbers(case_file.case.settings.name),
            ringback=ringback.__version__,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            made_by=operating_user(),
            audit_seq=seq,
            audit_head=head,
            records="here" if self._wanted.records else "postgresql",
            run=run,
            key=self._wanted.key,
            files=self._held,
            elsewhere=elsewhere,
        )
        return Backup(manifest, manifest.write(self._folder), self._findings)

    def _take_records(self) -> tuple[int, str, list[Exhibit]]:
        case_file = self._case_file
        if not self._wanted.records:
            last = case_file.log.entries()[-1]
            return last.seq, last.hash, case_file.exhibits
        copy = self._folder / files.RECORDS
        place = case_file.case.path / files.RECORDS
        if place.is_symlink():
            raise RingbackError("path_link", path=place.absolute())
        seq, head = snapshot_records(place, copy, self._advance)
        exhibits = read_exhibits(copy)
        self._held[files.RECORDS] = files.hash_written(copy)
        return seq, head, exhibits

    def _take_exhibits(self, exhibits: list[Exhibit]) -> dict[str, str]:
        elsewhere = {one.ref: mask_numbers(one.path) for one in exhibits if one.in_place}
        for one in exhibits:
            if one.in_place:
                continue
            source = one.file(self._case_file.case.path)
            if not source.exists() and not source.is_symlink():
                missing = RingbackError("exhibit_missing", exhibit=one.ref, path=source)
                self._findings.append(f"{missing}: it is not in the backup")
                continue
            held = self._take(source, one.path)
            if held.sha256 != one.sha256:
                self._findings.append(f"exhibit {one.ref} is not what was registered; the backup has it as it is")
        return elsewhere

    def _take_run(self) -> str:
        case = self._case_file.case
        found = _run_files(self._case_file)
        run = case.find_current_run() or ""
        if not found:
            return ""
        for path in found:
            self._take(path, path.relative_to(case.path).as_posix())
        self._held[files.CURRENT] = write_file(self._folder / files.CURRENT, f"{run}\n".encode())
        return run

    def _take(self, source: Path, place: str) -> HeldFile:
        held = files.copy_file(source, self._folder / place, mode=files.mode_of(place), progress=self._advance)
        self._held[place] = held
        return held
