"""Opening an exhibit read-only: decompresses it by content, and detects the format inside."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from ringback.sources.archives.compression import BLOCKS, DEFLATE_BLOCK, Progress, blocks, inflate, unpack
from ringback.sources.delimited.headers import begins_above_header
from ringback.sources.encodings.utf8 import plain_head
from ringback.sources.sqldump.insert_scripts import looks_like_script
from ringback.sources.sqldump.postgres_statements import looks_like_pgdump
from ringback.sources.streams import BUFFER, stream_of
from ringback.text.printable import shortened

_MAGICS = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd", "zip": b"PK\x03\x04"}
_MAGICS |= {"bzip2": b"BZh", "xz": b"\xfd7zXZ\0"}
_ENDINGS = {"gzip": r"(?<=.)\.gz(ip)?$", "zstd": r"(?<=.)\.zstd?$", "zip": r"(?<=.)\.zip$"}
_ENDINGS |= {"bzip2": r"(?<=.)\.bz2$", "xz": r"(?<=.)\.xz$"}
_LOCAL_HEADER = struct.Struct("<4s5HLLLHH")


@dataclass(frozen=True, slots=True)
class _Member:
    """One file of a zip. Sizes and checksum are None where only the lost directory had them."""

    name: str
    header_at: int
    flags: int
    method: int
    packed: int | None
    crc: int | None
    torn_after: bool = False


def _walk_zip(file: BinaryIO) -> Iterator[_Member]:
    """Find the members of a zip without its directory, which is at the end and is lost first."""
    at = 0
    while True:
        file.seek(at)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(_MAGICS["zip"]):
            return
        _, _, flags, method, _, _, crc, packed, _, name_size, extra_size = _LOCAL_HEADER.unpack(header)
        name = file.read(name_size)
        if len(name) < name_size:
            return
        known = not flags & 0x08 and packed != 0xFFFFFFFF
        name_text = name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        yield _Member(name_text, at, flags, method, packed if known else None, crc if known else None)
        if not known:
            return  # without its size, the next member cannot be found
        at += _LOCAL_HEADER.size + name_size + extra_size + packed


def _zip_members(path: Path) -> dict[str, _Member]:
    """List the files of a zip from its directory; where that is lost, from the headers of the files."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                _Member(i.filename, i.header_offset, i.flag_bits, i.compress_type, i.compress_size, i.CRC)
                for i in archive.infolist()
            ]
        torn = False
    except (zipfile.BadZipFile, struct.error, EOFError, ValueError, NotImplementedError):
        with path.open("rb") as file:
            members = list(_walk_zip(file))
        torn = True
    kept = [m for m in members if not m.name.endswith(("/", ".DS_Store")) and not m.name.startswith("__MACOSX/")]
    if torn:
        last = kept.pop() if kept else _Member(inner_name(path.name, "zip"), 0, 0, 0, None, None)
        kept.append(replace(last, torn_after=True))
    named: dict[str, _Member] = {}
    for member in kept:
        # Two members may have the same name; each is a file of its own.
        name, number = member.name, 2
        while name in named:
            name, number = f"{member.name}#{number}", number + 1
        named[name] = member
    return named


def tell_compression(head: bytes, name: str) -> str | None:
    """Detect the compression of a file by its first bytes, or by its name where there are hardly any."""
    head = head[:6]
    if head.startswith(b"PK\x05\x06"):  # a zip without files
        return "zip"
    if len(head) >= 4 and 0x50 <= head[0] <= 0x5F and head[1:4] == b"\x2a\x4d\x18":
        return "zstd"  # a skippable frame, which parallel compressors write in front
    for kind, magic in _MAGICS.items():
        cut = 0 < len(head) < len(magic) and magic.startswith(head)
        # If an archive is cut inside its first bytes, only its name still shows what it was.
        if head.startswith(magic) or (cut and re.search(_ENDINGS[kind], name, re.IGNORECASE)):
            return kind
    return None


def file_compression(path: Path) -> str | None:
    """Detect the compression of a file on disk: gzip, zstd, zip, bzip2, xz, or None."""
    with path.open("rb") as file:
        return tell_compression(file.read(6), path.name)


def inner_name(name: str, kind: str | None) -> str:
    """The name without the ending of its compression."""
    return re.sub(_ENDINGS[kind], "", name, flags=re.IGNORECASE) if kind else name


def list_members(path: Path) -> list[str]:
    """Name every file inside: the members of a zip without folders and system files, else the one inner name.

    Returns:
        Names that `open_unpacked` takes as `member`; none for an empty zip.
    """
    kind = file_compression(path)
    return list(_zip_members(path)) if kind == "zip" else [inner_name(path.name, kind)]


def _choose(path: Path, member: str | None) -> _Member:
    """Find the wanted member of a zip, and refuse one that cannot be decompressed."""
    members = _zip_members(path)
    if member is None and len(members) != 1:
        raise ValueError(f"the zip holds {len(members)} files; name the one to read")
    chosen = members.get(member) if member is not None else next(iter(members.values()))
    if chosen is None:
        raise ValueError(f"the zip holds no file named {shortened(str(member))}")
    # A damaged zip can name a file by thousands of characters.
    name = shortened(chosen.name)
    if chosen.flags & 0x01:
        raise ValueError(f"{name} is encrypted inside the zip; unpack it with its password first")
    if chosen.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{name} is compressed by a method ({chosen.method}) that cannot be read")
    return chosen


def _counted(pieces: Iterator[bytes], unpacked: Progress) -> Iterator[bytes]:
    for piece in pieces:
        unpacked(len(piece))
        yield piece


