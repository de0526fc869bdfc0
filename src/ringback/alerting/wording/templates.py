"""The words of an alert: the default templates, and the exact text that a phone will show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ringback.alerting.model.references import SAMPLE, show
from ringback.alerting.wording.linter import lint
from ringback.alerting.wording.rules.faults import Fault
from ringback.alerting.wording.translations import TranslationApproval, approved_text_hash
from ringback.errors import RingbackError

__all__ = [
    "DEFAULT_TEMPLATES",
    "FIELDS",
    "TranslationApproval",
    "Wording",
    "approved_text_hash",
    "default_wording",
    "find_faults",
    "lint_wording",
    "render",
]

FIELDS = ("force", "website", "reference")

# {website} names the website in words. Phones turn a domain into a link, and people must not learn to follow links.
_CAN_REPLY = (
    "{force}: this number was called by criminals who hid who they were. We do not need any money or details"
    " from you. To find out more, search for {website}. Alert reference: {reference}."
    " Reply STOP to get no more texts from us."
)
_CANNOT_REPLY = (
    "{force}: this number was called by criminals who hid who they were. We do not need any money or details"
    " from you. To find out more, search for {website}. Alert reference: {reference}."
    " Replies to this text are not read."
)
DEFAULT_TEMPLATES: dict[tuple[str, bool], str] = {("en", True): _CAN_REPLY, ("en", False): _CANNOT_REPLY}
"""(language, whether the sender takes replies) to default template."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_BLANKS = re.compile(r"[ \t\u00a0\u202f]+")
_BEFORE_STOP = re.compile(r" +(?=[,.])")
_EMPTY_LINES = re.compile(r"\n{3,}")
# Characters that the provider replaces by plain ones. They are replaced here first, so that the approved text is the
# sent text.
_PLAINLY = str.maketrans(
    {"‑": "-", "–": "-", "—": "-", "−": "-", "…": "...", "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"'}
)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an alert, except its reference.

    Attributes:
        language: Code of the language, such as "en".
        template: Text with {force}, {website} and {reference} in it.
        force: The police force that writes, such as "Example Police".
        website: The website, named in words, such as "the Example Police website"; never a domain.
        takes_replies: Whether the sender can take replies.
        approval: The approval of a text in another language than English; None if there is none. A mapping of its
            fields, as from JSON, is accepted too.
    """

    language: str
    template: str
    force: str
    website: str
    takes_replies: bool
    approval: TranslationApproval | None = None

    def __post_init__(self) -> None:
        if isinstance(self.approval, Mapping):
            object.__setattr__(self, "approval", TranslationApproval(**self.approval))


def default_wording(*, force: str, website: str | None = None, takes_replies: bool = False) -> Wording:
    """The default English wording.

    Args:
        force: The police force that writes.
        website: The website, named in words; None for "the <force> website".
        takes_replies: Whether the sender can take replies.
    """
    named = f"the {force} website" if website is None else website
    return Wording("en", DEFAULT_TEMPLATES["en", takes_replies], force, named, takes_replies)


def render(wording: Wording, reference: str) -> str:
    """The exact text that the phone will show.

    Dashes, curly quotes and blanks are replaced here as the provider would replace them. So one and the same text is
    linted, approved and compared with what the provider sent.

    Args:
        wording: The words.
        reference: The alert's own reference, or a sample for a preview.

    Raises:
        RingbackError: `wording_field_unknown` for an unknown field, `wording_brace_left` for a brace that belongs to no
            field.

    >>> print(render(Wording("en", "{force}: see {website}. {reference}", "Our force", "our website", False), "AB"))
    Our force: see our website. AB
    """
    facts = {"force": wording.force, "website": wording.website, "reference": reference}
    unknown = sorted({name for name in _FIELD.findall(wording.template) if name not in facts})
    if unknown:
        raise RingbackError("wording_field_unknown", fields=", ".join(map(repr, unknown)), known=", ".join(FIELDS))
    text = _FIELD.sub(lambda field: facts[field[1]], wording.template)
    if "{" in text or "}" in text:
        raise RingbackError("wording_brace_left")
    return _as_shown(text)


def lint_wording(wording: Wording, reference: str | None = None) -> list[Fault]:
    """All faults that stop a wording from being sent, in text order.

    Args:
        wording: The words.
        reference: The reference to show; None for the sample that is never issued.

    Raises:
        RingbackError: As `render` does.
    """
    shown = show(SAMPLE) if reference is None else reference
    return lint(
        render(wording, shown),
        force=wording.force,
        website=wording.website,
        reference=shown,
        language=wording.language,
        takes_replies=wording.takes_replies,
        approval=wording.approval,
    )


def find_faults(wording: Wording) -> list[str]:
    """Why a wording may not be sent, in plain words; empty if it may.

    >>> find_faults(default_wording(force="Example Police"))
    []
    """
    try:
        return [fault.reason for fault in lint_wording(wording)]
    except RingbackError as error:
        return [str(error)]


def _as_shown(text: str) -> str:
    plain = text.replace("\r\n", "\n").translate(_PLAINLY)
    lines = [_BEFORE_STOP.sub("", _BLANKS.sub(" ", line)).strip(" ") for line in plain.split("\n")]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
