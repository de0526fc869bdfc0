"""The compiled number plan in a file, so that it is compiled once and not by every process."""

import contextlib
import hashlib
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import phonenumbers
from numpy.typing import NDArray

from ringback.numbers.plan.intervals import NumberPlan

# What can decide about the content of a plan.
_COMPILER = (
    "digit_automaton.py",
    "national_prefixes.py",
    "calling_codes.py",
    "compiler.py",
    "intervals.py",
    "cache.py",
)
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_NAMES = ("made_of", "starts", "outcome_codes", "outcomes", "longest")
# Whatever a damaged file makes the readers of zip files and arrays raise.
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    MemoryError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def load_plan(folder: Path) -> NumberPlan | None:
    """The plan saved by `save_plan` for these metadata and this compiler.

    Returns:
        None when there is none, or when the file is damaged, somebody else's or open for others to write: whoever
        could change it could decide who is warned.
    """
    try:
        descriptor = os.open(_file(folder), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123
            return _read(file) if _is_our_own(descriptor) else None
    except _DAMAGE:
        return None


def save_plan(plan: NumberPlan, folder: Path) -> None:
    """Save a plan for the next process, whole or not at all; it is no fault when that is not possible."""
    contents = (np.array(_made_of()), plan.starts, plan.outcome_codes, np.array(plan.outcomes), plan.longest)
    arrays: dict[str, NDArray[Any]] = dict(zip(_NAMES, contents, strict=True))
    arrays["digest"] = np.array(_digest(arrays))
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".number-plan-", dir=folder)  # readable by its owner alone
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123
                np.savez(file, allow_pickle=False, **arrays)
            Path(name).replace(_file(folder))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _file(folder: Path) -> Path:
    return folder / f"number-plan-{phonenumbers.__version__}-{_compiler_digest()[:16]}.npz"


@lru_cache(maxsize=1)
def _compiler_digest() -> str:
    """SHA-256 of the source that makes plans."""
    digest = hashlib.sha256()
    for name in _COMPILER:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


def _is_our_own(descriptor: int) -> bool:
    about = os.fstat(descriptor)
    mine = about.st_uid == os.geteuid() and not about.st_mode & _OTHERS_MAY_WRITE
    return stat.S_ISREG(about.st_mode) and mine


def _made_of() -> list[str]:
    return [phonenumbers.__version__, _compiler_digest()]


def _read(file: BinaryIO) -> NumberPlan | None:
    with np.load(file, allow_pickle=False) as saved:
        arrays = {name: saved[name] for name in _NAMES}
        digest = str(saved["digest"])
    if digest != _digest(arrays) or arrays["made_of"].tolist() != _made_of():
        return None
    outcomes = tuple((str(kind), str(region)) for kind, region in arrays["outcomes"])
    return NumberPlan(arrays["starts"], arrays["outcome_codes"], outcomes, arrays["longest"])


def _digest(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