def _unzip(file: BinaryIO, member: _Member, progress: Progress) -> Iterator[bytes]:
    """Decompress one member and compare its checksum. EOFError says where members after it may be missing."""
    if member.header_at < 0:
        raise EOFError("the zip is damaged: the place of this member is lost")
    file.seek(member.header_at)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_MAGICS["zip"]):
        raise EOFError("the zip is damaged: the head of this member is lost")
    file.seek(sum(_LOCAL_HEADER.unpack(header)[-2:]), io.SEEK_CUR)
    read = blocks(file, DEFLATE_BLOCK, progress, member.packed)
    if member.method == zipfile.ZIP_DEFLATED:
        pieces: Iterator[bytes] = inflate(zlib.decompressobj(wbits=-15), read(), read)
    elif member.packed is None:
        raise EOFError("the zip is damaged: the size of this member is lost")
    else:
        pieces = iter(read, b"")
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        yield piece
    if member.crc is not None and crc != member.crc:
        raise EOFError("the checksum of this zip member does not fit")
    if member.torn_after:
        raise EOFError("the zip has lost its directory; files after this one may be missing")


@contextmanager
def open_unpacked(
    path: Path,
    *,
    member: str | None = None,
    progress: Progress = lambda _packed_bytes: None,
    unpacked: Progress = lambda _unpacked_bytes: None,
    joined: io.RawIOBase | None = None,
) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file read-only and decompress it while it is read. Its content, not its name, says how it is compressed.

    Args:
        path: The exhibit; it is never changed.
        member: Which file of a zip, as `list_members` names it; may be left out where there is only one.
        progress: Called with the number of compressed bytes read since its last call.
        unpacked: Called with the number of bytes that came out since its last call; what it raises ends the reading.
        joined: The bytes to read where the file is only the first of a split dump; closed at the end.

    Yields:
        The decompressed bytes, and the inner name without the ending of the compression. A damaged or cut archive
        raises EOFError from a read, after everything before the damage was read.

    Raises:
        ValueError: The member is missing, left out though there are several, encrypted, or compressed in an unknown
            way.
    """
    kind = file_compression(path)
    chosen = _choose(path, member) if kind == "zip" else None
    name = chosen.name if chosen else inner_name(path.name, kind)
    if chosen is None and member not in (None, name):
        raise ValueError(f"there is no file named {member} inside")
    if joined is not None and chosen is not None:
        raise OSError("a zip that was split cannot be read in parts: join them into one file first")
    with cast(BinaryIO, joined) if joined is not None else path.open("rb") as file:
        if chosen is not None:
            pieces = _unzip(file, chosen, progress)
        elif kind is not None:
            pieces = unpack(kind, blocks(file, BLOCKS[kind], progress))
        else:
            pieces = iter(blocks(file, BUFFER, progress), b"")
        with stream_of(_counted(pieces, unpacked)) as stream:
            yield stream, name


_SQL_START = re.compile(r"\s*(--|/\*|#|(INSERT|REPLACE|CREATE|DROP|SET|USE|LOCK|START|BEGIN)\s)", re.IGNORECASE)
_SQL_INSIDE = re.compile(
    r"^(-- (MySQL|MariaDB) dump|/\*M?!\d{5}|\s*(CREATE|DROP) (TABLE|DATABASE) |\s*(INSERT|REPLACE) .*INTO )",
    re.IGNORECASE | re.MULTILINE,
)
_JSON_START = re.compile(r'\s*(\[\s*(\]|$)|\[\s*\[\s*["\d\[{\-]|(\[\s*)?\{\s*("|\}|$))')
_MARKUP_START = re.compile(r"\s*<[?!a-z]", re.IGNORECASE)
_CONTROLS = bytes(sorted({*range(0x09), *range(0x0E, 0x1A), 0x1C, 0x1D, 0x1E, 0x7F}))
_BY_NAME = {".parquet": "parquet", ".sql": "mysqldump", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}
_BY_NAME |= dict.fromkeys((".jsonl", ".ndjson", ".json"), "jsonl")


def _by_name(name: str) -> str | None:
    return _BY_NAME.get(PurePosixPath(name).suffix.lower())


def sniff_head(head: bytes, name: str) -> str | None:
    """Detect the format by the first decompressed bytes; by the name only where these do not show it.

    >>> sniff_head(b'{"a": 1}', "odd.bin")
    'jsonl'
    """
    by_name = _by_name(name)
    if head.startswith(b"PAR1"):
        return "parquet"
    text = _as_text(head)
    if text is None:
        # Text full of NUL bytes is read as delimited text only: other readers cannot take it.
        text = _as_text(plain_head(head))
        is_table = text is not None and _sniff_text(text, None) == "csv"
        return "parquet" if by_name == "parquet" else "csv" if is_table else None
    return _sniff_text(text, by_name)


def _as_text(head: bytes) -> str | None:
    """Decode the head of a file, or None where it looks binary."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # A text may have a few stray control characters; a binary format is full of them.
    if controls > 8 and controls > len(head) * 0.03:
        return None
    return head.decode("utf-8-sig", "replace")


def _sniff_text(text: str, by_name: str | None) -> str | None:
    if not text.strip():
        return None
    if looks_like_pgdump(text):
        return "pgdump"
    if looks_like_script(text):
        return "sqlscript"
    foreign = _MARKUP_START.match(text)
    if _SQL_START.match(text) and _SQL_INSIDE.search(text) and not foreign:
        return "mysqldump"
    if _JSON_START.match(text):
        return "jsonl"
    if foreign:
        return None
    first_line = next(line for line in text.splitlines() if line.strip())
    if any(mark in first_line for mark in ",;\t|\x1f"):
        return "csv"
    return by_name or ("csv" if begins_above_header(text) else None)
