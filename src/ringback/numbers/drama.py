"""Ofcom's numbers for use in drama: they are nobody's, and are never handed to a provider.

Source: Ofcom, "Telephone numbers for use in TV and radio drama programmes".
"""

_MOBILE, _NO_AREA, _FREEPHONE, _UK_WIDE, _PREMIUM = "7700900", "1632960", "8081570", "3069990", "9098790"
_AREAS = tuple(f"{code}4960" for code in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161))
_OTHER_AREAS = ("2079460", "1914980", "2896496", "2920180")
_PREFIXES = tuple(
    f"+44{prefix}" for prefix in (_MOBILE, _NO_AREA, _FREEPHONE, _UK_WIDE, _PREMIUM, *_AREAS, *_OTHER_AREAS)
)


def is_drama(e164: str) -> bool:
    """Whether a number is one of Ofcom's for drama.

    >>> is_drama("+447700900123"), is_drama("+442079460000"), is_drama("+447701900123")
    (True, True, False)
    """
    return e164.startswith(_PREFIXES)
