"""Scores evidence in points. Each point doubles the odds, against the other columns and against no column at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from ringback.schema_matching.column_profile import Column

_MOST = 12.0
# A guess is never certain.
SUREST = 0.999


class Trait(Enum):
    """What a column of durations showed that counts for its table, too."""

    SHORTER = "never longer than another duration"
    PART = "makes up a third duration with another one"
    FITS_TIMES = "the time between two moments of its row"
    NOUGHT_UNANSWERED = "nought where nobody answered"
    RINGING = "something beside it is ringing, or it is that itself"


@dataclass(slots=True)
class Candidate:
    """A column that may serve a field, with the evidence for and against it.

    Attributes:
        column: The column.
        points: Sum of the evidence: each point doubles the odds, each negative point halves them.
        reasons: The evidence in words, without any value of the column.
        traits: What of it counts for the table.
    """

    column: Column
    points: float = 0.0
    reasons: list[str] = field(default_factory=list)
    traits: set[Trait] = field(default_factory=set)

    def note(self, points: float, reason: str = "", *traits: Trait) -> None:
        """Add a piece of evidence."""
        self.points += points
        self.traits.update(traits)
        if reason:
            self.reasons.append(reason)


@dataclass(frozen=True, slots=True)
class Choice:
    """The column that fits a field best.

    Attributes:
        field: The field of the raw table.
        best: The best candidate, or None if no column fits.
        confidence: How sure it is that the best is right, and not another column or none: 0 to 1.
        others: The next candidates, best first.
    """

    field: str
    best: Candidate | None
    confidence: float = 0.0
    others: tuple[Candidate, ...] = ()

    @property
    def column(self) -> Column | None:
        """The column itself."""
        return self.best.column if self.best else None


def choose(field_name: str, candidates: Iterable[Candidate], *, same: frozenset[str] = frozenset()) -> Choice:
    """The best candidate, and how sure that is.

    With p points, a column's odds are 2 to the p; "none of them" has odds of 1.

    Args:
        field_name: The field.
        candidates: The columns that may serve it.
        same: Names of columns that hold the same values: they are not rivals.
    """
    ranked = sorted(candidates, key=lambda one: (-one.points, one.column.position))
    if not ranked or ranked[0].points <= -2:
        return Choice(field_name, None, others=tuple(ranked[:3]))
    best = ranked[0]
    rivals = [one for one in ranked[1:] if not ({one.column.name, best.column.name} <= same)]
    odds = _odds(best.points)
    confidence = odds / (odds + sum(_odds(one.points) for one in rivals) + 1.0)
    return Choice(field_name, best, round(min(confidence, SUREST), 3), tuple(ranked[1:4]))


def certainty(points: float) -> float:
    """Points as a share between 0 and 1: 0 points are one half."""
    return min(SUREST, _odds(points) / (_odds(points) + 1.0))


def _odds(points: float) -> float:
    return float(2.0 ** max(-_MOST, min(_MOST, points)))


def percent(share: float) -> str:
    """A share in words: whole per cent, but 100% only for everything.

    >>> percent(0.9999), percent(1.0), percent(0.001)
    ('99%', '100%', 'under 1%')
    """
    if 0 < share < 0.01:
        return "under 1%"
    return f"{int(share * 100 + 1e-9)}%"
