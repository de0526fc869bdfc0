"""The answer of the check for scams, in the language of the app and ready to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from ringback.signs.advice import Advice
from ringback.signs.check import Check
from ringback.signs.verdict import Reason
from ringback.web.kernel.language import translate
from ringback.web.public.pages.check_form import find_reference
from ringback.web.public.pages.scam_codes import holds_code
from ringback.web.public.pages.scam_marking import Piece, mark

_LONGEST_QUOTE = 120
# The statement that says how to reach one's bank at once.
_RING_BANK = "ring_159"


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
        band: likely_scam, unclear, no_signs or not_judged.
        said: The answer in words.
        reasons: Why, the most important first.
        advice: What to do, the most urgent first.
        sources: Where the advice comes from, each page once.
        pieces: The message with its marks; none for answers to questions.
        happened: Whether something has happened already: then the advice comes first.
        cut: Whether only the beginning was read.
        from_email: Whether the message is what was read out of an e-mail with headers.
        ring_bank: Whether what has happened already means that the bank has to be rung now.
        code: Whether the message holds a one-time code.
        claims_ours: Whether the message may be one of our texts, or a copy: it has such a reference.
        not_ours: Whether it cannot be ours, for it has a link or a number to ring as well.
    """

    band: str
    said: str
    reasons: tuple[ShownReason, ...]
    advice: tuple[str, ...]
    sources: tuple[Source, ...]
    pieces: tuple[Piece, ...] = ()
    happened: bool = False
    cut: bool = False
    from_email: bool = False
    ring_bank: bool = False
    code: bool = False
    claims_ours: bool = False
    not_ours: bool = False

    @property
    def marks(self) -> int:
        """How many marks the message has."""
        return sum(bool(one.names) for one in self.pieces)


def make_answer(check: Check, *, happened: bool, cut: bool = False, from_email: bool = False) -> ScamAnswer:
    """What to show of a check."""
    claims_ours = find_reference(check.text) is not None
    return ScamAnswer(
        band=str(check.band),
        said=translate(check.said),
        reasons=tuple(map(_reason, check.reasons)),
        advice=tuple(translate(one.text) for one in check.advice),
        sources=_sources(check.advice),
        pieces=mark(check),
        happened=happened,
        cut=cut,
        from_email=from_email,
        ring_bank=happened and any(one.key == _RING_BANK for one in check.advice),
        code=holds_code(check.text),
        claims_ours=claims_ours,
        not_ours=claims_ours and any(one.name.startswith(("link_", "phone_")) for one in check.facts),
    )


def _reason(one: Reason) -> ShownReason:
    quote = " ".join(one.quote.split())
    return ShownReason(translate(one.text), quote[:_LONGEST_QUOTE], len(quote) > _LONGEST_QUOTE)


def _sources(advice: Iterable[Advice]) -> tuple[Source, ...]:
    addresses = dict.fromkeys(one.source for one in advice)
    return tuple(Source(one, one.removeprefix("https://").removeprefix("www.").rstrip("/")) for one in addresses)
