"""The forms of the check for scams: a message as people paste it, and the answers to the questions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from ringback.signs.emails import read_email
from ringback.signs.facts import Envelope
from ringback.signs.questionnaire import Question, read_questions
from ringback.web.kernel.language import gettext as _

HAPPENED = "happened"
# What no page can show: control characters, and halves of characters.
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):")
# An e-mail begins with a header of each of these two kinds.
_SENDERS, _OTHERS = {"from"}, {"subject", "date", "sent", "to", "received", "message-id", "return-path", "delivered-to"}
# Python takes long for long ones of those that are looked into.
_LONGEST_HEADER = 4000
# And for e-mails inside e-mails inside e-mails, or of thousands of parts.
_MOST_LAYERS, _MOST_PARTS = 20, 500


@dataclass(frozen=True, slots=True)
class Pasted:
    """A message that was pasted.

    Attributes:
        text: It, as the page shows it; of an e-mail with headers what its reader sees.
        envelope: What the headers of an e-mail say; None for other texts.
    """

    text: str
    envelope: Envelope | None = None


@dataclass(frozen=True, slots=True)
class ScamForm:
    """What was typed and chosen, and what is wrong with it.

    Attributes:
        message: The message as typed.
        chosen: Keys of choices, by the key of their question.
        errors: What is wrong, by the name of the field, in the language of the app.
    """

    message: str = ""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def happened(self) -> tuple[str, ...]:
        """What has happened already."""
        return self.chosen.get(HAPPENED, ())

    @property
    def answered(self) -> set[str]:
        """Keys of the questions that have an answer."""
        return {key for key, choices in self.chosen.items() if choices}


def read_message_form(typed: MultiDict[str, str]) -> ScamForm:
    """Read the form with a message. Data files that count now say what can have happened."""
    message = clean(typed.get("message", ""))
    chosen, strange = _chosen(typed, [one for one in read_questions() if one.key == HAPPENED])
    errors = {HAPPENED: _changed()} if strange else {}
    if not message.strip() and not chosen[HAPPENED]:
        errors = {"message": _("Paste the message, or type the words that you remember")} | errors
    return ScamForm(message, chosen, errors)


def read_answers(typed: MultiDict[str, str]) -> ScamForm:
    """Read the form with the questions of the data files that count now."""
    questions = read_questions()
    chosen, strange = _chosen(typed, questions)
    first = questions[0].key
    if strange:
        return ScamForm("", chosen, {first: _changed()})
    return ScamForm("", chosen, {} if any(chosen.values()) else {first: _("Tick at least one answer")})


def read_pasted(message: str) -> Pasted:
    """The message itself: an e-mail that was pasted with its headers is read as its reader would see it."""
    if not _begins_with_headers(message) or _has_many_parts(message):
        return Pasted(message)
    try:
        text, envelope = read_email(message.lstrip().encode())
    except Exception:  # noqa: BLE001 - Python's reader fails in many ways at what is only like an e-mail
        return Pasted(message)
    text = clean(text)
    return Pasted(text, envelope) if text.strip() else Pasted(message)


def clean(text: str) -> str:
    """A text with the line ends of Unix, and with a mark in place of every character that no page can show.

    >>> clean("a\\r\\nb\\x00") == "a\\nb\\ufffd"
    True
    """
    return _UNSHOWABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _chosen(typed: MultiDict[str, str], questions: Sequence[Question]) -> tuple[dict[str, tuple[str, ...]], bool]:
    """What was chosen, and whether any of it is no choice: the questions may have changed meanwhile."""
    chosen, strange = {}, False
    for question in questions:
        known = {one.key for one in question.choices}
        given = dict.fromkeys(typed.getlist(question.key))
        chosen[question.key] = tuple(one for one in given if one in known)
        strange = strange or len(chosen[question.key]) < len(given)
    return chosen, strange


def _changed() -> str:
    return _("The questions have changed. Please answer them again")


def _has_many_parts(message: str) -> bool:
    return message.lower().count("multipart/") > _MOST_LAYERS or message.count("\n--") > _MOST_PARTS


def _begins_with_headers(message: str) -> bool:
    """Whether lines of headers come first, and then an empty one."""
    found: set[str] = set()
    length = 0
    for line in message.lstrip().split("\n"):
        if not line.strip():
            return bool(found & _SENDERS) and bool(found & _OTHERS)
        header = _HEADER.match(line)
        if header:
            found.add(header[1].lower())
            length = 0
        elif not found or line[0] not in " \t":
            return False
        length += len(line)
        if length > _LONGEST_HEADER:
            return False
    return False
