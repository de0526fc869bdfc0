"""No phone number reaches the reader of a page: masking what may hold one, and a last check of the page."""

import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

# Nine digits is the shortest that a full number gets (a UK number without its trunk 0 may have nine), and
# people put at most a few marks between two digits. A comma is not among them: it separates thousands.
_NUMBER = re.compile(r"\d(?:[\s().+/\-\u2010-\u2015\u2212]{0,3}\d){8,}")
# Long runs of digits that are certainly something else: hashes, dates, and the stamps in file names.
# Twelve-digit stamps stay out: they cannot be told from an Egyptian mobile.
_NOT_A_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9a-f]*[a-f])[0-9a-f]{32,128}(?![0-9A-Za-z])"
    r"|(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)"
    r"|(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[0-2]\d[0-5]\d[0-5]\d(?!\d)"
)
_SHOWN_DIGITS = 2
# Elements that do not part their text from the text around them, as a reader sees it.
_INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "tspan", "wbr"})
_UNSEEN = frozenset({"script", "style"})
_SPOKEN = frozenset({"alt", "aria-description", "aria-label", "content", "data-label", "href", "id", "title", "value"})


def _without_invisible(text: str) -> str:
    """Drop characters of no width: they hide a number from a search, and turn text around."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _masked_run(run: re.Match[str]) -> str:
    left = sum(char.isdigit() for char in run[0]) - _SHOWN_DIGITS
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
    text = _without_invisible(text)
    parts = []
    at = 0
    for other in _NOT_A_NUMBER.finditer(text):
        parts += [_NUMBER.sub(_masked_run, text[at : other.start()]), other[0]]
        at = other.end()
    return "".join([*parts, _NUMBER.sub(_masked_run, text[at:])])


class _ReadableText(HTMLParser):
    """Collects what people see or hear of a page, one piece per block of text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[list[str]] = [[]]
        self.spoken: list[list[str]] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Part the text at a block, and take in the attributes that are read out."""
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "br":
            self.pieces[-1].append(" ")
        elif tag not in _INLINE:
            self.pieces.append([])
        # Attributes stand apart from the running text, which goes on after them.
        self.spoken += [[value] for name, value in attrs if value and name in _SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        """Part the text at the end of a block."""
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag not in _INLINE:
            self.pieces.append([])

    def handle_data(self, data: str) -> None:
        """Take in text."""
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
        text = " ".join(_without_invisible("".join(piece)).split())
        rest = re.sub("|".join(known), "#", text) if known else text
        found = _NUMBER.search(_NOT_A_NUMBER.sub("#", rest))
        if found:
            raise ValueError(f"the page would show what looks like a phone number: {mask_numbers(text)[:80]!r}")
