"""The parts of an exhibit: the exhibit itself, or every file inside its archives, as a stream or as a private file.

No file is ever written under a name from an archive: such names are only labels. A part that a reader needs as a file
is copied into a private folder under a number, and removed as soon as it was read.
"""

import itertools
import re
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ringback.errors import RingbackError
from ringback.sources.archives.compression import BLOCKS, Progress, unpack
from ringback.sources.archives.detect import FILE_FORMATS, SIDECARS, is_workbook, tell_member
from ringback.sources.archives.folders import is_junk
from ringback.sources.archives.limits import Meter
from ringback.sources.archives.tar import is_tar_head, read_tar
from ringback.sources.archives.unpack import (
    file_compression,
    inner_name,
    list_members,
    open_unpacked,
    tell_compression,
)
from ringback.sources.base import Reject, Rejection
from ringback.sources.streams import SNIFF_BYTES, stream_of

_CHUNK = 1024 * 1024
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
# The label, format and private file of a database, or of one of its sidecar files.
_Kept = tuple[str, str, Path]
PassOver = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read.

    Attributes:
        name: Its label inside the archives, "" for the exhibit itself.
        format: One of `options.FORMATS`, never "archive".
        stream: Its bytes, for formats that are read from a stream; valid until the next part is asked for.
        path: The file, for formats that need one; removed when the next part is asked for.
        beside: Sidecar files of a database: "-wal" or "-journal" to the file.
        file: Its file name, where that says more than `name`.
        tell_place: For a split file: says in words in which exhibit a byte lies.
    """

    name: str
    format: str
    stream: BinaryIO | None = None
    path: Path | None = None
    beside: Mapping[str, Path] = field(default_factory=dict)
    file: str = ""
    tell_place: Callable[[int], str] | None = None


def clean_name(name: str) -> str:
    """The name of a file in an archive as a label: without `..`, root, drive and control characters.

    >>> clean_name("..\\\\..\\\\C:\\\\logs/../Master.csv")
    'logs/Master.csv'
    """
    steps = _UNSAFE.sub("", name).replace("\\", "/").split("/")
    return "/".join(one for one in steps if one not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", one))


def archive_parts(
    path: Path,
    *,
    meter: Meter,
    reject: Reject,
    pass_over: PassOver,
    progress: Progress = lambda _n: None,
) -> Iterator[Part]:
    """Every readable file of an archive, and of the archives inside it. Close the iterator when done with it.

    Args:
        path: The exhibit: a zip, or a tar, compressed or not.
        meter: Counts what comes out, and refuses to go on beyond the limits.
        reject: Called with what should have been read and could not be.
        pass_over: Called with the label of each file that is in no known format, and why it was not read.
        progress: Called with the bytes of the exhibit read since its last call.

    Raises:
        RingbackError: `unpack_refused`, or `output_unwritable` where there is no room for a private file.
    """
    with tempfile.TemporaryDirectory(prefix="ringback-") as folder:
        walk = _Walk(Path(folder), meter, reject, pass_over)
        yield from walk.file(path, "", level=0, progress=progress)


def unpacked_file(path: Path, *, meter: Meter, reject: Reject, progress: Progress, within: ExitStack) -> Path:
    """The exhibit as a decompressed file: itself, or a private copy that lasts as long as `within`.

    Raises:
        ValueError: The zip cannot be read, for a reason that `open_unpacked` lists.
    """
    if file_compression(path) is None or is_workbook(path):
        progress(path.stat().st_size)
        return path
    folder = within.enter_context(tempfile.TemporaryDirectory(prefix="ringback-"))
    walk = _Walk(Path(folder), meter, reject, lambda _name, _what: None)
    with open_unpacked(path, progress=progress, unpacked=meter.add) as (stream, _name):
        return walk.spool(stream, "")


@dataclass(slots=True)
class _Walk:
    """Walks through the archives of an exhibit; `kept` numbers the private files."""

    folder: Path
    meter: Meter
    reject: Reject
    pass_over: PassOver
    kept: Iterator[int] = field(default_factory=itertools.count)

    def file(self, path: Path, label: str, *, level: int, progress: Progress = lambda _n: None) -> Iterator[Part]:
        """The parts of an archive on disk."""
        if file_compression(path) == "zip":
            if self._fits(label, level + 1):
                yield from self._zip(path, label, level=level + 1, progress=progress)
            return
        with open_unpacked(path, progress=progress, unpacked=self.meter.add) as (stream, name):
            yield from self._stream(stream, label, name=label or name, level=level, databases=None)

    def _fits(self, label: str, level: int) -> bool:
        if level <= self.meter.limits.levels:
            return True
        detail = f"archives inside archives are opened {self.meter.limits.levels} deep; take this one out and add it"
        self.reject(Rejection(label, 0, None, "nested_too_deep", detail, damage=True))
        return False

    def _zip(self, path: Path, label: str, *, level: int, progress: Progress) -> Iterator[Part]:
        links = _zip_links(path)
        databases: list[_Kept] = []
        for member in list_members(path):
            self.meter.add_member()
            name = _join(label, member)
            if is_junk(name):
                continue
            if member in links:
                self.pass_over(name, "symbolic link")
                continue
            with ExitStack() as stack:
                try:
                    opened = open_unpacked(path, member=member, progress=progress, unpacked=self.meter.add)
                    stream, _name = stack.enter_context(opened)
                except ValueError as error:
                    self.reject(Rejection(name, 0, None, "unopened_file", str(error), damage=True))
                    continue
                yield from self._stream(stream, name, name=member, level=level, databases=databases)
        yield from self._databases(databases)

    def _tar(self, stream: BinaryIO, label: str, *, level: int) -> Iterator[Part]:
        def damage(at: int, detail: str) -> None:
            self.reject(Rejection(label, 0, at, "torn_file", detail, damage=True))

        databases: list[_Kept] = []
        for entry, content in read_tar(stream, damage=damage):
            self.meter.add_member()
            name = _join(label, entry.name)
            if entry.kind == "file" and not is_junk(name):
                yield from self._stream(content, name, name=entry.name, level=level, databases=databases)
            elif entry.kind not in ("file", "folder", "label"):
                self.pass_over(name, entry.kind)
        yield from self._databases(databases)

    def _stream(
        self,
        stream: BinaryIO,
        label: str,
        *,
        name: str,
        level: int,
        databases: list[_Kept] | None,
        wraps: int = 0,
    ) -> Iterator[Part]:
        """The parts of one file of any format; `wraps` counts the layers of compression directly around it."""
        try:
            head = stream.read(SNIFF_BYTES)
        except EOFError as error:
            self.reject(Rejection(label, 0, None, "torn_file", str(error), damage=True))
            return
        whole = stream_of(itertools.chain([head], iter(lambda: stream.read(_CHUNK), b"")))
        compression = tell_compression(head, name)
        if is_tar_head(head):
            if self._fits(label, level + 1):
                yield from self._tar(whole, label, level=level + 1)
        elif compression == "zip":
            yield from self._packed_file(whole, label, level=level)
        elif compression is not None:
            # Some files decompress to themselves.
            if self._fits(label, wraps + 1):
                inner = inner_name(name, compression)
                pieces = stream_of(self._unpacked(compression, whole))
                yield from self._stream(pieces, label, name=inner, level=level, databases=databases, wraps=wraps + 1)
        else:
            yield from self._plain(whole, head, label, name=name, databases=databases)

    def _unpacked(self, compression: str, whole: BinaryIO) -> Iterator[bytes]:
        for piece in unpack(compression, lambda: whole.read(BLOCKS[compression])):
            self.meter.add(len(piece))
            yield piece

    def _packed_file(self, whole: BinaryIO, label: str, *, level: int) -> Iterator[Part]:
        """A zip inside an archive: a workbook, or another archive."""
        path = self.spool(whole, label)
        try:
            if is_workbook(path):
                yield Part(label, "excel", path=path)
            else:
                yield from self.file(path, label, level=level)
        finally:
            path.unlink(missing_ok=True)

    def _plain(
        self,
        whole: BinaryIO,
        head: bytes,
        label: str,
        *,
        name: str,
        databases: list[_Kept] | None,
    ) -> Iterator[Part]:
        found = tell_member(head, clean_name(name))
        if found is None:
            self.pass_over(label, "in no known format" if head else "empty")
        elif found == "sqlite" or found in SIDECARS:
            # Sidecar files may stand before or after their database: databases are read once all files are there.
            kept = [] if databases is None else databases
            kept.append((label, found, self.spool(whole, label)))
            if databases is None:
                yield from self._databases(kept)
        elif found in FILE_FORMATS:
            path = self.spool(whole, label)
            try:
                yield Part(label, found, path=path)
            finally:
                path.unlink(missing_ok=True)
        else:
            yield Part(label, found, stream=whole)

    def _databases(self, kept: list[_Kept]) -> Iterator[Part]:
        """Each database of an archive with its sidecar files."""
        beside = {label: (ending, path) for label, form, path in kept if (ending := SIDECARS.get(form))}
        for label, form, path in kept:
            if form == "sqlite":
                own = {
                    ending: beside.pop(label + ending)[1] for ending in SIDECARS.values() if label + ending in beside
                }
                yield Part(label, form, path=path, beside=own)
        for label in beside:
            detail = "is a log of a database that is not there: add the database together with it"
            self.reject(Rejection(label, 0, None, "log_without_database", detail, damage=True))
        for _label, _form, path in kept:
            path.unlink(missing_ok=True)

    def spool(self, stream: BinaryIO, label: str) -> Path:
        """Copy a stream into a private file. A stream that breaks off is copied as far as it goes."""
        path = self.folder / str(next(self.kept))
        try:
            with path.open("xb") as file:
                while data := stream.read(_CHUNK):
                    file.write(data)
        except EOFError as error:
            self.reject(Rejection(label, 0, None, "torn_file", str(error), damage=True))
        except OSError as error:
            raise RingbackError("output_unwritable", path=self.folder, problem=error.strerror) from error
        return path


def _join(label: str, name: str) -> str:
    return "/".join(one for one in (label, clean_name(name)) if one)


def _zip_links(path: Path) -> set[str]:
    """The members of a zip that are symbolic links: their content is only a path."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {one.filename for one in archive.infolist() if stat.S_ISLNK(one.external_attr >> 16)}
    except Exception:  # noqa: BLE001 - a damaged zip can raise nearly anything; its files are looked for one by one
        return set()
