"""Delivery receipts: what became of each text, from the provider's callbacks or from our polling."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ringback.alerting.inbound.callback_fields import find_timestamp, get_field, read_e164
from ringback.alerting.senders.base import FORGETS_EARLY_S, OUR_REFERENCE, CannotAsk, Found, Sender
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records.receipts import Receipt, Unheard, add_receipt, alarm_lost, find_unheard

_ID = re.compile(r"[\x21-\x7e]{1,100}")
_STATUS = re.compile(r"[a-z][a-z-]{0,39}")

# A receipt usually comes within minutes. The provider retries it for half an hour.
_ASK_AFTER = timedelta(minutes=45)
# A poll goes back a day less than the provider remembers, so that "not known" still means something; or 90 days.
_LESS, _LONGEST = timedelta(seconds=FORGETS_EARLY_S), timedelta(days=90)
_PAGE = 200
_LONGEST_WAIT_S = 60.0
_FAILURES = 6


def read_receipt(fields: Mapping[str, object], keys: KeyRing) -> Receipt:
    """Read a delivery callback. Its number is replaced by keyed digests here.

    Args:
        fields: The JSON object that the provider posted; unknown fields are ignored.
        keys: The case's keys.

    Raises:
        RingbackError: `callback_bad` without a usable id or status. Other bad fields are ignored, since the provider
            does not send a refused callback again.
    """
    reference, number = fields.get("reference"), fields.get("to")
    digests = None
    if isinstance(number, str) and number.strip():
        digests = frozenset(digest for e164 in read_e164(number) for digest in keys.digests(e164))
    return Receipt(
        notification_id=get_field(fields, "id", form=_ID),
        status=get_field(fields, "status", form=_STATUS),
        provider_reference=_ours(reference),
        completed_at=find_timestamp(fields, "completed_at"),
        number_digests=digests,
    )


def _ours(reference: object) -> str | None:
    return reference if isinstance(reference, str) and OUR_REFERENCE.fullmatch(reference) else None


def take_receipt(case_file: CaseFile, receipt: Receipt, *, came_by: str, now: datetime) -> str:
    """Store a receipt and apply it. A copy of an earlier one changes nothing.

    Args:
        case_file: The case.
        receipt: The receipt.
        came_by: callback or poll.
        now: When it came.

    Returns:
        Its effect: settled, applied, kept, copy, stranger or alarmed (see `records.receipts.add_receipt`).

    Raises:
        RingbackError: `records_unusable`; nothing was stored, and the same receipt can come again.
    """
    return add_receipt(case_file.records, case_file.log, receipt, came_by=came_by, now=now)


def delivery_rates(counts: Mapping[str, int]) -> dict[str, float]:
    """Each delivery status as a share (0 to 1) of all texts that the provider took.

    >>> delivery_rates({"delivered": 3, "": 1})
    {'delivered': 0.75, '': 0.25}
    """
    total = sum(counts.values())
    return {status: count / total for status, count in counts.items()} if total else {}


@dataclass
class Polled:
    """The results of a poll.

    Attributes:
        asked: Texts asked about.
        heard: How many of these have a newer status now.
        same: How many have the same status as before.
        lost: How many the provider took and does not know any more; each raises an alarm.
        unanswered: Questions that got no answer.
        gave_up: Whether the poll ended early, because the provider repeatedly did not answer.
    """

    asked: int = 0
    heard: int = 0
    same: int = 0
    lost: int = 0
    unanswered: int = 0
    gave_up: bool = False


@dataclass
class _Poll:
    case_file: CaseFile
    sender: Sender
    per_second: float
    progress: Callable[[int], None]
    polled: Polled = field(default_factory=Polled)
    _failures: int = 0

    def ask(self, text: Unheard) -> None:
        """Ask about one text, then wait: for the pace, or longer after a question without an answer."""
        clock = self.case_file.clock
        self.polled.asked += 1
        try:
            found = self.sender.status(text.notification_id)
        except CannotAsk:
            self._failures += 1
            self.polled.unanswered += 1
            self.polled.gave_up = self._failures >= _FAILURES
            clock.sleep(0.0 if self.polled.gave_up else min(_LONGEST_WAIT_S, 2.0**self._failures))
            return
        self._failures = 0
        self._take(text, found)
        self.progress(1)
        clock.sleep(1.0 / self.per_second)

    def _take(self, text: Unheard, found: Found | None) -> None:
        now = self.case_file.clock.now()
        if found is None:
            self.polled.lost += 1
            alarm_lost(self.case_file.records, self.case_file.log, text, now=now)
            return
        if found.status is None or not _STATUS.fullmatch(found.status):
            self.polled.same += 1
            return
        receipt = Receipt(text.notification_id, found.status, _ours(found.provider_reference), found.completed_at)
        done = take_receipt(self.case_file, receipt, came_by="poll", now=now)
        if done == "applied":
            self.polled.heard += 1
        else:
            self.polled.same += 1


def can_be_polled(sender: Sender) -> bool:
    """Whether a sender can be asked what became of a text, that is, whether it overrides `status`."""
    return type(sender).status is not Sender.status


def poll(
    case_file: CaseFile,
    sender: Sender,
    *,
    now: datetime,
    batch: str | None = None,
    per_second: float = 10.0,
    progress: Callable[[int], None] = lambda _n: None,
) -> Polled:
    """Ask the provider about texts whose final receipt never came, oldest first, one at a time, at a limited pace.

    Args:
        case_file: The case.
        sender: The sender of the batch.
        now: The time. The poll covers texts accepted at least 45 minutes ago, and not so long ago that the provider may
            have forgotten them.
        batch: One batch, or None for all batches.
        per_second: Questions a second at most.
        progress: Called with the count of texts done since the last call.

    Raises:
        RingbackError: `poll_impossible` when this sender cannot be asked.
    """
    if not can_be_polled(sender):
        raise RingbackError("poll_impossible", sender=sender.name)
    work = _Poll(case_file, sender, per_second, progress)
    for text in _unheard(case_file, batch, now, sender):
        work.ask(text)
        if work.polled.gave_up:
            break
    return work.polled


def count_unheard(case_file: CaseFile, sender: Sender, *, now: datetime, batch: str | None = None) -> int:
    """How many texts `poll` would ask about."""
    return sum(1 for _text in _unheard(case_file, batch, now, sender))


def _unheard(case_file: CaseFile, batch: str | None, now: datetime, sender: Sender) -> Iterator[Unheard]:
    """The texts to ask about, read page by page, so that no transaction is open while the provider is asked."""
    remembers = timedelta(seconds=min(sender.remembers, _LONGEST.total_seconds()))
    after: tuple[datetime, int] | None = (now - remembers + _LESS, 0)
    while True:
        with case_file.records.connect() as connection:
            page = find_unheard(connection, batch=batch, after=after, until=now - _ASK_AFTER, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = (page[-1].accepted_at, page[-1].alert)
