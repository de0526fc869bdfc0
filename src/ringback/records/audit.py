"""The audit log: who did what to which personal data, when and why, in a chain that shows tampering.

Every entry's hash covers the entry and the hash before it. A person who can write the table can recompute the whole
chain. So every command prints the head (the last hash): a head written down elsewhere reveals such a change. Source of
the duty: Data Protection Act 2018, section 62 (logging of processing for law enforcement).
"""

import getpass
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from ringback.files.atomic import temp_path
from ringback.files.disk import unwritable
from ringback.numbers.masking import mask_numbers
from ringback.records.db import writing
from ringback.records.marks import Mark
from ringback.records.tables import audit

FIRST_PREVIOUS = "0" * 64
HEAD_FILE = "audit.head"
# Whole values that the program makes: keyed digests, hashes, ids of runs and cases, ids of texts at the provider and
# ours. They are compared later, so they are not masked. A run of digits in one is no phone number.
_IDENTIFIER = re.compile(
    r"\w+:[0-9a-f]{24,64}|[0-9a-f]{16}|[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?:outbox:)?rb-[0-9a-f]{20}"
)

# Entries that say whether the case is synthetic.
_TELLING = ("case_created", "exhibit_added", "run_finished")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: number in the chain, when (UTC), who, what, why, facts as canonical JSON, and the two hashes."""

    seq: int
    at: str
    who: str
    what: str
    why: str
    facts: str
    previous: str
    hash: str

    def read_facts(self) -> dict[str, Any]:
        """The facts; empty if they were altered beyond reading."""
        try:
            found = json.loads(self.facts)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def tells_synthetic(self) -> bool:
        """Whether the entry says that the case is synthetic."""
        return self.what in _TELLING and self.read_facts().get("synthetic") is True

    def computed_hash(self) -> str:
        """The hash computed from the entry's content."""
        content = json.dumps(
            [self.seq, self.at, self.who, self.what, self.why, self.facts, self.previous], ensure_ascii=False
        )
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class AuditLog:
    """The audit log of one case.

    Args:
        engine: The case's records.
        folder: The case folder. The head is also written to `audit.head` there. So cutting off the end of the table
            alone is noticed even if nobody wrote a head down.
        mark: The case's mark, if it has one. The head is noted there too, outside the case.
    """

    def __init__(self, engine: Engine, folder: Path, mark: Mark | None = None) -> None:
        self._engine = engine
        self._head_file = folder / HEAD_FILE
        self._mark = mark

    def add(self, what: str, *, why: str, facts: Mapping[str, object] | None = None, who: str = "") -> AuditEntry:
        """Add one entry in a transaction of its own. Returns it with its hash.

        Phone numbers among the facts must be keyed digests. Anything that looks like one in `why`, or in a text among
        the facts, is masked.
        """
        with writing(self._engine).begin() as connection:
            entry = self.add_within(connection, what, why=why, facts=facts, who=who)
        self.note_head(entry)
        return entry

    def add_within(
        self,
        connection: Connection,
        what: str,
        *,
        why: str,
        facts: Mapping[str, object] | None = None,
        who: str = "",
    ) -> AuditEntry:
        """Add one entry in the transaction of the change that it records. Call `note_head` after the commit."""
        last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
        unsigned = AuditEntry(
            seq=last.seq + 1 if last else 1,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            who=who or operating_user(),
            what=what,
            why=mask_numbers(why),
            facts=json.dumps(_masked(facts or {}), sort_keys=True, ensure_ascii=False),
            previous=last.hash if last else FIRST_PREVIOUS,
            hash="",
        )
        entry = replace(unsigned, hash=unsigned.computed_hash())
        connection.execute(insert(audit).values(**asdict(entry)))
        return entry

    def note_head(self, entry: AuditEntry) -> None:
        """Write the head beside the log (atomically) and into the mark."""
        # Several processes may do this at once, so each writes its own temporary file.
        temp = temp_path(self._head_file)
        try:
            temp.write_text(f"{entry.seq} {entry.hash}\n")
            temp.replace(self._head_file)
        except OSError as error:
            raise unwritable(self._head_file, error) from error
        finally:
            temp.unlink(missing_ok=True)
        if self._mark is not None:
            self._mark.note(entry.seq, entry.hash, synthetic=entry.tells_synthetic, hash_at=self.hash_at)

    def hash_at(self, seq: int) -> str | None:
        """The hash of the entry with this number; None if there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(audit.c.hash).where(audit.c.seq == seq))

    def entries(self) -> list[AuditEntry]:
        """All entries, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.seq)).all()
        return [AuditEntry(**row._mapping) for row in rows]

    def find_last(self, what: str, **facts: object) -> dict[str, Any] | None:
        """The facts of the last entry of this kind whose facts include these; None if there is none."""
        for entry in reversed(self.entries()):
            found = entry.read_facts() if entry.what == what else {}
            if found and all(found.get(name) == fact for name, fact in facts.items()):
                return found
        return None

    def head(self) -> str:
        """The hash of the last entry; `FIRST_PREVIOUS` of an empty log."""
        with self._engine.connect() as connection:
            found = connection.scalar(select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1))
        return found or FIRST_PREVIOUS

    def find_faults(self, *, head: str | None = None) -> list[str]:
        """Every sign of tampering, in words; empty when the chain holds.

        Args:
            head: A head written down elsewhere at any earlier time. It must still be in the chain.
        """
        # Read the file before the entries: another process may meanwhile add an entry and name it in the file.
        noted = self._read_head_file()
        entries = self.entries()
        faults = list(_broken_links(entries))
        known = {entry.hash: entry.seq for entry in entries}
        if head and head.lower() not in known:
            faults.append(
                f"audit log: the given head {head[:16]}... is not in the chain: entries were cut off or recomputed"
            )
        faults += _head_file_faults(noted, known)
        return faults

    def _read_head_file(self) -> str | None:
        try:
            _seq, hash_ = self._head_file.read_text().split()
        except (OSError, ValueError):
            return None
        return hash_


