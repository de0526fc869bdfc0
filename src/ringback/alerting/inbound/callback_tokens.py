"""The bearer tokens that authenticate the provider's callbacks: one for each purpose.

Only their digests are kept, beside the case's keys and readable by their owner alone. Old tokens stay good for a while
after new ones are made: somebody must change the provider's settings by hand, and a callback refused for its token
never comes again.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError

PURPOSES = ("receipts", "replies")
OVERLAP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """One token: its purpose, when it was made, and its SHA-256 (a token has 256 random bits; no key is needed)."""

    purpose: str
    made_at: datetime
    sha256: str


def tokens_file(case_file: CaseFile) -> Path:
    """Where the tokens' digests are kept."""
    return case_file.settings.keys_dir / f"{case_file.case.settings.id}.provider"


def make_tokens(case_file: CaseFile, *, now: datetime, member: str = "") -> Mapping[str, str]:
    """Make a new token for every purpose. The previous ones stay good for an hour.

    Args:
        case_file: The case.
        now: The time.
        member: Who makes them.

    Returns:
        Purpose to token. The tokens are stored nowhere: show them once.

    Raises:
        RingbackError: `tokens_unwritable`.
    """
    tokens = {purpose: secrets.token_urlsafe(32) for purpose in PURPOSES}
    made = [TokenRecord(purpose, now, _sha256(token)) for purpose, token in tokens.items()]
    try:
        earlier = _read(tokens_file(case_file))
    except OSError:
        earlier = []
    # Only the previous tokens stay good, so making tokens twice ends a stolen one at once.
    newest = max((one.made_at for one in earlier), default=None)
    _write(tokens_file(case_file), [*(one for one in earlier if one.made_at == newest), *made])
    facts = {"tokens": {one.purpose: one.sha256[:12] for one in made}}
    case_file.log.add("provider_tokens_made", why="for the provider's callbacks", facts=facts, who=member)
    return tokens


def load_tokens(case_file: CaseFile) -> list[TokenRecord]:
    """The tokens' digests.

    Raises:
        RingbackError: `tokens_missing`.
    """
    path = tokens_file(case_file)
    try:
        found = _read(path)
    except OSError:
        found = []
    if not found:
        raise RingbackError("tokens_missing", path=path, case=case_file.case.path)
    return found


def is_good(records: list[TokenRecord], purpose: str, token: str, *, now: datetime) -> bool:
    """Whether a token is good for a purpose. The time taken says nothing about the token.

    Args:
        records: What `load_tokens` gave.
        purpose: One of `PURPOSES`.
        token: The caller's text, of any length; '' for none.
        now: The time.
    """
    given = _sha256(token)
    good = False
    newest = {one.purpose: max(two.made_at for two in records if two.purpose == one.purpose) for one in records}
    for one in records:
        same = hmac.compare_digest(one.sha256, given)
        counts = one.purpose == purpose and (one.made_at == newest[purpose] or now < newest[purpose] + OVERLAP)
        good |= same and counts
    return good


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _read(path: Path) -> list[TokenRecord]:
    found = []
    for line in path.read_text().splitlines():
        try:
            purpose, made_at, sha256 = line.split()
            found.append(TokenRecord(purpose, datetime.fromisoformat(made_at), sha256))
        except ValueError:
            continue
    return found


def _write(path: Path, records: list[TokenRecord]) -> None:
    part = path.with_name(f".{path.name}.part")
    lines = "".join(f"{one.purpose} {one.made_at.isoformat()} {one.sha256}\n" for one in records)
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(lines)
        part.replace(path)
    except OSError as error:
        raise RingbackError("tokens_unwritable", path=path, problem=error.strerror) from error
