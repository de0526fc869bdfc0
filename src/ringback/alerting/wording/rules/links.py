"""Checks for web addresses: anything that a phone turns into a link, or that a reader would take for one."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText
from ringback.alerting.wording.rules.lexicons import read_words

_SHAPES = (
    re.compile(r"\b[a-z][a-z0-9+-]{1,11}\s?:\s?/(?:\s?/)?"),  # a scheme
    re.compile(r"\b(?:tel|sms|smsto|mailto|geo|whatsapp|intent|market|fb|javascript|data)\s?:\s?(?=\S)"),
    re.compile(r"//|\\"),
    re.compile(r"(?<!\w)(?:w\s?w\s?w|hxxps?|https?|ftp)(?:\b|\s?\W)|(?<!\w)www\w"),
    re.compile(r"@"),
    re.compile(r"[#♯⌗]\s{0,3}[^\W_]"),  # a hashtag; the alert's reference, hidden here, may have one before it
    re.compile(r"\bxn-{1,2}\w"),
    re.compile(r"(?<![\d.])\d{1,3}(?:\s?\.\s?\d{1,3}){3}(?![\d.])"),  # an IP address
    re.compile(r"[^\W_]:\d{2,5}/"),
    re.compile(r"\b0x[0-9a-f]{2,}"),
    re.compile(r"(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}(?![\w:])"),
    # A full stop with no blank after it. Phones link it if the ending is a top-level domain, and new ones keep coming.
    re.compile(r"[^\W_]\.[^\W\d_][^\W_]"),
    re.compile(r"[^\W_]\s?[(\[{<]\s?(?:\.|dot|punkt|point)\s?[)\]}>]\s?[^\W_]"),
    re.compile(r"(?:dot|\bpunkt)(?:com|couk|uk|org|net|gov|police|info|co|io)\b"),
    re.compile(r"(?<=\w)\.{2,}\s?(?:com|co|uk|org|net|gov)\b"),
)
_SPACED = re.compile(r"([^\W_])(\s{0,3})\.(\s{0,3})([^\W\d_]{2,24})(?![^\W_])")
_ANY_SIGN = re.compile(r"[^\W_]\s?([,;:_*~|'\"·^=+-]|\s)\s?([a-z]{2,6})(?![^\W_])")
_SPELLED_TAIL = re.compile(r"(?<![^\W_])(?:co|gov|org|ac|nhs|police|net|com)[\s,;_*-]{1,3}uk(?![^\W_])")
_LONE_ENDING = re.compile(r"(?<![^\W_])(?:com|couk|govuk|orguk|dotcom|dotorg)(?![^\W_])")
_LETTERS_APART = re.compile(r"(?<![^\W_])(?:[a-z0-9]\s){2,30}[.,]\s(?:[a-z]\s?){2,6}(?![^\W_])")
# An ending with its letters apart: no sentence begins with two single letters.
_ENDING_APART = re.compile(r"[^\W_]\s{0,3}[.,;:_*~|·-]\s{0,3}((?:[a-z]\s{1,3}){1,5}[a-z])(?![^\W_])")
# A sign without blanks around it; or "uk" in small letters after any sign. "Kent Police, UK" is neither.
_GLUED_SIGN = re.compile(r"[^\W_]([,;:_*~|·^=+-])([a-z]{2,6})(?![^\W_])")
_SIGN_BEFORE_UK = re.compile(r"[^\W_]\s?[,;:_*~|·^=+]\s?(uk)(?![^\W_])")
_BEFORE_HYPHEN = re.compile(r"(?<![^\W_])(?:non|pan|all|intra|outside|pre|post|ex)-$")
# Endings that appear after a comma or a dash only in web addresses.
_UNMISTAKABLE = frozenset({"com", "org", "net", "gov", "info", "biz", "couk", "xyz"})


def find_links(folded: FoldedText) -> Iterator[Fault]:
    """Everything with the shape of a web or e-mail address, with or without dots."""
    plain = folded.plain
    for shape in _SHAPES:
        for found in shape.finditer(plain):
            yield _fault(folded, *_whole(plain, found.start(), found.end()))
    for found in _SPACED.finditer(plain):
        if _is_spaced_domain(folded, found):
            yield _fault(folded, *_whole(plain, found.start(), found.end()))
    for found in _ANY_SIGN.finditer(plain):
        if found[2] in _UNMISTAKABLE and not (found[1] == " " and found[2] in {"net", "info", "biz", "org"}):
            yield _fault(folded, found.start(), found.end())
    for found in _ENDING_APART.finditer(plain):
        if _is_ending_apart(found[1]):
            yield _fault(folded, found.start(), found.end())
    for found in _GLUED_SIGN.finditer(plain):
        if found[2] in read_words("domain_words.txt") and not _is_prefix(plain, found):
            yield _fault(folded, *_whole(plain, found.start(), found.end()))
    for found in _SIGN_BEFORE_UK.finditer(plain):
        if folded.cased[found.start(1) : found.end(1)].islower():
            yield _fault(folded, found.start(), found.end())
    for pattern in (_LONE_ENDING, _LETTERS_APART):
        for found in pattern.finditer(plain):
            yield _fault(folded, found.start(), found.end())
    for found in _SPELLED_TAIL.finditer(plain):
        if not found[0].startswith("police") or not folded.cased[found.end() - 2 : found.end()].isupper():
            yield _fault(folded, found.start(), found.end())


def _is_spaced_domain(folded: FoldedText, found: re.Match[str]) -> bool:
    before, after, ending = found[2], found[3], found[4]
    if ending not in _endings() or not (before or after):
        return False  # an address without blanks is found by its shape
    written = folded.cased[found.start(4) : found.end(4)]
    if ending in read_words("domain_words.txt"):
        return written.islower() or bool(before) or _stands_last(folded.plain, found.end())
    return bool(before) and (not after or written.islower())


def _is_ending_apart(letters: str) -> bool:
    """Whether spaced letters are the ending of a web address: "u k"."""
    return "".join(letters.split()) in _endings()


def _is_prefix(plain: str, found: re.Match[str]) -> bool:
    """Whether a hyphen joins an ordinary word to "UK" and the like: "non-UK"."""
    return found[1] == "-" and _BEFORE_HYPHEN.search(plain, 0, found.start(2)) is not None


def _stands_last(plain: str, until: int) -> bool:
    return not plain[until:].strip() or plain[until] in ".,;!?)/"


def _whole(plain: str, at: int, until: int) -> tuple[int, int]:
    """The whole run of non-blank characters around a find, for the message; at most as long as a link can be."""
    first, last = at, until
    while first > 0 and not plain[first - 1].isspace() and at - first < _LONGEST:
        first -= 1
    while last < len(plain) and not plain[last].isspace() and last - until < _LONGEST:
        last += 1
    return first, last


_LONGEST = 60


@lru_cache(maxsize=1)
def _endings() -> frozenset[str]:
    return read_words("top_level_domains.txt")


def _fault(folded: FoldedText, at: int, until: int) -> Fault:
    return make_fault("link", folded.text, *folded.original(at, until))
