"""Calling codes as panels write them beside a number: 44, +44, 0044, or the country's letters."""

import re

import phonenumbers

_DIGITS = re.compile(r"(?:\+|00)?([1-9]\d{0,2})", re.ASCII)
_OF_LETTERS = {
    region: str(code)
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    for region in regions
    if region != "001"
} | {"UK": "44"}


def read_calling_code(text: str) -> str | None:
    """The calling code, as digits; None where a text is none.

    >>> [read_calling_code(text) for text in ("91", "+44", "001", "gb", "999", "mobile")]
    ['91', '44', '1', '44', None, None]
    """
    plain = text.strip()
    found = _DIGITS.fullmatch(plain)
    if found:
        return found[1] if int(found[1]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE else None
    return _OF_LETTERS.get(plain.upper())
