"""What a report says, sealed under a key of its own. Whoever drops that key has erased the report.

The key of a report is drawn at random, and kept only sealed under the case's key. Both seals are bound to the report's
id, so that neither can be moved to another report.
"""

import base64
import json
import secrets
from dataclasses import dataclass

from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.victim_reports.content import ReportContent

_KEY_BYTES, _NONCE_BYTES = 32, 12


@dataclass(frozen=True, slots=True)
class SealedContent:
    """A sealed content, and its key, sealed under the case's key. Both are texts."""

    sealed: str
    key_sealed: str


def seal_content(content: ReportContent, keys: KeyRing, *, report: str) -> SealedContent:
    """Seal a content under a new key (AES-256-GCM)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, nonce = secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
    text = json.dumps(content.as_dict(), ensure_ascii=False).encode("utf-8", "replace")
    sealed = nonce + AESGCM(key).encrypt(nonce, text, _about(report))
    key_sealed = keys.seal(base64.b64encode(key).decode(), about=f"report-key:{report}")
    return SealedContent(base64.b64encode(sealed).decode(), key_sealed)


def open_content(sealed: str | None, key_sealed: str | None, keys: KeyRing, *, report: str) -> ReportContent:
    """Open a content.

    Raises:
        RingbackError: `report_erased` if its key was dropped, or `sealed_unreadable` if it was altered or moved.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if sealed is None or key_sealed is None:
        raise RingbackError("report_erased", report=report)
    key = base64.b64decode(keys.unseal(key_sealed, about=f"report-key:{report}"))
    try:
        raw = base64.b64decode(sealed, validate=True)
        text = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _about(report))
        return ReportContent.from_dict(json.loads(text))
    except (ValueError, InvalidTag) as error:
        raise RingbackError("sealed_unreadable", about=f"report:{report}", key="its own") from error


def _about(report: str) -> bytes:
    return f"report:{report}".encode()
