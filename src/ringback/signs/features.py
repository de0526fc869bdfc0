"""Features of a message for the model: findings as numbers, each with a name that a person can read."""

import math
from collections.abc import Sequence

from ringback.signs.facts import Fact, names_of
from ringback.signs.findings import Ask, Finding, Sign
from ringback.signs.stories import Story
from ringback.signs.words import Words

_SIGNS = frozenset(Sign)
_ASKS = frozenset(Ask)
# Asks that no genuine sender has out of the blue.
GRAVE_ASKS = frozenset({
    Ask.money_transfer, Ask.bank_details, Ask.one_time_code, Ask.remote_access, Ask.gift_card, Ask.crypto,
    Ask.keep_secret, Ask.stay_on_line, Ask.move_to_app,
})  # fmt: skip
# Asks that only criminals have.
_DECISIVE_ASKS = frozenset({Ask.keep_secret, Ask.gift_card, Ask.remote_access, Ask.crypto})
_BAD_LINKS = frozenset({
    "link_look_alike", "link_shortener", "link_punycode", "link_address_in_digits", "link_name_before_at",
    "link_disguised",
})  # fmt: skip


def make_features(
    words: Words,
    findings: Sequence[Finding],
    facts: Sequence[Fact],
    stories: Sequence[Story] = (),
    *,
    answered: bool = False,
) -> dict[str, float]:
    """Name to value of every feature that is not zero.

    Args:
        words: The message.
        findings: Findings of signs, asks and genuine phrases.
        facts: Facts about the message.
        stories: Known scams that the message tells.
        answered: Whether it is a questionnaire: then words are not weighed.
    """
    named = names_of(facts)
    found: dict[str, float] = {}
    signs = {one.name for one in findings if one.name in _SIGNS}
    asks = {one.name for one in findings if one.name in _ASKS}
    genuine = {one.group for one in findings if one.name == "genuine"}
    for one in findings:
        if one.name in _SIGNS:
            found[f"sign:{one.name}"] = 1.0
            found[f"cue:{one.name}.{one.group}"] = 1.0
    found |= {f"ask:{ask}": 1.0 for ask in asks}
    found |= {f"story:{story.name}": 1.0 for story in stories}
    found["has:story"] = float(bool(stories))
    found["has:stories"] = float(len(stories) > 1)
    found["count:signs"] = len(signs) / 5
    found["count:asks"] = min(4, len(asks)) / 4
    found["has:grave_ask"] = float(bool(asks & GRAVE_ASKS))
    unofficial = bool(named & (_BAD_LINKS | {"link_unknown"}))
    decisive = bool(asks & _DECISIVE_ASKS) or any(story.decisive for story in stories)
    found["has:decisive"] = float(decisive)
    pressed = bool(signs & {Sign.authority, Sign.urgency, Sign.emotion})
    found["has:decisive_story"] = float(pressed and any(story.decisive for story in stories))
    found["has:decisive_and_sign"] = float(decisive and bool(signs))
    found["has:story_and_grave_ask"] = float(bool(stories) and bool(asks & GRAVE_ASKS))
    found["has:story_and_pressure"] = float(bool(stories) and bool(signs & {Sign.urgency, Sign.emotion}))
    if unofficial or decisive:
        # A scam gains nothing by being wrapped in genuine words.
        genuine, named = set(), named - {"link_official"}
    found |= {f"genuine:{group}": 1.0 for group in genuine}
    found |= {f"fact:{name}": 1.0 for name in named}
    found["count:genuine"] = min(4, len(genuine)) / 4
    found["has:bad_link"] = float(bool(named & _BAD_LINKS))
    found["has:unofficial_link_and_sign"] = float(unofficial and bool(signs))
    found["has:authority_and_unofficial_link"] = float(unofficial and Sign.authority in signs)
    found["has:authority_and_grave_ask"] = float(Sign.authority in signs and bool(asks & GRAVE_ASKS))
    found["has:pressure_and_ask"] = float(bool(signs & {Sign.urgency, Sign.emotion}) and bool(asks - {Ask.reply}))
    found["has:code_and_no_grave_ask"] = float("code_given" in genuine and not asks & GRAVE_ASKS)
    found["has:only_official_links"] = float("link_official" in named and not unofficial)
    found["has:no_ask"] = float(not asks)
    found["has:no_sign"] = float(not signs)
    said = [token.word for token in words.tokens if token.word.isalpha()]
    if not answered:
        found["size:words"] = math.log1p(min(len(said), 200)) / 5
        found["size:short"] = float(len(said) < 6)
    return {name: value for name, value in found.items() if value}
