"""Masks phone numbers in logs, reports and pictures: all digits but the last two."""

import re
import unicodedata

from ringback.numbers.cleaning import fold_text

_MASK = "•"
_SHOWN = 2
_SHORTEST_NUMBER = 5
# A full number has at least nine digits (a UK number without its trunk 0 may have nine), and people put
# at most a few marks between two digits. A comma is not among them: it separates thousands.
NUMBER = re.compile(r"\d(?:[\s().+/_\-\u2010-\u2015\u2212]{0,3}\d){8,}")
# Long runs of digits that are certainly something else: hashes, dates, the stamps in file names, and the files of a
# case's keys, which people have to find by their names.
# Twelve-digit timestamps are not among them: they look like an Egyptian mobile number.
NOT_A_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9a-f]*[a-f])[0-9a-f]{32,128}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?=[0-9a-f]*[a-f])[0-9a-f]{16}(?=\.(?:keys|notify-|provider|session))"
    r"|(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)"
    r"|(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[0-2]\d[0-5]\d[0-5]\d(?!\d)"
)


def mask_number(text: str) -> str:
    """Only a leading plus and the last two digits stay; separators and letters go.

    A text with fewer than five digits is masked character by character, since two digits of a short code
    would give it away.

    >>> mask_number("+44 7700 900123")
    '+••••••••••23'
    >>> mask_number("999")
    '•••'
    """
    folded = fold_text(text)
    digits = "".join(character for character in folded if character in "0123456789")
    if len(digits) < _SHORTEST_NUMBER:
        return _MASK * len(text)
    plus = "+" if folded.startswith("+") else ""
    return plus + _MASK * (len(digits) - _SHOWN) + digits[-_SHOWN:]


def without_invisible(text: str) -> str:
    """Drop characters of no width: they hide a number from a search, and turn text around."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _masked_run(run: re.Match[str]) -> str:
    left = sum(char.isdigit() for char in run[0]) - _SHOWN
    masked = []
    for char in run[0]:
        masked.append("*" if char.isdigit() and left > 0 else char)
        left -= char.isdigit()
    return "".join(masked)


def mask_numbers(text: str) -> str:
    """Replace all but the last two digits of whatever looks like a phone number.

    Args:
        text: Text out of the case, such as a login or a file's name.

    Returns:
        The text, with hashes and dates left as they were and characters of no width taken out.

    >>> mask_numbers("login 07700 900123 of 2022-11-24 10:15")
    'login ***** ****23 of 2022-11-24 10:15'
    """
    text = without_invisible(text)
    parts = []
    at = 0
    for other in NOT_A_NUMBER.finditer(text):
        parts += [NUMBER.sub(_masked_run, text[at : other.start()]), other[0]]
        at = other.end()
    return "".join([*parts, NUMBER.sub(_masked_run, text[at:])])
