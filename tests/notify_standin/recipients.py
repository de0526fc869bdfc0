"""Which numbers the provider takes, and what it says of the others."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult

from notify_standin.refusals import RefusedError, bad_request

_UK = 44
_LANDLINE = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UAN}
_TAKEN = _LANDLINE | {PhoneNumberType.MOBILE, PhoneNumberType.PERSONAL_NUMBER}
_ALLOWED_TEXT = re.compile(r"[\s()+\-0-9]*\Z")
_DRAMA_MOBILE = re.compile(r"\A7700900\d{3}\Z")
_SPACE = re.compile(r"[\s\u180e\u200b\u200c\u200d\u2060\ufeff\u00a0]")
_NOT_VALID = "Number is not valid – double check the phone number you entered"
_NOT_MOBILE = "Not a UK mobile number"
_REASONS = {
    ValidationResult.TOO_LONG: "Too many digits",
    ValidationResult.TOO_SHORT: "Not enough digits",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "Not enough digits",
    ValidationResult.INVALID_COUNTRY_CODE: "Not a valid country prefix",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A number that can be sent to. Attributes: e164; whether it is abroad; whether it is a landline or 03."""

    e164: str
    abroad: bool
    landline: bool


class NotANumberError(ValueError):
    """That text is no number that anything could be sent to."""


def _parse(text: str) -> phonenumbers.PhoneNumber:
    if not _ALLOWED_TEXT.match(text):
        raise NotANumberError("Must not contain letters or symbols")
    if not text:
        raise NotANumberError("Not enough digits")
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        raise NotANumberError(_NOT_VALID) from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        number = _parse_without_plus(text, reason)
    if number.country_code == _UK and _DRAMA_MOBILE.match(str(number.national_number)):
        return number
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _TAKEN:
        raise NotANumberError(_NOT_VALID)
    return number


def _parse_without_plus(text: str, reason: int) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(f"+{text}")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise NotANumberError(_REASONS.get(reason, _NOT_VALID))
    return number


@lru_cache(maxsize=4096)
def read_recipient(text: str) -> Recipient:
    """A number in any usual spelling; stray noughts and pluses in front of it are forgiven.

    Raises:
        NotANumberError: With the provider's words for what is wrong.

    >>> read_recipient("(+44) 7700 900-123").e164
    '+447700900123'
    """
    bare = _SPACE.sub("", text)
    try:
        number = _parse(bare)
    except NotANumberError:
        number = _parse(bare.replace("+", "").lstrip("0"))
    abroad = number.country_code != _UK
    e164 = f"+{number.country_code}{number.national_number}"
    drama = not abroad and _DRAMA_MOBILE.match(str(number.national_number))
    return Recipient(e164, abroad, not abroad and not drama and phonenumbers.number_type(number) in _LANDLINE)


def check_permitted(recipient: Recipient, *, international: bool, landline: bool) -> None:
    """A service sends to UK mobiles alone unless it is allowed more; else a 400."""
    if recipient.abroad and not international:
        raise bad_request("Cannot send to international mobile numbers")
    if recipient.landline and not landline:
        raise RefusedError(400, ("InvalidPhoneError", _NOT_MOBILE))
