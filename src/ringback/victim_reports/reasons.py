"""Why somebody looks at a report, or changes something: nothing is done without a reason."""

from ringback.errors import RingbackError


def check_why(why: str) -> None:
    """Refuse to go on without a reason.

    Raises:
        RingbackError: `why_missing`.
    """
    if not why.strip():
        raise RingbackError("why_missing")
