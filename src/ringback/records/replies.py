"""Texts that people sent to us: kept sealed, each once; a wish to hear no more becomes a suppression at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, func, insert, select

from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records.alert_tables import replies
from ringback.records.audit import AuditLog
from ringback.records.db import writing
from ringback.records.suppressions import NewSuppression, add_suppressions

WHO = "provider"
SOURCE = "reply"
_WHY = "asked by text to hear no more"


@dataclass(frozen=True, slots=True)
class NewReply:
    """A text as it came in, read.

    Attributes:
        provider_id: The provider's id of it.
        number: Whose text it is: E.164, or what the provider gave where that is no number.
        text: What it says, in full.
        kind: stop, check, not_me or other.
        suppressible: Whether `number` is one that could be texted.
        sent_at: When it was sent, if the provider says so.
    """

    provider_id: str
    number: str
    text: str
    kind: str
    suppressible: bool
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A text as it is kept. `suppression` is the id of what it led to."""

    id: int
    provider_id: str
    number_digest: str
    sealed: str
    kind: str
    sent_at: datetime | None
    received_at: datetime
    suppression: int | None
    handled_at: datetime | None
    handled_by: str | None

    def open_with(self, keys: KeyRing) -> tuple[str, str]:
        """The number and the text.

        Raises:
            RingbackError: `sealed_unreadable`.
        """
        number, text = json.loads(keys.unseal(self.sealed, about=_about(self.provider_id)))
        return str(number), str(text)


def add_reply(engine: Engine, log: AuditLog, reply: NewReply, *, keys: KeyRing, now: datetime) -> bool:
    """Keep a text, and suppress its number when it asks for that, in one transaction.

    Args:
        engine: The case's records.
        log: Its audit log; numbers stand in it as keyed digests, texts not at all.
        reply: The text.
        keys: The case's keys.
        now: When it came.

    Returns:
        False when the provider had sent the same one before: it changes nothing, even where staff have undone the
        suppression since.
    """
    digest = keys.newest.digest(reply.number)
    sealed = keys.seal(json.dumps([reply.number, reply.text]), about=_about(reply.provider_id))
    with writing(engine).begin() as connection:
        if connection.scalar(select(replies.c.id).where(replies.c.provider_id == reply.provider_id)) is not None:
            return False
        suppression = None
        if reply.kind == "stop" and reply.suppressible:
            suppression = _suppress(connection, reply, keys, now)
        connection.execute(
            insert(replies).values(
                provider_id=reply.provider_id, number_digest=digest, sealed=sealed, kind=reply.kind,
                sent_at=reply.sent_at, received_at=now, suppression=suppression,
            )
        )  # fmt: skip
        facts = {"reply": reply.provider_id, "number": digest, "kind": reply.kind, "suppression": suppression}
        entry = log.add_within(connection, "reply_taken", why="somebody texted us", facts=facts, who=WHO)
    log.note_head(entry)
    return True


def _suppress(connection: Connection, reply: NewReply, keys: KeyRing, now: datetime) -> int:
    """The suppression that follows: one that an earlier text asked for and that still stands, or a new one."""
    new = NewSuppression(tuple(keys.digests(reply.number)), _WHY, SOURCE)
    (added,) = add_suppressions(connection, [new], by=WHO, now=now)
    return added.id


def count_replies(connection: Connection) -> dict[str, int]:
    """How many texts of each kind came in."""
    query = select(replies.c.kind, func.count()).group_by(replies.c.kind).order_by(replies.c.kind)
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def list_replies(connection: Connection, *, kind: str | None = None) -> Sequence[ReplyRow]:
    """All texts, or those of one kind, in the order they came."""
    query = select(replies).order_by(replies.c.id)
    if kind is not None:
        query = query.where(replies.c.kind == kind)
    return [_row(one) for one in connection.execute(query)]


def get_reply(connection: Connection, reply: int) -> ReplyRow:
    """One text.

    Raises:
        RingbackError: `reply_missing`.
    """
    found = connection.execute(select(replies).where(replies.c.id == reply)).first()
    if found is None:
        raise RingbackError("reply_missing", reply=reply)
    return _row(found)


def _row(found: Row[tuple[object, ...]]) -> ReplyRow:
    return ReplyRow(**found._mapping)


def _about(provider_id: str) -> str:
    return f"reply:{provider_id}"
