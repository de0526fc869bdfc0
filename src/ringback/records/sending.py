"""The alerts of a batch while it is sent. Each function does one step of the state machine in `alerting.model.states`.

Every write names the attempt it is about. So a late result of an older process goes to its own attempt, and never
undoes what a newer process found out.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, or_, select, update

from ringback.records.alarms import raise_alarm
from ringback.records.alert_tables import alerts, attempts

_OPEN = ("claimed", "in_doubt")
# Outcomes of an attempt that prove nothing. `outage`: one of a row of doubts due to the provider, not to this text.
_DOUBTFUL = ("unknown", "outage")
# Outcomes of an attempt that the provider, when asked, did not have. An `absent` one does not count against the alert:
# it belonged to an outage, or its sender crashed, or a person brought the alert back.
_GIVEN_UP = ("not_accepted", "absent")


@dataclass(frozen=True, slots=True)
class AlertRow:
    """The current row of an alert, as far as sending needs it."""

    id: int
    place: int
    state: str
    attempt: int
    number_digest: str
    check_digest: str
    sealed: str | None
    provider_reference: str
    notification_id: str | None
    claimed_at: datetime | None


_COLUMNS = [alerts.c[name] for name in AlertRow.__slots__]
# Statements that run for every alert are built once: building one takes longer than running it.
_ALERT = alerts.c.id == bindparam("this_alert")
_FIND = select(*_COLUMNS).where(_ALERT)
_CLAIM = (
    update(alerts)
    .where(_ALERT)
    .values(
        state="claimed",
        attempt=bindparam("new_attempt"),
        claimed_at=bindparam("now"),
        fence=bindparam("new_fence"),
        ask_at=None,
    )
)
_TRY = insert(attempts).values(
    alert=bindparam("this_alert"),
    attempt=bindparam("new_attempt"),
    fence=bindparam("new_fence"),
    claimed_at=bindparam("now"),
)
_END = (
    update(attempts)
    .where(
        attempts.c.alert == bindparam("this_alert"),
        attempts.c.attempt == bindparam("this_attempt"),
        or_(attempts.c.ended_at.is_(None), attempts.c.outcome.in_(_DOUBTFUL)),
    )
    .values(
        ended_at=bindparam("now"),
        outcome=bindparam("how"),
        detail=bindparam("words"),
        notification_id=bindparam("their_id"),
    )
)
_ACCEPT = (
    update(alerts)
    .where(_ALERT)
    .values(
        state="accepted",
        why=None,
        sealed=None,
        notification_id=bindparam("their_id"),
        accepted_at=bindparam("now"),
        ask_at=bindparam("again_at"),
    )
)


def find_waiting(connection: Connection, batch: str, *, limit: int, at_random: bool = False) -> Sequence[AlertRow]:
    """The next alerts to send, in list order; or with `at_random`, from a random place in the list."""
    query = select(*_COLUMNS).where(alerts.c.batch == batch, alerts.c.state == "waiting")
    if at_random:
        count = connection.scalar(select(func.count()).select_from(query.subquery())) or 1
        query = query.offset(secrets.randbelow(max(1, count - limit + 1)))
    return [AlertRow(*row) for row in connection.execute(query.order_by(alerts.c.id).limit(limit))]


_tried = select(func.max(attempts.c.attempt)).where(attempts.c.alert == alerts.c.id).scalar_subquery()
_MAY_HAVE_IT = exists().where(
    attempts.c.alert == alerts.c.id, or_(attempts.c.outcome.is_(None), attempts.c.outcome.in_((*_DOUBTFUL, "accepted")))
)
_CONTRADICTED = select(alerts.c.id).where(
    alerts.c.batch == bindparam("this_batch"),
    alerts.c.state == "waiting",
    alerts.c.id.between(bindparam("first"), bindparam("last")),
    or_(alerts.c.notification_id.is_not(None), alerts.c.attempt != func.coalesce(_tried, 0), _MAY_HAVE_IT),
)


def find_contradicted(connection: Connection, batch: str, waiting: Sequence[AlertRow]) -> list[int]:
    """The ids of those waiting alerts that cannot be waiting: the provider took them, or may have an attempt."""
    if not waiting:
        return []
    ids = [row.id for row in waiting]
    values = {"this_batch": batch, "first": min(ids), "last": max(ids)}
    return list(connection.scalars(_CONTRADICTED, values))


def claim(connection: Connection, rows: Iterable[AlertRow], *, fence: int, now: datetime) -> list[AlertRow]:
    """Claim alerts for one more attempt each. Returns the new rows. Must be committed before a socket opens."""
    claimed = [replace(row, state="claimed", attempt=row.attempt + 1, claimed_at=now) for row in rows]
    if claimed:
        values = [{"this_alert": row.id, "new_attempt": row.attempt, "new_fence": fence, "now": now} for row in claimed]
        connection.execute(_CLAIM, values)
        connection.execute(_TRY, values)
    return claimed


def end_unsent(connection: Connection, alert: int, *, state: str, why: str) -> None:
    """End an alert that was never handed over: suppressed, rejected or needs_human."""
    values = {"state": state, "why": why, "sealed": None, "ask_at": None}
    connection.execute(update(alerts).where(alerts.c.id == alert, alerts.c.state == "waiting").values(**values))


def doubt_claims(connection: Connection, batch: str, *, fence: int, wait: timedelta) -> int:
    """Put in doubt the open claims of earlier lease holders. Returns how many."""
    query = select(alerts.c.id, alerts.c.attempt, alerts.c.claimed_at).where(
        alerts.c.batch == batch, alerts.c.state == "claimed", alerts.c.fence < fence
    )
    rows = connection.execute(query).all()
    for row in rows:
        values = {"state": "in_doubt", "why": "the sender ended before it heard", "ask_at": row.claimed_at + wait}
        connection.execute(update(alerts).where(alerts.c.id == row.id).values(**values))
    return len(rows)


def get_row(connection: Connection, alert: int) -> AlertRow:
    """The current row of one alert."""
    return AlertRow(*connection.execute(_FIND, {"this_alert": alert}).one())


def end_attempt(
    connection: Connection, alert: int, attempt: int, *, outcome: str, detail: str, now: datetime,
    notification_id: str | None = None,
) -> None:  # fmt: skip
    """Record the outcome of an attempt. The first outcome stays."""
    values = {"this_alert": alert, "this_attempt": attempt, "now": now, "how": outcome, "words": detail[:500]}
    connection.execute(_END, values | {"their_id": notification_id})


def count_given_up(connection: Connection, alert: int) -> int:
    """How many attempts were given up because the provider did not have them. Each may still turn up there."""
    given_up = select(func.count()).where(attempts.c.alert == alert, attempts.c.outcome.in_(_GIVEN_UP))
    return connection.scalar(given_up) or 0


def count_own_doubts(connection: Connection, alert: int, attempt: int) -> int:
    """How many doubts count against an alert, including this one: those due to no outage and no crash."""
    this = and_(attempts.c.attempt == attempt, attempts.c.outcome == "unknown")
    own = select(func.count()).where(attempts.c.alert == alert, or_(attempts.c.outcome == "not_accepted", this))
    return connection.scalar(own) or 0


def give_up(connection: Connection, alert: int, attempt: int, *, detail: str, now: datetime) -> None:
    """Give up an attempt that the provider, when asked, did not have."""
    mine = and_(attempts.c.alert == alert, attempts.c.attempt == attempt)
    own = connection.scalar(select(attempts.c.outcome).where(mine)) == "unknown"
    outcome = "not_accepted" if own else "absent"
    end_attempt(connection, alert, attempt, outcome=outcome, detail=detail, now=now)


def mark_outage(connection: Connection, alert: int, attempt: int) -> None:
    """Mark a doubt as due to an outage, if it is still a doubt."""
    mine = and_(attempts.c.alert == alert, attempts.c.attempt == attempt, attempts.c.outcome == "unknown")
    connection.execute(update(attempts).where(mine).values(outcome="outage"))


def find_last_doubts(connection: Connection, batch: str, *, limit: int) -> list[tuple[int, int]]:
    """The unbroken row of doubts among the newest ended attempts of a batch, oldest first: alert and attempt."""
    query = (
        select(attempts.c.alert, attempts.c.attempt, attempts.c.outcome)
        .join(alerts, alerts.c.id == attempts.c.alert)
        .where(alerts.c.batch == batch, attempts.c.outcome.is_not(None), attempts.c.outcome != "not_sent")
        .order_by(attempts.c.ended_at.desc(), attempts.c.attempt.desc())
        .limit(limit)
    )
    found: list[tuple[int, int]] = []
    for alert, attempt, outcome in connection.execute(query):
        if outcome not in (*_DOUBTFUL, *_GIVEN_UP):
            break
        found.insert(0, (alert, attempt))
    return found


def find_first_claim(connection: Connection, batch: str) -> datetime | None:
    """When an alert of a batch was first claimed, or None."""
    query = select(func.min(attempts.c.claimed_at)).join(alerts, alerts.c.id == attempts.c.alert)
    found: datetime | None = connection.scalar(query.where(alerts.c.batch == batch))
    return found


def find_last_claim(connection: Connection, batch: str) -> datetime | None:
    """When an alert of a batch was last claimed, or None."""
    query = select(func.max(attempts.c.claimed_at)).join(alerts, alerts.c.id == attempts.c.alert)
    found: datetime | None = connection.scalar(query.where(alerts.c.batch == batch))
    return found


def count_claims_made(connection: Connection, batch: str) -> int:
    """How many attempts the alerts of a batch have, according to the rows of the alerts."""
    query = select(func.count()).select_from(attempts).join(alerts, alerts.c.id == attempts.c.alert)
    return connection.scalar(query.where(alerts.c.batch == batch)) or 0


def find_by_reference(
    connection: Connection, batch: str, references: Sequence[str]
) -> dict[str, tuple[AlertRow, bool]]:
    """Provider reference to alert, and whether an attempt explains that the provider has it."""
    may_have = exists().where(
        attempts.c.alert == alerts.c.id,
        or_(attempts.c.outcome.is_(None), attempts.c.outcome.in_((*_DOUBTFUL, *_GIVEN_UP))),
    )
    query = select(*_COLUMNS, may_have.label("explained")).where(
        alerts.c.batch == batch, alerts.c.provider_reference.in_(references)
    )
    found = {}
    for *columns, explained in connection.execute(query):
        row = AlertRow(*columns)
        found[row.provider_reference] = row, bool(explained)
    return found


def put_back(connection: Connection, alert: int, attempt: int, *, why: str) -> None:
    """End an attempt that certainly did not reach the provider. The alert waits again, unless its state changed."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state.in_(_OPEN))
    connection.execute(update(alerts).where(mine).values(state="waiting", why=why, ask_at=None))


