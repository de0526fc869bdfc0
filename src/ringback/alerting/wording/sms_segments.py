"""SMS segments: how a text is split for the network, and what it costs. case.toml calls a segment a part.

A text in the GSM 03.38 alphabet takes seven bits a character: 160 fit in a single segment, 153 in each of several (the
rest is the header that joins them). One character outside it makes the whole text UCS-2: 70 in one, 67 in each of
several.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MOST_CHARACTERS = 918  # the most that the provider accepts, in any alphabet

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENSION


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of one text.

    Attributes:
        encoding: "GSM-7", or "UCS-2" if any character is outside the GSM alphabet.
        units: Septets (an extension character is two) or 16-bit units (an emoji is two).
        count: How many segments are paid for; 0 for no text.
        per_segment: How many units one of these segments holds.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int
    per_segment: int


def count_segments(text: str) -> Segments:
    """Count the segments of a text. A character of two units is never split: it moves whole to the next segment.

    >>> count_segments("a" * 160).count, count_segments("a" * 161).count, count_segments("a" * 160 + "€").count
    (1, 2, 2)
    >>> count_segments("ŵ" * 71)
    Segments(encoding='UCS-2', units=71, count=2, per_segment=67)
    """
    gsm = all(character in _GSM for character in text)
    sizes = [_size(character, gsm=gsm) for character in text]
    alone, joined = (160, 153) if gsm else (70, 67)
    units = sum(sizes)
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if gsm else "UCS-2"
    if units <= alone:
        return Segments(encoding, units, 1 if units else 0, alone)
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return Segments(encoding, units, count, joined)


def find_outside_gsm(text: str) -> list[str]:
    """The characters that make a text UCS-2, each once, in text order.

    >>> find_outside_gsm("Ynys Môn, tŷ")
    ['ô', 'ŷ']
    """
    return [character for character in dict.fromkeys(text) if character not in _GSM]


def cost(segments: Segments | int, price_per_part: Decimal, *, texts: int = 1) -> Decimal:
    """What texts cost, exactly.

    Args:
        segments: The segments of one text, or their count.
        price_per_part: Pounds, as a Decimal so that nothing is rounded.
        texts: How many such texts.

    Returns:
        Pounds.

    >>> cost(2, Decimal("0.0197"), texts=70_000)
    Decimal('2758.0000')
    """
    count = segments if isinstance(segments, int) else segments.count
    return price_per_part * count * texts


def _size(character: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if character in _EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1
