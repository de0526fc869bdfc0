"""Who may call what: every route says so, and what says nothing is refused."""

from collections.abc import Callable
from typing import Any, TypeVar

ANYBODY = "anybody"

View = TypeVar("View", bound=Callable[..., Any])


def callable_by(caller: str) -> Callable[[View], View]:
    """Say who may call a view: the holder of the token for this purpose, or `ANYBODY`."""

    def mark(view: View) -> View:
        view.callable_by = caller  # type: ignore[attr-defined]
        return view

    return mark


def find_caller(view: Callable[..., Any] | None) -> str | None:
    """Who may call a view, or None when it does not say."""
    return getattr(view, "callable_by", None)
