"""Tar archives, read from a stream, file by file. Behind damage, reading goes on at the next whole header."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from ringback.sources.streams import stream_of

_BLOCK = 512
_CHUNK = 256 * 1024
_NO_BLOCK = bytes(_BLOCK)
# Extended headers hold names; a longer one holds no name.
_LONGEST_NOTE = 1024 * 1024
_KINDS = {b"1": "hard link", b"2": "symbolic link", b"3": "device", b"4": "device", b"5": "folder", b"6": "pipe"}
_NO_CONTENT = frozenset(_KINDS)
_PAX = re.compile(rb"(\d{1,7}) ([^=\n]{1,100})=")

Damage = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class TarEntry:
    """One entry of a tar.

    Attributes:
        name: As the archive has it. It may be any text: never write a file under it.
        kind: "file", or what else it is: a folder, a link, a device, a pipe, a sparse file.
        size: Bytes of its content in the archive.
    """

    name: str
    kind: str
    size: int


@dataclass(slots=True)
class _Source:
    """The stream of an archive, and what extended headers said about the next entry."""

    stream: BinaryIO
    at: int = 0
    torn: str = ""
    notes: dict[bytes, bytes] = field(default_factory=dict)

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes; fewer only at the end."""
        parts = []
        while size and not self.torn:
            try:
                data = self.stream.read(min(size, _CHUNK))
            except EOFError as error:
                self.torn = str(error)
                break
            if not data:
                break
            parts.append(data)
            size -= len(data)
            self.at += len(data)
        return b"".join(parts) if len(parts) != 1 else parts[0]

    def skip(self, size: int) -> bool:
        """Skip bytes; False where the stream has fewer."""
        while size:
            data = self.read(min(size, _CHUNK))
            if not data:
                return False
            size -= len(data)
        return True


def _number(text: bytes) -> int | None:
    """Read an octal number, or a binary one (GNU tar's large sizes); None where it is neither."""
    if text[:1] == b"\x80":
        return int.from_bytes(text[1:], "big")
    digits = text.split(b"\0")[0].strip()
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        return None


def is_tar_head(block: bytes) -> bool:
    """Whether a block is the header of a tar entry: its checksum fits.

    >>> is_tar_head(bytes(512))
    False
    """
    if len(block) < _BLOCK or not block[148:156].strip(b"\0 "):
        return False
    told = _number(block[148:156])
    plain = block[:148] + b" " * 8 + block[156:_BLOCK]
    return told is not None and told == sum(plain) and _number(block[124:136]) is not None


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace")


def _pax_notes(data: bytes) -> dict[bytes, bytes]:
    """The records of a pax header, up to the first malformed one."""
    notes, at = {}, 0
    while match := _PAX.match(data, at):
        end = at + int(match[1])
        if end <= match.end() or end > len(data):
            break
        notes[match[2]] = data[match.end() : end - 1]
        at = end
    return notes


def _entry(head: bytes, notes: dict[bytes, bytes]) -> TarEntry:
    flag, size = head[156:157], _number(head[124:136]) or 0
    name = _text(head[:100])
    if head[257:263] == b"ustar\0" and (prefix := _text(head[345:500])):
        name = f"{prefix}/{name}"
    if b"path" in notes:
        name = _text(notes[b"path"])
    if notes.get(b"size", b"").isdigit():
        size = int(notes[b"size"][:20])
    kind = _KINDS.get(flag, "file")
    if flag == b"S" or any(key.startswith(b"GNU.sparse.") for key in notes):
        kind = "sparse file"
    elif flag in b"VMN" and flag:
        kind = "label"
    elif name.endswith("/"):
        kind = "folder"
    return TarEntry(name, kind, 0 if flag in _NO_CONTENT else size)


def _content(source: _Source, size: int, left: list[int]) -> Iterator[bytes]:
    """The bytes of one entry; `left` holds how many are still unread."""
    while left[0]:
        data = source.read(min(left[0], _CHUNK))
        if not data:
            raise EOFError(source.torn or f"the archive ends inside this file, after {size - left[0]:,} bytes")
        left[0] -= len(data)
        yield data


def read_tar(stream: BinaryIO, *, damage: Damage) -> Iterator[tuple[TarEntry, BinaryIO]]:
    """Yield each entry with a stream of its content, which is valid until the next entry is asked for.

    Old (v7), ustar, pax and GNU archives are read. A damaged header costs the entries up to the next whole header.
    Nothing is ever written, and no link is followed.

    Args:
        stream: The decompressed archive; EOFError from it means that it breaks off there.
        damage: Called with the byte, and what is wrong there.
    """
    source = _Source(stream)
    ended = lost = False
    while True:
        start = source.at
        head = source.read(_BLOCK)
        if len(head) < _BLOCK:
            if head or source.torn or not ended:
                damage(start, source.torn or "the archive has lost its end; files after this place may be missing")
            return
        if head == _NO_BLOCK:
            ended = True
        elif not is_tar_head(head):
            # After the end there may be anything, such as the rest of an older, longer archive.
            if not (lost or ended):
                damage(start, "the head of a file is damaged; files up to the next whole head are lost")
            lost = True
        elif (flag := head[156:157]) in (b"x", b"g", b"L", b"K", b"X"):
            ended = lost = False
            _take_note(source, flag, _number(head[124:136]) or 0)
        else:
            ended = lost = False
            yield from _yield_entry(source, head)


def _take_note(source: _Source, flag: bytes, size: int) -> None:
    """Keep what an extended header says about the entry that follows it."""
    data = source.read(min(size, _LONGEST_NOTE))
    source.skip(size - len(data) + -size % _BLOCK)
    if flag in (b"x", b"X"):
        source.notes |= _pax_notes(data)
    elif flag == b"L":
        source.notes[b"path"] = data


def _yield_entry(source: _Source, head: bytes) -> Iterator[tuple[TarEntry, BinaryIO]]:
    entry = _entry(head, source.notes)
    source.notes = {}
    more = head[156:157] == b"S" and head[482:483] == b"\1"
    while more:
        more = source.read(_BLOCK)[504:505] == b"\1"
    left = [entry.size]
    yield entry, stream_of(_content(source, entry.size, left))
    source.skip(left[0] + -entry.size % _BLOCK)
