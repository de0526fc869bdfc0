"""Which characters GOV.UK Notify sends unchanged. It replaces the others.

Until the autumn of 2026 Notify kept the GSM alphabet and Welsh letters, took the accents off other letters, and made a
question mark of the rest. Its newer code keeps any letter. Neither keeps curly quotes, long dashes or unusual blanks.
"""

import unicodedata

from ringback.alerting.wording.sms_segments import find_outside_gsm

WELSH, ANY = "welsh", "any"
LETTERS = (WELSH, ANY)

_WELSH_LETTERS = frozenset(
    unicodedata.normalize("NFC", vowel + accent)
    for vowel in "aeiouwyAEIOUWY"
    for accent in ("\u0300", "\u0301", "\u0302", "\u0308")
)
# In the GSM alphabet, but Notify treats them as blanks.
_BLANKS_IN_GSM = frozenset("\r\f")
_WRITTEN_PLAINLY = frozenset("\u2011\u2013\u2014\u2212\u2026\u2018\u2019\u201a\u201c\u201d\u201e")
_TAKEN_OUT = frozenset("\u180e\u200b\u200c\u200d\u2060\ufeff")
_BLANKS_KEPT = frozenset(" \n")


def find_changed(text: str, *, letters: str = WELSH) -> list[str]:
    """The characters that Notify would replace, each once, in the order of the text.

    Args:
        text: A text with tidy blanks, as `templates.render` gives it.
        letters: Which letters Notify keeps: "welsh" or "any".

    >>> find_changed("Ynys Môn, tŷ: Łódź – здесь")
    ['Ł', 'ź', '–', 'з', 'д', 'е', 'с', 'ь']
    >>> find_changed("Ynys Môn, tŷ: Łódź – здесь", letters="any")
    ['–']
    """
    if letters == ANY:
        return [character for character in dict.fromkeys(text) if _is_changed(character)]
    outside = {character for character in find_outside_gsm(text) if character not in _WELSH_LETTERS}
    return [character for character in dict.fromkeys(text) if character in outside | _BLANKS_IN_GSM]


def _is_changed(character: str) -> bool:
    blank = character.isspace() and character not in _BLANKS_KEPT
    return blank or character in _WRITTEN_PLAINLY or character in _TAKEN_OUT