def reject(connection: Connection, alert: int, attempt: int, *, why: str) -> None:
    """Reject an alert that the provider will never take."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state.in_(_OPEN))
    connection.execute(update(alerts).where(mine).values(state="rejected", why=why, sealed=None, ask_at=None))


def doubt(connection: Connection, alert: int, attempt: int, *, why: str, ask_at: datetime) -> None:
    """Put an attempt in doubt: the provider may have it, and will be asked."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state == "claimed")
    connection.execute(update(alerts).where(mine).values(state="in_doubt", why=why, ask_at=ask_at))


def accept(
    connection: Connection, alert: int, *, batch: str, notification_id: str, now: datetime, ask_at: datetime | None
) -> bool:
    """Accept an alert that the provider has, in any state. It is never sent again. A second acceptance raises an alarm.

    Args:
        connection: A transaction that writes.
        alert: Its id.
        batch: Its batch.
        notification_id: The provider's id.
        now: When we learnt of it.
        ask_at: When to ask once more, in case there is a second one; None for never.

    Returns:
        False if the provider had accepted it before under another id.
    """
    row = get_row(connection, alert)
    if row.notification_id is not None and row.notification_id != notification_id:
        park_twice(connection, alert, batch=batch, ids=(row.notification_id, notification_id), now=now)
        return False
    if row.notification_id == notification_id:
        return True
    values = {"this_alert": alert, "their_id": notification_id, "now": now, "again_at": ask_at}
    connection.execute(_ACCEPT, values)
    return True


