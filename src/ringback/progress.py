"""What tells a waiting person how far a long job is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Somebody who watches."""

    def step(self, label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a step of `total` units; the context gives a function that is called with units done."""


class Silence:
    """Nobody watches."""

    @contextmanager
    def step(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Begin a step and say nothing."""
        yield lambda _done: None
