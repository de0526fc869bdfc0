"""Raw text to dialled digits, without wrapping, typing habits and spreadsheet damage; or why there are none."""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote

from ringback.numbers.withheld import is_withheld

_BLANKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2800")
_DASHES = frozenset("\u2212\u2043\u02d7\u30fc")  # they look like dashes, but Unicode does not class them as dashes
_SLASHES = frozenset("\u2044\u2215")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"

_PLAIN = re.compile(r"\+?[0-9]+")
_EASY = str.maketrans("", "", " -/\xa0")  # separators that never change what the rest means
_SEPARATORS = str.maketrans("", "", " -/.()[]")
_SCHEME = re.compile(r"(sips?|tel):(?://)?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]+))?e\+?([0-9]{1,2})")
_HIDING_CODES = re.compile(r"(?:\*67|\*82|\*31#|#31#)+")
_EXTENSION = re.compile(r"(?<=[0-9)\].]);?(?:ext(?:ension|n)?[.:=]*|x\.?|#)[0-9]{1,7}$")
_BRACKETED_ZERO = re.compile(r"([(\[]?(?:\+|00|011)?[1-9][0-9]{0,2}[)\]]?\.?)[(\[]0[)\]]")
_DECIMAL_ZEROS = re.compile(r"(\+?[0-9]+)[.,]0{1,2}")


class Dialled(NamedTuple):
    """The digits of one raw text, or the reason why it has none.

    Attributes:
        plus: Whether the number was written with a plus in front.
        digits: ASCII digits, '' when there is a reason.
        without_zero: The digits without a trunk zero that stood in brackets after a country code, else ''.
        reason: `empty`, `withheld`, `not_a_number` or `eaten_by_spreadsheet`; None when there are digits.
    """

    plus: bool
    digits: str
    without_zero: str = ""
    reason: str | None = None


class _Folding(dict[int, str | None]):
    """What each character becomes, worked out once for each character that turns up."""

    def __missing__(self, code: int) -> str | None:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(character: str) -> str | None:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf" or character in _INVISIBLE:
        return None
    if category[0] == "Z" or character in _BLANKS:
        return " "
    if category == "Pd" or character in _DASHES:
        return "-"
    if character in _SLASHES:
        return "/"
    return "." if character == "\xb7" else character


_FOLDING = _Folding()


def fold_text(raw: str) -> str:
    """Text in plain characters: one form of each, digits in ASCII, blanks as spaces, no invisible characters.

    >>> fold_text("０７７００\\u00a0９００１２３\\u200b")
    '07700 900123'
    """
    if raw.isascii() and raw.isprintable():
        return raw.strip()  # nearly every text: it has no plainer form
    # NFKC may make a character that has a plainer form again, so texts are folded before and after it.
    return unicodedata.normalize("NFKC", raw.translate(_FOLDING)).translate(_FOLDING).strip()


def clean_number(raw: str | None) -> Dialled:
    """The digits that a raw text dials, without its wrapping.

    Args:
        raw: Text as seized: a number in any usual form, a SIP or tel address, a name with an address.

    >>> clean_number('"A Name" <sip:+447700900123@192.0.2.1;user=phone>')
    Dialled(plus=True, digits='447700900123', without_zero='', reason=None)
    >>> clean_number("4.47701E+11").reason
    'eaten_by_spreadsheet'
    """
    if raw is None:
        return _unread("empty")
    easy = raw.translate(_EASY)
    if _PLAIN.fullmatch(easy):  # most of a seizure: it skips the slower steps below
        return Dialled(easy[0] == "+", easy.lstrip("+"))
    text = _unwrapped(fold_text(raw)).lower().lstrip("=" + _QUOTES).rstrip(_QUOTES).strip()
    if not text.translate(_SEPARATORS):
        return _unread("empty")
    if is_withheld(text):
        return _unread("withheld")
    spaceless = text.replace(" ", "")
    scientific = _SCIENTIFIC.fullmatch(spaceless)
    if scientific:
        return _read_scientific(*scientific.groups(default=""))
    return _read_compact(spaceless.replace("-", "").replace("/", ""))


def _unread(reason: str) -> Dialled:
    return Dialled(False, "", "", reason)


def _unwrapped(text: str) -> str:
    """The text inside angle brackets; of an address, the user part with its phone-context in front."""
    end = text.rfind(">")
    start = text.rfind("<", 0, end) if end > 0 else -1
    if start >= 0:
        text = text[start + 1 : end].strip()
    scheme = _SCHEME.match(text)
    if not scheme:
        return text
    address = text[scheme.end() :]
    if scheme[1].lower() != "tel":
        user, at, _host = address.partition("@")
        if not at and "." in user:
            return text  # a bare host: a machine's address. The scheme stays, so this is not a number
        address = user.partition("?")[0].partition(":")[0]
    number, *parameters = (fold_text(unquote(part)) for part in address.split(";"))
    if not number.startswith("+"):
        for parameter in parameters:
            name, _, context = parameter.partition("=")
            if name.strip().lower() == "phone-context" and context.startswith("+"):
                return context + number
    return number


def _read_scientific(whole: str, fraction: str, exponent: str) -> Dialled:
    # A mantissa with fewer digits than the exponent asks for was rounded: the lost digits may have been
    # zeros, but nothing says so.
    places = int(exponent)
    if len(fraction) < places or fraction[places:].strip("0"):
        return _unread("eaten_by_spreadsheet")
    return Dialled(False, whole + fraction[:places])


def _read_compact(text: str) -> Dialled:
    """The digits of a lower-case text without spaces, dashes and slashes."""
    hiding = _HIDING_CODES.match(text)
    if hiding:
        text = text[hiding.end() :]
    extension = _EXTENSION.search(text)
    if extension:
        text = text[: extension.start()]
    zero = _BRACKETED_ZERO.match(text)
    without_zero = _separators_off(zero[1] + text[zero.end() :]).lstrip("+") if zero else ""
    text = _separators_off(text)
    if not _PLAIN.fullmatch(text):
        return _unread("not_a_number")
    return Dialled(text[0] == "+", text.lstrip("+"), without_zero)


def _separators_off(text: str) -> str:
    text = text.translate({ord(bracket): None for bracket in "()[]"})
    decimal = _DECIMAL_ZEROS.fullmatch(text)
    return decimal[1] if decimal else text.replace(".", "")
