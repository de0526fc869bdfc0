"""The matches of reports, as staff see them: each report with its outcome, its numbers, their points and reasons.

Numbers are masked; only the decision about one goes on, as a keyed digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import pyarrow.parquet as pq

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_number
from ringback.pipeline.matching import Matching
from ringback.schemas.reports import MATCHES, REPORT_OUTCOMES
from ringback.stages.match_rule import OUTCOME_REASONS, OUTCOMES, REASONS

PARTS = ("number", "day", "time", "organisation", "shown", "talk")


class Verdict(StrEnum):
    """What a person decided."""

    confirmed = "confirmed"
    rejected = "rejected"


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """A person's decision about a report and one number.

    Attributes:
        report: The report's id.
        verdict: Whether the report is about the number.
        number_digest: Keyed digest of the number; "" where the report had none.
        run: Id of the run whose calls were looked at.
        who: Who decided.
        at: When (aware).
        why: Why.
    """

    report: str
    verdict: Verdict
    number_digest: str
    run: str
    who: str
    at: datetime
    why: str


class DecisionRecords(Protocol):
    """Keeps decisions. The last one about a report counts; the earlier ones stay."""

    def add(self, decision: MatchDecision) -> None:
        """Keep a decision. It is logged by who calls this."""

    def last(self) -> Mapping[str, MatchDecision]:
        """The last decision about each report, by the report's id."""


class LoggedDecisions:
    """Keeps decisions in the audit log, where each has to stand anyway: for a case without records of reports.

    Args:
        case_file: The case.
    """

    def __init__(self, case_file: CaseFile) -> None:
        self._log = case_file.log

    def add(self, decision: MatchDecision) -> None:
        """Nothing is left to do: the entry in the log is the record."""

    def last(self) -> Mapping[str, MatchDecision]:
        """The last decision about each report, by the report's id."""
        found = {}
        for entry in self._log.entries():
            if entry.what == "match_decided":
                facts = entry.read_facts()
                found[str(facts["report"])] = MatchDecision(
                    str(facts["report"]),
                    Verdict(facts["verdict"]),
                    str(facts["number"]),
                    str(facts["run"]),
                    entry.who,
                    datetime.fromisoformat(entry.at),
                    entry.why,
                )
        return found


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

    def as_dicts(self, decisions: Mapping[str, MatchDecision]) -> list[dict[str, Any]]:
        """Every report with its outcome, numbers and reasons, numbers masked.

        Args:
            decisions: The last decision about each report.
        """
        return [self._described(one, decisions.get(report)) for report, one in self.outcomes.items()]

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

    def _described(self, outcome: Mapping[str, Any], decision: MatchDecision | None) -> dict[str, Any]:
        number = outcome["called_number"]
        return {
            "report": outcome["report"],
            "outcome": outcome["outcome"],
            "reason": outcome["reason"],
            "words": f"{OUTCOMES[outcome['outcome']]}: {OUTCOME_REASONS[outcome['reason']]}",
            "number": mask_number(number) if number else None,
            "score": outcome["score"],
            "points": outcome["points"],
            "calls": outcome["calls"],
            "numbers": [_number(one) for one in self.numbers.get(outcome["report"], [])],
            "decision": decision.verdict.value if decision else None,
        }


def read_matches(matching: Matching) -> MatchList:
    """The matches read back from their folder, which was checked when they were opened."""
    outcomes = pq.read_table(matching.folder / f"{REPORT_OUTCOMES.name}.parquet").to_pylist()
    best = pq.read_table(matching.folder / f"{MATCHES.name}.parquet", filters=[("is_best_call", "=", True)]).to_pylist()
    numbers: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(best, key=lambda one: (one["report"], one["rank"])):
        numbers.setdefault(row["report"], []).append(row)
    return MatchList(matching, {one["report"]: one for one in outcomes}, numbers)


def decide(
    case_file: CaseFile,
    found: MatchList,
    records: DecisionRecords,
    *,
    report: str,
    verdict: Verdict,
    rank: int,
    who: str,
    why: str,
) -> MatchDecision:
    """Keep what a person decided about a report and one of its numbers. It is logged first.

    Args:
        case_file: The case.
        found: The matches that the person looked at.
        records: Where decisions are kept.
        report: The report's id.
        verdict: What was decided.
        rank: Which of the report's numbers, from 1 for the best.
        who: The staff member; "" for the operating system's user.
        why: Why.

    Raises:
        RingbackError: `match_report_unknown`, `match_number_unknown` (a report without a number cannot be confirmed),
            `key_missing`.
    """
    number = found.find_number(report, rank)
    if number is None and verdict is Verdict.confirmed:
        raise RingbackError("match_number_unknown", report=report, rank=rank, numbers=0)
    digest = case_file.key().digest(number) if number else ""
    run = str(found.matching.manifest["run"])
    facts = {"report": report, "verdict": verdict.value, "number": digest, "run": run, "matches": found.matching.id}
    entry = case_file.log.add("match_decided", why=why, facts=facts, who=who)
    decision = MatchDecision(report, verdict, digest, run, entry.who, datetime.fromisoformat(entry.at), why)
    records.add(decision)
    return decision


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
