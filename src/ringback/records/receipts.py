"""Delivery receipts: each is stored once, however late and often it comes, and applied if it still matters.

A receipt can come twice, out of order, and before our own record that the provider took the text. The first final
status stays. A receipt with a reference of ours proves that the provider has the text, whatever our record says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, exists, func, insert, or_, select, update

from ringback.records.alarms import raise_alarm
from ringback.records.alert_tables import alerts, attempts, receipts
from ringback.records.audit import AuditEntry, AuditLog
from ringback.records.db import writing
from ringback.records.sending import accept, end_attempt

WHO = "provider"
# Reasons for the audit log, by how the status came.
_WHY = {"list": "the provider's own list shows it", "question": "the provider was asked"}
_WHY_RECEIPT = "a delivery receipt came in"
FINAL = frozenset({"delivered", "permanent-failure", "temporary-failure", "technical-failure", "sent"})
# Statuses of a text on its way, in order.
_ON_THE_WAY = ("created", "sending", "pending")
# Outcomes of an attempt that say that the provider has not got the text.
_NOT_TAKEN = frozenset(
    {"not_sent", "not_accepted", "absent", "rejected", "stale", "rate_limited", "daily_limited", "refused"}
)
# After a second attempt the provider is asked once more whether it has the text twice: after its settling time.
_ASK_AGAIN_AFTER = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's status report of one text.

    Attributes:
        notification_id: The provider's id of the text.
        status: The status, as the provider names it.
        provider_reference: Our reference, if the receipt gives one.
        completed_at: When the text got this status, if the receipt says so.
        number_digests: Keyed digests of the receipt's number, under every key; empty if its text is no number, None if
            it gives none. The number itself is never stored.
    """

    notification_id: str
    status: str
    provider_reference: str | None = None
    completed_at: datetime | None = None
    number_digests: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _AlertRow:
    id: int
    batch: str
    number_digest: str
    provider_reference: str
    state: str
    attempt: int
    ask_at: datetime | None
    notification_id: str | None
    delivery: str | None


_COLUMNS = [alerts.c[name] for name in _AlertRow.__slots__]


def add_receipt(engine: Engine, log: AuditLog, receipt: Receipt, *, came_by: str, now: datetime) -> str:
    """Store a receipt and apply it, in one transaction.

    Args:
        engine: The case's records.
        log: Its audit log. Everything more than a new status is logged.
        receipt: The receipt.
        came_by: As in `take_within`.
        now: When it came.

    Returns:
        Its effect: `settled` (it told us that the provider has the text), `applied` (a newer status), `kept` (too late
        to change anything, or an unknown status), `copy`, `stranger` (no text of ours), or `alarmed` (it contradicts
        our record, so a person must look).
    """
    with writing(engine).begin() as connection:
        done, entry = take_within(connection, log, receipt, came_by=came_by, now=now)
    if entry:
        log.note_head(entry)
    return done


def take_within(
    connection: Connection, log: AuditLog, receipt: Receipt, *, came_by: str, now: datetime
) -> tuple[str, AuditEntry | None]:
    """The same as `add_receipt`, within a transaction. If it returns an audit entry, call `note_head` after the commit.

    Args:
        connection: A transaction that writes.
        log: The audit log.
        receipt: The receipt.
        came_by: callback, poll, list (from the provider's list) or question (the provider was asked).
        now: When it came.
    """
    taking = _Taking(connection, log, receipt, now, came_by)
    return taking.take(), taking.entry


