"""Streams over pieces of bytes that may break off: what there is comes first, and why it broke off afterwards."""

import io
from collections.abc import Iterator
from typing import BinaryIO, Self

BUFFER = 1024 * 1024
# So much of the beginning of a file tells its format.
SNIFF_BYTES = 64 * 1024


class EarlyEnd(io.RawIOBase):
    """A raw stream over pieces that ends where they break off (EOFError) and keeps the reason in `torn`.

    Readers put it between a damaged archive and a decoder, so that the unfinished last line is not lost.

    >>> io.BufferedReader(EarlyEnd(iter([b"a,b", b"c"]))).read()
    b'a,bc'

    Args:
        pieces: The bytes, in order.
    """

    def __init__(self, pieces: Iterator[bytes] | Iterator[bytes | memoryview]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")
        self.torn: str | None = None

    @classmethod
    def of(cls, stream: BinaryIO) -> Self:
        """Stand in front of a stream, which is never closed from here."""
        return cls(iter(lambda: stream.read(BUFFER), b""))

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer; 0 at the end, early or not."""
        if not self._has_more():
            return 0
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def read_on(self, before: bytes, size: int) -> bytes:
        """Some bytes and the next ones behind them, so many or what is left: large blocks are copied but once."""
        parts: list[bytes | memoryview] = [before]
        while size and self._has_more():
            parts.append(self._left[:size])
            size -= len(parts[-1])
            self._left = self._left[len(parts[-1]) :]
        return b"".join(parts)

    def pieces(self) -> Iterator[bytes]:
        """What is left of the pieces, as they come, up to the end, early or not: for who needs no other size."""
        if self._left:
            left, self._left = bytes(self._left), memoryview(b"")
            yield left
        while (piece := self._next()) is not None:
            yield piece if isinstance(piece, bytes) else bytes(piece)

    def _has_more(self) -> bool:
        """Whether bytes are at hand, the next piece taken where none are left of the last."""
        while not self._left:
            piece = self._next()
            if piece is None:
                return False
            self._left = memoryview(piece)
        return True

    def _next(self) -> bytes | memoryview | None:
        try:
            return next(self._pieces, None)
        except EOFError as error:
            self.torn = str(error)
            return None


class _Unpacked(io.BufferedReader):
    """A buffered stream that raises EOFError only after everything that could be unpacked was handed out."""

    raw: EarlyEnd

    def _checked(self, data: bytes, asked: int | None) -> bytes:
        if not data and asked != 0 and self.raw.torn is not None:
            raise EOFError(self.raw.torn)
        return data

    def read(self, size: int | None = -1, /) -> bytes:
        return self._checked(super().read(size), size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._checked(super().read1(size), size)

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._checked(super().readline(size), size)

    def readinto(self, buffer: "memoryview", /) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def stream_of(pieces: Iterator[bytes] | Iterator[bytes | memoryview]) -> BinaryIO:
    """A buffered stream over pieces; EOFError from them is raised only after everything before it was handed out."""
    return _Unpacked(EarlyEnd(pieces), BUFFER)
