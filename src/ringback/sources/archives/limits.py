"""Limits on decompression: how much may come out of an exhibit before it counts as a decompression bomb."""

from dataclasses import dataclass
from pathlib import Path

from ringback.errors import RingbackError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on unpacking. An exhibit is refused once it exceeds both the ratio and the size.

    Attributes:
        ratio: Bytes unpacked for each byte of the exhibit.
        size: Bytes unpacked in all.
        members: Files in all the archives of one exhibit.
        levels: Archives inside archives; the exhibit itself is the first.
    """

    ratio: int = 200
    size: int = 10_000_000_000
    members: int = 1_000_000
    levels: int = 3


class Meter:
    """Counts what comes out of one exhibit, and refuses to go on beyond the limits.

    >>> meter = Meter(Limits(ratio=10, size=100), exhibit="EX-001", path=Path("a.gz"), packed=5)
    >>> meter.add(90), meter.add(20)
    Traceback (most recent call last):
        ...
    ringback.errors.RingbackError: exhibit EX-001 (a.gz) is not unpacked further: 110 bytes came out of 5
    """

    def __init__(self, limits: Limits, *, exhibit: str, path: Path, packed: int) -> None:
        self.limits, self._exhibit, self._path, self._packed = limits, exhibit, path, packed
        self._unpacked = self._members = 0

    def add(self, count: int) -> None:
        """Count bytes that came out.

        Raises:
            RingbackError: `unpack_refused`.
        """
        self._unpacked += count
        if self._unpacked > self.limits.size and self._unpacked > self.limits.ratio * self._packed:
            self._refuse(f"{self._unpacked:,} bytes came out of {self._packed:,}")

    def add_member(self) -> None:
        """Count a file.

        Raises:
            RingbackError: `unpack_refused`.
        """
        self._members += 1
        if self._members > self.limits.members:
            self._refuse(f"it holds more than {self.limits.members:,} files")

    def _refuse(self, problem: str) -> None:
        raise RingbackError("unpack_refused", exhibit=self._exhibit, path=self._path, problem=problem)
