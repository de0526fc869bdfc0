"""The kind of an error: its wording, shared by all its occurrences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """The wording of one error code.

    `happened` and `next_step` are templates. The facts of an occurrence fill their fields.
    """

    happened: str
    next_step: str
    retryable: bool = False
