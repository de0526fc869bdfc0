"""The mark of a case: how far its records had come, kept apart from them, beside the case's keys.

Records can fall back to an earlier state: a backup is restored, a copied folder is used on its own, a database log is
lost, or a lagging standby takes over. Such records look whole, but would send texts that were sent before. So every
process that writes an audit entry or claims alerts also notes here how far the records are. Records that lack something
in the mark are not the newest.

The mark never claims more than was committed, but may lag behind. It is written after the commit, and before any alert
that the commit claimed is handed over.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ringback.errors import RingbackError
from ringback.files.atomic import temp_path

_FORMAT = 1
_LOCK_S = 10.0
_LOOK_AGAIN_S = 0.02


@dataclass(frozen=True, slots=True)
class BatchMark:
    """The progress of a batch: its fence, its count of claims, and the time of the last one (ISO 8601, UTC)."""

    fence: int
    claims: int
    last_claim: str

    @property
    def last_claim_at(self) -> datetime:
        """The time of the last claim: aware, UTC."""
        return datetime.fromisoformat(self.last_claim)


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """The facts in a mark.

    Attributes:
        seq: The number of the newest audit entry.
        hash: Its hash.
        synthetic: Whether the case was ever known to be synthetic.
        batches: Batch to its progress, for each batch that was ever sent.
    """

    seq: int
    hash: str
    synthetic: bool = False
    batches: Mapping[str, BatchMark] = field(default_factory=dict)


def find_lacking(
    facts: MarkFacts, *, hash_at: Callable[[int], str | None], claims: Mapping[str, tuple[int, int]]
) -> list[str]:
    """What the records lack compared with a mark, in words; empty if they are as new as the mark or newer.

    Args:
        facts: The mark, read before the records, since the records may advance meanwhile.
        hash_at: Gives the hash of the audit entry with a number; None if there is none.
        claims: Batch to fence and count of claims, from the records.
    """
    lacking = []
    found = hash_at(facts.seq)
    if found is None:
        lacking.append(f"they end before audit entry {facts.seq:,}, which was written")
    elif found != facts.hash:
        lacking.append(f"their audit entry {facts.seq:,} is not the one that was written here")
    for batch, mark in sorted(facts.batches.items()):
        fence, count = claims.get(batch, (0, 0))
        if count < mark.claims:
            lacking.append(f"they know of {count:,} claims of batch {batch}, and {mark.claims:,} were made")
        elif fence < mark.fence:
            lacking.append(f"they do not know the last sender of batch {batch}")
    return lacking


class Mark:
    """The mark of one case.

    Args:
        keys_dir: The folder of the case's keys.
        case_id: The case.
    """

    def __init__(self, keys_dir: Path, case_id: str) -> None:
        self.path = keys_dir / f"{case_id}.mark"
        self._lock = keys_dir / f"{case_id}.mark-lock"
        self._keys = keys_dir / f"{case_id}.keys"
        self._known: MarkFacts | None = None

    @property
    def is_kept_here(self) -> bool:
        """Whether this machine holds the case's keys. A machine without keys sends nothing and needs no mark."""
        return self._keys.exists()

    def read(self) -> MarkFacts | None:
        """The facts in the mark; None if it is missing or unreadable."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            batches = {name: BatchMark(**facts) for name, facts in found["batches"].items()}
            return MarkFacts(int(found["seq"]), str(found["hash"]), bool(found["synthetic"]), batches)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def replace(self, facts: MarkFacts) -> None:
        """Overwrite the mark: for a new case, or after a person has settled what the records lack.

        Raises:
            RingbackError: `mark_unwritable`.
        """
        with self._locked():
            self._write(facts)

    def note(self, seq: int, hash_: str, *, synthetic: bool, hash_at: Callable[[int], str | None]) -> None:
        """Note an audit entry, if the mark's own entry is in the same chain. Else a person must look, and it stays.

        Args:
            seq: The entry's number.
            hash_: Its hash.
            synthetic: Whether the entry says that the case is synthetic.
            hash_at: Gives the hash of the entry with a number in these records; None if there is none.
        """
        if not self.is_kept_here:
            return
        try:
            with self._locked():
                facts = self.read()
                if facts is None or facts.seq >= seq or hash_at(facts.seq) != facts.hash:
                    return
                self._write(replace(facts, seq=seq, hash=hash_, synthetic=facts.synthetic or synthetic))
        except RingbackError:
            # The folder of keys cannot be written. A lagging mark is safe here; a process that claims alerts must be
            # able to write it.
            return

    def claim(
        self, batch: str, *, fence: int, claims: int, at: datetime, check: Callable[[MarkFacts], list[str]]
    ) -> None:
        """Note claims of alerts, before they are handed over.

        Args:
            batch: Their batch.
            fence: The fence of the lease that claimed them.
            claims: Count of claims that the batch ever had.
            at: The time of the claims.
            check: Gives what the records lack compared with a mark, in words. Called if another process wrote the mark.

        Raises:
            RingbackError: `records_rolled_back`, `mark_missing` or `mark_unwritable`. Then nothing may be handed over.
        """
        with self._locked():
            facts = self.read()
            if facts is None:
                raise RingbackError("mark_missing", path=self.path)
            if facts != self._known and (lacking := check(facts)):
                raise RingbackError("records_rolled_back", what="; ".join(lacking))
            mark = BatchMark(fence, claims, at.isoformat())
            self._known = replace(facts, batches={**facts.batches, batch: mark})
            self._write(self._known)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock: one writer at a time, over all processes. The lock has its own file: the mark gets renamed."""
        try:
            handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self._lock, error) from error
        try:
            until = time.monotonic() + _LOCK_S
            while not _take(handle):
                if time.monotonic() > until:
                    raise RingbackError("mark_unwritable", path=self.path, problem="another process holds it")
                time.sleep(_LOOK_AGAIN_S)
            yield
        finally:
            os.close(handle)

    def _write(self, facts: MarkFacts) -> None:
        """Write the mark atomically, flushed to the disk."""
        text = json.dumps({"format": _FORMAT, **_as_dict(facts)}, sort_keys=True) + "\n"
        temp = temp_path(self.path)
        try:
            handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
            temp.replace(self.path)
        except OSError as error:
            temp.unlink(missing_ok=True)
            raise _unwritable(self.path, error) from error


def _as_dict(facts: MarkFacts) -> dict[str, Any]:
    return {
        "seq": facts.seq,
        "hash": facts.hash,
        "synthetic": facts.synthetic,
        "batches": {name: asdict(mark) for name, mark in facts.batches.items()},
    }


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unwritable(path: Path, error: OSError) -> RingbackError:
    return RingbackError("mark_unwritable", path=path, problem=error.strerror or str(error))
