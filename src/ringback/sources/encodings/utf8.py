"""Text of other encodings as UTF-8: by its byte order mark, its NUL bytes, or its bytes that are no UTF-8."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ringback.sources.encodings.cells import is_utf8
from ringback.sources.encodings.padding import NulBytes, without_padding
from ringback.sources.encodings.undecodable import KEEP_BYTES

# So many bytes tell the encoding where no mark does.
TELLING_BYTES = 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS = "cp1252"
# Bytes that no character of Windows-1252 has, as they are kept.
_NO_WINDOWS = re.compile("[\udc81\udc8d\udc8f\udc90\udc9d]")
_PAIRS = 4096
# Left of NUL bytes that are not a whole number of characters.
_HALF_NUL = "\udc00"


@dataclass(slots=True)
class Encoding:
    """How the bytes of a text are to be read.

    Attributes:
        codec: Its name.
        mark: The byte order mark in front.
        mixed: Whether bytes are UTF-8, and only those that are none are in the codec.
        other_lines: How many lines have such bytes.
    """

    codec: str
    mark: bytes = b""
    mixed: bool = False
    other_lines: int = 0

    @property
    def is_wide(self) -> bool:
        """Whether characters take several bytes each, so that line ends are no single ones."""
        return codecs.lookup(self.codec).name.startswith(("utf-16", "utf-32"))


def tell_encoding(head: bytes, *, named: str | None = None) -> Encoding:
    r"""Tell the encoding of a text: by its mark, else as named, else by its beginning, else UTF-8.

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
    # The last character of the last one may be cut, as it is in a torn file.
    other = [line for line in lines[:-1] if not is_utf8(line)] + [line for line in lines[-1:] if not _begins_utf8(line)]
    if other and not any(_NO_WINDOWS.search(line.decode("utf-8", "surrogateescape")) for line in other):
        return Encoding(_WINDOWS, mixed=True)
    return Encoding("utf-8")


def _tell_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of most characters is NUL, and few of the others are."""
    pairs = head[: 2 * _PAIRS].rstrip(b"\0")
    pairs = pairs[: len(pairs) // 2 * 2]
    first, second = pairs[::2].count(0), pairs[1::2].count(0)
    if len(pairs) < 4 or 10 * max(first, second) < 3 * (len(pairs) // 2) or max(first, second) < 8 * min(first, second):
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _lines(data: bytes) -> list[bytes]:
    """The lines in which not all is ASCII."""
    return [] if data.isascii() else [line for line in data.splitlines(keepends=True) if not line.isascii()]


def _begins_utf8(line: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line)
    except UnicodeDecodeError:
        return False
    return True


def plain_head(head: bytes) -> bytes:
    """The beginning of a text without a mark as UTF-8, without NUL bytes that fill up space."""
    wide = _tell_wide(head)
    return b"".join(without_padding(wide_as_utf8([head], wide) if wide else [head], NulBytes()))


def wide_as_utf8(pieces: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """The pieces of a text in UTF-16 or UTF-32 as UTF-8; what is no text is kept as bytes that are none either."""
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
    r"""The pieces of a text with bytes that are no UTF-8 taken for the other encoding.

    Both stand side by side in one line where a program put together what others wrote.

    >>> b"".join(lines_as_utf8([b"M\xfc", b"ller;M\xc3\xbcller"], Encoding("cp1252", mixed=True))).decode()
    'Müller;Müller'

    Args:
        pieces: The bytes in order, cut anywhere, without lines that are too long.
        encoding: The other one; counts its lines.
    """

    held = b""
    for piece in pieces:
        data = held + piece
        cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        held, data = data[cut:], data[:cut]
        yield _line_by_line(data, encoding)
    yield _line_by_line(held, encoding)


def _line_by_line(data: bytes, encoding: Encoding) -> bytes:
    """The same bytes with those that are no UTF-8 as characters of Windows-1252; those that it does not have stay."""
    if is_utf8(data):
        return data
    view, made, at, told = memoryview(data), [], 0, -1
    while at < len(data):
        try:
            codecs.utf_8_decode(view[at:], "strict", True)
        except UnicodeDecodeError as error:
            start, end = at + error.start, at + error.end
            made += [data[at:start], _as_windows(data[start:end])]
            at = end
            # Counted is each line once, however many such bytes it has.
            if told < 0 or data.find(b"\n", told, start) >= 0 or data.find(b"\r", told, start) >= 0:
                encoding.other_lines += 1
            told = start
        else:
            made.append(data[at:])
            break
    return b"".join(made)


def _as_windows(data: bytes) -> bytes:
    return data.decode(_WINDOWS, "surrogateescape").encode("utf-8", "surrogateescape")
