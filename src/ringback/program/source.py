"""The program's own source: its digest tells which program made a result."""

import hashlib
import platform
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from ringback.program.load_time import LOADED_AT

FOLDER = Path(str(sys.modules[__name__.partition(".")[0]].__file__)).parent
# File systems tell the time of a change in steps, and clocks of other machines differ a little.
_CLOCK_S = 2.0


def source_digest(*, within: Sequence[str] = ("",), without: Sequence[str] = ()) -> str:
    """SHA-256 of the names and contents of the program's modules.

    Args:
        within: Folders of the package, each with its slash, and modules: what is counted, at first all.
        without: Folders and modules that are left out all the same.
    """
    digest = hashlib.sha256()
    for name, content in _sources().items():
        if name.startswith(tuple(within)) and not name.startswith(tuple(without)):
            digest.update(f"{name} {content}\n".encode())
    return digest.hexdigest()


@lru_cache(maxsize=32)
def version_of(package: str) -> str:
    """The version of a package that the program stands on; of Python itself where that is asked for."""
    return platform.python_version() if package == "python" else version(package)


@lru_cache(maxsize=1)
def is_as_loaded() -> bool:
    """Whether the modules on the disk, as `source_digest` read them, are those that this process runs.

    They are unless one was put there, changed or taken away after the process began, as by an update while it runs.
    """
    _sources()
    modules = list(FOLDER.rglob("*.py"))
    # A folder changes when a module in it goes.
    newest = max(path.stat().st_ctime for path in {*modules, *(module.parent for module in modules)})
    return newest < LOADED_AT - _CLOCK_S


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    """Each module's place in the package, and the SHA-256 of its content, in order; read once by each process."""
    return {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(FOLDER.rglob("*.py"))
    }
