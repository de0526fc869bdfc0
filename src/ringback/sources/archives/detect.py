"""Detection of a file's format by its content, archives and binary formats included."""

import zipfile
from pathlib import Path

from ringback.sources.archives.tar import is_tar_head
from ringback.sources.archives.unpack import (
    file_compression,
    list_members,
    open_unpacked,
    sniff_head,
    tell_compression,
)
from ringback.sources.delimited.cdr import tell_cdr_csv
from ringback.sources.encodings.transcoding import as_utf8
from ringback.sources.json.freeswitch import looks_like_freeswitch_json
from ringback.sources.json.lines import is_document
from ringback.sources.streams import SNIFF_BYTES

# Formats whose readers need a file, and cannot read a stream.
FILE_FORMATS = frozenset({"parquet", "sqlite", "excel"})
# SQLite's sidecar files of a database, by the ending of their names.
SIDECARS = {"sqlite_wal": "-wal", "sqlite_journal": "-journal"}
_SQLITE = b"SQLite format 3\0"
_WAL = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_JOURNAL = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def tell_format(path: Path) -> str | None:
    """Detect the format of an exhibit.

    Returns:
        One of `options.FORMATS`, or None for an unknown one. A zip of one file has that file's format. Any other zip,
        a tar, and a file compressed twice is an "archive": the formats of its files are detected one by one.

    Raises:
        ValueError: The zip cannot be read, for a reason that `open_unpacked` lists.
        EOFError: The archive is damaged in its first bytes.
    """
    kind = file_compression(path)
    if kind == "zip":
        if is_workbook(path):
            return "excel"
        members = list_members(path)
        if len(members) != 1:
            return "archive" if members else None
    with open_unpacked(path) as (stream, name):
        try:
            head = stream.read(SNIFF_BYTES)
        except EOFError:
            head = b""
    if is_tar_head(head) or (kind is not None and tell_compression(head, name) is not None):
        return "archive"
    found = tell_member(head, name)
    return "archive" if kind == "zip" and found in FILE_FORMATS else found


def tell_member(head: bytes, name: str) -> str | None:
    """Detect the format of one file by its first decompressed bytes; "archive" for a zip inside.

    >>> tell_member(b"SQLite format 3\\0" + bytes(84), "panel.db")
    'sqlite'
    """
    if head.startswith(_SQLITE):
        return "sqlite"
    if head.startswith(_WAL):
        return "sqlite_wal"
    if head.startswith(_JOURNAL):
        return "sqlite_journal"
    if head.startswith(_OLD_OFFICE):
        return "excel"
    found = sniff_head(head, name)
    if found == "jsonl":
        head = as_utf8(head)
        if looks_like_freeswitch_json(head):
            return "freeswitch_json"
        return "json" if is_document(head) else "jsonl"
    if found in ("csv", "mysqldump"):
        return tell_cdr_csv(head) or found
    return found


def is_workbook(path: Path) -> bool:
    """Whether a zip is a workbook (xlsx, xlsb, ods) and not an archive of files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return any(name.startswith("xl/workbook.") for name in names)
            if "mimetype" not in names or "content.xml" not in names:
                return False
            with archive.open("mimetype") as file:
                return file.read(100).startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    except Exception:  # noqa: BLE001 - a damaged zip can raise nearly anything, and is then taken for an archive
        return False
