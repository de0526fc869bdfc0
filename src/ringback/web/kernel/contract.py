"""A route's contract: who may call it, what it audits, what limits it, and whether its answers may be kept.

Every view states all of it in one decorator. An app with a view that does not is not started.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

ANYBODY = "anybody"

View = TypeVar("View", bound=Callable[..., Any])


class Cache(Enum):
    """How long browsers and proxies may keep an answer. The value is its Cache-Control header."""

    NEVER = "no-store"
    BRIEFLY = "public, max-age=60"
    FOREVER = "public, max-age=31536000, immutable"


NEVER, BRIEFLY, FOREVER = Cache.NEVER, Cache.BRIEFLY, Cache.FOREVER


@dataclass(frozen=True)
class Contract:
    """What holds for every request to a view.

    Attributes:
        who: `ANYBODY`, or the right that the caller must have.
        audits: The event that a successful request is logged as; None if it is not logged.
        limit: The name of the limit that its requests count towards; None if they are not limited.
        cache: How long answers may be kept. What depends on anything but the path must be `NEVER`: pages that may be
            kept are kept here, too.
        indexed: Whether search engines may show the page.
        largest_body: The largest body of its requests, in bytes; None for that of the app.
    """

    who: str
    audits: str | None
    limit: str | None
    cache: Cache
    indexed: bool
    largest_body: int | None = None


def contract(
    *,
    who: str,
    audits: str | None = None,
    limit: str | None = None,
    cache: Cache = NEVER,
    indexed: bool = False,
    largest_body: int | None = None,
) -> Callable[[View], View]:
    """Mark a view with its contract; for the arguments see `Contract`. It says at least who may call it."""
    made = Contract(who, audits, limit, cache, indexed, largest_body)

    def mark(view: View) -> View:
        view.contract = made  # type: ignore[attr-defined]
        return view

    return mark


def find_contract(view: Callable[..., Any] | None) -> Contract | None:
    """The contract of a view; None if it has none."""
    found = getattr(view, "contract", None)
    return found if isinstance(found, Contract) else None
