"""NUL bytes in a text: padding is left out, NUL bytes inside rows are counted and reported."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# This many in sequence are not stray bytes: a block of the disk was never written, or is lost.
LOST_BYTES = 256
# Padding between two rows, or after the last value of a row: from records of fixed size, or preallocated files.
_BETWEEN_ROWS = re.compile(rb"(?<=[\r\n])\0+|(?<!\0)\0+(?=[\r\n])")
_LOST = re.compile(rb"\0{%d,}" % LOST_BYTES)
# Replaces a lost block: it ends the row before and begins the row after, with a NUL in each to mark them as broken.
_TORN = b"\0\n\0"
_MOST_PENDING = 1024 * 1024


@dataclass(slots=True)
class NulBytes:
    """The NUL bytes of a text.

    Attributes:
        stray: Single NUL bytes inside rows; they stay in the text.
        gaps: Places inside rows where many NUL bytes replace lost bytes.
        left_out: All other NUL bytes.
    """

    stray: int = 0
    gaps: int = 0
    left_out: int = 0

    @property
    def seen(self) -> bool:
        """Whether there were any inside rows so far."""
        return bool(self.stray or self.gaps)

    @property
    def detail(self) -> str:
        """What was found, in words; "" for nothing."""
        found = [f"blocks of NUL bytes that break off rows: {self.gaps:,}"] if self.gaps else []
        found += [f"NUL bytes inside of rows: {self.stray:,}"] if self.stray else []
        return "; ".join(found)


def without_padding(pieces: Iterable[bytes], found: NulBytes) -> Iterator[bytes]:
    r"""The pieces of a text without NUL bytes that are padding.

    NUL bytes at the beginning, at the end and between two rows are left out. Many inside a row become a line end, so
    that the two halves are never read as one row. A few inside a row stay.

    >>> b"".join(without_padding([b"\0\0a,b\n1,2\n\0\0", b"\0\x003,4\n\0"], NulBytes()))
    b'a,b\n1,2\n3,4\n'

    Args:
        pieces: The bytes in order, cut anywhere, in an encoding that has ASCII bytes for ASCII characters only.
        found: Counts the NUL bytes.
    """
    pending, at_row = 0, True
    for piece in pieces:
        if not pending and b"\0" not in piece:
            if piece:
                yield piece
                at_row = piece[-1] in b"\r\n"
            continue
        whole = bytes(pending) + piece
        found.left_out += piece.count(0)
        data = whole.rstrip(b"\0")
        pending = min(len(whole) - len(data), _MOST_PENDING)
        if at_row:
            data = data.lstrip(b"\0")
        if not data:
            continue
        data, gaps = _LOST.subn(_TORN, _BETWEEN_ROWS.sub(b"", data))
        kept = data.count(0) - gaps * _TORN.count(0)
        found.gaps += gaps
        found.stray += kept
        found.left_out -= kept
        yield data
        at_row = data[-1] in b"\r\n"
