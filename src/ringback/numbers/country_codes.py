"""Calling codes as panels write them beside a number: 44, +44, 0044, or the country's letters."""

import re
from functools import lru_cache

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

    >>> [read_calling_code(text) for text in ("91", "+44", "001", "gb", "India", "999", "mobile")]
    ['91', '44', '1', '44', '91', None, None]
    """
    plain = text.strip()
    found = _DIGITS.fullmatch(plain)
    if found:
        return found[1] if int(found[1]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE else None
    return _OF_LETTERS.get(plain.upper()) or _of_names().get(plain.casefold())


@lru_cache(maxsize=1)
def _of_names() -> dict[str, str]:
    """English names of countries to calling codes: those of phonenumbers, and other names of Britain and the USA."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    named = {}
    for region, names in LOCALE_DATA.items():
        # phonenumbers keeps a name that languages share once: `*de` points at the German name.
        name = names.get("en", "")
        name = names.get(name[1:], "") if name.startswith("*") else name
        if name and region in _OF_LETTERS:
            named[name.casefold()] = _OF_LETTERS[region]
    other = {"great britain": "44", "england": "44", "scotland": "44", "wales": "44", "usa": "1", "america": "1"}
    return named | other
