"""Who watches a batch being sent."""

from collections.abc import Mapping


class Watching:
    """Somebody who watches; says nothing unless told otherwise."""

    def note(self, text: str) -> None:
        """One line about what the sender waits for or found."""

    def counts(self, counts: Mapping[str, int], *, left_s: float | None) -> None:
        """Alerts in each state, and about how many seconds it will still take."""
