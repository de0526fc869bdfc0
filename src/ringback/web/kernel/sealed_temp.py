"""Temporary files that hold nothing that can be read: each is encrypted under a key that is in working memory alone.

The server puts the body of a request that is larger than half a megabyte into a temporary file. People send pictures of
their bank statements, and those must never be on the disk of a host that faces the internet.
"""

import secrets
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

_BLOCK = 16


class SealedTempFile:
    """A file as the server's buffers use it: written at its end once, and read.

    No place may be written twice, for that would be the same key stream twice.
    """

    def __init__(self, make: Callable[[], IO[bytes]] = TemporaryFile) -> None:
        self._file, self._cipher_key = make(), AES(secrets.token_bytes(32))
        self._written = 0

    def write(self, data: bytes) -> int:
        """Write at the end.

        Raises:
            ValueError: That is not the end.
        """
        if self.tell() != self._written:
            raise ValueError("a sealed file is written at its end alone")
        self._file.write(self._crypt(data, self._written))
        self._written += len(data)
        return len(data)

    def read(self, count: int = -1) -> bytes:
        """Read from here; all that is left if the count is negative."""
        start = self.tell()
        return self._crypt(self._file.read(count), start)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, as files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where we are."""
        return self._file.tell()

    def close(self) -> None:
        """Close it; the system then removes it."""
        self._file.close()

    def _crypt(self, data: bytes, start: int) -> bytes:
        # In counter mode, encrypting and decrypting are the same.
        skipped = start % _BLOCK
        counter = (start // _BLOCK).to_bytes(_BLOCK, "big")
        return Cipher(self._cipher_key, CTR(counter)).encryptor().update(bytes(skipped) + data)[skipped:]
