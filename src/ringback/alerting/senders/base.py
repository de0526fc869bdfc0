"""What a sender is: one method that hands over a text and says truly what is known of it afterwards.

What else a sender can do has an answer here that is safe, and true of a sender that does not say otherwise.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.numbers.drama import is_drama

# What our own references at a provider look like. Another service may write what it likes into its own, even a number.
OUR_REFERENCE = re.compile(r"rb-[0-9a-f]{20}")
# So many seconds before a provider forgets a text, its not knowing it already means nothing.
FORGETS_EARLY_S = 86_400.0
# What a batch freezes about its sender's key: it decides whom the provider texts, and nothing about what they read.
KEY_FACTS = ("key_type", "key_name", "key_digest")


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
class ListPage:
    """A page of the provider's own list, newest first.

    Attributes:
        texts: Those of its texts whose reference is one of ours, of whatever batch.
        reaches_to: When the oldest text of the page was accepted, by the provider's clock; None for an empty page.
        older_than: Where the next page begins; None when there is none.
    """

    texts: list[Found]
    reaches_to: datetime | None = None
    older_than: str | None = None


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


class Refused(CannotAsk):
    """The provider refuses us, whatever is asked: the key, or the clock. Nobody may go on."""


class Sender:
    """A provider of texts. A new one implements `send`; one that can be asked implements `ask` and `status` too.

    One that has settings or keys says with `freeze` what a batch keeps of them, and is made from that by `make`.

    Attributes:
        name: As the batch names it.
        reaches_people: Whether a text may leave the machine. A synthetic case may only use a sender for which
            this is false.
        workers: How many requests may be open at once.
        per_second: Requests a second from all batches together, unless one of them may go faster.
        answers: Whether `ask` can be used. Without it a doubt goes to a person.
        read_on_phones: Whether the provider may put something before a text that only a phone shows: then somebody has
            to read a rehearsal from one.
        settles_after: Seconds after a claim from when on an answer of `ask` is the truth; 0 for the usual wait.
        repeats: Whether it may take the same reference twice. Where it never does, the first text need not go alone.
        lists: Whether `read_list` can be used. Without it nobody sees what was sent from other records than these.
        remembers: Seconds for which the provider remembers a text. What is nearly as old and unknown to it is not
            sent again: its not knowing means nothing any more.
        ahead: Seconds that the provider's clock was ahead of ours when it last answered; 0 where it does not say.
    """

    name: str
    reaches_people: bool = True
    per_second: float = 49.0
    workers: int = 16
    answers: bool = False
    read_on_phones: bool = False
    settles_after: float = 0.0
    repeats: bool = True
    lists: bool = False
    remembers: float = float("inf")
    ahead: float = 0.0

    @classmethod
    def make(cls, case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> "Sender":
        """This sender, for one batch.

        Args:
            case_file: The case.
            facts: What the batch froze about its sender.
            batch: The batch; '' for one that is being planned.
        """
        return cls()

    @classmethod
    def freeze(cls, case_file: CaseFile) -> dict[str, Any]:
        """What a batch that is being planned freezes about this sender, beside its name: settings, template, key."""
        return {}

    @classmethod
    def freeze_key(cls, case_file: CaseFile, key_type: str) -> dict[str, Any]:
        """`KEY_FACTS` for the key of one type; for a sender whose facts have a `key_type`."""
        raise NotImplementedError

    def takes(self, number: str) -> bool:
        """Whether a number may be handed over: Ofcom's drama numbers never are."""
        return not is_drama(number)

    def find_changed(self, text: str) -> list[str]:
        """The characters of a text in whose place a phone would show others, each once; nobody is asked."""
        return []

    def send(self, message: Message) -> Outcome:
        """Hand over one text. Called from many threads. Never raises for what a network can do."""
        raise NotImplementedError

    def ask(self, provider_reference: str) -> list[Found]:
        """All texts that the provider has under this reference, oldest first.

        Raises:
            CannotAsk: No answer.
        """
        raise CannotAsk(f"{self.name} cannot be asked")

    def read_list(self, older_than: str | None) -> ListPage:
        """A page of all that the provider has, whoever sent it, newest first.

        Args:
            older_than: What the page before gave; None for the newest.

        Raises:
            CannotAsk: No answer; `Refused` when it refuses us.
        """
        raise CannotAsk(f"{self.name} shows no list")

    def status(self, notification_id: str) -> Found | None:
        """What became of one text that the provider has, or None when it does not know it.

        Raises:
            CannotAsk: No answer.
        """
        raise CannotAsk(f"{self.name} cannot be asked")

    def may_have_forgotten(self, since: datetime, now: datetime) -> bool:
        """Whether its not knowing what was claimed then means nothing by now; by whichever clock is ahead."""
        age = (now - since).total_seconds() + max(0.0, self.ahead)
        return age > self.remembers - FORGETS_EARLY_S

    def check_frozen(self, facts: Mapping[str, Any], ring: KeyRing, *, batch: str) -> None:
        """Refuse a batch that was planned for another sender than this; nobody is asked.

        Args:
            facts: The batch's `sender` facts.
            ring: The case's keys.
            batch: The batch, for the error.

        Raises:
            RingbackError: `sender_differs`, or what the sender says of its own.
        """
        if facts.get("name") != self.name:
            raise RingbackError("sender_differs", batch=batch, differences="it is planned for another sender")

    def check_before(self, content: Mapping[str, object]) -> list[str]:
        """What at the provider is not as the batch's `sender` facts say, in words; asked before a batch begins."""
        return []
