"""Lines too long to be rows are left out, so that no file can fill the memory with one of them."""

import re
from collections.abc import Callable, Iterable, Iterator

# No row that anybody kept is as long; a value of so many bytes is not a call.
LONGEST_LINE = 16 * 1024 * 1024
TOO_LONG = f"a line of more than {LONGEST_LINE // 1024**2} MiB, left out"
# Stands for the line, so that rows after it keep their numbers: no reader takes it for a row.
PLACE = '?"?'
_PLACE = PLACE.encode()
_END = re.compile(rb"[\r\n]")


def without_long_lines(pieces: Iterable[bytes], tell: Callable[[], None]) -> Iterator[bytes | memoryview]:
    """The pieces of a text, each line that is too long replaced by `PLACE`.

    Args:
        pieces: The bytes in order, cut anywhere; lines end with a line feed, a carriage return, or both.
        tell: Called for each line left out.

    >>> told = []
    >>> pieces = [b"id,note\\n1,", *[b"a" * 2**20] * 17, b"\\n2,b\\n"]
    >>> b"".join(without_long_lines(pieces, lambda: told.append(1))).split(), told
    ([b'id,note', b'?"?', b'2,b'], [1])
    """
    # The beginning of the line that goes on with the next piece, and whether it is being left out.
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
            # A view: every byte of every exhibit comes by here.
            yield memoryview(piece)[:cut]
        held = piece[cut:] if cut else held + piece
    yield held
