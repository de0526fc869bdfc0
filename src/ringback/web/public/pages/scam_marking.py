"""Marks in a message: which of its words gave it away, and as what."""

from collections.abc import Iterable
from dataclasses import dataclass

from ringback.signs.check import Check
from ringback.signs.verdict import TELLING
from ringback.web.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message.

    Attributes:
        text: Its words, literally.
        names: What they show, in the language of the app; none for words that are not marked.
    """

    text: str
    names: tuple[str, ...] = ()


def mark(check: Check) -> tuple[Piece, ...]:
    """A message in pieces, which together are its text. Findings that share words have one mark, with all names."""
    found = [(one.at, one.until, one.name) for one in (*check.signs, *check.asks)]
    found += [(one.at, one.until, one.name) for one in check.facts if one.name in TELLING and one.at >= 0]
    names = _names()
    pieces, last = [], 0
    for at, until, keys in _merged(found):
        pieces += [Piece(check.text[last:at])] if at > last else []
        shown = dict.fromkeys(names.get(key) or names[key.partition("_")[0]] for key in keys)
        pieces.append(Piece(check.text[at:until], tuple(shown)))
        last = until
    return (*pieces, *([Piece(check.text[last:])] if last < len(check.text) else []))


def _merged(found: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, list[str]]]:
    """Places in order, of which no two share a character."""
    merged: list[tuple[int, int, list[str]]] = []
    for at, until, name in sorted(one for one in found if one[0] < one[1]):
        if merged and at < merged[-1][1]:
            first, end, names = merged[-1]
            merged[-1] = (first, max(end, until), [*names, name])
        else:
            merged.append((at, until, [name]))
    return merged


def _names() -> dict[str, str]:
    """What each finding is called, by its name or by the beginning of it."""
    return {
        "authority": _("who it says it is"),
        "urgency": _("hurry or threat"),
        "emotion": _("plays on your feelings"),
        "scarcity": _("too good, or soon gone"),
        "current_events": _("uses the news or the season"),
        "money_transfer": _("asks for money"),
        "bank_details": _("asks for bank details"),
        "one_time_code": _("asks for a code"),
        "login": _("asks you to sign in"),
        "personal_details": _("asks for personal details"),
        "remote_access": _("wants to get into your device"),
        "gift_card": _("asks for gift cards"),
        "crypto": _("asks for cryptocurrency"),
        "click_link": _("asks you to open a link"),
        "call_back": _("asks you to ring"),
        "reply": _("asks for an answer"),
        "open_attachment": _("asks you to open a file"),
        "keep_secret": _("asks you to keep it secret"),
        "stay_on_line": _("asks you to stay on the line"),
        "move_to_app": _("asks you to use another app"),
        "link": _("a link to be careful with"),
        "phone": _("a phone number to be careful with"),
        "free": _("an e-mail address to be careful with"),
        "mail": _("an e-mail address to be careful with"),
        "file": _("a file to be careful with"),
    }
