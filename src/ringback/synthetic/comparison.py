"""A case's results beside the truth of the synthetic seizure it was made from."""

import csv
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ringback.errors import RingbackError

# How the truth's files for a rule end; a rule without a truth cannot be compared.
TRUTH_ENDINGS = {"over-a-minute@1": "", "over-five-minutes@1": "_over_five_minutes"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How results compare with the recoverable truth, and what separates that from the actual one.

    Attributes:
        found: Victims found.
        right: Victims found that are recoverably true.
        recoverable: Victims that could be recovered.
        actual: Victims that there were.
        differing: Figure to (found, true) where they differ.
        figures: How many figures were compared.
        ambiguous: Rows that stay ambiguous in truth.
        unflagged: Those of them that the case does not call ambiguous, and rows it wrongly calls so.
        gap: Victims of one truth and not the other, by direction and cause.
    """

    found: int
    right: int
    recoverable: int
    actual: int
    differing: dict[str, tuple[Any, Any]]
    figures: int
    ambiguous: int
    unflagged: int
    gap: dict[str, dict[str, int]]

    @property
    def precision(self) -> float:
        """Share of the found that are right; 1 when nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the recoverable that were found; 1 when there were none."""
        return self.right / self.recoverable if self.recoverable else 1.0

    @property
    def is_exact(self) -> bool:
        """Whether everything recoverable came out, and nothing else."""
        return self.found == self.right == self.recoverable and not self.differing and not self.unflagged


def compare(
    folder: Path,
    *,
    rule: str,
    victims: Collection[str],
    figures: Mapping[str, Any],
    ambiguous_rows: Collection[int],
) -> Comparison:
    """Compare the results of a case with a seizure's truth.

    Args:
        folder: What `ringback synth` wrote.
        rule: The rule that the victims meet.
        victims: Their numbers, E.164.
        figures: Key to value, as in figures.json.
        ambiguous_rows: Rows of the call table that the case calls ambiguous.

    Raises:
        RingbackError: `truth_missing`.
    """
    truth = folder / "truth"
    if not truth.is_dir() or rule not in TRUTH_ENDINGS:
        raise RingbackError("truth_missing", path=folder.absolute())
    ending = TRUTH_ENDINGS[rule]
    recoverable = _read_numbers(truth / f"victims_recoverable{ending}.csv")
    actual = _read_numbers(truth / f"victims_actual{ending}.csv")
    true_figures = json.loads((truth / "figures_recoverable.json").read_text(encoding="utf-8"))
    differing = {key: (figures.get(key), value) for key, value in true_figures.items() if figures.get(key) != value}
    rows = pq.read_table(truth / "rows.parquet", columns=["row", "ambiguous"]).to_pylist()
    truly = {row["row"] for row in rows if row["ambiguous"]}
    return Comparison(
        found=len(victims),
        right=len(recoverable & set(victims)),
        recoverable=len(recoverable),
        actual=len(actual),
        differing=differing,
        figures=len(true_figures),
        ambiguous=len(truly),
        unflagged=len(truly ^ set(ambiguous_rows)),
        gap=json.loads((truth / f"gap{ending}.json").read_text(encoding="utf-8")),
    )


def _read_numbers(path: Path) -> set[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["called_number"] for row in csv.DictReader(file)}
