"""Which refusals of GOV.UK Notify concern one number, and which would meet every number."""

from collections.abc import Mapping, Sequence
from typing import Any

# The API's own words. Any other refusal counts as ours: to halt a batch needlessly loses nothing, but to send on would
# reject every alert.
_KINDS = ("InvalidPhoneError",)
_BEGINNINGS = (
    "phone_number ",
    "Cannot send to international mobile numbers",
)


def is_about_number(errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all errors of a status 400 concern the number alone.

    >>> is_about_number([{"error": "ValidationError", "message": "phone_number Too many digits"}])
    True
    >>> is_about_number([{"error": "BadRequestError", "message": "Template not found"}])
    False
    """
    return all(one.get("error") in _KINDS or str(one.get("message")).startswith(_BEGINNINGS) for one in errors)
