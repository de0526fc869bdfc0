"""The circuit breaker: in an outage of the provider the sender pauses instead of trying on.

A text that is in doubt for a reason of its own is tried five times, then parked for a person. In an outage every text
is in doubt, whatever it is. So several doubts in a row, with no sure answer between them, open the breaker. The sender
pauses, longer each time; then a single text tests whether the provider is back. The doubts of such a row do not count
against their texts.
"""

from dataclasses import dataclass, field

# This many doubts in a row are an outage.
DOUBTS_IN_A_ROW = 5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 300.0
# Outcomes that only the provider itself can give.
SURE = frozenset({"accepted", "rejected", "refused", "rate_limited", "daily_limited", "stale"})


@dataclass
class Breaker:
    """The circuit breaker of one process.

    Attributes:
        row: The doubts since the last sure answer, each as (alert id, attempt).
        pauses: Count of pauses since the last sure answer.
    """

    row: list[tuple[int, int]] = field(default_factory=list)
    pauses: int = 0

    @property
    def is_open(self) -> bool:
        """Whether there seems to be an outage."""
        return len(self.row) >= DOUBTS_IN_A_ROW

    def note_sure(self) -> None:
        """Note a sure answer of the provider."""
        self.row.clear()
        self.pauses = 0

    def note_doubt(self, alert: int, attempt: int) -> list[tuple[int, int]]:
        """Note one more doubt. Returns the doubts that now turn out to belong to an outage."""
        was_open = self.is_open
        self.row.append((alert, attempt))
        if not self.is_open:
            return []
        return self.row[-1:] if was_open else list(self.row)

    def next_pause(self) -> float:
        """Seconds to wait before a single text tries again."""
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**self.pauses)
        self.pauses += 1
        return pause
