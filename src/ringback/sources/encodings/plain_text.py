"""A text exhibit as UTF-8 without padding, and remarks on what was odd about its bytes."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ringback.sources.base import Rejection
from ringback.sources.encodings.long_lines import without_long_lines
from ringback.sources.encodings.padding import NulBytes, without_padding
from ringback.sources.encodings.utf8 import TELLING_BYTES, Encoding, lines_as_utf8, tell_encoding, wide_as_utf8
from ringback.sources.streams import EarlyEnd


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text.

    Attributes:
        stream: Its bytes, in `codec`.
        codec: UTF-8, unless case.toml names another single-byte encoding.
        encoding: How it is read; counts lines while the stream is read.
        nuls: NUL bytes, counted while the stream is read.
    """

    stream: EarlyEnd
    codec: str
    encoding: Encoding
    nuls: NulBytes

    def remarks(self, table: str) -> Iterator[Rejection]:
        """Remarks on the text. Ask for them after the stream was read to its end."""
        if count := self.encoding.other_lines:
            lines = "1 line holds" if count == 1 else f"{count:,} lines hold"
            detail = (
                f"{lines} bytes that are no UTF-8; those bytes were read as Windows-1252. If that is wrong, name the"
                " encoding in case.toml"
            )
            yield Rejection(table, 0, None, "read_as_windows_1252", detail)
        if detail := self.nuls.detail:
            yield Rejection(table, 0, None, "nul_bytes", f"{detail}; what stood there is lost", damage=True)


def open_text(end: EarlyEnd, *, encoding: str | None, too_long: Callable[[], None]) -> PlainText:
    """Open a text in any encoding: by its byte order mark, else as named, else detected by its bytes.

    Args:
        end: The bytes.
        encoding: The encoding that case.toml names, if any.
        too_long: Called once for each line that is too long and left out.

    Raises:
        LookupError: The encoding is unknown.
    """
    pieces, head = end.pieces(), b""
    while len(head) < TELLING_BYTES and (piece := next(pieces, None)) is not None:
        head += piece
    told, nuls = tell_encoding(head, named=encoding), NulBytes()
    rest: Iterator[bytes] = itertools.chain([head[len(told.mark) :]], pieces)
    if told.is_wide:
        rest, told = wide_as_utf8(rest, told.codec), Encoding("utf-8")
    whole = without_long_lines(without_padding(rest, nuls), too_long)
    if told.mixed:
        return PlainText(EarlyEnd(lines_as_utf8(whole, told)), "utf-8", told, nuls)
    return PlainText(EarlyEnd(whole), told.codec, told, nuls)
