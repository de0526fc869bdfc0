"""The answer: one of three bands with its reasons, and never "safe"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ringback.signs.facts import Fact
from ringback.signs.features import GRAVE_ASKS
from ringback.signs.findings import Ask, Finding, Sign
from ringback.signs.model import Model
from ringback.signs.stories import Story
from ringback.text.phrases import Phrase

_FEWEST_WORDS = 4
_SHORT = 8  # words; a message up to this long that asks for an answer never gets "no signs found"
# Facts that are reasons by themselves, worst first.
TELLING = (
    "link_look_alike", "link_disguised", "link_name_before_at", "link_punycode", "link_address_in_digits",
    "link_shortener", "link_chat_invite", "mail_look_alike", "mail_check_failed", "mail_name_differs",
    "mail_unknown", "mail_reply_elsewhere", "file_dangerous", "link_file_to_install", "phone_premium", "phone_mobile",
    "phone_abroad", "free_mail", "link_unknown",
)  # fmt: skip
_MEANS = (
    "has:grave_ask", "has:bad_link", "fact:link_unknown", "fact:link_chat_invite", "fact:link_address_in_digits",
    "fact:link_name_before_at", "fact:link_file_to_install", "ask:call_back", "ask:open_attachment",
    "fact:file_dangerous", "fact:mail_look_alike", "fact:mail_check_failed", "fact:mail_reply_elsewhere",
)  # fmt: skip
_MOST_REASONS = 8
# Asks that are given as a reason, worst first.
_ASK_ORDER = (*(ask for ask in Ask if ask in GRAVE_ASKS), *(ask for ask in Ask if ask not in GRAVE_ASKS))


class Band(StrEnum):
    """The answers."""

    likely = "likely_scam"
    unclear = "unclear"
    no_signs = "no_signs"
    not_judged = "not_judged"


SAID = {
    Band.likely: Phrase("This is likely to be a scam."),
    Band.unclear: Phrase("We cannot tell. Treat it with care."),
    Band.no_signs: Phrase("We found no signs of a scam. That does not mean it is safe."),
    Band.not_judged: Phrase("We can only check messages in English. We did not judge this one."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: a sentence in plain English, and the words of the message that it is about ('' for none)."""

    text: str
    quote: str = ""


def decide(score: float, model: Model, features: Mapping[str, float], *, words: int, call: bool = False) -> Band:
    """The band of a score.

    "Likely" also needs a way to do harm: a link, a number to ring, something to give or open. A decisive story with
    pressure or a claim of authority is likely a scam at any score. "No signs" is never the answer for messages that
    are too short to judge, or that ask for what criminals ask for.

    Args:
        score: The model's.
        model: The model, for its two thresholds.
        features: What was found, by the names of `make_features`.
        words: How many words the message has.
        call: Whether it is a call: parts of a call may be missing in its transcript.
    """
    if (score >= model.likely_from or "has:decisive_story" in features) and has_means(features):
        return Band.likely
    telling = any(f"fact:{name}" in features for name in TELLING)
    asks = any(name.startswith("ask:") for name in features)
    found = asks or telling or any(name.startswith(("sign:", "story:")) for name in features)
    if not found and not call and words >= _FEWEST_WORDS:
        return Band.no_signs  # nothing at all was found: the score comes only from the message's length
    if score >= model.clear_below or words < _FEWEST_WORDS:
        return Band.unclear
    if ("has:grave_ask" in features and telling) or (words <= _SHORT and (asks or telling)):
        return Band.unclear
    return Band.no_signs


def has_means(features: Mapping[str, float]) -> bool:
    """Whether a message asks its reader for something that could do harm."""
    if any(name in features for name in _MEANS):
        return True
    return "has:story" in features and any(name.startswith("ask:") for name in features)


def give_reasons(
    band: Band, findings: Sequence[Finding], facts: Sequence[Fact], stories: Sequence[Story] = ()
) -> list[Reason]:
    """The reasons to show, the most important first; for "no signs", the few that there are."""
    reasons = [Reason(story.reason) for story in stories][:1]
    for name in TELLING:
        reasons += [Reason(fact.reason, fact.quote) for fact in facts if fact.name == name][:1]
    for name in [*_ASK_ORDER, *Sign]:
        groups: dict[str, Finding] = {}
        for one in findings:
            if one.name == name:
                groups.setdefault(one.group, one)
        reasons += [Reason(one.reason, one.quote) for one in groups.values()][:2]
    if band is not Band.likely:
        reasons += [
            Reason(
                Phrase("%(reason)s Real senders often do that. Criminals copy it too.", reason=Phrase(one.reason)),
                one.quote,
            )
            for group in ("never_ask", "known_contact")
            for one in [one for one in findings if one.name == "genuine" and one.group == group][:1]
        ]
    return reasons[:_MOST_REASONS]
