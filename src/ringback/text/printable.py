"""Names of files, tables and columns made printable, even where their bytes are no text."""

import re

_HALVES = re.compile("[\ud800-\udfff]")


def printable(name: str) -> str:
    """A name with a replacement mark for each undecodable byte and each lone half of a character.

    >>> printable("Gew" + chr(0xDCE4) + "hlt"), printable("dst")
    ('Gew�hlt', 'dst')
    """
    return name if name.isascii() else _HALVES.sub("\ufffd", name)


def shortened(text: str, most: int = 200) -> str:
    """A text with no more than so many characters: a damaged file can put thousands into a library's error.

    >>> shortened("calls.csv"), shortened("abcdef", 4)
    ('calls.csv', 'abc…')
    """
    return text if len(text) <= most else text[: most - 1] + "…"
