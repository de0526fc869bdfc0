"""Files that people add to a report: each is sealed to the case before it comes here, and nobody here can open it."""

import secrets
from collections.abc import Collection

from sqlalchemy import Connection, Engine, delete, func, insert, select

from ringback.publishing.inbox.tables import drafts, sent_reports, uploads

# Of one report. Five screenshots and a statement are more than most people have.
LARGEST_FILE, MOST_FILES = 10 * 1024 * 1024, 5
# Of all files that wait, in bytes.
MOST_BYTES = 4 * 1024**3


def add_upload(connection: Connection, draft: str, sealed: bytes) -> str | None:
    """Keep a sealed file of a draft. Returns its id; None where there are too many."""
    own = connection.scalar(select(func.count()).where(uploads.c.draft == draft)) or 0
    held = connection.scalar(select(func.coalesce(func.sum(uploads.c.bytes), 0))) or 0
    if own >= MOST_FILES or int(held) + len(sealed) > MOST_BYTES:
        return None
    id_ = secrets.token_hex(16)
    connection.execute(insert(uploads), {"id": id_, "draft": draft, "bytes": len(sealed), "sealed": sealed})
    return id_


def delete_upload(connection: Connection, draft: str, id_: str) -> None:
    """Delete a file of a draft, if it is one."""
    connection.execute(delete(uploads).where(uploads.c.id == id_, uploads.c.draft == draft))


def delete_strays(connection: Connection) -> None:
    """Delete the files whose draft is gone and was not sent, and those of reports that were collected."""
    waiting = select(sent_reports.c.draft).where(sent_reports.c.sealed.is_not(None))
    connection.execute(
        delete(uploads).where(uploads.c.draft.not_in(select(drafts.c.id)), uploads.c.draft.not_in(waiting))
    )


def read_uploads(engine: Engine, ids: Collection[str]) -> dict[str, bytes]:
    """Sealed files by their ids, as many as there are."""
    with engine.connect() as connection:
        rows = connection.execute(select(uploads.c.id, uploads.c.sealed).where(uploads.c.id.in_(ids)))
        return {row.id: row.sealed for row in rows}
