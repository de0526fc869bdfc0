"""Questions whether a text is genuine: asked, answered in their turn, shown for a while, forgotten.

Whoever asks gets a ticket at once, and the page behind it shows the answer when it is there. So a flood of questions
fills this queue and no thread. What was typed is gone from the moment of the answer on.
"""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from ringback.alerting.model.throttle import RULES, Slot, SlotName, SlotNames, take_named_turn
from ringback.publishing.genuine_alerts import Genuine, GenuineAlerts
from ringback.publishing.inbox.tables import log, questions, read_about, slots
from ringback.records.db import writing

GENUINE, NOT_CONFIRMED = "genuine", "not_confirmed"
CHECKED = "alert_checked"
# No answer is shown sooner after its question: however long it took to find, it looks the same.
ANSWER_AFTER = timedelta(seconds=1)
SHOWN_FOR = timedelta(minutes=15)
# About this many questions may wait; no more are taken then: see `Inbox.ask`.
MOST_WAITING = 50_000
_COUNT_EVERY = timedelta(seconds=1)
# An answer takes about 25 ms, so the first of these waits less than half a second for the last.
_AT_ONCE = 16
_NO_WAIT = timedelta(0)
# One statement for all, whatever the answer. What was typed goes with it.
_ANSWERED = (
    update(questions)
    .where(questions.c.id == bindparam("asked_as"))
    .values(
        answer=bindparam("told"), campaign=bindparam("of"), sent_on=bindparam("day"), due_at=bindparam("now"),
        reference=None, last_four=None,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a ticket shows.

    Attributes:
        kind: genuine or not_confirmed.
        campaign: The campaign of a genuine text; '' otherwise.
        sent_on: The day on which it was handed over; None where that is not known.
    """

    kind: str
    campaign: str = ""
    sent_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that has no answer yet, and when to look again."""

    due_at: datetime


class Inbox:
    """The questions of one inbox.

    Args:
        engine: What `tables.open_inbox` gave.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.id = read_about(engine, "id")
        self.secret = bytes.fromhex(read_about(engine, "secret"))
        self._counted: tuple[datetime | None, int] = (None, 0)

    @property
    def collected(self) -> int:
        """Number of the last row of the log that was collected."""
        return int(read_about(self.engine, "collected"))

    @property
    def collected_reports(self) -> int:
        """Number of the last report that was collected."""
        return int(read_about(self.engine, "reports"))

    def ask(self, reference: str, last_four: str, *, source: str, now: datetime) -> str | None:
        """Take a question. Returns its ticket; None when too many wait already.

        Every well-formed question takes the same one row, whatever it asks about.

        Args:
            reference: In canonical form.
            last_four: Four digits.
            source: Who asks: an address. Stored only as a keyed digest.
            now: The time, aware.
        """
        ticket = secrets.token_hex(16)
        row = {
            "ticket": ticket, "asked_at": now, "due_at": now + ANSWER_AFTER, "source": self.digest("source", source),
            "reference": reference, "last_four": last_four,
        }  # fmt: skip
        with writing(self.engine).begin() as connection:
            if self._count_waiting(connection, now) >= MOST_WAITING:
                return None
            connection.execute(insert(questions), row)
        return ticket

    def _count_waiting(self, connection: Connection, now: datetime) -> int:
        """About how many questions wait. Counting 50,000 takes a while, so it is done once a second."""
        counted_at, count = self._counted
        if counted_at is None or not timedelta(0) <= now - counted_at < _COUNT_EVERY:
            counted_at, count = now, connection.scalar(select(func.count()).where(questions.c.answer.is_(None))) or 0
        self._counted = (counted_at, count + 1)
        return count

    def find(self, ticket: str, *, now: datetime) -> Answer | Waiting | None:
        """What a ticket shows now; None for a ticket that is unknown, or no longer shown."""
        with self.engine.connect() as connection:
            row = connection.execute(select(questions).where(questions.c.ticket == ticket)).first()
        if row is None or (row.answer is not None and now > row.due_at + SHOWN_FOR):
            return None
        if row.answer is None:
            return Waiting(row.due_at + self._behind(row))
        if now < row.due_at:
            return Waiting(row.due_at)
        return Answer(row.answer, row.campaign or "", row.sent_on)

    def _behind(self, row: Row[Any]) -> timedelta:
        """How much later the turn of a question is for those of the same source about the same reference before it.

        Such a source has one turn at a time, so each of them waits for a turn of its own.
        """
        same = and_(questions.c.source == row.source, questions.c.reference == row.reference)
        before = and_(same, questions.c.answer.is_(None), questions.c.id < row.id)
        one, two = SlotNames.of(self.digest("reference", row.reference), row.source).own
        own = and_(slots.c.reference_digest == one, slots.c.source_digest == two)
        with self.engine.connect() as connection:
            count = connection.scalar(select(func.count()).where(before)) or 0
            asked = connection.scalar(select(slots.c.asked).where(own)) or 0
        quick = min(count, max(0, RULES.quick_answers - asked))
        return quick * RULES.quick.gap + (count - quick) * RULES.slow.gap

    def answer_due(self, alerts: GenuineAlerts, *, now: datetime) -> int:
        """Answer the questions whose turn has come, in their order. Returns how many were looked at.

        Args:
            alerts: The texts that are ours.
            now: The time, aware.
        """
        due = and_(questions.c.answer.is_(None), questions.c.due_at <= now)
        with self.engine.connect() as connection:
            rows = connection.execute(select(questions).where(due).order_by(questions.c.id).limit(_AT_ONCE)).all()
        # The slow part, while others can write. What another process answers meanwhile is left to it below.
        found = {row.id: alerts.find(row.reference, row.last_four) for row in rows}
        if not found:
            return 0
        with writing(self.engine).begin() as connection:
            rows = connection.execute(select(questions).where(due, questions.c.id.in_(found))).all()
            waits = self._take_turns(connection, rows, now=now)
            for wait in set(waits.values()) - {_NO_WAIT}:
                late = [id_ for id_, own in waits.items() if own == wait]
                connection.execute(update(questions).where(questions.c.id.in_(late)).values(due_at=now + wait))
            told = [(id_, found[id_]) for id_, wait in waits.items() if wait == _NO_WAIT]
            if told:
                connection.execute(_ANSWERED, [_answer_row(id_, text, now) for id_, text in told])
                connection.execute(insert(log), [_log_row(text, now) for _id, text in told])
        return len(found)

    def forget_old(self, *, now: datetime) -> int:
        """Delete answers that are no longer shown, and slots of the throttle. Returns how many answers."""
        with writing(self.engine).begin() as connection:
            connection.execute(delete(slots).where(slots.c.next_at < now - RULES.remembered))
            old = and_(questions.c.answer.is_not(None), questions.c.due_at < now - SHOWN_FOR)
            return connection.execute(delete(questions).where(old)).rowcount

    def _take_turns(self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime) -> dict[int, timedelta]:
        """Take a turn in the throttle's lanes for each question, and store their state.

        Returns:
            How long each question has to wait, by its id, in the order of asking.
        """
        names = {
            row.id: SlotNames.of(self.digest("reference", row.reference), row.source)
            for row in sorted(rows, key=lambda row: int(row.id))
        }
        wanted = {name for one in names.values() for name in one.all()}
        kept = {
            (row.reference_digest, row.source_digest): Slot(row.asked, row.next_at, row.booked)
            for row in connection.execute(select(slots).where(_one_of(wanted)))
        }
        waits, changed = {}, dict[SlotName, Slot]()
        for id_, one in names.items():
            waits[id_], now_kept = take_named_turn(one, kept, now=now)
            kept |= now_kept
            changed |= now_kept
        if changed:
            connection.execute(delete(slots).where(_one_of(changed)))
            connection.execute(
                insert(slots),
                [
                    {"reference_digest": one, "source_digest": two, **asdict(slot)}
                    for (one, two), slot in changed.items()
                ],
            )
        return waits

    def digest(self, purpose: str, text: str) -> str:
        """A keyed digest under the inbox's own secret, which no case knows."""
        return hmac.digest(self.secret, f"{purpose}|{text}".encode(), "sha256").hex()[:32]


def _answer_row(id_: int, found: Genuine | None, now: datetime) -> dict[str, Any]:
    return {
        "asked_as": id_, "now": now, "told": GENUINE if found else NOT_CONFIRMED,
        "of": found.campaign if found else None, "day": found.sent_on if found else None,
    }  # fmt: skip


def _log_row(found: Genuine | None, now: datetime) -> dict[str, Any]:
    campaign = found.campaign if found else None
    return {"at": now, "what": CHECKED, "answer": GENUINE if found else NOT_CONFIRMED, "campaign": campaign}


def _one_of(names: Collection[SlotName]) -> ColumnElement[bool]:
    return or_(*(and_(slots.c.reference_digest == one, slots.c.source_digest == two) for one, two in names))
