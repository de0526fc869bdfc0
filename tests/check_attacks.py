"""Attacks on the check of alerts, played through with the product's own rules and a clock that jumps."""

import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ringback.alerting.model.throttle import RULES, Rules, Slot, take_turn

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """Where questions about one reference are asked: the state that the records keep."""

    rules: Rules = RULES
    slots: dict = field(default_factory=dict)

    def ask(self, source, now):
        """Ask once; returns how long to wait, nothing when the answer was given."""
        own = self._slot(("own", source), now)
        lane = self.rules.lane_of(own).name
        turn = take_turn(own, self._slot(lane, now), self._slot(("over all", source), now), now=now, rules=self.rules)
        self.slots |= {("own", source): turn.own, lane: turn.lane, ("over all", source): turn.source}
        return turn.wait

    def _slot(self, name, now):
        found = self.slots.get(name)
        return found if found and found.next_at >= now - self.rules.remembered else Slot(0, now)


def guess_all(sources, *, guesses=10_000, rules=RULES, until=None):
    """All sources guess as fast as they are answered. Returns when the last guess was answered, and the desk.

    Args:
        sources: How many.
        guesses: How many answers they want together.
        rules: The figures of the slowing.
        until: Stop before this moment, guesses or not.
    """
    desk = Desk(rules)
    waiting = [(START, number) for number in range(sources)]
    answered, now = 0, START
    while answered < guesses:
        if until and waiting[0][0] > until:
            return until, desk
        now, number = heapq.heappop(waiting)
        wait = desk.ask(number, now)
        answered += not wait
        heapq.heappush(waiting, (now + wait, number))
    return now, desk


def recipient_waits(sources, *, mistakes=0, rules=RULES):
    """How long a recipient waits for each answer who first asks when every attacking source has just booked a slot.

    The attackers go on: whenever one of them is answered, it asks again at once.

    Returns: One wait per answer; the first `mistakes` of them are to a question with a typing mistake.
    """
    desk = Desk(rules)
    waiting = []
    for number in range(sources):
        heapq.heappush(waiting, (START + desk.ask(number, START), number))
    waits, asked_at, due = [], START, START + desk.ask("recipient", START)
    while True:
        # At the same moment strangers come first: the worst case.
        while waiting and waiting[0][0] <= due:
            now, number = heapq.heappop(waiting)
            heapq.heappush(waiting, (now + desk.ask(number, now), number))
        if desk.ask("recipient", due):
            raise AssertionError("a slot that has come was not given")
        waits.append(due - asked_at)
        if len(waits) > mistakes:
            return waits
        asked_at = due
        due = asked_at + desk.ask("recipient", asked_at)


def fewest_days(sources, *, guesses=10_000, rules=RULES):
    """Days until all guesses were answered."""
    ended, _desk = guess_all(sources, guesses=guesses, rules=rules)
    return (ended - START) / timedelta(days=1)


def ask_once(case_path, keys_dir, reference, source):
    """Ask in a process of its own, on a clock that stands still; returns the seconds to wait."""
    from ringback.alerting.verification.alert_check import check_alert
    from ringback.case.case_file import open_case_file
    from ringback.settings import Settings
    from still_clock import StillClock

    case_file = open_case_file(case_path, settings=Settings(keys_dir=keys_dir))
    answer = check_alert(
        case_file,
        case_file.keys(),
        reference_text=reference,
        last_four="0000",
        source=source,
        clock=StillClock(START),
        patient=False,
    )
    case_file.records.dispose()
    return answer.wait_s
