"""Who may call which route. Every route names its callers; a route that names none is refused."""

from collections.abc import Callable
from typing import Any, TypeVar

ANYBODY = "anybody"

View = TypeVar("View", bound=Callable[..., Any])


def callable_by(caller: str) -> Callable[[View], View]:
    """Mark a view with its caller: a holder of the token for this purpose, or `ANYBODY`."""

    def mark(view: View) -> View:
        view.callable_by = caller  # type: ignore[attr-defined]
        return view

    return mark


def find_caller(view: Callable[..., Any] | None) -> str | None:
    """The caller of a view; None if it names none."""
    return getattr(view, "callable_by", None)
