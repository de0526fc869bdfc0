"""Restoring a case folder from a backup: each file is checked against the manifest, then the integrity of the case."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ringback.case import backup_files as files
from ringback.case.backup import check_new
from ringback.case.case_file import CaseFile, open_case_file
from ringback.case.integrity import NOT_THE_NEWEST, find_differences
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.disk import disk_full, free_bytes, unwritable
from ringback.files.durable import make_folder, naming, put_in_place
from ringback.numbers.masking import mask_numbers
from ringback.progress import Progress
from ringback.settings import Settings

FindDifferences = Callable[[CaseFile], list[str]]
_SPARE_BYTES = 1 << 20
# At most this many faults of a backup are listed.
_MOST_TOLD = 20


@dataclass(slots=True)
class Restored:
    """A restored case.

    Attributes:
        manifest: The manifest of the backup.
        key_there: Whether the case's key is in the folder of keys.
        key_put: Whether it was put there from the backup.
        differences: Differences from how the case was left, in words, as from `ringback verify`.
        notes: Things missing because the backup does not hold them.
    """

    manifest: files.Manifest
    key_there: bool
    key_put: bool = False
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def restore_case(
    backup: Path,
    to: Path,
    *,
    settings: Settings,
    find_alert_differences: FindDifferences,
    put_key: bool = False,
    progress: Progress,
) -> Restored:
    """Make a new case folder from a backup, whole or not at all.

    Args:
        backup: The folder of the backup.
        to: The new case folder.
        settings: Where keys are kept.
        find_alert_differences: Gives differences in staff, batches and alerts. The caller passes it in, since this
            package knows nothing of alerts.
        put_key: Whether to put the key of the backup into the folder of keys.
        progress: Hears the progress.

    Raises:
        RingbackError: `backup_missing`, `backup_newer`, `backup_damaged` naming every missing, altered or extra file;
            `case_exists`, `output_exists`, `path_link`, `backup_without_key`, `key_differs`, `disk_full` or
            `output_unwritable`.
    """
    manifest = files.read_manifest(backup)
    if (to / files.CASE_TOML).exists():
        raise RingbackError("case_exists", path=to)
    check_new(to)
    _check_files(backup, manifest)
    key = settings.keys_dir / f"{manifest.case}.keys"
    if put_key:
        _check_key(backup, manifest, key)
    needed, free = files.total_bytes(manifest.files), free_bytes(to.absolute().parent)
    if free is not None and free < needed + _SPARE_BYTES:
        raise disk_full(to, needed=needed)
    clear_dead_temp_files(to.parent)
    temp = temp_path(to)
    try:
        with naming(temp, to), progress.step("Restoring", needed) as advance:
            _copy(backup, temp, manifest, advance)
        if put_key:
            _put_key(backup, key)
            reports = key.with_suffix(".reports")
            if f"{files.KEY}{reports.name}" in manifest.files:
                _put_key(backup, reports)
        found, notes = _find_differences(temp, manifest, settings, find_alert_differences, progress)
        put_in_place(temp, to)
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    return Restored(manifest, key.exists(), put_key, found, notes)


def _check_files(backup: Path, manifest: files.Manifest) -> None:
    """Refuse a backup with missing files, unlisted files, or files that lead elsewhere."""
    there = {path.relative_to(backup).as_posix(): path for path in files.walk_files(backup)}
    there.pop(files.MANIFEST, None)
    faults = [f"{place} is a link" for place, path in sorted(there.items()) if path.is_symlink()]
    faults += [f"{place} is missing" for place in sorted(manifest.files.keys() - there.keys())]
    faults += [f"{place} is not in the manifest" for place in sorted(there.keys() - manifest.files.keys())]
    faults += [f"{place} is no place in a case" for place in sorted(manifest.files) if not files.is_safe(place)]
    needed = {files.CASE_TOML, files.HEAD, *([files.RECORDS] if manifest.records == "here" else [])}
    faults += [f"{place} is not in the manifest" for place in sorted(needed - manifest.files.keys() - there.keys())]
    for place, held in manifest.files.items():
        path = there.get(place)
        if path is not None and not path.is_symlink() and path.stat().st_size != held.bytes:
            faults.append(f"{place} is altered: {path.stat().st_size:,} bytes, and {held.bytes:,} were written")
    _refuse(backup, faults)


def _refuse(backup: Path, faults: list[str]) -> None:
    if not faults:
        return
    more = [f"and {len(faults) - _MOST_TOLD:,} more"] if len(faults) > _MOST_TOLD else []
    problems = "; ".join([*map(mask_numbers, faults[:_MOST_TOLD]), *more])
    raise RingbackError("backup_damaged", path=backup.absolute(), problems=problems)


def _check_key(backup: Path, manifest: files.Manifest, key: Path) -> None:
    held = manifest.files.get(f"{files.KEY}{key.name}")
    if held is None:
        raise RingbackError("backup_without_key", path=backup.absolute(), key=key)
    if key.is_symlink() or (key.exists() and files.hash_written(key) != held):
        raise RingbackError("key_differs", path=key)


def _put_key(backup: Path, key: Path) -> None:
    if key.exists():
        return
    try:
        key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unwritable(key, error) from error
    files.copy_file(backup / files.KEY / key.name, key, mode=0o600, progress=lambda _n: None)


def _copy(backup: Path, temp: Path, manifest: files.Manifest, advance: Callable[[int], None]) -> None:
    """Copy every file but the key, and compare the hash of the copy."""
    try:
        for folder in (temp, temp / files.EXHIBITS, temp / files.RUNS, temp / files.OUT):
            make_folder(folder)
    except OSError as error:
        raise unwritable(temp, error) from error
    faults = []
    for place, held in manifest.files.items():
        if place.startswith(files.KEY):
            found = files.hash_written(backup / place)
        else:
            found = files.copy_file(backup / place, temp / place, mode=files.mode_of(place), progress=advance)
        if found != held:
            faults.append(f"{place} is altered: its SHA-256 is {found.sha256[:16]}..., not {held.sha256[:16]}...")
    _refuse(backup, faults)


def _find_differences(
    folder: Path,
    manifest: files.Manifest,
    settings: Settings,
    find_alert_differences: FindDifferences,
    progress: Progress,
) -> tuple[list[str], list[str]]:
    """The findings of `ringback verify` about the new folder, and the notes on things missing from the backup."""
    notes = [
        f"exhibit {ref} was registered in place, and is not in the backup: {path}"
        for ref, path in manifest.elsewhere.items()
    ]
    if manifest.records != "here":
        return [], [*notes, "the records are in PostgreSQL: nothing was compared with them"]
    try:
        found = _compare(folder, settings, manifest.audit_head, find_alert_differences, progress)
    except RingbackError as error:
        # A fault in what an older program or a person wrote, to be corrected in the restored folder.
        return [f"{error}; {error.next_step}".replace(str(folder), "CASE")], notes
    # Things that the backup was not asked to hold are no differences.
    expected = [] if manifest.run else ["no run counts as current"]
    expected += [] if (settings.keys_dir / f"{manifest.case}.keys").exists() else ["the case's key cannot be read"]
    # Nor is it one that newer records were seen: a backup is always older than its case.
    expected.append(NOT_THE_NEWEST)
    notes += [one for one in found if any(words in one for words in expected)]
    return [one.replace(str(folder), "CASE") for one in found if one not in notes], notes


def _compare(
    folder: Path, settings: Settings, head: str, find_alert_differences: FindDifferences, progress: Progress
) -> list[str]:
    case_file = open_case_file(folder, settings=settings)
    try:
        with progress.step("Checking the case", None):
            return [*find_differences(case_file, head=head), *find_alert_differences(case_file)]
    finally:
        case_file.close()
