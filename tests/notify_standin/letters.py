"""What the provider makes of a text's letters and spaces before anybody sees it, in a phone or in the API."""

import re
import unicodedata

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€")
_ACCENTS = "\u0300\u0301\u0308\u0302"  # grave, acute, diaeresis, circumflex
WELSH = frozenset(unicodedata.normalize("NFC", vowel + accent) for vowel in "aeiouwyAEIOUWY" for accent in _ACCENTS)
KEPT = GSM | GSM_EXTENSION | WELSH
REPLACED = {
    **dict.fromkeys("\u2013\u2014", "-"),
    **dict.fromkeys("\u2018\u2019", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\u180e\u200b\u200c\u200d\u2060\ufeff\u2028\u2029", ""),
    **dict.fromkeys("\u00a0\u202f\t", " "),
    "\u2026": "...",
    "\u0141": "L",
    "\u0142": "l",
}
# Of the same kind, and replaced only since any letter is kept.
_REPLACED_SINCE = {"\u2011": "-", "\u2212": "-", "\u201a": "'", "\u201e": '"'}
_KEPT_SINCE = frozenset("\u0141\u0142\u200d")
REPLACED_BESIDE_ANY = {
    character: text for character, text in (REPLACED | _REPLACED_SINCE).items() if character not in _KEPT_SINCE
}
LETTERS = ("welsh", "any")

_SPACE_BEFORE_A_STOP = re.compile(r"[ \t]+(?=[,.])")
_NO_WIDTH = re.compile("[\u180e\u200b\u200c\u200d\u2060\ufeff]")
_EMPTY_LINES = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """The text with the provider's spaces: one between words, none at the ends of lines or before , and .

    >>> tidy("  Metro  Police , here .  \\n\\n\\n\\nBye ")
    'Metro Police, here.\\n\\nBye'
    """
    lines = _SPACE_BEFORE_A_STOP.sub("", text).splitlines()
    return _EMPTY_LINES.sub("\n\n", "\n".join(" ".join(_NO_WIDTH.sub("", line).split()) for line in lines)).strip()


def rewrite(text: str, *, letters: str = "welsh") -> str:
    """The text with the letters that the provider puts in the place of others.

    Args:
        text: A text.
        letters: "welsh" keeps GSM-7 and Welsh letters, takes accents off others, and makes the rest "?" (so it was
            until the autumn of 2026); "any" keeps all letters and still replaces quotes, dashes and the like.

    >>> rewrite("“Zażółć” – ŵ اردو")
    '"Zazólc" - ŵ ????'
    >>> rewrite("“Zażółć” – ŵ", letters="any")
    '"Zażółć" - ŵ'
    """
    if letters == "any":
        return "".join(REPLACED_BESIDE_ANY.get(character, character) for character in text)
    return "".join(character if character in KEPT else _downgrade(character) for character in text)


def _downgrade(character: str) -> str:
    decomposed = unicodedata.decomposition(character)
    if decomposed and "<" not in decomposed:
        return chr(int(decomposed.split()[0], 16))
    return REPLACED.get(character, "?")
