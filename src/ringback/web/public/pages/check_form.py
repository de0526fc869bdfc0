"""The form of the check: a reference and four digits, as people type them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringback.alerting.model import references
from ringback.alerting.verification.alert_check import Question
from ringback.web.kernel.language import gettext as _

LONGEST = 300
# Of a whole number the last four digits are taken: it is a step less than to ask again.
_WHOLE_NUMBER = range(9, 16)
_GROUPS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{3}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class CheckForm:
    """What was typed, and what is wrong with it.

    Attributes:
        reference: The reference as typed.
        last_four: The digits as typed.
        question: The question; None where something is wrong.
        errors: What is wrong, by the name of the field, in the language of the app.
    """

    reference: str = ""
    last_four: str = ""
    question: Question | None = None
    errors: dict[str, str] = field(default_factory=dict)


def read_form(typed: Mapping[str, str]) -> CheckForm:
    """Read the form. What is wrong tells nothing of what we know: anybody can work out a check letter."""
    reference, last_four = typed.get("reference", "")[:LONGEST], typed.get("last_four", "")[:LONGEST]
    errors = {}
    known = find_reference(reference)
    if not reference.strip():
        errors["reference"] = _("Enter the reference from the text")
    elif known is None:
        errors["reference"] = _(
            "Check the reference: it has 11 letters, like BCDF-GHJK-MNZ. Compare it with the text, letter by letter"
        )
    digits = re.sub(r"[\s()+-]", "", last_four)
    if len(digits) in _WHOLE_NUMBER and digits.isascii() and digits.isdigit():
        digits = digits[-4:]
    if not digits:
        errors["last_four"] = _("Enter the last four digits of the phone number that got the text")
    elif len(digits) != 4 or not (digits.isascii() and digits.isdigit()):
        errors["last_four"] = _("Enter four digits, like 0123: the last four of the phone number")
    question = Question(known, digits) if known and not errors else None
    return CheckForm(reference, last_four, question, errors)


def find_reference(typed: str) -> str | None:
    """The reference that was typed, or the one in the words that were pasted; None if there is none."""
    found = [references.read(typed), *(references.read(one) for one in _GROUPS.findall(typed))]
    return next((one for one in found if one), None)
