"""Names of files, tables and columns as texts that can be kept and shown, whatever bytes they were made of."""

import re

_HALVES = re.compile("[\ud800-\udfff]")


def printable(name: str) -> str:
    """A name without what no text can hold: bytes of no encoding, and halves of characters.

    >>> printable("Gew" + chr(0xDCE4) + "hlt"), printable("dst")
    ('Gew�hlt', 'dst')
    """
    return name if name.isascii() else _HALVES.sub("\ufffd", name)
