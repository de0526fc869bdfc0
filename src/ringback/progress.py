"""What tells a waiting person how far a long job is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Somebody who watches."""

    def step(self, label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a step of `total` units; the context gives a function that is called with units done."""


class Watcher(Protocol):
    """Somebody who also hears what happens inside a unit, and between steps."""

    def note(self, text: str) -> None:
        """Hear something worth a line."""

    def within(self, share: float) -> None:
        """Hear how much of the unit in hand is done, from 0 to 1; any thread may say it."""


class NullProgress:
    """Tells nobody."""

    @contextmanager
    def step(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Begin a step and say nothing."""
        yield lambda _done: None

    def note(self, text: str) -> None:
        """Hear nothing."""

    def within(self, share: float) -> None:
        """Hear nothing."""


_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Have somebody watch for as long as the context lasts.

    What is told here is for the eyes alone and changes no result, so it is not passed down through every layer.
    """
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def current_watcher() -> Watcher:
    """Who watches now; nobody, where nobody said so."""
    return _watcher.get() or NullProgress()
