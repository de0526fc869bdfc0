"""The channel router: the channel of each number called, with a reason. Pure.

Only mobiles of the rule's region are texted. Landlines never are: the network reads a text aloud to the household.
Nobody is dropped: each candidate gets exactly one route.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ringback.stages.rules import CROWN_DEPENDENCIES, Rule

TEXT, OUTREACH, REFERRAL, NONE = "text", "outreach", "referral", "none"
CHANNELS = (TEXT, OUTREACH, REFERRAL, NONE)
WORLDWIDE = "001"

# Channel to reason to its wording for staff. Each reason belongs to one channel.
REASONS: dict[str, dict[str, str]] = {
    TEXT: {
        "uk_mobile": "UK mobile: can be texted",
    },
    OUTREACH: {
        "landline": "landline: a text would be read aloud to the household; subscriber details are to be sought",
        "voip": "internet phone: may not take texts; subscriber details are to be sought",
        "mobile_or_landline": "cannot be told from a landline, which must not be texted; details are to be sought",
    },
    REFERRAL: {
        "crown_dependency": "Jersey, Guernsey or Isle of Man: for the island's own force",
        "abroad": "number abroad: for a partner in that country",
        "no_country": "number of no country (satellite or worldwide service): for an international partner",
    },
    NONE: {
        "suppressed": "on the suppression list: never to be contacted",
        "own_number_of_account": "an account's own number",
        "own_number_of_subject": "a subject's own number",
        "own_number_of_site": "the site's own number",
        "own_number_of_organisation": "an organisation's own number",
        "personal": "070 personal number: forwards calls at a premium, and its holder may be anybody",
        "pager": "pager: takes no texts",
        "premium": "premium-rate number: a service, not a person",
        "toll_free": "freephone number: an organisation's service, not a person's phone",
        "shared_cost": "shared-cost number: an organisation's service, not a person's phone",
        "uan": "03 or other company-wide number: an organisation's service, not a person's phone",
        "voicemail": "voicemail access number: not a person's phone",
        "unknown": "kind of number unknown: it might be a landline",
        "rule_excludes_kind": "the rule does not count this kind of number",
        "already_alerted": "already in another batch: nobody is texted twice",
        "drama_number": "number kept free for films: never given to a provider",
    },
}
_CHANNEL_OF = {reason: channel for channel, reasons in REASONS.items() for reason in reasons}
# Reasons for overruling the route `text` afterwards. The texts before that must equal the victims.
OVERRULED = ("suppressed", "already_alerted", "drama_number")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of CANDIDATES: a called E.164 number, its kind and region, and whose own number it is."""

    called_number: str
    kind: str | None
    region: str | None
    own: str | None = None
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Route:
    """The channel of a candidate (one of `CHANNELS`), and the reason (a key of `REASONS[channel]`)."""

    channel: str
    reason: str


def route(candidate: Candidate, rule: Rule, *, suppressed: bool = False) -> Route:
    """The route of a candidate. A suppression wins over everything; own numbers win over the rest.

    Args:
        candidate: The called number.
        rule: The rule: its region is the home region; of its kinds, mobiles can be texted.
        suppressed: Whether the number must never be contacted.

    >>> from ringback.stages.rules import A_MINUTE
    >>> route(Candidate("+447700900001", "mobile", "GB"), A_MINUTE)
    Route(channel='text', reason='uk_mobile')
    >>> route(Candidate("+442079460001", "landline", "GB"), A_MINUTE).channel
    'outreach'
    """
    reason = "suppressed" if suppressed else _reason(candidate, rule)
    return Route(_CHANNEL_OF[reason], reason)


def _reason(candidate: Candidate, rule: Rule) -> str:
    if candidate.own is not None:
        return f"own_number_of_{candidate.own}"
    if candidate.region != rule.region:
        return _reason_away(candidate.region)
    if candidate.kind == "mobile":
        return "uk_mobile" if "mobile" in rule.kinds else "rule_excludes_kind"
    return candidate.kind or "unknown"


def _reason_away(region: str | None) -> str:
    if region in CROWN_DEPENDENCIES:
        return "crown_dependency"
    return "no_country" if region == WORLDWIDE else "abroad"


def overrule(found: Route, *, already_alerted: bool, drama: bool) -> Route:
    """The route after late objections: a text that must not be sent becomes `none`. Other routes stay.

    Args:
        found: What `route` gave.
        already_alerted: Whether another batch holds an alert to the number.
        drama: Whether it is a drama number that the sender does not take.
    """
    if found.channel != TEXT:
        return found
    if drama:
        return Route(NONE, "drama_number")
    return Route(NONE, "already_alerted") if already_alerted else found


def reason_words(reason: str) -> str:
    """A reason in words.

    >>> reason_words("pager")
    'pager: takes no texts'
    """
    return REASONS[_CHANNEL_OF[reason]][reason]


def count_routes(routes: Iterable[Route]) -> dict[str, dict[str, int]]:
    """Channel to reason to count of numbers. Every channel is present; the most frequent reason comes first."""
    counted = Counter((one.channel, one.reason) for one in routes)
    found: dict[str, dict[str, int]] = {channel: {} for channel in CHANNELS}
    for (channel, reason), count in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        found[channel][reason] = count
    return found
