"""Comparing the provider's own list with the records: before anything is sent, and regularly while sending.

Records do not know about texts sent from other records: from newer ones that a backup lacks, or from a copy in use at
the same time. The provider knows. So every process that takes the lease of a batch first reads the provider's list back
to the beginning of the batch, and settles the alerts in it. A text that no attempt explains was sent from elsewhere.
Then the list is read again until nothing new appears: the other sender may still be at work.

Two copies that begin at the same time cannot see each other in the list yet. So the first text, drawn at random, goes
alone. The others follow only after a later look at the list shows that text and none from elsewhere. The wait is longer
than the time from a claim to its text in the list (for as long as the provider takes a token) plus the age that the
last look may have. So the copy that looks last sees the other's text. The sums are in docs/explanation/exactly-once.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ringback.alerting.delivery.timings import Timings
from ringback.alerting.delivery.worker_pool import ListJob
from ringback.alerting.senders.base import ListPage

# The list is read this much further back: clocks differ, and earlier claims from other records count too.
_FURTHER_BACK = timedelta(hours=1)
_LOOK_FURTHER_BACK = timedelta(minutes=1)
_LONG_AGO, _NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
# Reading back; the first text goes alone; the look after it; all texts may go, with regular looks.
READING, FIRST_ALONE, LOOKING, DONE = "reading", "first alone", "looking", "done"


@dataclass
class ListReader:
    """The position of one process in the provider's list. It is DONE at once if the provider has no list.

    Attributes:
        stage: READING, FIRST_ALONE, LOOKING or DONE.
        reads: Whether the provider has a list.
        settles: Seconds after a claim from which the list surely shows the text, if it was taken.
        alone: Seconds from the first text's acceptance to the look after it; 0 to let all texts go at once.
        since: The time to read back to.
        older_than: Where the next page begins; None for the newest page.
        strangers: Count of texts from elsewhere in this pass.
        next_at: The earliest time for the next page.
        under_way: Whether a page is being read.
        looked_at: When the last pass reached the end of the list.
        first: Our reference of the text that goes alone.
        first_at: When that text was claimed.
        saw_first: Whether this pass showed that text.
    """

    stage: str = DONE
    reads: bool = False
    settles: float = 0.0
    alone: float = 0.0
    since: datetime = _LONG_AGO
    older_than: str | None = None
    strangers: int = 0
    next_at: datetime = _LONG_AGO
    under_way: bool = False
    looked_at: datetime = _LONG_AGO
    first: str = ""
    first_at: datetime = _LONG_AGO
    saw_first: bool = False

    @property
    def is_reading(self) -> bool:
        """Whether the list is still being read back, so that nothing may be sent."""
        return self.stage == READING

    def begin(self, *, reads: bool, since: datetime, now: datetime, settles: float, alone: float = 0.0) -> None:
        """Begin to read the list anew."""
        self.stage, self.reads = READING if reads else DONE, reads
        self.settles, self.alone = settles, alone
        self.strangers, self.under_way = 0, False
        self._begin_pass(since - _FURTHER_BACK, now)

    def count_free(self, free: int, *, idle: bool, now: datetime, timings: Timings) -> int:
        """How many texts may be handed over now.

        Args:
            free: How many the worker pool could take.
            idle: Whether no request is under way.
            now: The time.
            timings: How old the last look may be.
        """
        if self.stage == DONE:
            return free
        fresh = now - self.looked_at <= timedelta(seconds=timings.renew_s + timings.fresh_s)
        return min(1, free) if self.stage == FIRST_ALONE and idle and fresh else 0

    def note_claim(self, reference: str, now: datetime) -> None:
        """Note the first text's claim. Later claims need no note."""
        if self.stage == FIRST_ALONE:
            self.stage, self.first, self.first_at, self.next_at = LOOKING, reference, now, _NEVER

    def note_outcome(self, reference: str, kind: str, now: datetime) -> None:
        """Note the outcome of a text. If the first one was not accepted, another must go first."""
        if self.stage != LOOKING or reference != self.first:
            return
        if kind == "accepted":
            self._begin_pass(self.first_at - _LOOK_FURTHER_BACK, now + timedelta(seconds=self.alone))
        else:
            self.stage = FIRST_ALONE
            self._begin_pass(self.looked_at - _LOOK_FURTHER_BACK, now)

    def next_job(self, now: datetime) -> ListJob | None:
        """The next page to read now, or None."""
        if not self.reads or self.under_way or now < self.next_at:
            return None
        self.under_way = True
        return ListJob(self.older_than)

    def put_off(self, now: datetime, wait: timedelta) -> None:
        """Ask for the same page later, since no answer came."""
        self.under_way, self.next_at = False, now + wait

    def take(self, page: ListPage, strangers: int, *, now: datetime, timings: Timings) -> None:
        """Take in a page that was read and settled; `strangers` of its texts came from elsewhere."""
        self.under_way = False
        self.strangers += strangers
        self.saw_first |= any(one.provider_reference == self.first for one in page.texts)
        if self.stage != DONE and page.older_than and page.reaches_to and page.reaches_to >= self.since:
            self.older_than, self.next_at = page.older_than, now
            return
        wait = timings.renew_s
        if self.stage == READING and self.strangers:
            # A text claimed elsewhere a moment ago shows up within the settling time.
            self._begin_pass(self.since, now + timedelta(seconds=self.settles))
            return
        if self.stage == READING:
            self.stage = FIRST_ALONE if self.alone else DONE
        elif self.stage == LOOKING and (self.saw_first or now > self.first_at + timedelta(seconds=2 * self.settles)):
            self.stage = DONE
        self.looked_at = now
        since = self.first_at if self.stage == LOOKING else now
        self._begin_pass(since - _LOOK_FURTHER_BACK, now + timedelta(seconds=wait))

    def _begin_pass(self, since: datetime, at: datetime) -> None:
        self.since, self.older_than, self.next_at = since, None, at
        self.strangers, self.saw_first = 0, False
