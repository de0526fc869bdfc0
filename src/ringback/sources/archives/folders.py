"""The files of a seized folder, without the files that operating systems leave in every folder."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

# Each file of a folder becomes an exhibit with tables of its own. More files than this are better packed into one.
MOST_FILES = 1_000
_JUNK = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".localized", ".spotlight-v100", ".trashes"})


def is_junk(name: str) -> bool:
    """Whether a file is one that macOS or Windows leaves behind, by its name and folders.

    >>> is_junk("logs/._calls.csv"), is_junk("logs/calls.csv")
    (True, False)
    """
    steps = name.casefold().replace("\\", "/").split("/")
    return "__macosx" in steps or steps[-1] in _JUNK or steps[-1].startswith("._")


def find_left_behind(files: Sequence[Path]) -> list[Path]:
    """SQLite's sidecar files that lie beside these databases but are not among these files."""
    known = {path.resolve() for path in files}
    beside = (path.with_name(path.name + ending) for path in files for ending in ("-wal", "-journal"))
    return [path for path in beside if path.is_file() and path.stat().st_size and path.resolve() not in known]


def find_files(folder: Path, *, skip: Callable[[Path, str], None]) -> list[Path]:
    """Every regular file of a folder and its subfolders, sorted by name. Links are never followed.

    Args:
        folder: Where to look.
        skip: Called with each file that is passed over, and why.
    """
    found = []
    for place, folders, names in os.walk(folder, onerror=lambda error: skip(Path(error.filename), str(error.strerror))):
        folders.sort()
        for name in list(folders):
            if (Path(place) / name).is_symlink():
                folders.remove(name)
                skip(Path(place) / name, "symbolic link")
        for name in sorted(names):
            path = Path(place) / name
            if path.is_symlink():
                skip(path, "symbolic link")
            elif is_junk(str(path.relative_to(folder))):
                skip(path, "left behind by the system")
            elif not path.is_file():
                skip(path, "not a regular file")
            elif not path.stat().st_size:
                skip(path, "empty")
            else:
                found.append(path)
    return found