@dataclass
class _Taking:
    """One receipt in one transaction."""

    connection: Connection
    log: AuditLog
    receipt: Receipt
    now: datetime
    came_by: str
    entry: AuditEntry | None = None
    known: bool = False

    def take(self) -> str:
        """Apply the receipt, then store it."""
        earlier = self._find_earlier()
        self.known = earlier is not None
        alert, fault = self._find_alert()
        if alert is None or fault:
            self._keep(earlier_applied=earlier, applied=False)
            return "alarmed" if fault else "copy" if self.known else "stranger"
        self._check_number(alert)
        settles = alert.notification_id != self.receipt.notification_id
        fits = not settles or self._settle(alert)
        applied = fits and self._apply(alert)
        self._keep(earlier_applied=earlier, applied=applied)
        if settles:
            return "settled" if fits else "alarmed"
        return "applied" if applied else "copy" if self.known else "kept"

    def _find_earlier(self) -> bool | None:
        """Whether an earlier copy of the receipt was applied; None if there is no earlier copy."""
        return self.connection.scalar(
            select(receipts.c.applied).where(
                receipts.c.notification_id == self.receipt.notification_id, receipts.c.status == self.receipt.status
            )
        )

    def _find_alert(self) -> tuple[_AlertRow | None, bool]:
        """The receipt's alert, and whether the receipt's id and reference contradict each other."""
        receipt = self.receipt
        by_id = _find(self.connection, alerts.c.notification_id == receipt.notification_id)
        if receipt.provider_reference is None:
            return by_id, False
        if by_id is None:
            return _find(self.connection, alerts.c.provider_reference == receipt.provider_reference), False
        if by_id.provider_reference == receipt.provider_reference:
            return by_id, False
        self._alarm(by_id, "receipt_contradicts", f"receipt {receipt.notification_id} gives another text's reference")
        return by_id, True

    def _check_number(self, alert: _AlertRow) -> None:
        digests = self.receipt.number_digests
        if digests is not None and alert.number_digest not in digests:
            detail = f"receipt {self.receipt.notification_id} names another number than the alert's"
            self._alarm(alert, "receipt_number_differs", detail)

    def _settle(self, alert: _AlertRow) -> bool:
        """Record that the provider has the text under this id; False if it has the text twice."""
        if alert.notification_id is None and self._contradicts_record(alert):
            detail = f"it was recorded as {alert.state}, not taken by the provider, but the provider has it"
            self._alarm(alert, "accepted_against_record", detail)
        took = self._accept(alert)
        what = "alert_settled_by_receipt" if took else "alert_accepted_twice"
        if took or not self.known:
            self._audit(alert, what, {"state_before": alert.state})
        return took

    def _accept(self, alert: _AlertRow) -> bool:
        ask_at = (alert.ask_at or self.now + _ASK_AGAIN_AFTER) if alert.attempt > 1 else None
        found = self.receipt.notification_id
        took = accept(self.connection, alert.id, batch=alert.batch, notification_id=found, now=self.now, ask_at=ask_at)
        if took:
            detail = _WHY.get(self.came_by, "told by a receipt")
            end_attempt(
                self.connection, alert.id, alert.attempt, outcome="accepted", detail=detail, now=self.now,
                notification_id=found,
            )  # fmt: skip
        return took

    def _contradicts_record(self, alert: _AlertRow) -> bool:
        """Whether the record says that the provider took no attempt, or that there was none."""
        outcomes = self.connection.scalars(select(attempts.c.outcome).where(attempts.c.alert == alert.id))
        return all(outcome in _NOT_TAKEN for outcome in outcomes)

    def _apply(self, alert: _AlertRow) -> bool:
        """Apply the status if it is news: the first final one, or further on the way. Whether it was news."""
        if not _is_news(self.receipt.status, alert.delivery):
            if not self.known and self.receipt.status not in (*_ON_THE_WAY, *FINAL):
                detail = f"the provider gave a status that is not known: {self.receipt.status}"
                self._alarm(alert, "receipt_status_unknown", detail)
            return False
        values = {"delivery": self.receipt.status, "delivery_at": self.receipt.completed_at or self.now}
        self.connection.execute(update(alerts).where(alerts.c.id == alert.id).values(**values))
        return True

    def _keep(self, *, earlier_applied: bool | None, applied: bool) -> None:
        receipt = self.receipt
        if earlier_applied is None:
            self.connection.execute(
                insert(receipts).values(
                    notification_id=receipt.notification_id, provider_reference=receipt.provider_reference,
                    status=receipt.status, completed_at=receipt.completed_at, received_at=self.now,
                    came_by=self.came_by, applied=applied,
                )
            )  # fmt: skip
        elif applied and not earlier_applied:
            same = and_(receipts.c.notification_id == receipt.notification_id, receipts.c.status == receipt.status)
            self.connection.execute(update(receipts).where(same).values(applied=True))

    def _alarm(self, alert: _AlertRow, what: str, detail: str) -> None:
        new = raise_alarm(self.connection, what=what, detail=detail, now=self.now, batch=alert.batch, alert=alert.id)
        if new:
            self._audit(alert, what, {"detail": detail})

    def _audit(self, alert: _AlertRow, what: str, facts: dict[str, object]) -> None:
        facts = {"batch": alert.batch, "alert": alert.id, "notification": self.receipt.notification_id, **facts}
        why = _WHY.get(self.came_by, _WHY_RECEIPT)
        self.entry = self.log.add_within(self.connection, what, why=why, facts=facts, who=WHO)


def _find(connection: Connection, condition: ColumnElement[bool]) -> _AlertRow | None:
    row = connection.execute(select(*_COLUMNS).where(condition)).first()
    return _AlertRow(*row) if row else None


