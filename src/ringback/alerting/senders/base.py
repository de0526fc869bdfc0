"""The base class of senders. A sender's one duty: hand over a text, and report truly what is then known about it.

Everything else that a sender can do has a safe default here.
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

# The form of our references at a provider. Another service's references may contain anything, even a phone number.
OUR_REFERENCE = re.compile(r"rb-[0-9a-f]{20}")
# This many seconds before a provider forgets a text, its answer "not known" already counts for nothing.
FORGETS_EARLY_S = 86_400.0
# The facts that a batch freezes about its sender's key. The key decides whom the provider texts, not what they read.
KEY_FACTS = ("key_type", "key_name", "key_digest")


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one number.

    Attributes:
        number: E.164.
        text: The exact text.
        alert_reference: The reference printed in the text.
        provider_reference: Our reference at the provider, for questions.
        claimed_at: When the alert was claimed. Credentials that expire are dated from here, not from when the socket
            opens.
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
        texts: The texts of the page with a reference of ours, from any batch.
        reaches_to: When the oldest text of the page was accepted, by the provider's clock; None for an empty page.
        older_than: Where the next page begins; None if this is the last.
    """

    texts: list[Found]
    reaches_to: datetime | None = None
    older_than: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an attempt.

    Attributes:
        kind: accepted; rejected (the provider will never take this number); not_sent (the provider certainly has not
            got it: try again); stale (refused because the claim was held too long); rate_limited; daily_limited;
            refused (for a reason that would meet every other text too: sending must end); unknown (the provider may or
            may not have it).
        why: The reason, in words, without the number.
        found: If accepted, the text as the provider has it.
    """

    kind: str
    why: str = ""
    found: Found | None = None


class CannotAsk(Exception):  # noqa: N818 - not an error: the question stays open
    """The provider gave no answer. The question may be asked again."""


class Refused(CannotAsk):
    """The provider refuses all our requests, because of the key or the clock. Sending must end."""


class Sender:
    """A provider of texts. A subclass implements `send`, and if it can be asked about texts, `ask` and `status` too.

    A sender with settings or keys also implements `freeze`, which gives the facts for a batch to keep, and `make`,
    which makes the sender from those facts.

    Attributes:
        name: Its name in a batch.
        reaches_people: Whether a text may leave the machine. A synthetic case may only use a sender for which this is
            false.
        workers: How many requests may be open at once.
        per_second: Requests a second from all batches together, unless one of them may go faster.
        answers: Whether `ask` works. Without it, every doubt goes to a person.
        read_on_phones: Whether the provider may put something before a text that only a phone shows. Then somebody must
            read a rehearsal from a phone.
        settles_after: Settling time: seconds after a claim from which an answer of `ask` is final; 0 for the usual one.
        repeats: Whether the provider may take the same reference twice. If not, the first text need not go alone.
        lists: Whether `read_list` works. Without it, texts sent from other records stay unseen.
        remembers: Seconds for which the provider remembers a text. Close to this age its answer "not known" counts for
            nothing, and the text is not sent again.
        ahead: Seconds by which the provider's clock was ahead of ours at its last answer; 0 if it gives no time.
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
        """Make this sender for one batch.

        Args:
            case_file: The case.
            facts: The facts that the batch froze about its sender.
            batch: The batch; '' for one that is being planned.
        """
        return cls()

    @classmethod
    def freeze(cls, case_file: CaseFile) -> dict[str, Any]:
        """The facts that planning freezes about this sender, beside its name: settings, template, key."""
        return {}

    @classmethod
    def freeze_key(cls, case_file: CaseFile, key_type: str) -> dict[str, Any]:
        """`KEY_FACTS` for the key of one type. Only for a sender whose facts have a `key_type`."""
        raise NotImplementedError

    def takes(self, number: str) -> bool:
        """Whether a number may be handed over. Ofcom's drama numbers never may."""
        return not is_drama(number)

    def find_changed(self, text: str) -> list[str]:
        """The characters of a text that the provider would replace, each once. Asks nobody."""
        return []

    def send(self, message: Message) -> Outcome:
        """Hand over one text. Called from many threads. Network errors give an outcome, not an exception."""
        raise NotImplementedError

    def ask(self, provider_reference: str) -> list[Found]:
        """All texts that the provider has under this reference, oldest first.

        Raises:
            CannotAsk: No answer.
        """
        raise CannotAsk(f"{self.name} cannot be asked")

    def read_list(self, older_than: str | None) -> ListPage:
        """A page of the provider's list of all texts, whoever sent them, newest first.

        Args:
            older_than: `ListPage.older_than` of the page before; None for the newest page.

        Raises:
            CannotAsk: No answer; `Refused` if it refuses all our requests.
        """
        raise CannotAsk(f"{self.name} shows no list")

    def status(self, notification_id: str) -> Found | None:
        """What became of one text that the provider took; None if it does not know the text any more.

        Raises:
            CannotAsk: No answer.
        """
        raise CannotAsk(f"{self.name} cannot be asked")

    def may_have_forgotten(self, since: datetime, now: datetime) -> bool:
        """Whether the provider may have forgotten a text claimed at `since`, by whichever clock is ahead."""
        age = (now - since).total_seconds() + max(0.0, self.ahead)
        return age > self.remembers - FORGETS_EARLY_S

    def check_frozen(self, facts: Mapping[str, Any], ring: KeyRing, *, batch: str) -> None:
        """Refuse a batch that was planned for another sender. Asks nobody.

        Args:
            facts: The batch's frozen facts about its sender.
            ring: The case's keys.
            batch: The batch, for the error.

        Raises:
            RingbackError: `sender_differs`, or the sender's own errors.
        """
        if facts.get("name") != self.name:
            raise RingbackError("sender_differs", batch=batch, differences="it is planned for another sender")

    def check_before(self, content: Mapping[str, object]) -> list[str]:
        """Differences between the provider now and the batch's frozen facts, in words. Called before a batch begins."""
        return []
