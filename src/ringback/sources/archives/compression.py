"""Decompression piece by piece: gzip, zstd, bzip2, xz and bare deflate.

Each decompressor takes a function that reads the next compressed block. It yields what it can, and raises EOFError
where the data break off. A hostile file cannot make a piece much larger than a few hundred MB.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import BinaryIO

import zstandard

Progress = Callable[[int], None]
Read = Callable[[], bytes]

# Deflate grows at most 1,032 times, the others far more: small blocks keep a decompression bomb out of memory.
DEFLATE_BLOCK = 32 * 1024
BLOCKS = {"gzip": DEFLATE_BLOCK, "zstd": 8 * 1024, "bzip2": 32 * 1024, "xz": 32 * 1024}
_PIECE = 1024 * 1024
# `xz -9` needs 65 MiB; a hostile header asks for 4 GiB.
_XZ_MEMORY = 512 * 1024 * 1024


def blocks(file: BinaryIO, size: int, progress: Progress, limit: int | None = None) -> Read:
    """Make a function that reads the next compressed block and reports its size."""
    left = limit

    def read() -> bytes:
        nonlocal left
        data = file.read(size if left is None else min(size, left))
        if left is not None:
            left -= len(data)
        progress(len(data))
        return data

    return read


def _inflated(inflater: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Decompress one block. Of a damaged one, yield what comes before the damage, then raise EOFError."""
    before = inflater.copy()
    try:
        yield inflater.decompress(data)
        return
    except zlib.error:
        pass
    # zlib gives nothing of a block that fails: feed it again byte by byte, up to the bad byte.
    for position in range(len(data)):
        try:
            yield before.decompress(data[position : position + 1])
        except zlib.error:
            raise EOFError("the compressed data are damaged") from None


def inflate(inflater: "zlib._Decompress", data: bytes, read: Read) -> Generator[bytes, None, bytes]:
    """Decompress one deflate stream that starts with `data`; returns the bytes that follow it."""
    while True:
        if not data:
            raise EOFError("the compressed data end early")
        yield from _inflated(inflater, data)
        if inflater.eof:
            return inflater.unused_data
        data = read()


def _gunzip(read: Read) -> Iterator[bytes]:
    data = read()
    while data:
        data = yield from inflate(zlib.decompressobj(wbits=31), data, read)
        # Tapes and block devices pad with zeros; anything else after a member must be another member.
        while not (data := data.lstrip(b"\0")):
            data = read()
            if not data:
                return


def _unzstd(read: Read) -> Iterator[bytes]:
    data = read()
    while data:
        unpacker = zstandard.ZstdDecompressor(max_window_size=2**31).decompressobj()
        while not unpacker.eof:
            if not data:
                raise EOFError("the compressed data end early")
            try:
                yield unpacker.decompress(data)
            except zstandard.ZstdError:
                raise EOFError("the compressed data are damaged") from None
            data = unpacker.unused_data if unpacker.eof else read()
        data = data or read()


def _unpack_limited(new: "Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]", read: Read) -> Iterator[bytes]:
    """Decompress streams that follow each other, at most one piece at a time."""
    data = read()
    while data:
        unpacker = new()
        while not unpacker.eof:
            if unpacker.needs_input and not data:
                raise EOFError("the compressed data end early")
            try:
                piece = unpacker.decompress(data, _PIECE)
            except (OSError, lzma.LZMAError, EOFError, MemoryError):
                raise EOFError("the compressed data are damaged") from None
            yield piece
            data = read() if unpacker.needs_input and not unpacker.eof else b""
        # xz files are padded with zeros to a multiple of four.
        data = unpacker.unused_data.lstrip(b"\0")
        while not data and (more := read()):
            data = more.lstrip(b"\0")


def unpack(kind: str, read: Read) -> Iterator[bytes]:
    """Decompress a whole stream of one kind.

    >>> list(unpack("bzip2", iter([bz2.compress(b"a,b"), b""]).__next__))
    [b'a,b']

    Args:
        kind: gzip, zstd, bzip2 or xz.
        read: Gives the next compressed block, best of `BLOCKS[kind]` bytes; b"" at the end.

    Raises:
        EOFError: The data break off or are damaged. Everything readable was yielded before.
    """
    if kind == "gzip":
        return _gunzip(read)
    if kind == "zstd":
        return _unzstd(read)
    if kind == "bzip2":
        return _unpack_limited(bz2.BZ2Decompressor, read)
    return _unpack_limited(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY), read)
