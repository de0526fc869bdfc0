"""The files of a report, beside the records: clean pictures, sealed under the report's own key.

    CASE/report-files/<inbox>-<number>/index.sealed     each file's name, and its pictures or why it was refused
    CASE/report-files/<inbox>-<number>/1-1.jpeg.sealed  the first picture of the first file

Whoever erases the report drops its key, and with it every picture. The entry of the audit log that tells of the report
names the folder.
"""

import base64
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringback.case.backup_files import REPORT_FILES
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.durable import make_folder, put_in_place, write_file
from ringback.keys import KeyRing
from ringback.publishing.uploads.cleaning import Cleaned
from ringback.records.reports import get_report
from ringback.victim_reports.intake import TAKEN

FOLDER = REPORT_FILES.rstrip("/")
SHOWN = "report_files_shown"
_INDEX = "index.sealed"
_NONCE = 12


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file that was sent with a report: its name, and what became of it."""

    name: str
    cleaned: Cleaned


def keep_files(case: Path, folder: str, files: Sequence[ReportFile], *, key: bytes, report: str) -> None:
    """Keep the files of a report. Done again after an interruption, the folder is as of the last time.

    Args:
        case: The case's folder.
        folder: The name of their folder.
        files: The files.
        key: The report's own key.
        report: The report's id.

    Raises:
        RingbackError: `disk_full` or `output_unwritable`.
    """
    to = case / FOLDER / folder
    make_folder(to.parent)
    clear_dead_temp_files(to.parent)
    part = temp_path(to)
    make_folder(part)
    index = []
    for number, one in enumerate(files, 1):
        names = [f"{number}-{place}.{kind}" for place, (kind, _data) in enumerate(one.cleaned.pictures, 1)]
        index.append({"name": one.name, "refused": one.cleaned.refused, "pictures": names})
        for name, (_kind, data) in zip(names, one.cleaned.pictures, strict=True):
            write_file(part / f"{name}.sealed", _seal(data, key, report, name))
    write_file(part / _INDEX, _seal(json.dumps(index).encode(), key, report, _INDEX))
    # What an earlier collection left that died before it stored the report.
    shutil.rmtree(to, ignore_errors=True)
    put_in_place(part, to)


def show_files(case_file: CaseFile, report: str, *, member: str, why: str) -> list[ReportFile]:
    """The files of a report. The look is logged before anything is shown.

    Raises:
        RingbackError: `report_missing`, `report_erased`, `sealed_unreadable` or `key_missing`.
    """
    with case_file.records.connect() as connection:
        found = get_report(connection, report)
    if found.key_sealed is None:
        raise RingbackError("report_erased", report=found.id)
    told = case_file.log.find_last(TAKEN, report=found.id) or {}
    folder = Path(str(told.get("files") or "")).name
    case_file.log.add(SHOWN, why=why, facts={"report": found.id}, who=member)
    if not folder:
        return []
    key, place = report_key(case_file.keys(), found.key_sealed, report=found.id), case_file.case.path / FOLDER / folder
    try:
        index = json.loads(_open((place / _INDEX).read_bytes(), key, found.id, _INDEX))
        return [ReportFile(one["name"], _read(place, one, key, found.id)) for one in index]
    except OSError as error:
        raise RingbackError("sealed_unreadable", about=f"report-files:{found.id}", key="its own") from error


def report_key(keys: KeyRing, key_sealed: str, *, report: str) -> bytes:
    """The own key of a report.

    Raises:
        RingbackError: `sealed_unreadable`.
    """
    return base64.b64decode(keys.unseal(key_sealed, about=f"report-key:{report}"))


def _read(place: Path, told: Mapping[str, Any], key: bytes, report: str) -> Cleaned:
    pictures = [
        (name.rpartition(".")[2], _open((place / f"{Path(name).name}.sealed").read_bytes(), key, report, name))
        for name in told["pictures"]
    ]
    return Cleaned(tuple(pictures), told["refused"])


def _seal(data: bytes, key: bytes, report: str, name: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, _about(report, name))


def _open(sealed: bytes, key: bytes, report: str, name: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _about(report, name))
    except (ValueError, InvalidTag) as error:
        raise RingbackError("sealed_unreadable", about=f"report-files:{report}", key="its own") from error


def _about(report: str, name: str) -> bytes:
    return f"report-file:{report}:{name}".encode()
