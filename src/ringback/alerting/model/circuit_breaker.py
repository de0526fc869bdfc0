"""The circuit breaker: when the provider takes nothing and refuses nothing, everybody waits instead of trying on.

A text in doubt for a reason of its own is tried five times and then put before a person. In an outage every text is in
doubt, for no reason of its own. So doubts in a row, with no sure answer between them, open the breaker: the sender
pauses, longer each time; then one text alone tries whether the provider is back. Doubts of such a row do not count
against the texts that met them.
"""

from dataclasses import dataclass, field

# Doubts in a row that make an outage.
DOUBTS_IN_A_ROW = 5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 300.0
# Ends of a request by which the provider, and nobody else, has spoken.
SURE = frozenset({"accepted", "rejected", "refused", "rate_limited", "daily_limited", "stale"})


@dataclass
class Breaker:
    """What this process has seen of the provider lately.

    Attributes:
        row: The doubts since the last sure answer: each an alert's id and the attempt.
        pauses: How often it has paused since the last sure answer.
    """

    row: list[tuple[int, int]] = field(default_factory=list)
    pauses: int = 0

    @property
    def is_open(self) -> bool:
        """Whether there is an outage, as far as anybody knows."""
        return len(self.row) >= DOUBTS_IN_A_ROW

    def note_sure(self) -> None:
        """The provider spoke."""
        self.row.clear()
        self.pauses = 0

    def note_doubt(self, alert: int, attempt: int) -> list[tuple[int, int]]:
        """One more doubt; returns the doubts that are now known to be of an outage."""
        was_open = self.is_open
        self.row.append((alert, attempt))
        if not self.is_open:
            return []
        return self.row[-1:] if was_open else list(self.row)

    def next_pause(self) -> float:
        """How many seconds to wait before one text tries again."""
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**self.pauses)
        self.pauses += 1
        return pause
