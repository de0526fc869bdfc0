"""Finds the times at which calls were answered and ended. The time between them is the talk time."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.scoring import Candidate, Choice

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer times of a table's calls.

    Attributes:
        at: The column of the answer.
        end: The column of the end, if there is one.
        seconds: Seconds from the answer to the end, for each row; 0 where nobody answered, None where it is not known.
        confidence: How sure it is that these are answer times.
        reasons: Why, in words.
    """

    at: Column
    end: Column | None
    seconds: list[float | None]
    confidence: float
    reasons: tuple[str, ...]

    def choices(self) -> dict[str, Choice]:
        """The columns as choices for the fields."""
        found = {}
        for field, column in (("answered_at", self.at), ("ended_at", self.end)):
            if column is not None:
                one = Candidate(column, 8.0, list(self.reasons))
                found[field] = Choice(field, one, self.confidence)
        return found


def find_answer(columns: Sequence[Column], silent: Sequence[bool]) -> Answer | None:
    """The answer times of a table's calls; None if no column has them.

    An answer time lies between the start and the end, the column's name speaks of an answer, and it is missing where
    nobody answered.

    Args:
        columns: The columns of a table that may be calls.
        silent: For each row, whether it is certain that nobody answered.
    """
    times = [column for column in columns if column.timestamps.share >= 0.9 and not column.timestamps.date_alone]
    answers = [column for column in times if "answer" in column.hints and not {"end", "later"} & set(column.hints)]
    ends = [column for column in times if "end" in column.hints and column not in answers]
    for at in sorted(answers, key=lambda one: (-one.hints["answer"], one.position)):
        end = next(iter(sorted(ends, key=lambda one: (-one.hints["end"], one.position))), None)
        if (found := _answer(at, end, silent)) is not None:
            return found
    return None


def _answer(at: Column, end: Column | None, silent: Sequence[bool]) -> Answer | None:
    late: Sequence[float | None] = end.timestamps.at if end is not None else [None] * len(at.values)
    seconds = [
        0.0 if begin is None else None if over is None else over - begin
        for begin, over in zip(at.timestamps.at, late, strict=True)
    ]
    answered = [value for value, begin in zip(seconds, at.timestamps.at, strict=True) if begin is not None]
    if len(answered) < _FEWEST:
        return None
    if end is not None and sum(value is None or value < 0 for value in answered) > 0.05 * len(answered):
        return None
    reasons = [f"{at.name} says when somebody answered" + (f", and {end.name} when the call ended" if end else "")]
    missing = sum(begin is None for begin in at.timestamps.at)
    rung = sum(no_answer and begin is not None for no_answer, begin in zip(silent, at.timestamps.at, strict=True))
    confidence = 0.97
    if missing:
        reasons.append(f"{at.name} is missing in {missing} of {len(at.values)} sampled rows: nobody answered")
    elif sum(silent) < _FEWEST:
        # If every row has a time, and nothing shows which calls were not answered, it may be filled with the start.
        confidence = 0.8
    if rung >= _FEWEST and rung > 0.5 * sum(silent):
        reasons.append("but it has a time where nobody answered, too")
        confidence = 0.95
    return Answer(at, end, seconds, confidence, tuple(reasons))
