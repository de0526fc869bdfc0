"""Copies of a prepared case, each with the mark that the case had when it was prepared."""

import shutil
from pathlib import Path

_marks: dict[Path, bytes] = {}


def copy_prepared(prepared: Path, to: Path, keys: Path) -> Path:
    """Copy a case whose keys are shared with other copies: what those did since must not count against this one.

    Args:
        prepared: The case that was prepared, and that nobody has changed since the first copy of it.
        to: Where the copy goes.
        keys: The folder of keys.
    """
    ids = [one.stem for one in keys.glob("*.mark")]
    text = (prepared / "case.toml").read_text(encoding="utf-8")
    [mark] = [keys / f"{one}.mark" for one in ids if one in text]
    mark.write_bytes(_marks.setdefault(prepared, mark.read_bytes()))
    return shutil.copytree(prepared, to)
