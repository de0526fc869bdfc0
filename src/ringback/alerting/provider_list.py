"""The provider's own list, held against the records: before anything is sent, and now and then while it is sent.

Records cannot know what was sent from other records than themselves: those that a backup lacks, or a copy that goes on
beside them. The provider knows. So every process that takes the lease of a batch first reads the provider's list back
to where the batch began, and settles what stands there. A text that no attempt explains was sent from elsewhere: then
the list is read again until nothing new comes, for whoever sent it may be sending still.

Two copies that begin at the same moment see nothing of each other yet. So the first text goes alone, drawn at random,
and the list is looked at once more before the others follow.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ringback.alerting.hands import ListJob
from ringback.alerting.senders.base import ListPage
from ringback.alerting.waits import Waits

# Clocks differ, and what was claimed earlier from other records counts too: so much further back the list is read.
_FURTHER_BACK = timedelta(hours=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Reading back; the first text goes alone; a look after it; all may go, with a look now and then.
READING, FIRST_ALONE, LOOKING, DONE = "reading", "first alone", "looking", "done"


@dataclass
class ListReader:
    """Where one process is in the provider's list. Done at once where the provider shows none.

    Attributes:
        stage: READING, FIRST_ALONE, LOOKING or DONE.
        reads: Whether there is a list.
        since: How far back to read.
        older_than: Where the next page begins; None for the newest.
        strangers: Texts from elsewhere in this pass.
        next_at: Not before then.
        under_way: Whether a page is being read.
    """

    stage: str = DONE
    reads: bool = False
    since: datetime = _LONG_AGO
    older_than: str | None = None
    strangers: int = 0
    next_at: datetime = _LONG_AGO
    under_way: bool = False

    @property
    def is_reading(self) -> bool:
        """Whether nothing may be sent, for the list was not yet read back."""
        return self.stage == READING

    def begin(self, *, reads: bool, since: datetime, now: datetime) -> None:
        """Read it anew; `reads` says whether there is one."""
        self.stage, self.reads, self.since = READING if reads else DONE, reads, since - _FURTHER_BACK
        self.older_than, self.strangers, self.next_at, self.under_way = None, 0, now, False

    def count_free(self, free: int, *, idle: bool) -> int:
        """How many texts may be handed over now.

        Args:
            free: How many could be.
            idle: Whether nothing is under way.
        """
        if self.stage == DONE:
            return free
        return min(1, free) if self.stage == FIRST_ALONE and idle else 0

    def note_claims(self, claimed: int, now: datetime) -> None:
        """Texts were claimed: after the first one, look before the others follow."""
        if claimed and self.stage == FIRST_ALONE:
            self.stage, self.next_at = LOOKING, now

    def next_job(self, now: datetime, *, idle: bool) -> ListJob | None:
        """The next page to read now, or None; after the first text not before its answer is there."""
        waits_for_first = self.stage == LOOKING and not idle
        if not self.reads or self.under_way or waits_for_first or now < self.next_at:
            return None
        self.under_way = True
        return ListJob(self.older_than)

    def put_off(self, now: datetime, wait: timedelta) -> None:
        """There was no answer: ask for the same page later."""
        self.under_way, self.next_at = False, now + wait

    def take(self, page: ListPage, strangers: int, *, now: datetime, waits: Waits) -> None:
        """A page was read and settled; `strangers` of its texts were from elsewhere."""
        self.under_way, self.next_at = False, now
        if self.stage != READING:
            self.stage = DONE if self.stage == LOOKING else self.stage
            self.next_at = now + timedelta(seconds=waits.renew)
            return
        self.strangers += strangers
        if page.older_than is not None and page.reaches_to is not None and page.reaches_to >= self.since:
            self.older_than = page.older_than
            return
        # What was claimed elsewhere a moment ago shows up within the time of a doubt.
        wait = waits.doubt if self.strangers else waits.renew
        self.stage, self.next_at = READING if self.strangers else FIRST_ALONE, now + timedelta(seconds=wait)
        self.older_than, self.strangers = None, 0
