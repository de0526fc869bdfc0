"""Reports that people are writing, and how they are sent.

A draft is encrypted under a key that is derived from its return code, which is stored nowhere: the host cannot read a
draft while nobody has its page open. When it is sent, it is encrypted to a key that the host has not, in the one
transaction that deletes the draft. From then on nobody can read it here, and the return code opens nothing.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from ringback.publishing.genuine_alerts import COST, slow_digest
from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.return_codes import DraftKeys
from ringback.publishing.inbox.tables import drafts, durable, sent_reports
from ringback.publishing.inbox.uploads import add_upload, delete_strays, delete_upload
from ringback.records.db import writing
from ringback.victim_reports import status_codes

# A draft whose return code was shown. One whose code nobody saw is of no use once its browser is closed.
KEPT_FOR, KEPT_UNSAVED_FOR = timedelta(days=7), timedelta(days=1)
# How long the page with the status code can be shown again after sending.
CODE_SHOWN_FOR = timedelta(hours=1)
# How long a status code is known here after its report was collected: by then a release knows it.
KNOWN_FOR = timedelta(days=30)
# Many phones share one address of their network, so one source may have many.
MOST_DRAFTS, MOST_OF_A_SOURCE = 20_000, 200
MOST_SENT = 50_000
LARGEST_DRAFT = 160 * 1024
_UK = ZoneInfo("Europe/London")
_NONCE, _PADDED_TO = 12, 1024
# Of what a draft holds, whether its return code was shown: then it is kept for longer.
SAVED = "saved"
Values = dict[str, Any]


class InboxFull(Exception):  # noqa: N818 - a fact about the inbox
    """So many reports wait to be collected that no more are taken."""


class DraftTooLarge(Exception):  # noqa: N818 - a fact about what was typed
    """What was typed does not fit into a draft."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that was sent: its status code, in canonical form, and when."""

    status_code: str
    at: datetime


