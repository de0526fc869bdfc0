"""Compares a case's results with the truth of its synthetic seizure."""

import csv
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ringback.errors import RingbackError

# Rule to the ending of its truth files. A rule without truth files cannot be compared.
TRUTH_ENDINGS = {"over-a-minute@1": "", "over-five-minutes@1": "_over_five_minutes"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How results compare with the recoverable truth, and how that differs from the actual truth.

    Attributes:
        found: Victims found.
        right: Victims found that are victims in the recoverable truth.
        recoverable: Victims in the recoverable truth.
        actual: Victims in the actual truth.
        differing: Figure to (found, true) where they differ.
        figures: How many figures were compared.
        ambiguous: Rows that stay ambiguous in the truth.
        unflagged: Rows that are ambiguous in the truth and not in the case, or the other way round.
        gap: Victims in one truth and not in the other, by direction and cause.
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
        """Share of the found victims that are right; 1 if none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the recoverable victims that were found; 1 if there are none."""
        return self.right / self.recoverable if self.recoverable else 1.0

    @property
    def is_exact(self) -> bool:
        """Whether everything recoverable was found, and nothing else."""
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
        folder: The folder that `ringback synth` wrote.
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