def _masked(fact: object) -> object:
    """A fact for the log: phone numbers in its texts are masked, at any depth."""
    if fact is None or isinstance(fact, bool | int | float):
        return fact
    if isinstance(fact, Mapping):
        return {str(name): _masked(one) for name, one in fact.items()}
    if isinstance(fact, list | tuple):
        return [_masked(one) for one in fact]
    text = str(fact)
    return text if _IDENTIFIER.fullmatch(text) else mask_numbers(text)


def _head_file_faults(noted: str | None, known: Mapping[str, int]) -> list[str]:
    if noted is None:
        return [f"audit log: {HEAD_FILE} is missing or unreadable"]
    # The file may lag behind by some entries (a crash between the two writes), but it never names a missing one.
    if noted not in known:
        return [f"audit log: the head in {HEAD_FILE} is not in the chain: entries were cut off or recomputed"]
    return []


def _broken_links(entries: list[AuditEntry]) -> list[str]:
    faults: list[str] = []
    previous, expected_seq = FIRST_PREVIOUS, 1
    if not entries:
        return ["audit log: it is empty, and a case begins with an entry"]
    for entry in entries:
        if entry.seq != expected_seq:
            missing = f"{expected_seq}" if entry.seq == expected_seq + 1 else f"{expected_seq} to {entry.seq - 1}"
            faults.append(f"audit log: entry {missing} is missing")
        if entry.computed_hash() != entry.hash:
            faults.append(f"audit log: entry {entry.seq} ({entry.what}) was altered")
        if entry.previous != previous:
            faults.append(f"audit log: entry {entry.seq} ({entry.what}) does not follow the entry before it")
        previous, expected_seq = entry.hash, entry.seq + 1
    return faults


def operating_user() -> str:
    """Who runs the program: the operating system's user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
