"""Whether a sender can send a wording: every character must reach the phone as it was approved."""

import unicodedata
from collections.abc import Sequence

from ringback.alerting.model.references import SAMPLE, show
from ringback.alerting.senders.base import Sender
from ringback.alerting.wording.templates import Wording, render
from ringback.errors import RingbackError

_MOST_NAMED = 12


def check_letters(wording: Wording, sender: Sender) -> None:
    """Refuse a wording if the sender's provider would replace some of its characters.

    A wording that cannot be rendered passes here: the linter reports it.

    Raises:
        RingbackError: `wording_unwritable`, with the characters and where they stand.
    """
    try:
        text = render(wording, show(SAMPLE))
    except RingbackError:
        return
    if not (changed := sender.find_changed(text)):
        return
    named = name_each(changed)
    places = [name for name in ("force", "website") if not set(changed).isdisjoint(getattr(wording, name))]
    if places:
        named += f" (some of them in: {', '.join(places)})"
    raise RingbackError("wording_unwritable", sender=sender.name, language=wording.language, characters=named)


def name_each(characters: Sequence[str]) -> str:
    """The first dozen characters with their Unicode names, and how many more there are.

    >>> name_each(["ł", "\\u200b", "\\u0302"])
    'ł (latin small letter l with stroke), U+200B (zero width space), U+0302 (combining circumflex accent: write the \
letter with its accent as one character)'
    """
    named = [_name(character) for character in characters[:_MOST_NAMED]]
    more = len(characters) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _name(character: str) -> str:
    name = unicodedata.name(character, "a character without a name").lower()
    if unicodedata.combining(character):
        name += ": write the letter with its accent as one character"
    # An invisible character, or one that turns the direction of a line, is given by its code point alone.
    shown = character if unicodedata.category(character)[0] in "LNPS" else f"U+{ord(character):04X}"
    return f"{shown} ({name})"
