"""Folding of single characters: look-alikes, odd forms and accents become plain letters, invisible ones vanish."""

import csv
import io
import re
import unicodedata

from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_lines

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_DOTS = frozenset("。｡．․·•∙⋅‧・･᛫●⚫◦⸳ꞏ﹒۔˙।܁܂⸱‣▪⦁🄀🞄")
_SLASHES = frozenset("⁄∕⧸╱／")
_BACKSLASHES = frozenset("∖⧵﹨＼")
_QUOTES = frozenset("‘’‛ʼ′`´ʹ＇")
_STROKES = frozenset("‐‑‒–—―−⁃˗ー﹣－")
_SHOUTS = frozenset("！﹗ǃ❗❕")
_AT_SIGNS = frozenset("＠﹫")
_KNOWN = (
    dict.fromkeys(_DOTS, ".")
    | dict.fromkeys(_SLASHES, "/")
    | dict.fromkeys(_BACKSLASHES, "\\")
    | dict.fromkeys(_QUOTES, "'")
    | dict.fromkeys(_STROKES, "-")
    | dict.fromkeys(_SHOUTS, "!")
    | dict.fromkeys(_AT_SIGNS, "@")
    | {"\n": "\n", "¡": "i", "€": "€", "￡": "£"}
)
# The letter in a character's Unicode name: NEGATIVE SQUARED LATIN CAPITAL LETTER V, REGIONAL INDICATOR SYMBOL LETTER V.
_LETTER_NAME = re.compile(r"(?:LATIN |SYMBOL )(?:CAPITAL |SMALL )?(?:LETTER )(?:[A-Z]+ ){0,3}?([A-Z])(?: WITH .*)?$")
_DIGIT_NAME = re.compile(
    r"(?:KEYCAP|DIGIT|NUMBER) (ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN)(?: FULL STOP)?$"
)
_DIGITS = {unicodedata.name(str(value)).removeprefix("DIGIT "): str(value) for value in range(10)} | {"TEN": "10"}
_DEEPEST = 3
_MOST_FOLDED = 20_000

# Letters of the Latin alphabets of Europe, but not those that are used only as look-alikes.
_PLAIN_LETTERS = (frozenset(map(chr, range(0xC0, 0x180))) | frozenset("ẀẁẂẃẄẅỲỳẞ")) - frozenset("ıſĸŀĿŉĳĲ×÷")


def fold_character(character: str) -> str:
    """The plain text that a reader sees in a character; '' for an invisible one.

    >>> fold_character("\\u0456"), fold_character("①"), fold_character("ﬁ"), fold_character("\\u200b")
    ('i', '1', 'fi', '')
    """
    if character.isascii() and character.isprintable():
        return character
    return _folded()[character]


def is_hidden(character: str) -> bool:
    """Whether a character is invisible, or an unusual kind of blank."""
    if character.isascii():
        return not (character.isprintable() or character == "\n")
    category = unicodedata.category(character)
    if category[0] == "Z":
        return character != "\u00a0"
    return category in {"Cc", "Cf", "Cs", "Co", "Cn"} or character in _FILLERS


def is_mark(character: str) -> bool:
    """Whether a character is a combining mark: written over or under the one before it."""
    return unicodedata.category(character)[0] == "M"


def is_strange(character: str) -> bool:
    """Whether a letter or digit is one that English texts do not use."""
    if character.isascii() or character in _PLAIN_LETTERS:
        return False
    if unicodedata.category(character)[0] in "LN":
        return True
    folded = fold_character(character)
    return folded.isascii() and folded.isalnum()


@kept_with_data(1)
def read_homoglyphs() -> dict[str, str]:
    """Each character of wording/homoglyphs.csv to the Latin letters that it looks like."""
    rows = csv.DictReader(io.StringIO("\n".join(read_lines("wording/homoglyphs.csv"))))
    return {chr(int(code, 16)): row["look"] for row in rows for code in row["codes"].split()}


class _Folded(dict[str, str]):
    """Character to folded text, worked out once for each of the first characters met."""

    def __missing__(self, character: str) -> str:
        folded = _fold(character, _DEEPEST)
        # Strangers choose the characters: there are a million.
        if len(self) < _MOST_FOLDED:
            self[character] = folded
        return folded


@kept_with_data(1)
def _folded() -> _Folded:
    return _Folded()


def _fold(character: str, depth: int) -> str:
    known = _KNOWN.get(character) or read_homoglyphs().get(character)
    if known is not None:
        return known.upper() if character.isupper() else known
    category = unicodedata.category(character)
    if category[0] == "Z" or character in "\t\v\f\r\x85":
        return " "
    if is_hidden(character) or category[0] == "M":
        return ""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKD", character)
    if plain != character and depth:
        return "".join(one if one.isascii() and one.isprintable() else _fold(one, depth - 1) for one in plain)
    return _named(character)


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    if found := _LETTER_NAME.search(name):
        return found[1] if unicodedata.category(character) != "Ll" else found[1].lower()
    if found := _DIGIT_NAME.search(name):
        return _DIGITS[found[1]]
    return character
