"""Replies: reading a text that came in, storing it, suppressing its number if it asks for that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ringback.alerting.inbound.callback_fields import find_timestamp, get_field, get_text, read_e164
from ringback.alerting.inbound.reply_classifier import read_kind
from ringback.case.case_file import CaseFile
from ringback.numbers.masking import mask_number
from ringback.records.replies import NewReply, ReplyRow, add_reply, get_reply, list_replies

_ID = re.compile(r"[\x21-\x7e]{1,100}")
_LONGEST_SENDER = 100


@dataclass(frozen=True, slots=True)
class Reply:
    """A text that came in.

    Attributes:
        provider_id: The provider's id of it.
        sender: Who sent it, as the provider wrote it: a number, or sometimes a word.
        text: The text.
        sent_at: When it was sent, if the provider says so.
    """

    provider_id: str
    sender: str
    text: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownReply:
    """A reply as lists show it: the number masked, the text left out."""

    id: int
    kind: str
    received_at: datetime
    number: str
    suppression: int | None
    handled_at: datetime | None
    handled_by: str | None


@dataclass(frozen=True, slots=True)
class OpenReply:
    """A reply in full, for the person who answers it."""

    id: int
    kind: str
    received_at: datetime
    number: str
    text: str
    suppression: int | None


def read_reply(fields: Mapping[str, object]) -> Reply:
    """Read a callback about a text that came in.

    Args:
        fields: The JSON object that the provider posted; fields that are not known are passed over.

    Raises:
        RingbackError: `callback_bad` without a usable id, source_number or message.
    """
    return Reply(
        provider_id=get_field(fields, "id", form=_ID),
        # Half a surrogate pair cannot be encoded, and a keyed digest needs text that can be.
        sender=get_text(fields, "source_number")[:_LONGEST_SENDER].encode("utf-8", "replace").decode(),
        text=get_text(fields, "message"),
        sent_at=find_timestamp(fields, "date_received"),
    )


def take_reply(case_file: CaseFile, reply: Reply, *, now: datetime) -> bool:
    """Store a text that came in, and suppress its number if it asks to stop.

    A sender can be forged, so staff can undo the suppression. A text that asks for a check, or says "not me", waits for
    staff.

    Args:
        case_file: The case.
        reply: The text.
        now: When it came.

    Returns:
        False if the text had come before.

    Raises:
        RingbackError: `records_unusable` or `key_missing`; nothing was stored, and the same text can come again.
    """
    numbers = read_e164(reply.sender)
    new = NewReply(
        provider_id=reply.provider_id,
        number=numbers[0] if numbers else reply.sender,
        text=reply.text,
        kind=read_kind(reply.text),
        suppressible=bool(numbers),
        sent_at=reply.sent_at,
    )
    return add_reply(case_file.records, case_file.log, new, keys=case_file.keys(), now=now)


def show_replies(case_file: CaseFile, *, kind: str | None = None) -> Sequence[ShownReply]:
    """All replies, or those of one kind, in order of arrival; numbers masked, texts left out.

    Raises:
        RingbackError: `sealed_unreadable`.
    """
    keys = case_file.keys()
    with case_file.records.connect() as connection:
        rows = list_replies(connection, kind=kind)
    return [_shown(row, row.open_with(keys)[0]) for row in rows]


def open_reply(case_file: CaseFile, reply: int, *, member: str, why: str) -> OpenReply:
    """One reply in full. Opening it is logged before anything is shown.

    Args:
        case_file: The case.
        reply: Its id.
        member: Who opens it.
        why: Why, for the audit log.

    Raises:
        RingbackError: `reply_missing` or `sealed_unreadable`.
    """
    with case_file.records.connect() as connection:
        row = get_reply(connection, reply)
    number, text = row.open_with(case_file.keys())
    facts = {"reply": row.provider_id, "number": row.number_digest, "kind": row.kind}
    case_file.log.add("reply_shown", why=why, facts=facts, who=member)
    return OpenReply(row.id, row.kind, row.received_at, number, text, row.suppression)


def _shown(row: ReplyRow, number: str) -> ShownReply:
    return ShownReply(
        row.id, row.kind, row.received_at, mask_number(number), row.suppression, row.handled_at, row.handled_by
    )
