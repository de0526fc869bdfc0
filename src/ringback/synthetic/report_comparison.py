"""Compares what matching made of the reports of a synthetic seizure with what they are really about."""

import csv
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from ringback.errors import RingbackError
from ringback.synthetic.report_files import FILE_NAME

_TIED = ("certain", "likely")
# Reports of a call that this site never made are a kind of their own, however their number is told.
NOT_CALLED = "not_called"


@dataclass(frozen=True, slots=True)
class FoundReports:
    """What matching made of the reports.

    Attributes:
        outcomes: Row of the export, from 1, to outcome and number in E.164, if there is one.
        mean: Mean of the losses reported, in pounds; None where there are no reports.
        largest: The largest of them.
    """

    outcomes: Mapping[int, tuple[str, str | None]]
    mean: float | None
    largest: float | None


@dataclass(frozen=True, slots=True)
class KindComparison:
    """How well reports of one kind were tied.

    Attributes:
        reports: How many there are in truth.
        recoverable: Those about a number that can be found in the seizure.
        tied: Those tied to a number.
        right: Those tied to the number that they are really about.
        precision: Right of tied; None where none was tied.
        recall: Right of recoverable; None where none is.
    """

    reports: int
    recoverable: int
    tied: int
    right: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class ReportComparison:
    """How that compares with the truth.

    Attributes:
        reports: Reports found, and how many there are in truth.
        with_text: Reports tied by our text, and how many began with it in truth.
        tied: Reports tied to a number, and how many of them to the one that they are really about.
        mean: Mean of the losses reported, in pounds, and the true one.
        largest: The largest of them, and the true one.
        outcomes: Outcome to reports.
        kinds: How the number is told in truth (a name of `reports.NUMBER_TOLD`, not_asked or `NOT_CALLED`) to how well
            such reports were tied.
    """

    reports: tuple[int, int]
    with_text: tuple[int, int]
    tied: tuple[int, int]
    mean: tuple[float | None, float]
    largest: tuple[float | None, float]
    outcomes: dict[str, int]
    kinds: dict[str, KindComparison]

    @property
    def is_exact(self) -> bool:
        """Whether all five are as in truth."""
        pairs = (self.reports, self.with_text, self.tied, self.mean, self.largest)
        return all(found == true for found, true in pairs)


def compare_reports(folder: Path, found: FoundReports) -> ReportComparison:
    """Compare reports with a seizure's truth.

    Args:
        folder: The folder that `ringback synth` wrote.
        found: What matching made of all its reports.

    Raises:
        RingbackError: `truth_missing`.
    """
    path = folder / "truth" / FILE_NAME
    if not path.is_file():
        raise RingbackError("truth_missing", path=folder.absolute())
    with path.open(newline="", encoding="utf-8") as file:
        truth = dict(enumerate(csv.DictReader(file), start=1))
    tied = {row: number for row, (outcome, number) in found.outcomes.items() if outcome in _TIED}
    right = [
        row
        for row, number in tied.items()
        if row in truth and truth[row]["called_by_the_site"] == "yes" and truth[row]["about"] == number
    ]
    pence = [int(one["loss_pence"]) for one in truth.values()]
    outcomes = Counter(outcome for outcome, _number in found.outcomes.values())
    return ReportComparison(
        reports=(len(found.outcomes), len(truth)),
        with_text=(outcomes["certain"], sum(one["who"] == "our_text" for one in truth.values())),
        tied=(len(tied), len(right)),
        mean=(found.mean, round(sum(pence) / len(pence) / 100, 2)),
        largest=(found.largest, max(pence) / 100),
        outcomes=dict(outcomes),
        kinds=_by_kind(truth, tied.keys(), set(right)),
    )


def _by_kind(truth: Mapping[int, Mapping[str, str]], tied: Set[int], right: Set[int]) -> dict[str, KindComparison]:
    rows: dict[str, set[int]] = {}
    for row, one in truth.items():
        kind = one["number_told"] if one["called_by_the_site"] == "yes" else NOT_CALLED
        rows.setdefault(kind, set()).add(row)
    found = {}
    for kind, many in sorted(rows.items()):
        recoverable = sum(truth[row]["recoverable"] == "yes" for row in many)
        ties, hits = len(many & tied), len(many & right)
        found[kind] = KindComparison(
            len(many), recoverable, ties, hits,
            round(hits / ties, 4) if ties else None, round(hits / recoverable, 4) if recoverable else None,
        )  # fmt: skip
    return found
