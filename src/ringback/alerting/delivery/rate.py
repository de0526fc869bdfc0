"""A batch's own pace, beside the provider's that all batches share.

A batch spread over days and one that goes as fast as allowed may use one provider. Were there one clock for both, each
request of the slow one would make the fast one wait for the slow one's interval. So the shared clock runs at the
provider's rate, and each batch has its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ringback.records.rate_limits import CATCH_UP, Grant, take_slots

# A batch that is due may take one of the provider's slots so many slots early: else one that goes at the provider's
# rate would always be there first. Few enough for the provider's limit, which is counted over a minute.
_SLOTS_EARLY = 2


@dataclass
class BatchPace:
    """The pace of one batch, in the memory of its one sender; a new sender begins at once.

    Attributes:
        last: The slot of its last request.
    """

    last: datetime | None = None

    def take(
        self,
        connection: Connection,
        sender: str,
        *,
        now: datetime,
        wanted: int,
        rate: float,
        provider_rate: float,
        daily_limit: int,
    ) -> Grant:
        """Take up to `wanted` slots, as many as are due by the batch's own pace and free by the provider's.

        Args:
            connection: A transaction that writes.
            sender: Name of the sender.
            now: When.
            wanted: Requests that could start now.
            rate: Requests a second that the batch aims at now.
            provider_rate: Requests a second at most of all batches together.
            daily_limit: Requests a UTC day at most.
        """
        interval = timedelta(seconds=1 / rate)
        first = max(self.last + interval, now - CATCH_UP) if self.last else now
        if first > now:
            return Grant(0, first, "pace")
        grant = take_slots(
            connection,
            sender,
            now=now,
            wanted=min(wanted, (now - first) // interval + 1),
            per_second=provider_rate,
            daily_limit=daily_limit,
            early=_SLOTS_EARLY if rate < provider_rate else 0,
        )
        if not grant.requests:
            return grant
        self.last = first + (grant.requests - 1) * interval
        return Grant(grant.requests, max(grant.next_at, self.last + interval))
