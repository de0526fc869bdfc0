"""The alerts of a batch while they are sent: each function does one step of the state machine of `alerting.states`.

Everything that is written about an alert names the attempt it is about: what an older process learns late can then
be put where it belongs, and never undoes what a newer one found out.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, or_, select, update

from ringback.records.alarms import raise_alarm
from ringback.records.alert_tables import alerts, attempts

_OPEN = ("claimed", "in_doubt")
# Ends of an attempt that say nothing; `outage` is one of a row of doubts that the provider gave, not this text.
_DOUBTFUL = ("unknown", "outage")
# Ends that say the provider was asked and had nothing. An `absent` one does not count against the alert: it was of an
# outage, or its sender crashed, or a person brought the alert back.
_GIVEN_UP = ("not_accepted", "absent")


@dataclass(frozen=True, slots=True)
class AlertRow:
    """What sending one alert needs: its row, as it stands."""

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
# What every alert goes through is built once: building a statement takes longer than running it.
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
    """The next alerts to send, in the order of the list; or, `at_random`, from a place in it that nobody foresees."""
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
    """Those of some waiting alerts that cannot be waiting: the provider took them, or may have them by an attempt."""
    if not waiting:
        return []
    ids = [row.id for row in waiting]
    values = {"this_batch": batch, "first": min(ids), "last": max(ids)}
    return list(connection.scalars(_CONTRADICTED, values))


def claim(connection: Connection, rows: Iterable[AlertRow], *, fence: int, now: datetime) -> list[AlertRow]:
    """Claim alerts for one more attempt each; returns the rows as they stand now. Committed before a socket opens."""
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
    """Put in doubt what earlier holders had claimed and not ended; returns how many."""
    query = select(alerts.c.id, alerts.c.attempt, alerts.c.claimed_at).where(
        alerts.c.batch == batch, alerts.c.state == "claimed", alerts.c.fence < fence
    )
    rows = connection.execute(query).all()
    for row in rows:
        values = {"state": "in_doubt", "why": "the sender ended before it heard", "ask_at": row.claimed_at + wait}
        connection.execute(update(alerts).where(alerts.c.id == row.id).values(**values))
    return len(rows)


def get_row(connection: Connection, alert: int) -> AlertRow:
    """One alert as it stands."""
    return AlertRow(*connection.execute(_FIND, {"this_alert": alert}).one())


def end_attempt(
    connection: Connection, alert: int, attempt: int, *, outcome: str, detail: str, now: datetime,
    notification_id: str | None = None,
) -> None:  # fmt: skip
    """Note how an attempt ended; what came first stays."""
    values = {"this_alert": alert, "this_attempt": attempt, "now": now, "how": outcome, "words": detail[:500]}
    connection.execute(_END, values | {"their_id": notification_id})


def count_given_up(connection: Connection, alert: int) -> int:
    """How many attempts were given up because the provider did not have them: each may still turn up there."""
    given_up = select(func.count()).where(attempts.c.alert == alert, attempts.c.outcome.in_(_GIVEN_UP))
    return connection.scalar(given_up) or 0


def count_own_doubts(connection: Connection, alert: int, attempt: int) -> int:
    """How many doubts count against an alert, this one among them: those that were of no outage and no crash."""
    this = and_(attempts.c.attempt == attempt, attempts.c.outcome == "unknown")
    own = select(func.count()).where(attempts.c.alert == alert, or_(attempts.c.outcome == "not_accepted", this))
    return connection.scalar(own) or 0


def give_up(connection: Connection, alert: int, attempt: int, *, detail: str, now: datetime) -> None:
    """The provider was asked about an attempt, and has nothing of it."""
    mine = and_(attempts.c.alert == alert, attempts.c.attempt == attempt)
    own = connection.scalar(select(attempts.c.outcome).where(mine)) == "unknown"
    outcome = "not_accepted" if own else "absent"
    end_attempt(connection, alert, attempt, outcome=outcome, detail=detail, now=now)


def mark_outage(connection: Connection, alert: int, attempt: int) -> None:
    """A doubt was of an outage, if it is still one."""
    mine = and_(attempts.c.alert == alert, attempts.c.attempt == attempt, attempts.c.outcome == "unknown")
    connection.execute(update(attempts).where(mine).values(outcome="outage"))


def find_last_doubts(connection: Connection, batch: str, *, limit: int) -> list[tuple[int, int]]:
    """The newest ended attempts of a batch as far as they were doubts, oldest first: alert and attempt."""
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
    """How many attempts the alerts of a batch have, as their rows say."""
    query = select(func.count()).select_from(attempts).join(alerts, alerts.c.id == attempts.c.alert)
    return connection.scalar(query.where(alerts.c.batch == batch)) or 0


def find_by_reference(
    connection: Connection, batch: str, references: Sequence[str]
) -> dict[str, tuple[AlertRow, bool]]:
    """Alerts of a batch by our reference at the provider, and whether an attempt explains that the provider has one."""
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
    """This attempt certainly did not reach the provider: the alert waits again, unless it has gone on meanwhile."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state.in_(_OPEN))
    connection.execute(update(alerts).where(mine).values(state="waiting", why=why, ask_at=None))


