"""Progress of long jobs, for a person who waits."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Hears the progress of a job in steps."""

    def step(self, label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a step of `total` units (None if unknown). The context gives a function to call with units done."""


class Watcher(Protocol):
    """Hears more: progress inside a unit, and notes between steps."""

    def note(self, text: str) -> None:
        """Hear something worth a line."""

    def within(self, share: float) -> None:
        """Hear how much of the current unit is done, from 0 to 1. Any thread may call this."""


class NullProgress:
    """Ignores everything."""

    @contextmanager
    def step(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Begin a step, ignoring its progress."""
        yield lambda _done: None

    def note(self, text: str) -> None:
        """Ignore it."""

    def within(self, share: float) -> None:
        """Ignore it."""


_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Set the watcher for as long as the context lasts.

    What a watcher hears is only for display and changes no result. So the watcher is not passed through every layer.
    """
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def current_watcher() -> Watcher:
    """The current watcher; a `NullProgress` if none was set."""
    return _watcher.get() or NullProgress()
