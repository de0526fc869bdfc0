"""Credentials of staff: names, enrolment codes, passwords, one-time codes, session tokens.

Secrets are made and compared here, never stored. Nothing here knows about accounts.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers

PASSWORD_LENGTH = 12
ENROL_FOR = timedelta(days=7)
SESSION_FOR = timedelta(hours=8)
LONGEST_WAIT_S = 60
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# Without letters and digits that people confuse.
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 20
_STEP_S = 30


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """The cost of one argon2id password hash: passes, memory (KiB), lanes."""

    passes: int = 3
    memory_kib: int = 65536
    lanes: int = 4

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher().hash(_folded(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password matches. Without a stored hash, the same work is done and the answer is no."""
        try:
            return self._hasher().verify(kept or self._nobody(), _folded(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(self.passes, self.memory_kib, self.lanes)

    def _nobody(self) -> str:
        """A hash of the same cost that matches no password."""
        salt, digest = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (16, 32))
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}${salt}${digest}"


COST = PasswordCost()


def check_name(name: str) -> None:
    """A staff name has up to 40 letters, digits, dots, hyphens and underscores, and does not look like a number.

    Only plain letters are allowed: a look-alike of a name must not pass for a second person.

    Raises:
        RingbackError: `staff_name_bad`, without the name.

    >>> check_name("j.smith-2")
    """
    if not _NAME.fullmatch(name) or mask_numbers(name) != name:
        raise RingbackError("staff_name_bad")


def check_password(password: str, *, name: str) -> None:
    """A password has at least 12 characters and does not contain the name.

    Raises:
        RingbackError: `staff_password_weak`.
    """
    folded = _folded(password)
    if len(folded) < PASSWORD_LENGTH:
        raise RingbackError("staff_password_weak", problem=f"it has fewer than {PASSWORD_LENGTH} characters")
    if name.casefold() in folded.casefold():
        raise RingbackError("staff_password_weak", problem="it contains the name")
    if len(set(folded)) < 5:
        raise RingbackError("staff_password_weak", problem="it repeats fewer than five different characters")


def _folded(password: str) -> str:
    # Another keyboard may give other code points for the same password.
    return unicodedata.normalize("NFKC", password)


def new_enrolment_code() -> str:
    """An enrolment code of 99 random bits, in groups of four."""
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    return grouped(code, "-")


def enrolment_hash(code: str) -> str:
    """The hash stored for an enrolment code. Case, spaces and hyphens do not matter."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return hashlib.sha256(f"ringback enrolment {plain}".encode()).hexdigest()


def same(kept: str | None, given: str) -> bool:
    """Whether two hashes are the same, in constant time."""
    return hmac.compare_digest((kept or "").encode(), given.encode()) and kept is not None


def new_token() -> str:
    """A session token: 32 random bytes."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The hash stored for a session token."""
    return hashlib.sha256(f"ringback session {token}".encode()).hexdigest()


def new_totp_secret() -> str:
    """A secret for one-time codes: 160 random bits in base 32."""
    return pyotp.random_base32()


def totp_uri(secret: str, *, name: str, case_id: str) -> str:
    """The URI that an authenticator app reads. It names the case by id, since the case's name may say too much."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"ringback {case_id[:8]}")


def totp_about(name: str) -> str:
    """The `about` under which a person's one-time code secret is sealed."""
    return f"staff:{name}"


def number_about(name: str) -> str:
    """The `about` under which a person's own number is sealed."""
    return f"staff-number:{name}"


def totp_step(now: datetime) -> int:
    """The number of the 30-second step that contains this time."""
    return int(now.timestamp()) // _STEP_S


def find_totp_step(secret: str | None, code: str, *, now: datetime, after: int | None) -> int | None:
    """The step of the given code: the current one, or one either side of it. Steps up to `after` do not count.

    Args:
        secret: In base 32; None does the same work and finds nothing.
        code: Six digits; spaces do not matter.
        now: When the code was given.
        after: The last step whose code was used; None for none.
    """
    totp = pyotp.TOTP(secret or "A" * 32)
    given = re.sub(r"\s", "", code).encode()
    current = totp_step(now)
    fitting = [
        step for step in range(current - 1, current + 2) if hmac.compare_digest(totp.generate_otp(step).encode(), given)
    ]
    fresh = [step for step in fitting if after is None or step > after]
    return fresh[0] if fresh and secret is not None else None


def grouped(text: str, separator: str = " ") -> str:
    """A text in groups of four.

    >>> grouped("ABCDEFGHIJ")
    'ABCD EFGH IJ'
    """
    return separator.join(text[at : at + 4] for at in range(0, len(text), 4))


def wait_after(failures: int) -> timedelta:
    """How long to wait after this many failed log-ins: 1, 2, 4 ... up to 60 seconds.

    >>> [wait_after(failures).seconds for failures in (1, 2, 3, 7, 99)]
    [1, 2, 4, 60, 60]
    """
    return timedelta(seconds=min(LONGEST_WAIT_S, 2 ** min(failures - 1, 10)))
