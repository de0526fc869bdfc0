"""The language of an app: gettext, with English words as the keys, and a made-up language that shows what is missing.

In templates write `{% trans %}Check a text{% endtrans %}` or `{{ _("Check a text") }}`; in views `gettext("...")`.
Placeholders are `%(name)s`, and a per cent sign is `%%`. The made-up language `en-XA` puts an accent on every letter
and makes each text a third longer: a word without accents is in no catalogue, and a page that breaks with it would
break in Welsh.
"""

import gettext as standard
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from ringback.text.phrases import say

PSEUDO = "en-XA"
_ENGLISH = "en"
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_DOMAIN = "messages"
_EXTENSION = "ringback.language"
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# Placeholders, tags and entities stay as they are.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&#?\w+;)")
_ACCENTED = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "ÅƁÇĎÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçďéƒĝĥîĵķļṁñöþǫŕšţûṽŵẋýž"
)
_LONGER, _WORD = 1 / 3, 6


@dataclass(frozen=True)
class Language:
    """A language with its words.

    Attributes:
        code: As `lang` in HTML has it, such as "cy".
        direction: "ltr" or "rtl".
        translations: Looks words up.
    """

    code: str
    direction: str
    translations: standard.NullTranslations


def load_language(code: str, folders: Iterable[Path]) -> Language:
    """A language by its code.

    Args:
        code: Such as "cy".
        folders: Where catalogues are: FOLDER/cy/LC_MESSAGES/messages.mo. The words of the first one win.

    Raises:
        LookupError: The language is in none of the folders.
    """
    direction = "rtl" if code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
    if code == _ENGLISH:
        return Language(code, direction, standard.NullTranslations())
    if code == PSEUDO:
        return Language(code, direction, PseudoTranslations())
    # A code becomes part of a path.
    places = list(folders) if _CODE.fullmatch(code) else []
    found = [
        standard.translation(_DOMAIN, folder, [code.replace("-", "_")])
        for folder in places
        if standard.find(_DOMAIN, folder, [code.replace("-", "_")])
    ]
    if not found:
        raise LookupError(f"there is no catalogue for the language {code!r}")
    for more in found[1:]:
        found[0].add_fallback(more)
    return Language(code, direction, found[0])


class PseudoTranslations(standard.NullTranslations):
    """The made-up language."""

    def gettext(self, message: str) -> str:
        """The text, disguised."""
        return disguise(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for one or for many, disguised."""
        return disguise(msgid1 if n == 1 else msgid2)

    def pgettext(self, _context: str, message: str) -> str:
        """The text, disguised."""
        return disguise(message)

    def npgettext(self, _context: str, msgid1: str, msgid2: str, n: int) -> str:
        """The text for one or for many, disguised."""
        return disguise(msgid1 if n == 1 else msgid2)


def disguise(text: str) -> str:
    """A text in the made-up language.

    >>> disguise("Ring <b>%(number)s</b> now")
    'Ŕîñĝ <b>%(number)s</b> ñöŵ ẋẋẋ'
    """
    parts = _KEPT.split(text)
    letters = sum(char.isalpha() for part in parts[::2] for char in part)
    parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
    more = math.ceil(letters * _LONGER)
    words = ["ẋ" * min(_WORD, more - start) for start in range(0, more, _WORD)]
    return " ".join(["".join(parts), *words])


def gettext(message: str, **values: object) -> str:
    """A text in the language of the app that answers, with its placeholders filled in. It is not HTML."""
    return _language().translations.gettext(message) % values


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """A text for a count, which is also the placeholder `num`."""
    return _language().translations.ngettext(one, many, count) % {"num": count, **values}


def translate(text: str) -> str:
    """A sentence from a file of data or a `Phrase`, in the language of the app; English where no catalogue has it.

    It is not HTML, and a per cent sign in it is only that.
    """
    return say(text, _language().translations.gettext)


def use_language(extensions: dict[str, object], language: Language) -> None:
    """Make it the language of an app, given the app's extensions."""
    extensions[_EXTENSION] = language


def _language() -> Language:
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Language)
    return found
