"""Split dumps (dump.sql.00, dump.sql.01, ...): the order of their files, and all of them read as one."""

import io
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

# Formats that may be split. Logs that are numbered by age are not split files.
SPLIT_FORMATS = ("mysqldump", "pgdump", "sqlscript")
_NUMBERED = re.compile(r"(?P<stem>.+[._-]part[._-]?)(?P<place>[0-9]{1,4})|(?P<plain>.+\.)(?P<number>[0-9]{2,4})", re.I)
_LETTERED = re.compile(r"(?P<stem>.+\.(?:[._-]?part[._-]?)?)(?P<place>[a-z]{2,3})")


@dataclass(frozen=True, slots=True)
class SplitName:
    """The name of a split file, taken apart.

    Attributes:
        series: What the names of all files of one dump share.
        place: Its place: the number in the name, or the letters of split(1) counted from 0.
        previous: The name of the file before it, None for the first.
    """

    series: str
    place: int
    previous: str | None


def find_split_name(name: str) -> SplitName | None:
    """Read the name of a split file; None for any other name.

    >>> find_split_name("dump.sql.01").previous, find_split_name("dump.sql.gz.ba").previous
    ('dump.sql.00', 'dump.sql.gz.az')
    >>> find_split_name("dump.sql.part10").place
    10
    >>> find_split_name("dump.sql") is find_split_name("calls.csv") is None
    True
    """
    if match := _NUMBERED.fullmatch(name):
        stem, digits = match["stem"] or match["plain"], match["place"] or match["number"]
        place = int(digits)
        padded = match["number"] or digits.startswith("0")
        previous = f"{stem}{place - 1:0{len(digits) if padded else 1}d}" if place else None
        return SplitName(f"{stem.casefold()}#", place, previous)
    if match := _LETTERED.fullmatch(name):
        stem, letters = match["stem"], match["place"]
        place = 0
        for letter in letters:
            place = place * 26 + ord(letter) - ord("a")
        if "part" not in stem and ".sql." not in stem.casefold() and ".dump." not in stem.casefold():
            return None
        return SplitName(f"{stem.casefold()}@{len(letters)}", place, f"{stem}{_letters(place - 1, len(letters))}")
    return None


def _letters(place: int, width: int) -> str | None:
    if place < 0:
        return None
    letters = ""
    for _ in range(width):
        place, letter = divmod(place, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def in_order(files: Sequence[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Put the files of each split dump in order, at the place of the first one met; other files stay where they are.

    Args:
        files: Each with its registered name, "" where that is its file name.

    >>> [path.name for path, _ in in_order([(Path(n), "") for n in ("b.sql.01", "a.csv", "b.sql.00", "b.sql.02")])]
    ['b.sql.00', 'b.sql.01', 'b.sql.02', 'a.csv']
    """
    parts = [find_split_name(name or path.name) for path, name in files]
    first: dict[str, int] = {}
    for at, part in enumerate(parts):
        if part:
            first.setdefault(part.series, at)
    keys = [(first[part.series], part.place) if part else (at, 0) for at, part in enumerate(parts)]
    return [files[at] for at in sorted(range(len(files)), key=keys.__getitem__)]


@dataclass(frozen=True, slots=True)
class SplitFile:
    """An exhibit that is one file of a split dump. Its `str` is its reference.

    Attributes:
        ref: Its reference.
        name: Its registered name.
        path: Where it is.
        bytes: Its size.
    """

    ref: str
    name: str = field(compare=False)
    path: Path = field(compare=False)
    bytes: int = field(compare=False)

    def __str__(self) -> str:
        return self.ref


def join_split_files(sections: MutableMapping[str, dict[str, Any]], exhibits: Mapping[str, SplitFile]) -> None:
    """Write into the sections of exhibits which of them are read together.

    The section of the first exhibit gets `parts`: all of them in order. The others' get `part_of`. The names decide
    the order where they tell one. Contradictions are left to `find_split_faults`.

    Args:
        sections: The `[exhibits.*]` sections; changed.
        exhibits: All exhibits by reference.
    """
    for section in sections.values():
        section.pop("parts", None)
        section.pop("part_of", None)
    following = {
        section["continues"]: ref
        for ref, section in sections.items()
        if isinstance(section.get("continues"), str) and section["continues"] in exhibits and ref in exhibits
    }
    for first in [ref for ref in following if ref not in following.values()]:
        chain = [first]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        names = [find_split_name(exhibits[ref].name) for ref in chain]
        if len({name.series if name else ref for ref, name in zip(chain, names, strict=True)}) == 1:
            chain = [ref for _place, ref in sorted((name.place if name else 0, ref) for ref, name in zip(chain, names))]  # noqa: B905
        parts = tuple(exhibits[ref] for ref in chain)
        sections.setdefault(chain[0], {})["parts"] = parts
        for ref in chain[1:]:
            sections.setdefault(ref, {})["part_of"] = parts[0]


def find_split_faults(ref: str, sections: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The faults of a split dump that the section of one exhibit shows, in words."""
    section = sections[ref]
    continued = section.get("continues")
    if continued is not None:
        if sum(other.get("continues") == continued for other in sections.values()) > 1:
            yield f"continues {continued}, and so does another exhibit"
        if "part_of" not in section and "parts" not in section:
            yield f"continues {continued}, which is no exhibit, or continues itself in a circle"
    parts: Sequence[SplitFile] = section.get("parts", ())
    for one, following in pairwise(parts):
        name, after = find_split_name(one.name), find_split_name(following.name)
        if name and after and name.series == after.series and after.place > name.place + 1:
            yield f"{after.previous} is missing between {one.ref} ({one.name}) and {following.ref} ({following.name})"


class JoinedFiles(io.RawIOBase):
    """The bytes of several files, one after the other.

    Args:
        parts: The files, in order.

    Attributes:
        now: The file that was read last.
    """

    def __init__(self, parts: Sequence[SplitFile]) -> None:
        self._parts = iter(parts)
        self.now = next(self._parts)
        self._file = self.now.path.open("rb")

    def __enter__(self) -> Self:
        return self

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer from one file; 0 after the last."""
        while not (count := self._file.readinto(buffer)):
            following = next(self._parts, None)
            if following is None:
                return 0
            self._file.close()
            self.now = following
            self._file = following.path.open("rb")
        return count

    def close(self) -> None:
        """Close the file that is open."""
        self._file.close()
        super().close()


def find_place(parts: Sequence[SplitFile], byte: int) -> str:
    """Where a byte of the whole dump lies: the reference of the file, and the byte in that file.

    >>> parts = [SplitFile("EX-001", "a.00", Path("a.00"), 10), SplitFile("EX-002", "a.01", Path("a.01"), 5)]
    >>> find_place(parts, 12)
    'EX-002, byte 2 of it'
    """
    for part in parts:
        if byte < part.bytes or part is parts[-1]:
            return f"{part.ref}, byte {byte:,} of it"
        byte -= part.bytes
    return ""
