"""Replies: texts sent to us, stored sealed, each once. A wish to stop becomes a suppression at once."""

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
    """A text that came in, classified.

    Attributes:
        provider_id: The provider's id of it.
        number: Its sender: E.164, or the provider's text if that is no number.
        text: The full text.
        kind: stop, check, not_me or other.
        suppressible: Whether `number` can be texted, and so suppressed.
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
    """A stored text. `suppression` is the id of the suppression that it led to."""

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
    """Store a text, and suppress its number if it asks for that, in one transaction.

    Args:
        engine: The case's records.
        log: Its audit log. It gets numbers as keyed digests, and no texts.
        reply: The text.
        keys: The case's keys.
        now: When it came.

    Returns:
        False if the provider had sent the same text before. Then nothing changes, even if staff have undone the
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
    """The id of the suppression: an active one from an earlier text, or a new one."""
    new = NewSuppression(tuple(keys.digests(reply.number)), _WHY, SOURCE)
    (added,) = add_suppressions(connection, [new], by=WHO, now=now)
    return added.id


def count_replies(connection: Connection) -> dict[str, int]:
    """Kind to count of texts that came in."""
    query = select(replies.c.kind, func.count()).group_by(replies.c.kind).order_by(replies.c.kind)
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def list_replies(connection: Connection, *, kind: str | None = None) -> Sequence[ReplyRow]:
    """All texts, or those of one kind, in order of arrival."""
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
