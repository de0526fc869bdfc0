"""The secret keys of a case, kept outside its folder.

A number in the audit log is written as a keyed digest. Against a plain hash, all UK mobiles can be tried out in a
minute; without the key that is impossible. Numbers that wait for a text are sealed: encrypted, and bound to their row.
A key ring also holds older keys, so that what they sealed or digested stays usable.
"""

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ringback.errors import RingbackError
from ringback.files.private import check_private, read_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


@dataclass(frozen=True, slots=True)
class CaseKey:
    """One key and its short name. Every digest carries the name, so that keys can be rotated."""

    name: str
    secret: bytes

    def digest(self, number: str) -> str:
        """The keyed digest of one number, with the key's name in front.

        >>> CaseKey("k1", b"example").digest("+442079460000")
        'k1:328c2efb217ad2526294b2f7'
        """
        return f"{self.name}:{hmac.digest(self.secret, number.encode(), 'sha256').hex()[:24]}"

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, independent of the keys for other purposes."""
        return hmac.digest(self.secret, f"ringback/{purpose}".encode(), "sha256")

    def keyed(self, purpose: str, text: str) -> str:
        """A keyed digest of 128 bits for one purpose, with the key's name in front."""
        return f"{self.name}:{hmac.digest(self.derive(purpose), text.encode(), 'sha256').hex()[:32]}"

    def seal(self, text: str, *, about: str) -> str:
        """Encrypt a text (AES-256-GCM). It opens only with the same `about`, so it cannot move to another row."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self.cipher().encrypt(nonce, text.encode(), about.encode())
        return f"{self.name}:{base64.b64encode(sealed).decode()}"

    def cipher(self) -> "AESGCM":
        """What seals with this key."""
        # Few commands seal anything.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.derive("seal"))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of a case, oldest first. The newest seals and digests; older ones still read what they sealed."""

    keys: tuple[CaseKey, ...]

    @property
    def newest(self) -> CaseKey:
        """The key for new seals and digests."""
        return self.keys[-1]

    def digests(self, number: str) -> list[str]:
        """The keyed digests of one number under every key, newest first. A table may hold any of them."""
        return [key.digest(number) for key in reversed(self.keys)]

    def keyed(self, purpose: str, text: str) -> list[str]:
        """Keyed digests for one purpose under every key, newest first."""
        return [key.keyed(purpose, text) for key in reversed(self.keys)]

    def seal(self, text: str, *, about: str) -> str:
        """Encrypt with the newest key."""
        return self.newest.seal(text, about=about)

    def unseal(self, sealed: str, *, about: str) -> str:
        """Decrypt what any of the keys sealed.

        Raises:
            RingbackError: `sealed_unreadable` if it was altered or moved to another row, or its key is missing.
        """
        from cryptography.exceptions import InvalidTag

        name, _colon, text = sealed.partition(":")
        try:
            key = next(one for one in self.keys if one.name == name)
            raw = base64.b64decode(text, validate=True)
            return key.cipher().decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except (StopIteration, ValueError, InvalidTag) as error:
            raise RingbackError("sealed_unreadable", about=about, key=name[:8]) from error


def create_key(keys_dir: Path, case_id: str) -> Path:
    """Make the first key of a case, readable by its owner alone. Returns its file.

    Raises:
        RingbackError: `key_unwritable`, or `files_open` or `files_foreign` for the folder.
    """
    path = keys_dir / f"{case_id}.keys"
    try:
        keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        check_private([keys_dir])
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise RingbackError("key_unwritable", path=path, problem=error.strerror) from error
    with os.fdopen(handle, "w") as file:
        file.write(f"k1 {secrets.token_hex(32)}\n")
    return path


def load_key(keys_dir: Path, case_id: str) -> CaseKey:
    """The newest key of a case.

    Raises:
        RingbackError: `key_missing` when the file is not there or holds no key.
    """
    return load_keys(keys_dir, case_id).newest


def load_keys(keys_dir: Path, case_id: str) -> KeyRing:
    """All keys of a case: the lines of its file, oldest first.

    Raises:
        RingbackError: `key_missing` when the file is not there or holds no key; `files_open`, `files_foreign` or
            `file_linked` when the file or its folder is not for its owner alone.
    """
    path = keys_dir / f"{case_id}.keys"
    check_private([keys_dir])
    try:
        lines = [line.split() for line in read_private(path).split("\n") if line.strip()]
        keys = tuple(CaseKey(name, bytes.fromhex(secret)) for name, secret in lines)
    except (OSError, ValueError) as error:
        raise RingbackError("key_missing", case=case_id, path=path) from error
    if not keys:
        raise RingbackError("key_missing", case=case_id, path=path)
    return KeyRing(keys)


def read_secret(keys_dir: Path, case_id: str, name: str) -> str:
    """A secret from outside for a case, such as a provider's API key: the first line of its file.

    Raises:
        RingbackError: `secret_missing`, `secret_open` when others can read it, `files_foreign` or `file_linked`.
    """
    path = keys_dir / f"{case_id}.{name}"
    try:
        text = read_private(path).strip()
    except (OSError, ValueError) as error:
        raise RingbackError("secret_missing", name=name, path=path) from error
    except RingbackError as error:
        if error.code != "files_open":
            raise
        raise RingbackError("secret_open", name=name, path=path) from error
    if not text:
        raise RingbackError("secret_missing", name=name, path=path)
    return text.splitlines()[0].strip()
