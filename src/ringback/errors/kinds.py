"""What the occurrences of one error have in common."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """What is the same in every occurrence of one error code.

    `happened` and `next_step` are templates over the facts of the occurrence.
    """

    happened: str
    next_step: str
    retryable: bool = False
