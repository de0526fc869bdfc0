"""The compiled number plan in a file, so that it is compiled once and not by every process."""

import hashlib
import struct
import zipfile
import zlib
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import phonenumbers
from numpy.typing import NDArray

from ringback.files.cache_files import read_own, write_own
from ringback.numbers.plan.intervals import NumberPlan

# The source files that decide the content of a plan.
_COMPILER = (
    "digit_automaton.py",
    "national_prefixes.py",
    "calling_codes.py",
    "compiler.py",
    "intervals.py",
    "cache.py",
)
_NAMES = ("made_of", "starts", "outcome_codes", "outcomes", "longest")
# Everything that the readers of zip files and arrays may raise on a damaged file.
_DAMAGE = (
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
    content = read_own(_file(folder))
    try:
        return None if content is None else _read(BytesIO(content))
    except _DAMAGE:
        return None


def save_plan(plan: NumberPlan, folder: Path) -> None:
    """Save a plan for the next process, whole or not at all; no error where that is not possible."""
    contents = (np.array(_made_of()), plan.starts, plan.outcome_codes, np.array(plan.outcomes), plan.longest)
    arrays: dict[str, NDArray[Any]] = dict(zip(_NAMES, contents, strict=True))
    arrays["digest"] = np.array(_digest(arrays))
    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    write_own(_file(folder), file.getvalue())


def _file(folder: Path) -> Path:
    return folder / f"number-plan-{phonenumbers.__version__}-{_compiler_digest()[:16]}.npz"


@lru_cache(maxsize=1)
def _compiler_digest() -> str:
    """SHA-256 of the source that makes plans."""
    digest = hashlib.sha256()
    for name in _COMPILER:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


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
