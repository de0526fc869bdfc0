"""Who is told how the sending of a batch goes."""

from collections.abc import Mapping


class Observer:
    """Is told how it goes; says nothing unless a subclass does."""

    def note(self, text: str) -> None:
        """One line about what the sender waits for or found."""

    def counts(self, counts: Mapping[str, int], *, left_s: float | None) -> None:
        """Alerts in each state, and about how many seconds it will still take."""
