"""What a sender is: one method that hands over a text and says truly what is known of it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ringback.numbers.drama import is_drama


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one number.

    Attributes:
        number: E.164.
        text: The exact text.
        alert_reference: The reference printed in it.
        provider_reference: Ours, by which the provider can be asked.
        claimed_at: When it was claimed: credentials that expire are counted from here, not from when the socket opens.
    """

    number: str
    text: str
    alert_reference: str
    provider_reference: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A text that the provider has."""

    notification_id: str
    provider_reference: str
    text: str | None = None
    template_version: int | None = None
    status: str | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known after an attempt.

    Attributes:
        kind: accepted; rejected (never will be, because of the number); not_sent (certainly has not got it: try
            again); stale (refused because the claim was held too long); rate_limited; daily_limited; refused (for a
            reason that every other text would meet too: nobody may go on); unknown (it may or may not have it).
        why: In words, without the number.
        found: With accepted, what the provider has.
    """

    kind: str
    why: str = ""
    found: Found | None = None


class CannotAsk(Exception):  # noqa: N818 - not an error: the question stays open
    """The provider gave no answer; the question may be asked again."""


class Sender:
    """A provider of texts. A new one implements `send`; one that can be asked implements `ask` too.

    Attributes:
        name: As the batch names it.
        reaches_people: Whether a text may leave the machine. A synthetic case may only use a sender for which
            this is false.
        workers: How many requests may be open at once.
        per_second: Requests a second from all batches together, unless one of them may go faster.
        answers: Whether `ask` can be used. Without it a doubt goes to a person.
        settles_after: Seconds after a claim from when on an answer of `ask` is the truth; 0 for the usual wait.
    """

    name: str
    reaches_people: bool = True
    per_second: float = 49.0
    workers: int = 16
    answers: bool = False
    settles_after: float = 0.0

    def takes(self, number: str) -> bool:
        """Whether a number may be handed over: Ofcom's drama numbers never are."""
        return not is_drama(number)

    def send(self, message: Message) -> Outcome:
        """Hand over one text. Called from many threads. Never raises for what a network can do."""
        raise NotImplementedError

    def ask(self, provider_reference: str) -> list[Found]:
        """All texts that the provider has under this reference, oldest first.

        Raises:
            CannotAsk: No answer.
        """
        raise CannotAsk(f"{self.name} cannot be asked")

    def status(self, notification_id: str) -> Found | None:
        """What became of one text that the provider has, or None when it does not know it.

        Raises:
            CannotAsk: No answer.
        """
        raise CannotAsk(f"{self.name} cannot be asked")

    def check_before(self, content: Mapping[str, object]) -> list[str]:
        """What at the provider is not as the batch's `sender` facts say, in words; asked before a batch begins."""
        return []
