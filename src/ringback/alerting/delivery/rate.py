"""A batch's own pace, beside the provider's pace that all batches share.

A batch spread over days and one sent as fast as allowed may use the same provider. With one pace for both, each request
of the slow batch would hold up the fast one for the slow one's interval. So the shared pace is the provider's rate, and
each batch has its own pace too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ringback.records.rate_limits import CATCH_UP, Grant, take_slots

# A batch that is due may take a slot of the provider this many slots early. Otherwise a batch that runs at the #
# provider's rate would always be first. The provider counts its limit over a minute, so these few slots keep to it.
_SLOTS_EARLY = 2


@dataclass
class BatchPace:
    """The pace of one batch, kept in the memory of its only sender. A new sender begins at once.

    Attributes:
        last: The time slot of its last request.
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
        """Take up to `wanted` slots: as many as the batch's own pace allows and the provider's pace has free.

        Args:
            connection: A transaction that writes.
            sender: Name of the sender.
            now: When.
            wanted: Requests that could start now.
            rate: Requests a second that the batch aims at now.
            provider_rate: Requests a second at most, over all batches.
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
