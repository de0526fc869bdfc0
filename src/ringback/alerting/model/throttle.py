"""The throttle of checks: when a question about an alert gets its answer. Nobody is ever locked out.

Answers about one reference come from two lanes. The first answers to a source come from the quick lane, all later ones,
to any source, from the slow lane. A lane gives out one slot at a time, in the order of asking. A source holds at most
one slot per reference. So an attacker with many sources quickly uses up their first answers and ends in the slow lane,
while a person who asks for the first time gets the quick lane.

All answers to one source, over all references, are also held to a mild pace. It is mild because many honest people
share one address of a mobile operator.

Pure: the state comes in, the new state goes out, and `now` is an argument. Why these figures:
docs/explanation/checking-an-alert.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue for answers.

    Attributes:
        name: Its name in the records.
        gap: Time from one slot to the next.
        longest: The longest wait for a slot, however many others wait.
        at_once: How many slots may be taken in a burst before the gap applies.
    """

    name: str
    gap: timedelta
    longest: timedelta
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of the throttle.

    Attributes:
        quick_answers: How many answers about one reference a source gets from the quick lane.
        quick: Lane of the first answers about a reference.
        slow: Lane of the later answers.
        source: Lane of one source, over all references.
        remembered: After this time without a question, a source's answers about a reference are forgotten.
    """

    quick_answers: int = 4
    quick: Lane = Lane("quick", gap=timedelta(seconds=2), longest=timedelta(hours=6))
    slow: Lane = Lane("slow", gap=timedelta(minutes=10), longest=timedelta(days=7))
    source: Lane = Lane("source", gap=timedelta(seconds=1), longest=timedelta(minutes=1), at_once=100)
    remembered: timedelta = timedelta(days=90)

    @property
    def furthest(self) -> timedelta:
        """The furthest that any slot can lie ahead."""
        return max(one.longest + one.gap * one.at_once for one in (self.quick, self.slow, self.source))

    def lane_of(self, own: "Slot") -> Lane:
        """The lane of a source's next answer about a reference."""
        return self.quick if own.asked < self.quick_answers else self.slow


RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the throttle's state: for a source and a reference, or for a lane.

    Attributes:
        asked: How many slots were booked.
        next_at: For a source and a reference: the last booked slot. For a lane: when its next slot is free.
        booked: Whether the slot at `next_at` is still unused.
    """

    asked: int
    next_at: datetime
    booked: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The result of asking now.

    Attributes: wait: Time until the slot; zero if the answer may be given now, and then the slot is used up.
    own, lane, source: The new states, to be stored.
    """

    wait: timedelta
    own: Slot
    lane: Slot
    source: Slot


# Under which a slot is kept: digests of a reference and of a source, or the name of a lane.
SlotName = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SlotNames:
    """The names of all slots that one question concerns.

    Attributes:
        own: Of this source and this reference.
        quick, slow: Of the reference's two lanes.
        source: Of this source over all references.
    """

    own: SlotName
    quick: SlotName
    slow: SlotName
    source: SlotName

    @classmethod
    def of(cls, reference: str, source: str) -> "SlotNames":
        """The names for these keyed digests. Slots are kept for any reference, so they do not tell which exist."""
        return cls((reference, source), (reference, RULES.quick.name), (reference, RULES.slow.name), ("", source))

    def all(self) -> tuple[SlotName, ...]:
        """All four."""
        return self.own, self.quick, self.slow, self.source


def take_named_turn(
    names: SlotNames, kept: Mapping[SlotName, Slot], *, now: datetime
) -> tuple[timedelta, dict[SlotName, Slot]]:
    """Take a turn. Returns the time until the answer may be given, zero for now, and the slots to store.

    Args:
        names: The names of the question's slots.
        kept: Those of them that are stored.
        now: The time, aware.
    """
    # No lane books further ahead than this. Such a slot dates from before the clock was set back, and would lock people
    # out.
    slots = {name: slot for name, slot in kept.items() if slot.next_at <= now + RULES.furthest}
    fresh = Slot(0, now)
    own = slots.get(names.own, fresh)
    lane = names.quick if RULES.lane_of(own) is RULES.quick else names.slow
    turn = take_turn(own, slots.get(lane, fresh), slots.get(names.source, fresh), now=now)
    return turn.wait, {names.own: turn.own, lane: turn.lane, names.source: turn.source}


def take_turn(own: Slot, lane: Slot, source: Slot, *, now: datetime, rules: Rules = RULES) -> Turn:
    """Use the booked slot if its time has come; book one if there is none. Right and wrong answers count alike.

    Args:
        own: State of this source and this reference; `Slot(0, now)` if new, as for the next two.
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
    """Take the lane's next slot: the lane's new state, and the time of the slot."""
    free_at = max(state.next_at, now)
    burst = lane.gap * (lane.at_once - 1)
    at = min(max(free_at - burst, now), now + lane.longest)
    return Slot(state.asked + 1, min(free_at, at + burst) + lane.gap), at
