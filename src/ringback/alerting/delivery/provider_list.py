"""The provider's own list, held against the records: before anything is sent, and now and then while it is sent.

Records cannot know what was sent from other records than themselves: those that a backup lacks, or a copy that goes on
beside them. The provider knows. So every process that takes the lease of a batch first reads the provider's list back
to where the batch began, and settles what stands there. A text that no attempt explains was sent from elsewhere: then
the list is read again until nothing new comes, for whoever sent it may be sending still.

Two copies that begin at the same moment see nothing of each other yet. So the first text goes alone, drawn at random;
the others follow only when the list, some time later, shows that text and none from elsewhere. Whichever of two copies
looks last sees the other's: the time is longer than a text can take from its claim to the list, which is as long as
the provider takes a token, and the age that the last look may have. docs/explanation/exactly-once.md reckons it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ringback.alerting.delivery.timings import Timings
from ringback.alerting.delivery.worker_pool import ListJob
from ringback.alerting.senders.base import ListPage

# Clocks differ, and what was claimed earlier from other records counts too: so much further back the list is read.
_FURTHER_BACK = timedelta(hours=1)
_LOOK_FURTHER_BACK = timedelta(minutes=1)
_LONG_AGO, _NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
# Reading back; the first text goes alone; a look after it; all may go, with a look now and then.
READING, FIRST_ALONE, LOOKING, DONE = "reading", "first alone", "looking", "done"


@dataclass
class ListReader:
    """Where one process is in the provider's list. Done at once where the provider shows none.

    Attributes:
        stage: READING, FIRST_ALONE, LOOKING or DONE.
        reads: Whether there is a list.
        settles: Seconds after which the list shows whatever was taken.
        alone: Seconds from the first text's acceptance to the look after it; 0 to let all go at once.
        since: How far back to read.
        older_than: Where the next page begins; None for the newest.
        strangers: Texts from elsewhere in this pass.
        next_at: Not before then.
        under_way: Whether a page is being read.
        looked_at: When the list was last read to the end of a pass.
        first: Our reference of the text that goes alone.
        first_at: When it was claimed.
        saw_first: Whether this pass showed it.
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
        """Whether nothing may be sent, for the list was not yet read back."""
        return self.stage == READING

    def begin(self, *, reads: bool, since: datetime, now: datetime, settles: float, alone: float = 0.0) -> None:
        """Read it anew; `reads` says whether there is one."""
        self.stage, self.reads = READING if reads else DONE, reads
        self.settles, self.alone = settles, alone
        self.strangers, self.under_way = 0, False
        self._begin_pass(since - _FURTHER_BACK, now)

    def count_free(self, free: int, *, idle: bool, now: datetime, timings: Timings) -> int:
        """How many texts may be handed over now.

        Args:
            free: How many could be.
            idle: Whether nothing is under way.
            now: When.
            timings: How old the last look may be.
        """
        if self.stage == DONE:
            return free
        fresh = now - self.looked_at <= timedelta(seconds=timings.renew_s + timings.fresh_s)
        return min(1, free) if self.stage == FIRST_ALONE and idle and fresh else 0

    def note_claim(self, reference: str, now: datetime) -> None:
        """A text was claimed; of those that follow the first one, nothing need be noted."""
        if self.stage == FIRST_ALONE:
            self.stage, self.first, self.first_at, self.next_at = LOOKING, reference, now, _NEVER

    def note_outcome(self, reference: str, kind: str, now: datetime) -> None:
        """What came of a text: when the first one was not accepted, another has to go first."""
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
        """There was no answer: ask for the same page later."""
        self.under_way, self.next_at = False, now + wait

    def take(self, page: ListPage, strangers: int, *, now: datetime, timings: Timings) -> None:
        """A page was read and settled; `strangers` of its texts were from elsewhere."""
        self.under_way = False
        self.strangers += strangers
        self.saw_first |= any(one.provider_reference == self.first for one in page.texts)
        if self.stage != DONE and page.older_than and page.reaches_to and page.reaches_to >= self.since:
            self.older_than, self.next_at = page.older_than, now
            return
        wait = timings.renew_s
        if self.stage == READING and self.strangers:
            # What was claimed elsewhere a moment ago shows up within the time of a doubt.
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
