"""The answer of the check for scams, in the language of the app and ready to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from ringback.signs.advice import Advice
from ringback.signs.check import Check
from ringback.signs.verdict import Reason
from ringback.web.kernel.language import translate
from ringback.web.public.pages.scam_marking import Piece, mark

_LONGEST_QUOTE = 120


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

    @property
    def marks(self) -> int:
        """How many marks the message has."""
        return sum(bool(one.names) for one in self.pieces)


def make_answer(check: Check, *, happened: bool, cut: bool = False, from_email: bool = False) -> ScamAnswer:
    """What to show of a check."""
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
    )


def _reason(one: Reason) -> ShownReason:
    quote = " ".join(one.quote.split())
    return ShownReason(translate(one.text), quote[:_LONGEST_QUOTE], len(quote) > _LONGEST_QUOTE)


def _sources(advice: Iterable[Advice]) -> tuple[Source, ...]:
    addresses = dict.fromkeys(one.source for one in advice)
    return tuple(Source(one, one.removeprefix("https://").removeprefix("www.").rstrip("/")) for one in addresses)
