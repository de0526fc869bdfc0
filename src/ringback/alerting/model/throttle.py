"""How checks of alerts are throttled: who may have an answer when. Never a lock, and never a stranger's doing.

Answers about one reference are given out in two lanes. A source's first answers about it come from the quick lane,
all later ones, of whatever source, from the slow lane. A lane has one slot at a time, in the order of asking, and a
source holds one slot per reference at most. So whoever has many sources spends their first answers quickly and then
stands in the slow lane, while a person who asks for the first time does not.

Beside the lanes, one source's answers about all references together are kept to a mild pace: many honest people share
one address of a mobile operator.

Pure: the state comes in, the new state goes out, and `now` is an argument. Why these figures:
docs/explanation/checking-an-alert.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue for answers.

    Attributes:
        name: As the records know it.
        gap: From one slot to the next.
        longest: No slot is further away than this, however many others wait.
        at_once: So many slots may be taken in a burst before the gap counts.
    """

    name: str
    gap: timedelta
    longest: timedelta
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of the slowing.

    Attributes:
        quick_answers: How many answers about one reference a source has from the quick lane.
        quick: Lane of the first answers about a reference.
        slow: Lane of the later ones.
        source: Lane of one source, over all references.
        remembered: After so long without a question, a source's answers about a reference are forgotten.
    """

    quick_answers: int = 4
    quick: Lane = Lane("quick", gap=timedelta(seconds=2), longest=timedelta(hours=6))
    slow: Lane = Lane("slow", gap=timedelta(minutes=10), longest=timedelta(days=7))
    source: Lane = Lane("source", gap=timedelta(seconds=1), longest=timedelta(minutes=1), at_once=100)
    remembered: timedelta = timedelta(days=90)

    @property
    def furthest(self) -> timedelta:
        """No slot, and no lane's next one, is further ahead than this."""
        return max(one.longest + one.gap * one.at_once for one in (self.quick, self.slow, self.source))

    def lane_of(self, own: "Slot") -> Lane:
        """The lane that a source's next answer about a reference comes from."""
        return self.quick if own.asked < self.quick_answers else self.slow


RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the state: of a source and a reference, or of a lane.

    Attributes:
        asked: How many slots were booked.
        next_at: Of a source and a reference, the slot booked last; of a lane, when its next slot is free.
        booked: The slot at `next_at` has not been used yet.
    """

    asked: int
    next_at: datetime
    booked: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of a question now.

    Attributes:
        wait: Until the slot; nothing when the answer may be given now, and then the slot is used up.
        own, lane, source: The new state, to be kept.
    """

    wait: timedelta
    own: Slot
    lane: Slot
    source: Slot


def take_turn(own: Slot, lane: Slot, source: Slot, *, now: datetime, rules: Rules = RULES) -> Turn:
    """Use the booked slot if it has come; book one if there is none. Right and wrong answers are not told apart here.

    Args:
        own: State of this source and this reference; `Slot(0, now)` for a new one. So for the others.
        lane: State of `rules.lane_of(own)` of this reference.
        source: State of this source over all references.
        now: The time, aware.
        rules: The figures.
    """
    if not own.booked:
        booked_lane, at = _book(rules.lane_of(own), lane, now)
        booked_source, at_source = _book(rules.source, source, now)
        own, lane, source = Slot(own.asked + 1, max(at, at_source), booked=True), booked_lane, booked_source
    wait = max(own.next_at - now, timedelta(0))
    return Turn(wait, own if wait else replace(own, booked=False), lane, source)


def _book(lane: Lane, state: Slot, now: datetime) -> tuple[Slot, datetime]:
    """Take the lane's next slot: the lane's new state, and when the slot is."""
    free_at = max(state.next_at, now)
    burst = lane.gap * (lane.at_once - 1)
    at = min(max(free_at - burst, now), now + lane.longest)
    return Slot(state.asked + 1, min(free_at, at + burst) + lane.gap), at
