"""One process's hold on a batch: its lease, renewed in time, and the mark outside the records that goes with it."""

import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ringback.alerting.delivery.outcomes import OutcomeRecorder
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records import sending as rows
from ringback.records.batches import set_started
from ringback.records.db import writing
from ringback.records.leases import (
    Lease,
    LeaseLost,
    check_lease,
    count_claims,
    find_holder,
    release_lease,
    renew_lease,
    take_lease,
)
from ringback.records.marks import Mark


@dataclass
class LeaseKeeper:
    """Takes, renews and gives back the lease of one batch.

    Attributes:
        case_file: The case.
        recorder: Records the batch's outcomes.
        holder: This process, as others are told of it.
        lease: The lease, while it is ours.
    """

    case_file: CaseFile
    recorder: OutcomeRecorder
    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
    lease: Lease | None = None
    _renewed: float = 0.0
    _mark: Mark = field(init=False)

    def __post_init__(self) -> None:
        """Keep one mark: it knows what this process wrote last."""
        self._mark = self.case_file.mark

    def try_to_take(self, *, why: str, planned_at: datetime) -> str:
        """Take the lease, and put in doubt what earlier holders left.

        Args:
            why: What it is taken for, for the audit log.
            planned_at: When the batch was planned.

        Returns:
            '' when it is ours now; else who has it.

        Raises:
            RingbackError: `clock_went_back`, `records_rolled_back`, `mark_missing` or `mark_unwritable`.
        """
        clock, recorder, batch = self.case_file.clock, self.recorder, self.recorder.batch_id
        with writing(self.case_file.records).begin() as connection:
            now = clock.now()
            recorder.begin()
            lasts = timedelta(seconds=recorder.timings.lease_s)
            lease = take_lease(connection, batch, holder=self.holder, now=now, lasts=lasts)
            if lease is None:
                other = find_holder(connection, batch, now)
                return other.holder if other else "unknown"
            wait = timedelta(seconds=recorder.settles)
            doubts = rows.doubt_claims(connection, batch, fence=lease.fence, wait=wait)
            # With the holder in it, two copies of a case that begin at the same moment write different entries.
            facts = {"fence": lease.fence, "in_doubt": doubts, "sender": recorder.sender.name, "holder": self.holder}
            recorder.add_entry(connection, "sending_started", why=why, **facts)
            set_started(connection, batch, now=now)
            self._check_claims(connection, lease, now)
            recorder.begin_lease(connection, planned_at=planned_at, now=now)
        recorder.note_heads()
        self.lease, self._renewed = lease, clock.elapsed()
        self.note_claims(now)
        return ""

    def _check_claims(self, connection: Connection, lease: Lease, now: datetime) -> None:
        """Every claim is counted as it is made: another number of attempts means that somebody took some away."""
        made = rows.count_claims_made(connection, lease.batch)
        if made != lease.claims:
            why = f"it had {lease.claims:,} attempts, and its alerts have {made:,}: the records were altered"
            self.recorder.halt(connection, why, now)

    def hold(self, connection: Connection, now: datetime) -> str:
        """Make sure that the lease is ours, and renew it when it is time.

        Returns:
            Why it is lost, or ''. Not raised here: results are written down whoever holds the lease.
        """
        assert self.lease is not None
        elapsed, timings = self.case_file.clock.elapsed(), self.recorder.timings
        try:
            if elapsed - self._renewed < timings.renew_s:
                check_lease(connection, self.lease, now=now)
            else:
                self.lease = renew_lease(connection, self.lease, now=now, lasts=timedelta(seconds=timings.lease_s))
                self._renewed = elapsed
        except LeaseLost as lost:
            return str(lost)
        return ""

    def count_claims(self, connection: Connection, made: int) -> None:
        """Count claims in the transaction that makes them."""
        assert self.lease is not None
        self.lease = count_claims(connection, self.lease, made)

    def note_claims(self, now: datetime) -> None:
        """Write down outside the records how far they are; only then may what was claimed be handed over.

        Raises:
            RingbackError: `records_rolled_back`, `mark_missing` or `mark_unwritable`; what was claimed is asked about
                by whoever holds the next lease.
        """
        assert self.lease is not None
        fence, claims = self.lease.fence, self.lease.claims
        try:
            self._mark.claim(self.lease.batch, fence=fence, claims=claims, at=now, check=self.case_file.compare)
        except RingbackError as error:
            with writing(self.case_file.records).begin() as connection:
                self.recorder.begin()
                self.recorder.halt(connection, str(error), now)
            self.recorder.note_heads()
            raise

    def release(self) -> None:
        """Give the lease back, if it is ours."""
        if self.lease is not None:
            with writing(self.case_file.records).begin() as connection:
                release_lease(connection, self.lease, now=self.case_file.clock.now())