def park_twice(connection: Connection, alert: int, *, batch: str, ids: Sequence[str], now: datetime) -> None:
    """Park an alert that the provider has more than once. A person must know, and it is not sent again."""
    why = f"the provider accepted it {len(set(ids))} times: {', '.join(sorted(set(ids)))}"
    first = sorted(set(ids))[0] if get_row(connection, alert).notification_id is None else None
    values = {"state": "needs_human", "why": why, "sealed": None, "ask_at": None}
    if first:
        values["notification_id"] = first
    connection.execute(update(alerts).where(alerts.c.id == alert).values(**values))
    raise_alarm(connection, what="accepted_twice", detail=why, batch=batch, alert=alert, now=now)


def park(connection: Connection, alert: int, attempt: int, *, why: str) -> None:
    """Park an alert of which asking cannot tell what became: a person must find out."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state == "in_doubt")
    connection.execute(update(alerts).where(mine).values(state="needs_human", why=why, ask_at=None))


def count_parked(connection: Connection, batch: str) -> int:
    """How many alerts of a batch are parked and not known to be with the provider."""
    parked = and_(alerts.c.batch == batch, alerts.c.state == "needs_human", alerts.c.notification_id.is_(None))
    return connection.scalar(select(func.count()).select_from(alerts).where(parked)) or 0


def find_questions(connection: Connection, batch: str, *, now: datetime, limit: int) -> Sequence[AlertRow]:
    """Alerts to ask the provider about now, oldest first: doubts, and accepted second attempts."""
    query = select(*_COLUMNS).where(alerts.c.batch == batch, alerts.c.ask_at <= now)
    return [AlertRow(*row) for row in connection.execute(query.order_by(alerts.c.ask_at, alerts.c.id).limit(limit))]


def ask_later(connection: Connection, alert: int, attempt: int, *, ask_at: datetime | None) -> None:
    """Set when to ask next; None for never."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt)
    connection.execute(update(alerts).where(mine, alerts.c.ask_at.is_not(None)).values(ask_at=ask_at))


