"""The slow digests of a case's texts, kept in the case: each takes a while to make, and is made once.

    CASE/publications/slow.digests

A record is the check digest of a text, its slow digest, and a seal that only the case's keys can make: whoever could
change the file without them could have a forged text called genuine. A record whose seal is wrong is made anew.
"""

import hmac
import os
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from struct import Struct

from ringback.files.disk import unwritable
from ringback.files.durable import PRIVATE, make_folder
from ringback.keys import KeyRing
from ringback.publishing.genuine_alerts import slow_digest

FILE_NAME = "slow.digests"
_RECORD = Struct(">16s16s16s")
_AT_ONCE = 256


class SlowDigests:
    """The slow digests of one case, made with one cost.

    Args:
        folder: The folder of the case's publications.
        ring: The keys of the case.
        cost: As `genuine_alerts.slow_digest` has it.
    """

    def __init__(self, folder: Path, ring: KeyRing, *, cost: int) -> None:
        self._path, self._cost = folder / FILE_NAME, cost
        self._keys = {key.name: key.derive(f"slow digest {cost}") for key in ring.keys}

    def find(self, check_digests: Collection[str], *, progress: Callable[[int], object]) -> dict[str, bytes]:
        """The slow digest of each text. What was made so far is kept, should it be interrupted.

        Args:
            check_digests: As the records hold them: "k1:" and 32 hexadecimal digits.
            progress: Called with how many more are ready.

        Raises:
            RingbackError: `disk_full` or `output_unwritable`.
        """
        kept = self._read()
        found = {one: slow for one in check_digests if (slow := self._kept(one, kept))}
        progress(len(found))
        missing = [one for one in dict.fromkeys(check_digests) if one not in found]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(missing), _AT_ONCE):
                some = missing[start : start + _AT_ONCE]
                made = dict(zip(some, pool.map(self._make, some), strict=True))
                self._append(made)
                found |= made
                progress(len(made))
        return found

    def _make(self, check_digest: str) -> bytes:
        return slow_digest(_raw(check_digest), self._cost)

    def _kept(self, check_digest: str, kept: dict[bytes, tuple[bytes, bytes]]) -> bytes | None:
        slow, seal = kept.get(_raw(check_digest), (b"", b""))
        return slow if slow and hmac.compare_digest(seal, self._seal(check_digest, slow)) else None

    def _seal(self, check_digest: str, slow: bytes) -> bytes:
        key = self._keys[check_digest.partition(":")[0]]
        return hmac.digest(key, _raw(check_digest) + slow, "sha256")[:16]

    def _read(self) -> dict[bytes, tuple[bytes, bytes]]:
        """Slow digest and seal by check digest. Of two records for one, the later counts."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise unwritable(self._path.absolute(), error) from error
        whole = len(data) // _RECORD.size * _RECORD.size
        return {check: (slow, seal) for check, slow, seal in _RECORD.iter_unpack(data[:whole])}

    def _append(self, made: dict[str, bytes]) -> None:
        records = b"".join(_RECORD.pack(_raw(one), slow, self._seal(one, slow)) for one, slow in made.items())
        try:
            make_folder(self._path.parent)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE)
            with os.fdopen(handle, "r+b") as file:
                # Behind the last whole record: an interruption may have left part of one.
                file.seek(file.seek(0, os.SEEK_END) // _RECORD.size * _RECORD.size)
                file.write(records)
        except OSError as error:
            raise unwritable(self._path.absolute(), error) from error


def _raw(check_digest: str) -> bytes:
    return bytes.fromhex(check_digest.partition(":")[2])
