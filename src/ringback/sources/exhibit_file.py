"""An exhibit as the readers see it, and its parts: the exhibit itself, the files of an archive, or a split dump."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from ringback.errors import RingbackError
from ringback.sources.archives.compression import Progress
from ringback.sources.archives.detect import FILE_FORMATS, SIDECARS
from ringback.sources.archives.limits import Limits, Meter
from ringback.sources.archives.members import Part, PassOver, archive_parts, unpacked_file
from ringback.sources.archives.split_files import JoinedFiles, SplitFile, find_place
from ringback.sources.archives.unpack import file_compression, list_members, open_unpacked
from ringback.sources.base import Reject, Rejection
from ringback.sources.encodings.transcoding import open_utf8
from ringback.sources.sqldump.definitions import Defining, Definitions
from ringback.sources.sqldump.mysql import find_definitions
from ringback.text.printable import shortened

# Bytes of a file that are searched for definitions of tables.
_MOST_DEFINING = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OtherFile:
    """Another exhibit, which may define a table that this one does not define."""

    exhibit: str
    name: str
    path: Path
    format: str


@dataclass(frozen=True, slots=True)
class SeizedFile:
    """An exhibit as the readers see it: its reference, registered name, place, format and reading options.

    `beside` holds the sidecar files of a database, by ending. `read_with` is the exhibit with which a sidecar file is
    read. `others` are the other exhibits of the case that are dumps.
    """

    exhibit: str
    name: str
    path: Path
    format: str
    options: dict[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    beside: Mapping[str, Path] = field(default_factory=dict)
    read_with: str = ""
    others: Sequence[OtherFile] = ()


def open_parts(
    seized: SeizedFile, *, reject: Reject, pass_over: PassOver, progress: Progress, within: ExitStack
) -> Generator[Part, None, None]:
    """Every part of an exhibit that can be read. Close the generator when done with it.

    Args:
        seized: The exhibit.
        reject: Called with what should have been read and could not be.
        pass_over: Called with the label of each file of an archive that is in no known format, and why it was not read.
        progress: Called with the bytes of the exhibit read since its last call.
        within: Keeps open what the parts need; close it after the generator.

    Raises:
        RingbackError: `source_unknown`, `unpack_refused`, or `output_unwritable`.
    """
    split: Sequence[SplitFile] = seized.options.get("parts", ())
    packed = sum(one.bytes for one in split) or seized.path.stat().st_size
    meter = Meter(seized.limits, exhibit=seized.exhibit, path=seized.path, packed=packed)
    if seized.options.get("part_of"):
        return  # read with the exhibit that it continues
    if split:
        yield _joined(seized, split, meter, progress, within)
    elif seized.format == "archive":
        yield from archive_parts(seized.path, meter=meter, reject=reject, pass_over=pass_over, progress=progress)
    elif seized.format in SIDECARS:
        progress(seized.path.stat().st_size)
        if not seized.read_with:
            detail = "is a log of a database that is not an exhibit here: add the database too"
            reject(Rejection("", 0, None, "log_without_database", detail, damage=True))
    elif seized.format in FILE_FORMATS:
        try:
            path = unpacked_file(seized.path, meter=meter, reject=reject, progress=progress, within=within)
        except ValueError as error:
            raise _unknown(seized, shortened(str(error))) from error
        yield Part("", seized.format, path=path, beside=seized.beside)
    else:
        members = list_members(seized.path)
        for member in members:
            with ExitStack() as opened:
                unpacked = open_unpacked(seized.path, member=member, progress=progress, unpacked=meter.add)
                stream = _enter(unpacked, seized, opened)
                # Only the members of a zip have names of their own. Else take the registered name: a copy in the case
                # folder has its reference before its name.
                own = not seized.path.name.startswith(member)
                yield Part(member if len(members) > 1 else "", seized.format, stream=stream, file=member if own else "")


def _joined(
    seized: SeizedFile,
    split: Sequence[SplitFile],
    meter: Meter,
    progress: Progress,
    stack: ExitStack,
) -> Part:
    """A split dump as one part; rejections name the file in which the damage lies."""
    if seized.format in FILE_FORMATS or seized.format in SIDECARS or seized.format == "archive":
        raise _unknown(seized, f"a split file cannot be read as {seized.format}: join its files into one first")
    joined = JoinedFiles(split)
    packed = file_compression(seized.path) is not None

    def tell_place(byte: int) -> str:
        return f"found while {joined.now.ref} was read" if packed else find_place(split, byte)

    unpacked = open_unpacked(seized.path, progress=progress, unpacked=meter.add, joined=joined)
    return Part("", seized.format, stream=_enter(unpacked, seized, stack), tell_place=tell_place)


def _enter(unpacked: AbstractContextManager[tuple[BinaryIO, str]], seized: SeizedFile, stack: ExitStack) -> BinaryIO:
    try:
        stream, _inner = stack.enter_context(unpacked)
    except ValueError as error:
        raise _unknown(seized, shortened(str(error))) from error
    return stream


def _unknown(seized: SeizedFile, problem: str) -> RingbackError:
    return RingbackError("source_unknown", exhibit=seized.exhibit, path=seized.path, problem=problem)


def definitions_for(seized: SeizedFile) -> Definitions:
    """Definitions of the exhibit's tables in other files: of the same archive, and of the case."""
    told = str(seized.options.get("columns_from", ""))
    return Definitions(lambda: _find_defining(seized), exhibit=seized.exhibit, told=told)


def _find_defining(seized: SeizedFile) -> Iterator[Defining]:
    files = [OtherFile(seized.exhibit, seized.name, seized.path, seized.format)] if seized.format == "archive" else []
    for other in (*files, *seized.others):
        with ExitStack() as stack:
            again = SeizedFile(other.exhibit, other.name, other.path, other.format, limits=seized.limits)
            parts = open_parts(
                again, reject=lambda _bad: None, pass_over=lambda *_told: None, progress=lambda _n: None, within=stack
            )
            for part in stack.enter_context(closing(parts)):
                if part.format == "mysqldump" and part.stream is not None:
                    stream, _other_bytes = open_utf8(part.stream, None)
                    creations, has_rows = find_definitions(cast(BinaryIO, _Beginning(stream)))
                    if creations:
                        yield Defining(other.exhibit, part.name or other.name, creations, has_rows)


class _Beginning:
    """The first bytes of a stream, and no more."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left = stream, _MOST_DEFINING

    def read(self, size: int) -> bytes:
        """Read some bytes; none once there were enough."""
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data
