"""Detects the encoding of a text and converts it to UTF-8."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ringback.sources.encodings.cells import is_utf8
from ringback.sources.encodings.padding import NulBytes, without_padding
from ringback.sources.encodings.undecodable import KEEP_BYTES

# This many bytes are looked at where there is no byte order mark.
TELLING_BYTES = 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS = "cp1252"
# Bytes that Windows-1252 does not define, in the form in which they are kept.
_NO_WINDOWS = re.compile("[\udc81\udc8d\udc8f\udc90\udc9d]")
_PAIRS = 4096
# A few lines, in bytes.
_STRETCH = 8192
# What remains of a run of NUL bytes that is not a whole number of characters.
_HALF_NUL = "\udc00"


@dataclass(slots=True)
class Encoding:
    """How the bytes of a text are to be read.

    Attributes:
        codec: Python's name of the encoding.
        mark: The byte order mark at the beginning.
        mixed: Whether the text is UTF-8, and `codec` applies only to bytes that are not valid UTF-8.
        other_lines: How many lines have such bytes.
    """

    codec: str
    mark: bytes = b""
    mixed: bool = False
    other_lines: int = 0

    @property
    def is_wide(self) -> bool:
        """Whether every character takes several bytes, so that a line end is not a single byte."""
        return codecs.lookup(self.codec).name.startswith(("utf-16", "utf-32"))


def tell_encoding(head: bytes, *, named: str | None = None) -> Encoding:
    r"""Detect the encoding of a text: by its byte order mark, else as named, else by its beginning, else UTF-8.

    >>> tell_encoding(b"a\0,\0b\0\n\0").codec, tell_encoding(b"\0a\0,\0b").codec, tell_encoding(b"M\xfcller").codec
    ('utf-16-le', 'utf-16-be', 'cp1252')
    """
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(codec, mark)
    if named:
        return Encoding(named)
    if wide := _tell_wide(head):
        return Encoding(wide)
    lines = _lines(head[:TELLING_BYTES])
    # The last character of the last line may be cut off, as in a torn file.
    other = [line for line in lines[:-1] if not is_utf8(line)] + [line for line in lines[-1:] if not _begins_utf8(line)]
    if other and not any(_NO_WINDOWS.search(line.decode("utf-8", "surrogateescape")) for line in other):
        return Encoding(_WINDOWS, mixed=True)
    return Encoding("utf-8")


def _tell_wide(head: bytes) -> str | None:
    """The codec of UTF-16 without a mark: most bytes at every other place are NUL, and few bytes between them."""
    pairs = head[: 2 * _PAIRS].rstrip(b"\0")
    pairs = pairs[: len(pairs) // 2 * 2]
    first, second = pairs[::2].count(0), pairs[1::2].count(0)
    if len(pairs) < 4 or 10 * max(first, second) < 3 * (len(pairs) // 2) or max(first, second) < 8 * min(first, second):
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _lines(data: bytes) -> list[bytes]:
    """The lines that are not all ASCII."""
    return [] if data.isascii() else [line for line in data.splitlines(keepends=True) if not line.isascii()]


def _begins_utf8(line: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line)
    except UnicodeDecodeError:
        return False
    return True


def plain_head(head: bytes) -> bytes:
    """The beginning of a text as UTF-8, without its byte order mark and without padding."""
    wide = _tell_wide(head)
    return b"".join(without_padding(wide_as_utf8([head], wide) if wide else [head], NulBytes()))


def wide_as_utf8(pieces: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """The pieces of a text in UTF-16 or UTF-32 as UTF-8; undecodable bytes are kept, and are invalid UTF-8 too."""
    decoder = codecs.getincrementaldecoder(codec)(KEEP_BYTES)
    for piece in pieces:
        yield _encoded(decoder.decode(piece))
    end = decoder.decode(b"", final=True)
    yield b"" if end == _HALF_NUL else _encoded(end)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def lines_as_utf8(pieces: Iterable[bytes | memoryview], encoding: Encoding) -> Iterator[bytes]:
    r"""The pieces of a text as UTF-8; bytes that are not valid UTF-8 are read in the other encoding.

    Both may occur in one line, where a program joined texts from several sources.

    >>> b"".join(lines_as_utf8([b"M\xfc", b"ller;M\xc3\xbcller"], Encoding("cp1252", mixed=True))).decode()
    'Müller;Müller'

    Args:
        pieces: The bytes in order, cut anywhere, without lines that are too long.
        encoding: The other encoding; counts its lines.
    """

    held = b""
    for piece in pieces:
        data = held + piece
        cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        held, data = data[cut:], data[:cut]
        yield _line_by_line(data, encoding)
    yield _line_by_line(held, encoding)


def _line_by_line(data: bytes, encoding: Encoding) -> bytes:
    """Whole lines as UTF-8, invalid bytes read as Windows-1252. Bytes that Windows-1252 does not define stay."""
    if is_utf8(data):
        return data
    made, at = [], 0
    while at < len(data):
        # Python takes memory for all that follows at every byte it stops at: so it is given few lines at a time.
        end = data.find(b"\n", at + _STRETCH) + 1 or len(data)
        lines = data[at:end]
        made.append(lines if is_utf8(lines) else _mended(lines, encoding))
        at = end
    return b"".join(made)


def _mended(data: bytes, encoding: Encoding) -> bytes:
    view, made, at, told = memoryview(data), [], 0, -1
    while at < len(data):
        try:
            codecs.utf_8_decode(view[at:], "strict", True)
        except UnicodeDecodeError as error:
            start, end = at + error.start, at + error.end
            made += [data[at:start], _as_windows(data[start:end])]
            at = end
            # Count each line once, even if it has several such bytes.
            if told < 0 or data.find(b"\n", told, start) >= 0 or data.find(b"\r", told, start) >= 0:
                encoding.other_lines += 1
            told = start
        else:
            made.append(data[at:])
            break
    return b"".join(made)


def _as_windows(data: bytes) -> bytes:
    return data.decode(_WINDOWS, "surrogateescape").encode("utf-8", "surrogateescape")
