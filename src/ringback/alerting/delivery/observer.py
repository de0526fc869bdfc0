"""The observer: hears how the sending of a batch goes."""

from collections.abc import Mapping


class Observer:
    """Hears how the sending goes. This one ignores everything; subclasses report it."""

    def note(self, text: str) -> None:
        """Hear one line about what the sender found or waits for."""

    def counts(self, counts: Mapping[str, int], *, left_s: float | None) -> None:
        """Hear how many alerts are in each state, and the estimated seconds left; None if unknown."""
