"""The check of a message: what was found, the answer, the reasons, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from ringback.errors import RingbackError
from ringback.signs.advice import Advice, Situation, choose_advice
from ringback.signs.detectors import find_asks, find_genuine, find_signs
from ringback.signs.facts import Envelope, Fact, find_facts
from ringback.signs.features import GRAVE_ASKS, make_features
from ringback.signs.findings import Ask, Finding, Sign, without_overlaps
from ringback.signs.language import is_english
from ringback.signs.model import read_model
from ringback.signs.stories import Story, find_stories
from ringback.signs.turns import silent_places
from ringback.signs.verdict import SAID, Band, Reason, decide, give_reasons
from ringback.signs.words import Words

LONGEST = 20_000  # characters; anything longer is not a message
KINDS = ("text", "email", "call")


@dataclass(frozen=True, slots=True)
class Check:
    """The answer about one message.

    Attributes:
        band: likely_scam, unclear, no_signs, or not_judged if it is not in English.
        said: The answer in words.
        score: 0 to 1; for comparisons by experts, not for the public.
        reasons: Why, the most important first.
        signs: Findings of the five signs, in the order of the text.
        asks: Findings of what is asked.
        facts: What is known about links, numbers and the sending of an e-mail.
        advice: What to do now, most urgent first.
        text: The text that the places refer to.
        situation: What the advice depends on beside the band.
    """

    band: Band
    said: str
    score: float
    reasons: tuple[Reason, ...]
    signs: tuple[Finding, ...]
    asks: tuple[Finding, ...]
    facts: tuple[Fact, ...]
    advice: tuple[Advice, ...]
    text: str
    situation: Situation

    def with_band(self, band: Band) -> "Check":
        """The same with another answer, and the advice that goes with it."""
        return replace(self, band=band, said=SAID[band], advice=choose_advice(band, self.situation))

    def as_dict(self) -> dict[str, Any]:
        """The answer for `--json`, without the text itself."""
        return {
            "band": str(self.band),
            "said": self.said,
            "score": round(self.score, 4),
            "reasons": [asdict(one) for one in self.reasons],
            "signs": [one.as_dict() for one in self.signs],
            "asks": [one.as_dict() for one in self.asks],
            "facts": [asdict(one) for one in self.facts],
            "advice": [asdict(one) for one in self.advice],
        }


def check_signs(
    text: str,
    *,
    kind: str = "text",
    envelope: Envelope | None = None,
    today: date | None = None,
    calendar: str = "",
    happened: tuple[str, ...] = (),
) -> Check:
    """Look for the five signs of a scam in a message.

    Args:
        text: The message, e-mail body or transcript of a call; at most `LONGEST` characters.
        kind: text, email or call. In a call with speakers the called person's words do not count.
        envelope: What an e-mail's headers say; see `emails.read_email`.
        today: The day, for the calendar of events; None for events of the whole year.
        calendar: A calendar of the unit's own, as TOML text.
        happened: What the reader has done already, such as gave_bank_details; it changes the advice.

    Returns:
        The answer. Every quote is literally in `text`.

    Raises:
        RingbackError: `message_too_long`, `message_kind_unknown`.

    >>> check_signs("HMRC: pay £90 now to avoid arrest at hmrc-pay.example").band
    <Band.likely: 'likely_scam'>
    """
    if kind not in KINDS:
        raise RingbackError("message_kind_unknown", kind=kind, known=", ".join(KINDS))
    if len(text) > LONGEST:
        raise RingbackError("message_too_long", characters=f"{len(text):,}", most=f"{LONGEST:,}")
    words = Words(text, silent=silent_places(text) if kind == "call" else ())
    if not is_english(words):
        situation = Situation(happened=happened)
        advice = choose_advice(Band.not_judged, situation)
        return Check(Band.not_judged, SAID[Band.not_judged], 0.5, (), (), (), (), advice, text, situation)
    signs = find_signs(words, call=kind == "call", today=today, calendar=calendar)
    asks = find_asks(words)
    genuine = find_genuine(words)
    facts = find_facts(words, envelope)
    stories = find_stories(words, [*signs, *asks, *genuine], facts)
    features = make_features(words, [*signs, *asks, *genuine], facts, stories)
    count = sum(token.word.isalpha() for token in words.tokens)
    situation = Situation(
        asks=frozenset(one.name for one in asks),
        happened=happened,
        stories=tuple(story.name for story in stories),
        words=frozenset(token.word for token in words.tokens),
    )
    findings = [*signs, *asks, *genuine]
    return _answer(text, features, count, findings, facts, stories, situation, call=kind == "call")


def check_beginning(
    text: str,
    *,
    envelope: Envelope | None = None,
    today: date | None = None,
    happened: tuple[str, ...] = (),
) -> tuple[Check, bool]:
    """Look for the signs in a text or an e-mail of any length, of which only the beginning may be read.

    Returns:
        The answer about the first `LONGEST` characters, and whether there are more. If there are, it is never "no
        signs": they may be in what was not read.
    """
    kind = "email" if envelope else "text"
    check = check_signs(text[:LONGEST], kind=kind, envelope=envelope, today=today, happened=happened)
    if len(text) <= LONGEST:
        return check, False
    if check.band is Band.no_signs:
        check = check.with_band(Band.unclear)
    return check, True


def check_findings(
    findings: list[Finding],
    *,
    stories: Sequence[Story] = (),
    happened: tuple[str, ...] = (),
    chosen: str = "",
    call: bool = False,
) -> Check:
    """The answer for signs and asks that somebody remembers, from the questionnaire.

    There are no words to weigh. An ask that no genuine sender has, together with any sign, is likely a scam.

    Args:
        findings: What the answers stand for.
        stories: Known scams that the answers tell by themselves.
        happened: What has happened already.
        chosen: The words of the chosen answers: whom they name counts for the advice.
        call: Whether it was a call.
    """
    words = Words("")
    told = [*stories, *(one for one in find_stories(words, findings, ()) if one not in stories)]
    features = make_features(words, findings, (), told, answered=True)
    situation = Situation(
        asks=frozenset(one.name for one in findings if one.name in set(Ask)),
        happened=happened,
        stories=tuple(story.name for story in told),
        words=frozenset(token.word for token in Words(chosen).tokens),
        call=call,
    )
    check = _answer("", features, 10 if findings else 0, findings, [], told, situation)
    named = {one.name for one in findings}
    grave = named & GRAVE_ASKS and named & set(Sign) and "genuine" not in named
    return check.with_band(Band.likely) if grave else check


def _answer(
    text: str,
    features: Mapping[str, float],
    count: int,
    findings: list[Finding],
    facts: list[Fact],
    stories: list[Story],
    situation: Situation,
    *,
    call: bool = False,
) -> Check:
    model = read_model()
    score = model.score(features)
    band = decide(score, model, features, words=count, call=call)
    asks = [one for one in findings if one.name in set(Ask)]
    return Check(
        band=band,
        said=SAID[band],
        score=score,
        reasons=tuple(give_reasons(band, findings, facts, stories)),
        signs=tuple(one for one in findings if one.name in set(Sign)),
        asks=tuple(without_overlaps(asks)),
        facts=tuple(facts),
        advice=choose_advice(band, situation),
        text=text,
        situation=situation,
    )