class Drafts:
    """The drafts of one inbox, and the reports that were sent.

    Args:
        inbox: The inbox.
        cost: How slow the digests of status codes are.
    """

    def __init__(self, inbox: Inbox, *, cost: int = COST) -> None:
        self._inbox, self._engine, self._cost = inbox, inbox.engine, cost

    def begin(self, values: Values, *, source: str, now: datetime) -> str | None:
        """Begin a draft. Returns its return code, in canonical form; None when there are too many drafts.

        Args:
            values: What it holds: whatever JSON can.
            source: Who writes it: an address. Stored only as a keyed digest, and goes with the draft.
            now: The time, aware.

        Raises:
            DraftTooLarge: There is too much in it.
        """
        code = return_codes.new_code()
        keys = self._derive(code)
        row = {
            "id": keys.id, "source": self._inbox.digest("draft source", source), "expires_at": now + KEPT_UNSAVED_FOR,
            "sealed": _seal(values, keys),
        }  # fmt: skip
        with writing(self._engine).begin() as connection:
            own = drafts.c.source == row["source"]
            if _count(connection, own) >= MOST_OF_A_SOURCE or _count(connection) >= MOST_DRAFTS:
                return None
            connection.execute(insert(drafts), row)
        return code

    def read(self, code: str, *, now: datetime) -> Values | None:
        """What a draft holds; None where there is none, or not any more."""
        keys = self._derive(code)
        with self._engine.connect() as connection:
            return _find(connection, keys, now)

    def change(self, code: str, change: Callable[[Values], Values], *, now: datetime) -> Values | None:
        """Change a draft: read, changed and written in one transaction. Returns what it holds now; None for no draft.

        Args:
            code: Its return code.
            change: What it holds to what it is to hold.
            now: The time, aware.

        Raises:
            DraftTooLarge: There would be too much in it.
        """
        keys = self._derive(code)
        with writing(self._engine).begin() as connection:
            before = _find(connection, keys, now)
            if before is None:
                return None
            after = change(before)
            until = now + (KEPT_FOR if after.get(SAVED) else KEPT_UNSAVED_FOR)
            row = {"sealed": _seal(after, keys), "expires_at": until}
            connection.execute(update(drafts).where(drafts.c.id == keys.id).values(**row))
        return after

    def add_file(
        self, code: str, sealed: bytes, note: Callable[[Values, str], Values], *, now: datetime
    ) -> Values | None:
        """Add a sealed file to a draft. Returns what the draft holds now; None for no draft, or for no more room.

        Args:
            code: Its return code.
            sealed: The file, sealed.
            note: What the draft holds and the file's id to what it is to hold.
            now: The time, aware.
        """
        keys = self._derive(code)
        with writing(self._engine).begin() as connection:
            before = _find(connection, keys, now)
            id_ = None if before is None else add_upload(connection, keys.id, sealed)
            if before is None or id_ is None:
                return None
            after = note(before, id_)
            connection.execute(update(drafts).where(drafts.c.id == keys.id).values(sealed=_seal(after, keys)))
        return after

    def delete_file(self, code: str, id_: str, note: Callable[[Values], Values], *, now: datetime) -> Values | None:
        """Delete a file of a draft. Returns what the draft holds now; None for no draft."""
        keys = self._derive(code)
        with writing(self._engine).begin() as connection:
            before = _find(connection, keys, now)
            if before is None:
                return None
            delete_upload(connection, keys.id, id_)
            after = note(before)
            connection.execute(update(drafts).where(drafts.c.id == keys.id).values(sealed=_seal(after, keys)))
        return after

    def delete(self, code: str) -> None:
        """Delete a draft, if there is one."""
        keys = self._derive(code)
        with writing(self._engine).begin() as connection:
            connection.execute(delete(drafts).where(drafts.c.id == keys.id))
            delete_strays(connection)

    def send(self, code: str, seal: Callable[[Values, str], bytes | None], *, now: datetime) -> Sent | None:
        """Send a draft: the sealed report is put in and the draft deleted in one transaction. A power cut undoes none.

        Sent again, it is found as it was sent. None where there is no such draft, and where `seal` says no.

        Args:
            code: Its return code.
            seal: Seals what it holds, with the status code. None if it cannot be sent yet.
            now: The time, aware.

        Raises:
            InboxFull: Too many wait to be collected. The draft stays.
        """
        keys = self._derive(code)
        status_code = self.status_code(keys)
        digest = self.status_digest(status_code)
        with durable(self._engine) as connection:
            held = _find(connection, keys, now)
            if held is None:
                return _find_sent(connection, keys, status_code)
            waiting = select(func.count()).where(sent_reports.c.sealed.is_not(None))
            if (connection.scalar(waiting) or 0) >= MOST_SENT:
                raise InboxFull
            sealed = seal(held, status_code)
            if sealed is None:
                return None
            row = {"draft": keys.id, "sent_at": now, "status_digest": digest, "sealed": sealed}
            connection.execute(insert(sent_reports), row)
            connection.execute(delete(drafts).where(drafts.c.id == keys.id))
        return Sent(status_code, now)

    def find_sent(self, code: str, *, now: datetime) -> Sent | None:
        """What became of a draft that was sent a short while ago, by its return code. None for any other."""
        keys = self._derive(code)
        with self._engine.connect() as connection:
            found = _find_sent(connection, keys, self.status_code(keys))
        return found if found and now - found.at <= CODE_SHOWN_FOR else None

    def find_day_sent(self, status_code: str) -> date | None:
        """The UK day on which the report with this status code was sent; None if none was, or if it is long ago."""
        digest = self.status_digest(status_code)
        with self._engine.connect() as connection:
            found = connection.scalar(select(sent_reports.c.sent_at).where(sent_reports.c.status_digest == digest))
        return None if found is None else found.astimezone(_UK).date()

    @staticmethod
    def status_code(keys: DraftKeys) -> str:
        """The status code that a draft gets once it is sent, in canonical form.

        Any is as likely as any other, and none leads back to the return code.
        """
        number, letters = int.from_bytes(keys.seed, "big"), ""
        for _place in range(status_codes.LENGTH):
            number, value = divmod(number, len(status_codes.ALPHABET))
            letters += status_codes.ALPHABET[value]
        return letters

    def status_digest(self, status_code: str) -> bytes:
        """The slow digest of a status code under the inbox's own secret: 16 bytes."""
        return slow_digest(bytes.fromhex(self._inbox.digest("status code", status_code)), self._cost)

    def forget_old(self, *, now: datetime) -> int:
        """Delete drafts whose time is over, and what is left of reports long collected. Returns how many drafts."""
        with writing(self._engine).begin() as connection:
            expired = connection.execute(delete(drafts).where(drafts.c.expires_at <= now)).rowcount
            delete_strays(connection)
            over = and_(sent_reports.c.sealed.is_(None), sent_reports.c.sent_at <= now - KNOWN_FOR)
            connection.execute(delete(sent_reports).where(over))
        return expired

    def _derive(self, code: str) -> DraftKeys:
        return return_codes.derive(code, secret=self._inbox.secret)


def _count(connection: Connection, *conditions: Any) -> int:  # noqa: ANN401 - SQLAlchemy's own
    return connection.scalar(select(func.count()).select_from(drafts).where(*conditions)) or 0


def _find(connection: Connection, keys: DraftKeys, now: datetime) -> Values | None:
    query = select(drafts.c.sealed).where(drafts.c.id == keys.id, drafts.c.expires_at > now)
    sealed = connection.scalar(query)
    return None if sealed is None else _open(sealed, keys)


def _find_sent(connection: Connection, keys: DraftKeys, status_code: str) -> Sent | None:
    row = connection.execute(select(sent_reports.c.sent_at).where(sent_reports.c.draft == keys.id)).first()
    return Sent(status_code, row.sent_at) if row else None


def _seal(values: Values, keys: DraftKeys) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(text) > LARGEST_DRAFT:
        raise DraftTooLarge
    # Blanks at the end of JSON mean nothing. How long it is says little this way.
    text += b" " * (-len(text) % _PADDED_TO)
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(keys.key).encrypt(nonce, text, keys.id.encode())


def _open(sealed: bytes, keys: DraftKeys) -> Values | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        text = AESGCM(keys.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], keys.id.encode())
    except InvalidTag:
        # Somebody altered it: for its owner it is as good as gone.
        return None
    found: Values = json.loads(text)
    return found
