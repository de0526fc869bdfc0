"""The provider's notifications: rows with a history of statuses, and the table that they are in."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from notify_standin.recipients import Recipient
from notify_standin.service import count_segments, stamp

FINAL = frozenset({"delivered", "permanent-failure", "temporary-failure", "technical-failure", "sent"})
STATUSES = ("created", "sending", "pending", *sorted(FINAL))
_RATE_IN_POUNDS = 0.0247


@dataclass
class Notification:
    """One accepted text.

    Attributes:
        body: The text as the API shows it.
        delivered_text: The text as a phone shows it.
        created_s: When it was accepted, on the clock that never goes back.
        visible_after_s: Seconds from then until it can be asked for (a commit that came late).
        moves: (seconds after created_s, status) in order of time.
        iat: The token's iat; seconds since 1970.
    """

    id: str
    order: int
    key_type: str
    reference: str | None
    phone_number: str
    recipient: Recipient
    body: str
    delivered_text: str
    template_id: str
    template_version: int
    created_at: datetime
    created_s: float
    iat: int
    connected_at: datetime
    arrived_at: datetime
    received_at: datetime
    fault: str | None = None
    visible_after_s: float = 0.0
    moves: list[tuple[float, str]] = field(default_factory=list)

    def moves_until(self, elapsed: float) -> list[tuple[float, str]]:
        """The statuses it has had, up to and with the first final one."""
        taken: list[tuple[float, str]] = []
        for after_s, status in self.moves:
            if after_s > elapsed - self.created_s or (taken and taken[-1][1] in FINAL):
                break
            taken.append((after_s, status))
        return taken

    def status_at(self, elapsed: float) -> str:
        """Its status then."""
        taken = self.moves_until(elapsed)
        return taken[-1][1] if taken else "created"

    def add_status(self, status: str, *, elapsed: float) -> bool:
        """A further status from now on; False when a final one was there before it."""
        if self.status_at(elapsed) in FINAL:
            return False
        self.moves.append((elapsed - self.created_s, status))
        self.moves.sort(key=lambda move: move[0])
        return True

    def make_older(self, seconds: float) -> None:
        """Move everything about it into the past by so much."""
        self.created_s -= seconds
        self.created_at -= timedelta(seconds=seconds)

    def times_at(self, elapsed: float) -> tuple[datetime | None, datetime | None]:
        """When it was sent on and when it was completed, as far as that has happened."""
        taken = self.moves_until(elapsed)
        sent = next((after for after, status in taken if status != "created"), None)
        done = next((after for after, status in taken if status in FINAL and status != "sent"), None)
        return self._moment(sent), self._moment(done)

    def _moment(self, after_s: float | None) -> datetime | None:
        return None if after_s is None else self.created_at + timedelta(seconds=after_s)

    def to_json(self, elapsed: float, *, url: str) -> dict[str, Any]:
        """What GET /v2/notifications/<id> gives."""
        sent_at, completed_at = self.times_at(elapsed)
        postal = dict.fromkeys((*(f"line_{number}" for number in range(1, 7)), "postcode", "postage"))
        return {
            "id": self.id,
            "reference": self.reference,
            "email_address": None,
            "phone_number": self.phone_number,
            **postal,
            "type": "sms",
            "status": self.status_at(elapsed),
            "template": {
                "id": self.template_id,
                "version": self.template_version,
                "uri": f"{url}/v2/template/{self.template_id}/version/{self.template_version}",
            },
            "body": self.body,
            "subject": None,
            "created_at": stamp(self.created_at),
            "created_by_name": None,
            "sent_at": stamp(sent_at) if sent_at else None,
            "completed_at": stamp(completed_at) if completed_at else None,
            "scheduled_for": None,
            "one_click_unsubscribe_url": None,
            **self._cost(),
        }

    def _cost(self) -> dict[str, Any]:
        parts = count_segments(self.delivered_text)
        details = {"billable_sms_fragments": parts, "international_rate_multiplier": 1, "sms_rate": _RATE_IN_POUNDS}
        return {
            "is_cost_data_ready": True,
            "cost_in_pounds": round(parts * _RATE_IN_POUNDS, 4),
            "cost_details": details,
        }

    def to_ledger(self, elapsed: float) -> dict[str, Any]:
        """What a test may know of it: more than the provider would tell. Times as text, UTC."""
        return {
            "id": self.id,
            "reference": self.reference,
            "number": self.recipient.e164,
            "phone_number": self.phone_number,
            "body": self.body,
            "delivered_text": self.delivered_text,
            "key_type": self.key_type,
            "template_id": self.template_id,
            "template_version": self.template_version,
            "accepted_at": stamp(self.created_at),
            "visible_after_s": self.visible_after_s,
            "visible": elapsed - self.created_s >= self.visible_after_s,
            "iat": self.iat,
            "connected_at": stamp(self.connected_at),
            "arrived_at": stamp(self.arrived_at),
            "received_at": stamp(self.received_at),
            "fault": self.fault,
            "status": self.status_at(elapsed),
        }


class Notifications:
    """All that were accepted; asked for as the provider lets them be asked for.

    Args:
        retention_s: Gives the seconds after which they are hidden now.
    """

    def __init__(self, retention_s: Callable[[], float]) -> None:
        self._retention_s = retention_s
        self._rows: list[Notification] = []
        self._by_id: dict[str, Notification] = {}
        # By age, so that a page is found without a look at every row.
        self._by_key_type: dict[str, list[Notification]] = defaultdict(list)
        self._by_reference: dict[str | None, list[Notification]] = defaultdict(list)

    def add(self, row: Notification) -> None:
        """One more; the same reference may come again and again."""
        self._rows.append(row)
        self._by_id[row.id] = row
        insort(self._by_key_type[row.key_type], row, key=_age_order)
        insort(self._by_reference[row.reference], row, key=_age_order)

    def sort(self) -> None:
        """Bring the rows into the order of their age again, after some were made older."""
        for rows in (*self._by_key_type.values(), *self._by_reference.values()):
            rows.sort(key=_age_order)

    def all(self, *, reference: str | None = None) -> list[Notification]:
        """Every row there is, hidden ones too, as they came; or those with one reference, the oldest first."""
        return list(self._rows if reference is None else self._by_reference.get(reference, ()))

    def _is_visible(self, row: Notification, elapsed: float) -> bool:
        age = elapsed - row.created_s
        return row.visible_after_s <= age <= self._retention_s()

    def find(self, notification_id: str, elapsed: float) -> Notification | None:
        """The one with that identifier, whatever key it was sent with."""
        row = self._by_id.get(notification_id.lower())
        return row if row is not None and self._is_visible(row, elapsed) else None

    def page(
        self,
        elapsed: float,
        *,
        key_type: str,
        reference: str | None,
        statuses: list[str],
        older_than: str | None,
        size: int,
    ) -> list[Notification]:
        """The newest that fit: sent with a key of that type, older than that one; none where it cannot be asked for."""
        rows = self._by_key_type[key_type] if reference is None else self._by_reference.get(reference, [])
        place = len(rows)
        if older_than is not None:
            last = self.find(older_than, elapsed)
            place = 0 if last is None else bisect_left(rows, _age_order(last), key=_age_order)
        found: list[Notification] = []
        while place and len(found) < size:
            place -= 1
            row = rows[place]
            if elapsed - row.created_s > self._retention_s():
                break
            wanted = not statuses or row.status_at(elapsed) in statuses
            if wanted and row.key_type == key_type and self._is_visible(row, elapsed):
                found.append(row)
        return found


def _age_order(row: Notification) -> tuple[float, int]:
    return row.created_s, row.order
