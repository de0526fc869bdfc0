"""Numbers that organisations publish as their own: the shown number tells which organisation was imitated."""

import csv
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ringback import schemas
from ringback.text.data_files import kept_with_data, read_data

if TYPE_CHECKING:
    import pyarrow as pa

_NEEDED = ("organisation", "sector", "e164", "confidence")
_CONFIDENCES = ("high", "medium", "low")  # best first


def organisation_numbers(path: Path | None = None) -> "pa.Table":
    """Each number with one organisation: its row of the highest confidence; of equal rows, the first.

    Rows without an e164 (short codes, which every network answers itself) are left out. Names stay as
    the file has them.

    Args:
        path: A CSV with the columns of the packaged organisations.csv; None for the packaged one.

    Returns:
        `schemas.ORGANISATION_NUMBERS`, one row per e164, in the file's order.

    Raises:
        ValueError: The CSV lacks columns; it names all of them.
    """
    import pyarrow as pa  # the check of a message looks up numbers too, and needs no PyArrow

    best = _best_rows(path)
    columns = {
        "e164": list(best),
        "organisation": [organisation for _, organisation, _ in best.values()],
        "sector": [sector for _, _, sector in best.values()],
    }
    names = schemas.ORGANISATION_NUMBERS.names
    return pa.table(
        [pa.array(columns[name], pa.string()) for name in names],
        schema=pa.schema([(name, pa.string()) for name in names]),
    )


def find_organisation(e164: str) -> str | None:
    """The organisation that publishes this number, by the packaged list; None when none does."""
    return _packaged_names().get(e164)


def organisations_digest(path: Path | None = None) -> str:
    """SHA-256 of the file that `organisation_numbers` reads, in hexadecimal."""
    return hashlib.sha256(_content(path)).hexdigest()


def organisation_names() -> frozenset[str]:
    """The names of all organisations of the packaged list."""
    return frozenset(row["organisation"] for row in _rows(None))


def published_rows() -> list[dict[str, str]]:
    """The rows of the packaged list as they stand in it: every column, short codes too."""
    return list(_rows(None))


def _best_rows(path: Path | None) -> dict[str, tuple[int, str, str]]:
    """Each e164 with (rank, organisation, sector) of its surest row."""
    best: dict[str, tuple[int, str, str]] = {}
    for row in _rows(path):
        e164 = (row["e164"] or "").strip()
        if not e164:
            continue
        found = (_rank(row["confidence"]), row["organisation"], row["sector"])
        if e164 not in best or found[0] < best[e164][0]:
            best[e164] = found
    return best


@kept_with_data(1)
def _packaged_names() -> dict[str, str]:
    return {e164: organisation for e164, (_, organisation, _) in _best_rows(None).items()}


def _content(path: Path | None) -> bytes:
    if path is not None:
        return path.read_bytes()
    return read_data("organisations.csv")


def _rows(path: Path | None) -> Iterable[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_content(path).decode("utf-8-sig"), newline=""))
    missing = [column for column in _NEEDED if column not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"the list of organisations has no column {', '.join(missing)}")
    return reader


def _rank(confidence: str | None) -> int:
    word = (confidence or "").strip().lower()
    return _CONFIDENCES.index(word) if word in _CONFIDENCES else len(_CONFIDENCES)
