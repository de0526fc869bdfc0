"""The faults of a wording: codes, with reasons in plain words."""

from dataclasses import dataclass
from typing import NamedTuple

REASONS: dict[str, str] = {
    "hidden_character": "a character that nobody can see ({shown}) can hide what the text says",
    "strange_letter": "{shown} only looks like an ordinary letter or digit, or belongs to another alphabet",
    "link": "{shown} is a link, or leads to one: phones turn domains into links, so name the website in words",
    "attachment": "{shown} asks people to open or fill in something: an alert is words alone, and brings nothing",
    "phone_number": "{shown} is a number to ring or text, or asks for a call: an alert never gives one",
    "asks_details": "{shown} asks for personal details: an alert never does",
    "asks_money": "{shown} asks for money, or is about the reader's money",
    "remote_control": "{shown} lets somebody into the reader's phone or computer: an alert never asks for that",
    "asks_reply": "{shown} asks for a reply that this sender does not take",
    "pressure": "{shown} hurries, frightens or tempts people, as criminals do",
    "order": "{shown} tells or asks the reader something: an alert wants nothing, and says only where to look",
    "name": "{shown} names a person, or greets one by name",
    "organisation": "{shown} is a bank, or another organisation that callers pretend to be",
    "loss": "{shown} is about money lost, or to be had back",
    "victim": '{shown} tells people that they are a victim: say that "this number was called"',
    "not_english": "{shown} does not read as English: a text in another language needs a named approver who reads it",
    "language_unapproved": "nobody named as a reader of {shown} has approved this exact text",
    "field_left": "{shown} is a field that was not filled in",
    "force_missing": "the text does not say who it is from: {shown}",
    "called_missing": 'the text does not say what happened: "this number was called by ..."',
    "website_missing": "the text does not say where to look: {shown}",
    "reference_missing": "the text does not have the alert's reference",
    "reference_repeated": "the alert's reference has to be there once; this is it again",
    "not_a_name": "{shown} is no plain short name: the fields for who writes and for the website hold a name alone",
    "too_long": "the text has more than {shown} characters, which is the most that the provider takes",
}
"""Code to reason; `shown` is the text that the reason is about."""

_MOST_SHOWN = 60


class Span(NamedTuple):
    """From `start` up to, not including, `end`, in characters of the original text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that stops a wording from being sent.

    Attributes:
        span: The place in the original text; (0, 0) if something is missing.
        code: A key of `REASONS`.
        quoted: The original text at that place.
        reason: Why the text may not be sent, in plain words.
    """

    span: Span
    code: str
    quoted: str
    reason: str


def make_fault(code: str, text: str, start: int, end: int, *, shown: str | None = None) -> Fault:
    """A fault at a place of a text.

    Args:
        code: A key of `REASONS`.
        text: The original text.
        start: First character.
        end: Character after the last.
        shown: The text for `shown` in the reason; None for the quoted text.
    """
    quoted = text[start:end]
    if shown is None:
        visible = quoted if len(quoted) <= _MOST_SHOWN else quoted[: _MOST_SHOWN - 3] + "..."
        shown = f'"{visible}"'
    return Fault(Span(start, end), code, quoted, REASONS[code].format(shown=shown))


def tidy(faults: list[Fault]) -> list[Fault]:
    """Faults in text order, without those inside another fault of the same code."""
    kept: list[Fault] = []
    furthest: dict[str, int] = {}
    for fault in sorted(faults, key=lambda one: (one.span.start, -one.span.end, one.code)):
        if fault.span.end > furthest.get(fault.code, 0) or (fault.span.end == 0 and fault not in kept):
            kept.append(fault)
            furthest[fault.code] = max(furthest.get(fault.code, 0), fault.span.end)
    return kept
