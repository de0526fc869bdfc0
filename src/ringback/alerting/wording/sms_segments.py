"""SMS segments: how a text is cut on its way to a phone, and what that costs.

A text in the GSM 03.38 alphabet travels seven bits a character: 160 in one part, 153 a part in several (the rest is
the heading that joins them). One character outside it makes the whole text UCS-2: 70 in one part, 67 in several.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MOST_CHARACTERS = 918  # that the provider accepts, whatever the alphabet

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENSION


@dataclass(frozen=True, slots=True)
class Segments:
    """The parts that one text travels in.

    Attributes:
        encoding: "GSM-7", or "UCS-2" when one character at least is outside the GSM alphabet.
        units: Septets (an extension character is two) or 16-bit units (an emoji is two).
        parts: How many parts are paid for; 0 for no text.
        per_part: How many units one of these parts holds.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int
    per_part: int


def count_segments(text: str) -> Segments:
    """A character of two units is never cut in two: it moves to the next part whole.

    >>> count_segments("a" * 160).parts, count_segments("a" * 161).parts, count_segments("a" * 160 + "€").parts
    (1, 2, 2)
    >>> count_segments("ŵ" * 71)
    Segments(encoding='UCS-2', units=71, parts=2, per_part=67)
    """
    gsm = all(character in _GSM for character in text)
    sizes = [_size(character, gsm=gsm) for character in text]
    alone, joined = (160, 153) if gsm else (70, 67)
    units = sum(sizes)
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if gsm else "UCS-2"
    if units <= alone:
        return Segments(encoding, units, 1 if units else 0, alone)
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return Segments(encoding, units, parts, joined)


def find_outside_gsm(text: str) -> list[str]:
    """The characters that make a text UCS-2, each once, in the order in which they come.

    >>> find_outside_gsm("Ynys Môn, tŷ")
    ['ô', 'ŷ']
    """
    return [character for character in dict.fromkeys(text) if character not in _GSM]


def cost(parts: Segments | int, price_per_part: Decimal, *, texts: int = 1) -> Decimal:
    """What texts cost, exactly.

    Args:
        parts: Parts of one text, or their number.
        price_per_part: Pounds, as a Decimal so that nothing is rounded.
        texts: How many such texts.

    Returns:
        Pounds.

    >>> cost(2, Decimal("0.0197"), texts=70_000)
    Decimal('2758.0000')
    """
    count = parts if isinstance(parts, int) else parts.parts
    return price_per_part * count * texts


def _size(character: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if character in _EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1