def reject(connection: Connection, alert: int, attempt: int, *, why: str) -> None:
    """The provider will never take this alert."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state.in_(_OPEN))
    connection.execute(update(alerts).where(mine).values(state="rejected", why=why, sealed=None, ask_at=None))


def doubt(connection: Connection, alert: int, attempt: int, *, why: str, ask_at: datetime) -> None:
    """The provider may or may not have it: to be asked."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state == "claimed")
    connection.execute(update(alerts).where(mine).values(state="in_doubt", why=why, ask_at=ask_at))


def accept(
    connection: Connection, alert: int, *, batch: str, notification_id: str, now: datetime, ask_at: datetime | None
) -> bool:
    """The provider has it. Whatever the state was, it is sent no more; a second acceptance raises the alarm.

    Args:
        connection: A transaction that writes.
        alert: Its id.
        batch: Its batch.
        notification_id: The provider's.
        now: When we learnt of it.
        ask_at: When to ask once more whether there is a second one, or None.

    Returns:
        False when the provider had accepted it before under another id.
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
    """The provider has it more than once: a person must know, and nothing more is sent."""
    why = f"the provider accepted it {len(set(ids))} times: {', '.join(sorted(set(ids)))}"
    first = sorted(set(ids))[0] if get_row(connection, alert).notification_id is None else None
    values = {"state": "needs_human", "why": why, "sealed": None, "ask_at": None}
    if first:
        values["notification_id"] = first
    connection.execute(update(alerts).where(alerts.c.id == alert).values(**values))
    raise_alarm(connection, what="accepted_twice", detail=why, batch=batch, alert=alert, now=now)


def park(connection: Connection, alert: int, attempt: int, *, why: str) -> None:
    """Nobody can tell what became of it by asking: a person must find out."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt, alerts.c.state == "in_doubt")
    connection.execute(update(alerts).where(mine).values(state="needs_human", why=why, ask_at=None))


def count_parked(connection: Connection, batch: str) -> int:
    """How many alerts of a batch need a person, and are not known to be with the provider."""
    parked = and_(alerts.c.batch == batch, alerts.c.state == "needs_human", alerts.c.notification_id.is_(None))
    return connection.scalar(select(func.count()).select_from(alerts).where(parked)) or 0


def find_questions(connection: Connection, batch: str, *, now: datetime, limit: int) -> Sequence[AlertRow]:
    """Alerts about which the provider is to be asked now: doubts, and second attempts once more. Oldest first."""
    query = select(*_COLUMNS).where(alerts.c.batch == batch, alerts.c.ask_at <= now)
    return [AlertRow(*row) for row in connection.execute(query.order_by(alerts.c.ask_at, alerts.c.id).limit(limit))]


def ask_later(connection: Connection, alert: int, attempt: int, *, ask_at: datetime | None) -> None:
    """Set when to ask next; None when there is nothing more to ask."""
    mine = and_(alerts.c.id == alert, alerts.c.attempt == attempt)
    connection.execute(update(alerts).where(mine, alerts.c.ask_at.is_not(None)).values(ask_at=ask_at))


def next_question(connection: Connection, batch: str) -> datetime | None:
    """When the next question is due, or None when nothing is open."""
    found: datetime | None = connection.scalar(select(func.min(alerts.c.ask_at)).where(alerts.c.batch == batch))
    return found


def count_states(connection: Connection, batch: str) -> dict[str, int]:
    """How many alerts of a batch are in each state; states without any are left out."""
    query = select(alerts.c.state, func.count()).where(alerts.c.batch == batch).group_by(alerts.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def count_reasons(connection: Connection, batch: str) -> dict[str, dict[str, int]]:
    """For the states that did not end well: how many for which reason."""
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
    """How many attempts of a batch ended in which way; '' for those that have not ended."""
    query = (
        select(func.coalesce(attempts.c.outcome, ""), func.count())
        .join(alerts, alerts.c.id == attempts.c.alert)
        .where(alerts.c.batch == batch)
        .group_by(attempts.c.outcome)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
