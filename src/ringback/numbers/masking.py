"""Phone numbers made unreadable for logs, reports and pictures: all digits but the last two."""

import re

from ringback.numbers.text import fold_text

_MASK = "•"
_SHOWN = 2
_SHORTEST_NUMBER = 5
# Between two digits of one number: blanks, dashes, dots, brackets and slashes, and what cannot be seen.
_BETWEEN = r"[\s.()\[\]/\-\u00ad\u00b7\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{0,4}"
_NUMBER = re.compile(rf"\+?\d(?:{_BETWEEN}\d){{6,}}")


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


def mask_text(text: str) -> str:
    """Every run of seven or more digits in a longer text is masked, separated or not.

    It masks too much rather than too little: dates with a time behind them and long row numbers go as well.

    >>> mask_text("row 12: called 07700 900123 twice")
    'row 12: called •••••••••23 twice'
    """
    return _NUMBER.sub(lambda run: mask_number(run[0]), text)
