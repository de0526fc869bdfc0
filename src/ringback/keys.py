"""The secret keys of a case, kept outside its folder.

A number in the audit log is written as a keyed digest: who has the case but not the key cannot try out all UK
mobiles against it (which takes a minute against a plain hash).
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ringback.errors import RingbackError


@dataclass(frozen=True, slots=True)
class CaseKey:
    """One key and its short name, which stands beside every digest so that keys can be rotated."""

    name: str
    secret: bytes

    def digest(self, number: str) -> str:
        """The keyed digest of one number, with the key's name in front.

        >>> CaseKey("k1", b"example").digest("+442079460000")
        'k1:328c2efb217ad2526294b2f7'
        """
        return f"{self.name}:{hmac.new(self.secret, number.encode(), hashlib.sha256).hexdigest()[:24]}"


def create_key(keys_dir: Path, case_id: str) -> Path:
    """Make the first key of a case, readable by its owner alone; returns its file.

    Raises:
        RingbackError: `key_unwritable`.
    """
    path = keys_dir / f"{case_id}.keys"
    try:
        keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise RingbackError("key_unwritable", path=path, problem=error.strerror) from error
    with os.fdopen(handle, "w") as file:
        file.write(f"k1 {secrets.token_hex(32)}\n")
    return path


def load_key(keys_dir: Path, case_id: str) -> CaseKey:
    """The newest key of a case: the last line of its file.

    Raises:
        RingbackError: `key_missing` when the file is not there or holds no key.
    """
    path = keys_dir / f"{case_id}.keys"
    try:
        lines = path.read_text().split("\n")
        name, secret = [line for line in lines if line.strip()][-1].split()
        return CaseKey(name, bytes.fromhex(secret))
    except (OSError, ValueError, IndexError) as error:
        raise RingbackError("key_missing", case=case_id, path=path) from error
