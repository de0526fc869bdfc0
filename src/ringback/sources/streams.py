"""Streams over pieces of bytes that may break off: first all bytes there are, then the reason why they end."""

import io
from collections.abc import Iterator
from typing import BinaryIO, Self

BUFFER = 1024 * 1024
# This many bytes of the beginning of a file are used to detect its format.
SNIFF_BYTES = 64 * 1024


class EarlyEnd(io.RawIOBase):
    """A raw stream over pieces. It ends where they break off (EOFError), and keeps the reason in `torn`.

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
        """Wrap a stream, which this one never closes."""
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
        """`before` and up to `size` bytes that follow it, in one buffer: large blocks are copied only once."""
        parts: list[bytes | memoryview] = [before]
        while size and self._has_more():
            parts.append(self._left[:size])
            size -= len(parts[-1])
            self._left = self._left[len(parts[-1]) :]
        return b"".join(parts)

    def pieces(self) -> Iterator[bytes]:
        """The remaining pieces in their own sizes, up to the end, early or not."""
        if self._left:
            left, self._left = bytes(self._left), memoryview(b"")
            yield left
        while (piece := self._next()) is not None:
            yield piece if isinstance(piece, bytes) else bytes(piece)

    def _has_more(self) -> bool:
        """Whether bytes are at hand; takes the next piece if the last one is used up."""
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
    """A buffered stream that raises EOFError only after everything that could be decompressed was read."""

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
    """A buffered stream over pieces. It raises their EOFError only after everything before it was read."""
    return _Unpacked(EarlyEnd(pieces), BUFFER)
