"""NUL bytes in a text: what only fills up space is left out, what stands inside of rows is counted and told."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# So many in a row are no stray bytes: a block of the disk was never written there, or is lost.
LOST_BYTES = 256
# Between two rows, and behind the last value of one: of records of one size, and of files made before they were filled.
_BETWEEN_ROWS = re.compile(rb"(?<=[\r\n])\0+|(?<!\0)\0+(?=[\r\n])")
_LOST = re.compile(rb"\0{%d,}" % LOST_BYTES)
# What a lost block leaves: two rows that are not whole, with a NUL in each to tell them by.
_TORN = b"\0\n\0"
_MOST_PENDING = 1024 * 1024


@dataclass(slots=True)
class NulBytes:
    """The NUL bytes of a text.

    Attributes:
        stray: Those inside of rows that were kept, as they are.
        gaps: Places inside of rows where many of them stand in for bytes that are lost.
        left_out: All others.
    """

    stray: int = 0
    gaps: int = 0
    left_out: int = 0

    @property
    def seen(self) -> bool:
        """Whether there were any inside of rows so far."""
        return bool(self.stray or self.gaps)

    @property
    def detail(self) -> str:
        """What was found, in words; "" where nothing was."""
        found = [f"blocks of NUL bytes that break off rows: {self.gaps:,}"] if self.gaps else []
        found += [f"NUL bytes inside of rows: {self.stray:,}"] if self.stray else []
        return "; ".join(found)


def without_padding(pieces: Iterable[bytes], found: NulBytes) -> Iterator[bytes]:
    r"""The pieces of a text without the NUL bytes that fill it up.

    Those at its beginning, at its end and between two rows are left out. Many inside of a row tear it: they become a
    line end, so that the two halves are never read as one row. A few inside of a row stay.

    >>> b"".join(without_padding([b"\0\0a,b\n1,2\n\0\0", b"\0\x003,4\n\0"], NulBytes()))
    b'a,b\n1,2\n3,4\n'

    Args:
        pieces: The bytes in order, cut anywhere, in an encoding that has ASCII bytes for ASCII characters only.
        found: Counts them.
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
