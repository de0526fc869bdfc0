"""No phone number reaches the reader of a page: a last check of the page."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from ringback.numbers.masking import NOT_A_NUMBER, NUMBER, mask_numbers, without_invisible

# Inline elements: a reader sees their text as one with the text around them.
_INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "tspan", "wbr"})
_UNSEEN = frozenset({"script", "style"})
_SPOKEN = frozenset({"alt", "aria-description", "aria-label", "content", "data-label", "href", "id", "title", "value"})


class _ReadableText(HTMLParser):
    """Collects what people see or hear of a page, one piece per block of text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[list[str]] = [[]]
        self.spoken: list[list[str]] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a new piece at a block, and collect the attributes that are read out."""
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "br":
            self.pieces[-1].append(" ")
        elif tag not in _INLINE:
            self.pieces.append([])
        # Attributes stand apart from the running text, which goes on after them.
        self.spoken += [[value] for name, value in attrs if value and name in _SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        """Begin a new piece at the end of a block."""
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag not in _INLINE:
            self.pieces.append([])

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._unseen:
            self.pieces[-1].append(data)


def assert_no_numbers(html: str, *, allowed: Iterable[str] = ()) -> None:
    """Refuse a page in which anything readable looks like a phone number.

    Args:
        html: The finished page.
        allowed: Identifiers made by ringback itself, such as a run's id, that may be all digits.

    Raises:
        ValueError: With a masked excerpt, when nine digits or more stand together that are no hash or date.

    >>> assert_no_numbers("<p>70,000 people on 24 November 2022</p>")
    >>> assert_no_numbers("<p>Call <b>07700</b> 900123</p>")
    Traceback (most recent call last):
    ValueError: the page would show what looks like a phone number: 'Call ***** ****23'
    """
    reader = _ReadableText()
    reader.feed(html)
    reader.close()
    known = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in allowed if word]
    for piece in reader.pieces + reader.spoken:
        text = " ".join(without_invisible("".join(piece)).split())
        rest = re.sub("|".join(known), "#", text) if known else text
        found = NUMBER.search(NOT_A_NUMBER.sub("#", rest))
        if found:
            raise ValueError(f"the page would show what looks like a phone number: {mask_numbers(text)[:80]!r}")
