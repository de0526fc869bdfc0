"""The answer of the check for scams, in the language of the app and ready to be shown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ringback.signs.advice import RING_BANK, Advice, choose_urgent_advice
from ringback.signs.check import Check
from ringback.signs.verdict import Band, Reason
from ringback.web.kernel.language import translate
from ringback.web.public.pages.scam_claims import cannot_be_ours, claims_to_be_ours
from ringback.web.public.pages.scam_codes import holds_code
from ringback.web.public.pages.scam_marking import Piece, mark
from ringback.web.public.service import with_links

_LONGEST_QUOTE = 120
# What comes even before the bank: criminals are on the way, or in the computer or phone.
_BEFORE_BANK = ("somebody_coming", "disconnect")
# The bank's number. Where a box says it at the top, no step says it again.
_BANKS_NUMBER = re.compile(r"\b159\b")
# Statements that share a step with another one, if that is there.
_SHARES_STEP = {"report_scotland": "report", "change_password": "code_given", "forward_email": "forward_7726"}
# Nobody remembers more than this after a call.
_MOST_STEPS_OF_CALL = 6


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason: a sentence, the words that it is about ('' for none), and whether these go on."""

    text: str
    quote: str
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A public page that says what we say: its address, and the address without `https://` to read."""

    address: str
    shown: str


@dataclass(frozen=True, slots=True)
class ScamAnswer:
    """What the page of an answer shows.

    Attributes:
        steps: What to do, the most urgent first. A step has one or more statements, as HTML.
        sources: Where the advice comes from, each page once.
        band: likely_scam, unclear, no_signs or not_judged; '' where there was nothing to judge.
        said: The answer in words; '' where there was nothing to judge.
        reasons: Why, the most important first.
        pieces: The message with its marks; none for answers to questions.
        happened: Whether something has happened already: then the advice comes first.
        cut: Whether only the beginning was read.
        from_email: Whether the message is what was read out of an e-mail with headers.
        ring_bank: Whether what has happened already means that the bank has to be rung now.
        before_bank: What has to be done even before that.
        call: Whether it is about a call.
        code: Whether the message holds a one-time code.
        claims_ours: Whether the message may be one of our texts, or a copy of one.
        not_ours: Whether it cannot be ours, for it has a link or a number to ring as well.
    """

    steps: tuple[tuple[Markup, ...], ...]
    sources: tuple[Source, ...]
    band: str = ""
    said: str = ""
    reasons: tuple[ShownReason, ...] = ()
    pieces: tuple[Piece, ...] = ()
    happened: bool = False
    cut: bool = False
    from_email: bool = False
    ring_bank: bool = False
    before_bank: tuple[Markup, ...] = ()
    call: bool = False
    code: bool = False
    claims_ours: bool = False
    not_ours: bool = False

    @property
    def marks(self) -> int:
        """How many marks the message has."""
        return sum(bool(one.names) for one in self.pieces)


def make_answer(check: Check, *, force: str, cut: bool = False, from_email: bool = False) -> ScamAnswer:
    """What to show of a check.

    Args:
        check: The check.
        force: Whose texts ours are.
        cut: Whether only the beginning was read.
        from_email: Whether the message is what was read out of an e-mail with headers.
    """
    happened, call, code = bool(check.situation.happened), check.situation.call, holds_code(check.text)
    ring_bank = happened and _says_bank(check.advice)
    claims_ours = claims_to_be_ours(check.text, force)
    # Beside a code "no signs" would calm the very people whom a criminal has on the phone.
    judged = not (code and check.band is Band.no_signs)
    return ScamAnswer(
        steps=_steps(check.advice, boxed=ring_bank or code, most=_MOST_STEPS_OF_CALL if call else None),
        sources=_sources(check.advice),
        band=str(check.band) if judged else "",
        said=translate(check.said) if judged else "",
        # One choice of the questions can stand for several things.
        reasons=tuple(dict.fromkeys(map(_reason, check.reasons))),
        pieces=mark(check),
        happened=happened,
        cut=cut,
        from_email=from_email,
        ring_bank=ring_bank,
        before_bank=_before_bank(check.advice) if ring_bank else (),
        call=call,
        code=code,
        claims_ours=claims_ours,
        not_ours=claims_ours and cannot_be_ours(check),
    )


def make_urgent_answer(happened: tuple[str, ...], *, call: bool = False) -> ScamAnswer:
    """What to show somebody who says only what has happened: there is nothing to judge."""
    advice = choose_urgent_advice(happened)
    ring_bank = _says_bank(advice)
    return ScamAnswer(
        steps=_steps(advice, boxed=ring_bank, most=_MOST_STEPS_OF_CALL if call else None),
        sources=_sources(advice),
        happened=True,
        ring_bank=ring_bank,
        call=call,
        before_bank=_before_bank(advice) if ring_bank else (),
    )


def _says_bank(advice: Iterable[Advice]) -> bool:
    return any(one.key == RING_BANK for one in advice)


def _before_bank(advice: Iterable[Advice]) -> tuple[Markup, ...]:
    return tuple(with_links(translate(one.text)) for one in advice if one.key in _BEFORE_BANK)


def _steps(advice: Sequence[Advice], *, boxed: bool, most: int | None = None) -> tuple[tuple[Markup, ...], ...]:
    """The steps of a list below a box that says the bank's number (`boxed`), or of one without a box."""
    listed = [one for one in advice if not (boxed and _BANKS_NUMBER.search(one.text))]
    if boxed and _says_bank(advice):
        listed = [one for one in listed if one.key not in _BEFORE_BANK]
    keys = {one.key for one in listed}
    steps: dict[str, list[Markup]] = {}
    for one in listed:
        place = _SHARES_STEP.get(one.key, one.key)
        steps.setdefault(place if place in keys else one.key, []).append(with_links(translate(one.text)))
    return tuple(map(tuple, steps.values()))[:most]


def _reason(one: Reason) -> ShownReason:
    quote = " ".join(one.quote.split())
    return ShownReason(translate(one.text), quote[:_LONGEST_QUOTE], len(quote) > _LONGEST_QUOTE)


def _sources(advice: Iterable[Advice]) -> tuple[Source, ...]:
    addresses = dict.fromkeys(one.source for one in advice)
    return tuple(Source(one, one.removeprefix("https://").removeprefix("www.").rstrip("/")) for one in addresses)
