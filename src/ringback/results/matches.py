"""The matches of reports, as staff see them: each report with its outcome, its numbers, their points and reasons.

Numbers are masked. What a person decided about one names its keyed digest, and is shown beside the number that has it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_number
from ringback.pipeline.matching import FIGURES_FILE, Matching
from ringback.records.report_decisions import MATCHED, REJECTED, Decision
from ringback.schemas.reports import MATCHES, REPORT_OUTCOMES
from ringback.stages.match_rule import OUTCOME_REASONS, OUTCOMES, REASONS

PARTS = ("number", "day", "time", "organisation", "shown", "talk")


@dataclass(frozen=True)
class MatchList:
    """Finished matches, read back.

    Attributes:
        matching: Which.
        outcomes: REPORT_OUTCOMES, report by report.
        numbers: Report to the rows of MATCHES with the best call of each of its numbers, best number first.
    """

    matching: Matching
    outcomes: dict[str, dict[str, Any]]
    numbers: dict[str, list[dict[str, Any]]]

    def as_dicts(
        self, decisions: Mapping[str, Decision], digests: Callable[[str], list[str]], *, only: str = ""
    ) -> list[dict[str, Any]]:
        """Every report with its outcome, numbers and reasons, numbers masked.

        Args:
            decisions: What stands of the decisions about matches, by report.
            digests: The keyed digests that a number may have.
            only: One report; "" for all.
        """
        return [
            self._described(one, decisions.get(report), digests)
            for report, one in self.outcomes.items()
            if only in ("", report)
        ]

    def read_figures(self) -> list[dict[str, Any]]:
        """The entries of figures.json."""
        found: list[dict[str, Any]] = json.loads((self.matching.folder / FIGURES_FILE).read_text("utf-8"))["figures"]
        return found

    def count_decisions(self, decisions: Mapping[str, Decision]) -> dict[str, int]:
        """How many of these reports a person confirmed or rejected, and how many still wait for one.

        Args:
            decisions: What stands of the decisions about matches, by report.
        """
        decided = {report: one.decision for report, one in decisions.items() if report in self.outcomes}
        waits = [one for one in self.outcomes.values() if one["outcome"] == "for_a_person"]
        return {
            "confirmed": sum(one == MATCHED for one in decided.values()),
            "rejected": sum(one == REJECTED for one in decided.values()),
            "undecided": sum(one["report"] not in decided for one in waits),
        }

    def find_number(self, report: str, rank: int) -> str | None:
        """The number of a report at a rank from 1, E.164; None where the report has no number at all.

        Raises:
            RingbackError: `match_report_unknown`, or `match_number_unknown` for another rank than it has.
        """
        if report not in self.outcomes:
            raise RingbackError("match_report_unknown", report=report)
        best = self.outcomes[report]["called_number"]
        if rank == 1 and best is not None:
            return str(best)
        numbers = self.numbers.get(report, [])
        if not 1 <= rank <= len(numbers):
            if rank == 1:
                return None
            raise RingbackError("match_number_unknown", report=report, rank=rank, numbers=len(numbers))
        return f"+{numbers[rank - 1]['called_number']}"

    def _described(
        self, outcome: Mapping[str, Any], decision: Decision | None, digests: Callable[[str], list[str]]
    ) -> dict[str, Any]:
        number = outcome["called_number"]
        rows = self.numbers.get(outcome["report"], [])
        about = None
        if decision is not None:
            every = ([number] if number else []) + [f"+{one['called_number']}" for one in rows]
            about = next((one for one in every if decision.about in digests(one)), None)
        return {
            "report": outcome["report"],
            "outcome": outcome["outcome"],
            "reason": outcome["reason"],
            "words": f"{OUTCOMES[outcome['outcome']]}: {OUTCOME_REASONS[outcome['reason']]}",
            "number": mask_number(number) if number else None,
            "score": outcome["score"],
            "points": outcome["points"],
            "calls": outcome["calls"],
            "numbers": [_number(one) for one in rows],
            "decision": decision.decision if decision else None,
            "decided_about": mask_number(about) if about else None,
        }


def read_matches(matching: Matching) -> MatchList:
    """The matches read back from their folder, which was checked when they were opened."""
    outcomes = pq.read_table(matching.folder / f"{REPORT_OUTCOMES.name}.parquet").to_pylist()
    best = pq.read_table(matching.folder / f"{MATCHES.name}.parquet", filters=[("is_best_call", "=", True)]).to_pylist()
    numbers: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(best, key=lambda one: (one["report"], one["rank"])):
        numbers.setdefault(row["report"], []).append(row)
    return MatchList(matching, {one["report"]: one for one in outcomes}, numbers)


def _number(row: Mapping[str, Any]) -> dict[str, Any]:
    """One number of a report: masked, with its points, and its best call part by part."""
    found = {part: row[f"{part}_reason"] for part in PARTS}
    return {
        "rank": row["rank"],
        "number": mask_number(f"+{row['called_number']}"),
        "points": row["points"],
        "score": row["score"],
        "own": row["own"],
        "parts": {
            part: {"points": REASONS[code].points, "reason": code, "words": REASONS[code].words}
            for part, code in found.items()
            if code
        },
        "best_call": {
            "started_at": row["started_at"].isoformat(),
            "exhibit": row["exhibit"],
            "table": row["origin_table"],
            "row": row["origin_row"],
        },
    }
