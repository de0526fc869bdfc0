"""The age keys of a case's reports. The public host gets the public half alone; the others stay beside the case's keys.

    KEYS/<case>.reports     one identity of age on each line, oldest first: any program that knows age can use them

Without the file nobody can open reports that wait in an inbox. Once they are collected, it is not needed for them.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ringback.errors import RingbackError
from ringback.files.durable import fsync_folder
from ringback.files.private import check_private, open_plain, read_private

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

_PREFIX = "AGE-SECRET-KEY-1"


class CannotOpen(Exception):  # noqa: N818 - a fact about what came
    """What came is not sealed to this case, or was altered."""


@dataclass(frozen=True, slots=True)
class ReportKeys:
    """The identities of a case, oldest first."""

    identities: tuple["Identity", ...]

    @property
    def recipient(self) -> str:
        """The public half of the newest: what the public host seals reports to, such as age1..."""
        return str(self.identities[-1].to_public())

    def open(self, sealed: bytes) -> bytes:
        """Open what was sealed to any of them.

        Raises:
            CannotOpen: It was sealed to none of them, or altered.
        """
        from pyrage import DecryptError, decrypt

        try:
            return bytes(decrypt(sealed, list(self.identities)))
        except DecryptError as error:
            raise CannotOpen("it was sealed to another key, or altered") from error


def seal_to(recipient: str, data: bytes) -> bytes:
    """Seal to a recipient of age. Whoever sealed it cannot open it.

    Raises:
        ValueError: That is no recipient.
    """
    from pyrage import RecipientError, encrypt
    from pyrage.x25519 import Recipient

    try:
        return bytes(encrypt(data, [Recipient.from_str(recipient)]))
    except RecipientError as error:
        raise ValueError("no recipient of age") from error


def find_report_keys(keys_dir: Path, case_id: str) -> ReportKeys:
    """The keys of a case; made where there are none yet.

    Raises:
        RingbackError: as `load_report_keys`, or `key_unwritable`.
    """
    path = report_key_file(keys_dir, case_id)
    if not path.exists():
        _make(path)
    return load_report_keys(keys_dir, case_id)


def load_report_keys(keys_dir: Path, case_id: str) -> ReportKeys:
    """The keys of a case.

    Raises:
        RingbackError: `report_key_missing` where the file is not there or holds none; `files_open`, `files_foreign` or
            `file_linked` where the file or its folder is not for its owner alone.
    """
    from pyrage import IdentityError
    from pyrage.x25519 import Identity

    path = report_key_file(keys_dir, case_id)
    check_private([keys_dir])
    try:
        lines = [line.strip() for line in read_private(path).splitlines() if line.strip().startswith(_PREFIX)]
        identities = tuple(Identity.from_str(line) for line in lines)
    except (OSError, ValueError, IdentityError) as error:
        raise RingbackError("report_key_missing", case=case_id, path=path) from error
    if not identities:
        raise RingbackError("report_key_missing", case=case_id, path=path)
    return ReportKeys(identities)


def report_key_file(keys_dir: Path, case_id: str) -> Path:
    """Where the keys are."""
    return keys_dir / f"{case_id}.reports"


def _make(path: Path) -> None:
    from pyrage.x25519 import Identity

    check_private([path.parent])
    try:
        handle = open_plain(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(handle, "w") as file:
            file.write(f"{Identity.generate()}\n")
            file.flush()
            os.fsync(handle)
        fsync_folder(path.parent)
    except FileExistsError:
        # Another command made it meanwhile.
        return
    except OSError as error:
        raise RingbackError("key_unwritable", path=path, problem=error.strerror) from error