def _is_news(status: str, before: str | None) -> bool:
    if before in FINAL:
        return False
    if status in FINAL:
        return True
    if status not in _ON_THE_WAY:
        return False
    return before is None or _ON_THE_WAY.index(status) > _ON_THE_WAY.index(before)


_EARLY = (
    select(receipts)
    .where(receipts.c.notification_id == bindparam("their_id"), receipts.c.applied.is_(False))
    .order_by(receipts.c.id)
)


def apply_earlier(connection: Connection, *, notification_id: str) -> bool:
    """Apply receipts that came before the provider's id was recorded. Called when the id is recorded.

    Only receipts without a reference have to wait for this. Returns whether anything changed.
    """
    early = connection.execute(_EARLY, {"their_id": notification_id}).all()
    alert = _find(connection, alerts.c.notification_id == notification_id) if early else None
    if alert is None:
        return False
    delivery = alert.delivery
    for row in early:
        if not _is_news(row.status, delivery):
            continue
        delivery = row.status
        values = {"delivery": delivery, "delivery_at": row.completed_at or row.received_at}
        connection.execute(update(alerts).where(alerts.c.id == alert.id).values(**values))
        connection.execute(update(receipts).where(receipts.c.id == row.id).values(applied=True))
    return delivery != alert.delivery


def delivery_counts(connection: Connection, batch: str) -> dict[str, int]:
    """Delivery status to count of texts that the provider has; '' for those without a receipt."""
    query = (
        select(func.coalesce(alerts.c.delivery, ""), func.count())
        .where(alerts.c.batch == batch, alerts.c.notification_id.is_not(None))
        .group_by(alerts.c.delivery)
    )
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def count_strangers(connection: Connection) -> int:
    """How many receipts belong to no text of ours, but to another service or to lost records."""
    ours = exists().where(
        or_(
            alerts.c.notification_id == receipts.c.notification_id,
            alerts.c.provider_reference == receipts.c.provider_reference,
        )
    )
    return connection.scalar(select(func.count()).select_from(receipts).where(~ours)) or 0


@dataclass(frozen=True, slots=True)
class Unheard:
    """A text that the provider took and that has no final status."""

    alert: int
    batch: str
    notification_id: str
    accepted_at: datetime


def find_unheard(
    connection: Connection, *, batch: str | None, after: tuple[datetime, int] | None, until: datetime, limit: int
) -> Sequence[Unheard]:
    """Texts accepted up to `until` without a final status, oldest first.

    Args:
        connection: A transaction.
        batch: One batch, or None for all.
        after: Time and alert id of the last one so far; None to begin.
        until: The latest acceptance that counts.
        limit: How many at most.
    """
    columns = alerts.c.id, alerts.c.batch, alerts.c.notification_id, alerts.c.accepted_at
    query = select(*columns).where(
        alerts.c.notification_id.is_not(None),
        alerts.c.accepted_at <= until,
        or_(alerts.c.delivery.is_(None), alerts.c.delivery.not_in(FINAL)),
    )
    if batch is not None:
        query = query.where(alerts.c.batch == batch)
    if after is not None:
        at, alert = after
        query = query.where(or_(alerts.c.accepted_at > at, and_(alerts.c.accepted_at == at, alerts.c.id > alert)))
    return [Unheard(*row) for row in connection.execute(query.order_by(alerts.c.accepted_at, alerts.c.id).limit(limit))]


def has_unheard(connection: Connection, batch: str) -> bool:
    """Whether the provider took any text of a batch that has no final status, however old."""
    condition = and_(
        alerts.c.batch == batch,
        alerts.c.notification_id.is_not(None),
        or_(alerts.c.delivery.is_(None), alerts.c.delivery.not_in(FINAL)),
    )
    return bool(connection.scalar(select(exists().where(condition))))


def alarm_lost(engine: Engine, log: AuditLog, text: Unheard, *, now: datetime) -> None:
    """Raise an alarm: the provider took a text and does not know it any more."""
    detail = f"the provider took it as {text.notification_id}, and now does not know it"
    facts = {"batch": text.batch, "alert": text.alert, "notification": text.notification_id}
    with writing(engine).begin() as connection:
        new = raise_alarm(
            connection, what="accepted_unknown", detail=detail, now=now, batch=text.batch, alert=text.alert
        )
        if not new:
            return
        entry = log.add_within(connection, "accepted_unknown", why="the provider was asked", facts=facts, who=WHO)
    log.note_head(entry)