def next_question(connection: Connection, batch: str) -> datetime | None:
    """When the next question is due; None if there is none."""
    found: datetime | None = connection.scalar(select(func.min(alerts.c.ask_at)).where(alerts.c.batch == batch))
    return found


def count_states(connection: Connection, batch: str) -> dict[str, int]:
    """State to count of alerts of a batch. States without alerts are left out."""
    query = select(alerts.c.state, func.count()).where(alerts.c.batch == batch).group_by(alerts.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def count_reasons(connection: Connection, batch: str) -> dict[str, dict[str, int]]:
    """Bad end state to reason to count of alerts."""
    query = (
        select(alerts.c.state, alerts.c.why, func.count())
        .where(alerts.c.batch == batch, alerts.c.state.in_(("rejected", "needs_human", "in_doubt", "suppressed")))
        .group_by(alerts.c.state, alerts.c.why)
        .order_by(alerts.c.state, func.count().desc(), alerts.c.why)
    )
    found: dict[str, dict[str, int]] = {}
    for state, why, count in connection.execute(query):
        found.setdefault(state, {})[why or ""] = count
    return found


def count_attempts(connection: Connection, batch: str) -> dict[str, int]:
    """Outcome to count of attempts of a batch; '' for those that have not ended."""
    query = (
        select(func.coalesce(attempts.c.outcome, ""), func.count())
        .join(alerts, alerts.c.id == attempts.c.alert)
        .where(alerts.c.batch == batch)
        .group_by(attempts.c.outcome)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
