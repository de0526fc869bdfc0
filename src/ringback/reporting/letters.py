"""How wide texts are in the letters of a chart, and how they are cut where there is no room."""

from itertools import pairwise

# Widths of letters in Arial and Helvetica, in thousandths of the height, each with its letters.
_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_OF_LETTER = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OF_ANOTHER = 1000
_CUT = "…"


def width_of(text: str, height: float) -> float:
    """The width of a text in pixels, in letters of this height; unknown letters count as broad ones.

    >>> round(width_of("UK calls", 16), 2)
    58.67
    """
    return sum(_OF_LETTER.get(letter, _OF_ANOTHER) for letter in text) * height / 1000


def cut_text(text: str, height: float, most: float) -> str:
    """The text, cut to its beginning if it would be wider than `most` pixels.

    >>> cut_text("Bosnia and Herzegovina", 16, 100), cut_text("Italy", 16, 100)
    ('Bosnia and…', 'Italy')
    """
    if width_of(text, height) <= most:
        return text
    room = most - width_of(_CUT, height)
    lengths = [0.0]
    for letter in text:
        lengths.append(lengths[-1] + width_of(letter, height))
    fits = sum(1 for _before, after in pairwise(lengths) if after <= room)
    return text[:fits] + _CUT
