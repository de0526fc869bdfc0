"""The last check of an alert before its claim: is it what was approved, and may it still be sent?"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.model.references import check_digests, show
from ringback.alerting.senders.base import Found, Message, Sender
from ringback.alerting.wording.templates import Wording, render
from ringback.keys import KeyRing
from ringback.records.sending import AlertRow
from ringback.records.suppressions import find_suppression

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Tampered(Exception):  # noqa: N818 - reported as the reason of a halt
    """An alert is not what was planned."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of the check: the alert's content, or the state in which it ends unsent."""

    number: str = ""
    text: str = ""
    alert_reference: str = ""
    provider_reference: str = ""
    state: str = ""
    why: str = ""

    def message(self, claimed_at: datetime) -> Message:
        """The message of an alert that may be sent."""
        return Message(self.number, self.text, self.alert_reference, self.provider_reference, claimed_at)


def open_alert(ring: KeyRing, row: AlertRow) -> tuple[str, str]:
    """Number and alert reference of an alert, after a check that they are those that were planned.

    Raises:
        Tampered: The row was altered after planning.
        RingbackError: `sealed_unreadable`.
    """
    if row.sealed is None:
        raise Tampered("an alert that waits has no sealed number")
    number, reference = json.loads(ring.unseal(row.sealed, about=f"alert:{row.provider_reference}"))
    if row.number_digest not in ring.digests(number):
        raise Tampered("an alert's number is not the one that was planned")
    if row.check_digest not in check_digests(ring, reference, number[-4:]):
        raise Tampered("an alert's reference is not the one that was planned")
    return number, reference


@dataclass(frozen=True, slots=True)
class Examiner:
    """Checks the alerts of one batch.

    Attributes:
        ring: The case's keys.
        content: The batch's content, as it was approved.
        sender: Its sender.
        references: The provider references of the approved list. Sealed content is bound to its reference. So an alert
            with one of these references was approved, even if somebody moved its row.
    """

    ring: KeyRing
    content: BatchContent
    sender: Sender
    references: frozenset[str]

    def examine(self, connection: Connection, row: AlertRow) -> Verdict:
        """Unseal an alert, and check it against the list, its row, the suppressions and the sender.

        Raises:
            Tampered: The row was altered after planning, or is not on the approved list.
            RingbackError: `sealed_unreadable`.
        """
        if row.provider_reference not in self.references:
            raise Tampered("one of its alerts is not on the approved list")
        number, reference = open_alert(self.ring, row)
        if find_suppression(connection, self.ring.digests(number)):
            return Verdict(state=states.SUPPRESSED, why="suppressed after planning")
        if not self.sender.takes(number):
            return Verdict(state=states.REJECTED, why="this sender never takes this number")
        return Verdict(number, self._text(reference), show(reference), row.provider_reference)

    def find_differences(self, message: Message, found: Found) -> list[str]:
        """The differences between what the provider took and what was approved, in words."""
        differences = []
        if found.text is not None and found.text != message.text:
            differences.append("the text differs")
        if found.provider_reference != message.provider_reference:
            differences.append("the reference differs")
        version = self.content.sender.get("template_version")
        if found.template_version is not None and found.template_version != version:
            differences.append(f"the template is version {found.template_version}, approved was {version}")
        return differences

    def find_differences_in_row(self, row: AlertRow, found: Found) -> list[str]:
        """The same differences, for an alert that was found by asking the provider."""
        number, reference = open_alert(self.ring, row)
        text = self._text(reference)
        return self.find_differences(
            Message(number, text, show(reference), row.provider_reference, row.claimed_at or _NEVER), found
        )

    def _text(self, reference: str) -> str:
        return render(Wording(**self.content.wording), show(reference))
