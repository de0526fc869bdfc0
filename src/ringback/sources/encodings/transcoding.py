"""Converts text in other encodings to UTF-8, for readers that take nothing else."""

import codecs
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from ringback.sources.base import Batch, Reject
from ringback.sources.streams import stream_of

_CHUNK = 1024 * 1024
_SAMPLE = 4096
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def tell_encoding(head: bytes) -> str:
    """The encoding of a text by its first bytes: UTF-16 if it has the mark, or a NUL in every other byte; else UTF-8.

    >>> [tell_encoding("GO".encode(one)) for one in ("utf-16", "utf-16-le", "utf-16-be", "utf-8")]
    ['utf-16-le', 'utf-16-le', 'utf-16-be', 'utf-8']
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    sample = head[: _SAMPLE & ~1]
    half = len(sample) // 2
    evens, odds = sample[::2].count(0), sample[1::2].count(0)
    if half and odds > 0.7 * half and not evens:
        return "utf-16-le"
    if half and evens > 0.7 * half and not odds:
        return "utf-16-be"
    return "utf-8"


def as_utf8(head: bytes) -> bytes:
    """The first bytes of a text as UTF-8, without a mark."""
    encoding = tell_encoding(head)
    if encoding == "utf-8":
        return head
    return head.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "surrogatepass")


def open_utf8(stream: BinaryIO, encoding: str | None) -> tuple[BinaryIO, bool]:
    """The text as UTF-8, and whether it was converted. Byte offsets of converted text are not those of the file.

    Args:
        stream: The bytes; EOFError from it is passed on.
        encoding: The encoding that case.toml names; detected by the first bytes where it is None.
    """
    # Streams of `stream_of` can be peeked into, so plain text goes to its reader unchanged.
    buffered = stream if isinstance(stream, io.BufferedReader) else stream_of(iter(lambda: stream.read(_CHUNK), b""))
    assert isinstance(buffered, io.BufferedReader)
    told = tell_encoding(buffered.peek(_SAMPLE)[:_SAMPLE])
    codec = codecs.lookup(told if told != "utf-8" else encoding or "utf-8").name
    if codec in ("utf-8", "ascii", "utf-8-sig"):
        return buffered, False
    return stream_of(_transcoded(iter(lambda: buffered.read(_CHUNK), b""), codec)), True


def _transcoded(pieces: Iterator[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    first = True
    for piece in itertools.chain(pieces, [b""]):
        text = decoder.decode(piece, final=not piece)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        if text:
            yield text.encode("utf-8", "surrogatepass")


def without_bytes(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Batches without byte offsets: those of converted text are not those of the exhibit."""
    for batch in batches:
        batch.byte_offsets = None
        yield batch


def rejecting_without_bytes(reject: Reject) -> Reject:
    """Pass rejections on without their byte, for the same reason."""
    hand_on: Callable[..., None] = lambda one: reject(replace(one, byte=None))  # noqa: E731
    return hand_on
