"""Which of GOV.UK Notify's refusals are about the one number, and which would meet every other number too."""

from collections.abc import Mapping, Sequence
from typing import Any

# As its API words them. What is not here is taken to be about us: a batch that halts needlessly loses nothing, and one
# that goes on would lose everybody.
_KINDS = ("InvalidPhoneError",)
_BEGINNINGS = (
    "phone_number ",
    "Cannot send to international mobile numbers",
)


def is_about_number(errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the errors of a 400 speak of the number alone.

    >>> is_about_number([{"error": "ValidationError", "message": "phone_number Too many digits"}])
    True
    >>> is_about_number([{"error": "BadRequestError", "message": "Template not found"}])
    False
    """
    return all(one.get("error") in _KINDS or str(one.get("message")).startswith(_BEGINNINGS) for one in errors)
