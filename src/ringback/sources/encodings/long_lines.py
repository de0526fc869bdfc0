"""Leaves out lines that are too long to be rows, so that no file can fill the memory with one line."""

import re
from collections.abc import Callable, Iterable, Iterator

# No real row is this long.
LONGEST_LINE = 16 * 1024 * 1024
TOO_LONG = f"a line of more than {LONGEST_LINE // 1024**2} MiB, left out"
# Replaces the line, so that rows after it keep their numbers. No reader takes it for a row.
PLACE = '?"?'
_PLACE = PLACE.encode()
_END = re.compile(rb"[\r\n]")


def without_long_lines(pieces: Iterable[bytes], tell: Callable[[], None]) -> Iterator[bytes | memoryview]:
    """The pieces of a text, each line that is too long replaced by `PLACE`.

    Args:
        pieces: The bytes in order, cut anywhere; lines end with a line feed, a carriage return, or both.
        tell: Called once for each line left out.

    >>> told = []
    >>> pieces = [b"id,note\\n1,", *[b"a" * 2**20] * 17, b"\\n2,b\\n"]
    >>> b"".join(without_long_lines(pieces, lambda: told.append(1))).split(), told
    ([b'id,note', b'?"?', b'2,b'], [1])
    """
    # The beginning of a line that continues in the next piece, and whether that line is being left out.
    held, leaving_out = b"", False
    for piece in pieces:
        if leaving_out or len(held) + len(piece) > LONGEST_LINE:
            end = _END.search(piece)
            length = len(held) + (end.start() if end else len(piece))
            if not leaving_out and length > LONGEST_LINE:
                tell()
                leaving_out = True
            if leaving_out:
                held = _PLACE
                if end is None:
                    continue
                leaving_out, piece = False, piece[end.start() :]  # noqa: PLW2901
        cut = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if cut:
            yield held
            # A view, not a copy: every byte of every exhibit passes here.
            yield memoryview(piece)[:cut]
        held = piece[cut:] if cut else held + piece
    yield held
