"""The status of a batch at one time."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ringback.alerting.batches.approval import read_frozen
from ringback.alerting.inbound.receipts import delivery_rates
from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.model.windows import next_open, open_window, rate_now, seconds_left
from ringback.case.case_file import CaseFile
from ringback.records import sending as rows
from ringback.records.alarms import list_alarms
from ringback.records.batches import read_batch
from ringback.records.leases import find_holder
from ringback.records.receipts import delivery_counts
from ringback.records.replies import count_replies


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """The status of a batch.

    Attributes:
        batch, kind, state, why: From the batch's row.
        sender: Name of its sender.
        texts: How many alerts it has.
        alerts: State to count of alerts.
        reasons: Bad end state to reason to count of alerts.
        attempts: Outcome to count of attempts.
        in_flight: Requests that may be under way.
        deliveries: Delivery status to count of accepted alerts; '' for those without a receipt.
        rates: The same as shares of all accepted alerts.
        replies: Kind to count of texts that came in, for the whole case.
        alarms: What a person must look at, in words.
        holder: Which process sends it now, if any.
        waiting_for: What it waits for, in words, or ''.
        left_s: Estimated seconds to the end, without waits for a window; None when the batch is over.
    """

    batch: str
    kind: str
    state: str
    why: str
    sender: str
    texts: int
    alerts: dict[str, int]
    reasons: dict[str, dict[str, int]]
    attempts: dict[str, int]
    in_flight: int
    deliveries: dict[str, int]
    rates: dict[str, float]
    replies: dict[str, int]
    alarms: list[str]
    holder: str
    waiting_for: str
    left_s: float | None

    @property
    def needs_a_look(self) -> bool:
        """Whether a person must look: there are alarms, rejected alerts or parked alerts, or the batch is halted."""
        unsettled = self.alerts.get(states.REJECTED) or self.alerts.get(states.NEEDS_HUMAN)
        return bool(self.alarms or unsettled or self.state == states.HALTED)

    def as_dict(self) -> dict[str, Any]:
        """The status for JSON."""
        return asdict(self) | {"needs_a_look": self.needs_a_look}


def read_status(case_file: CaseFile, batch_id: str) -> BatchStatus:
    """The status of a batch now.

    Raises:
        RingbackError: `batch_unknown`, or `batch_altered` when its content cannot be read.
    """
    now = case_file.clock.now()
    with case_file.records.connect() as connection:
        batch = read_batch(connection, batch_id)
        content = read_frozen(batch)
        alerts = rows.count_states(connection, batch_id)
        deliveries = delivery_counts(connection, batch_id)
        holder = find_holder(connection, batch_id, now)
        waiting = alerts.get(states.WAITING, 0)
        rate = rate_now(content, left=waiting, now=now) if batch.state == states.APPROVED else 0.0
        return BatchStatus(
            batch=batch_id,
            kind=batch.kind,
            state=batch.state,
            why=batch.state_why or "",
            sender=str(content.sender.get("name")),
            texts=content.texts,
            alerts=alerts,
            reasons=rows.count_reasons(connection, batch_id),
            attempts=rows.count_attempts(connection, batch_id),
            in_flight=alerts.get(states.CLAIMED, 0),
            deliveries=deliveries,
            rates=delivery_rates(deliveries),
            replies=count_replies(connection),
            alarms=[f"{one.what}: {one.detail}" for one in list_alarms(connection, batch=batch_id)],
            holder=holder.holder if holder else "",
            waiting_for=_waiting_for(content, now) if rate else "",
            left_s=min(waiting / rate, seconds_left(content.windows, now)) if rate else None,
        )


def _waiting_for(content: BatchContent, now: datetime) -> str:
    if open_window(content.windows, now):
        return ""
    opens = next_open(content.windows, now)
    return f"waiting: the next window opens at {opens:%Y-%m-%d %H:%M} UTC" if opens else ""
