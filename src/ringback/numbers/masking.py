"""Phone numbers made unreadable for logs, reports and pictures: all digits but the last two."""

from ringback.numbers.text import fold_text

_MASK = "•"
_SHOWN = 2
_SHORTEST_NUMBER = 5


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
