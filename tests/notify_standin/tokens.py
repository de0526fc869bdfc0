"""Who is asking: the provider's JSON Web Tokens, checked against the stand-in's own clock."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime
from typing import Any

from notify_standin.refusals import CLOCK_MESSAGE, TOKEN_MESSAGE, not_authorised
from notify_standin.service import Key, Service

SECONDS_EITHER_WAY = 30
_BEARER = "Bearer "


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _read_token(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    try:
        head, payload, signature = token.split(".")
        header, claims = json.loads(_decode(head)), json.loads(_decode(payload))
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise not_authorised(TOKEN_MESSAGE)
        return header, claims, f"{head}.{payload}".encode(), _decode(signature)
    except (ValueError, UnicodeError):
        raise not_authorised(TOKEN_MESSAGE) from None


def _check_service(issuer: object, service: Service) -> None:
    try:
        wanted = str(uuid.UUID(str(issuer)))
    except ValueError:
        raise not_authorised("Invalid token: service id is not the right data type") from None
    if wanted != service.service_id:
        raise not_authorised("Invalid token: service not found")
    if not service.keys:
        raise not_authorised("Invalid token: service has no API keys")
    if service.archived:
        raise not_authorised("Invalid token: service is archived")


def _read_iat(claims: dict[str, Any]) -> int | None:
    try:
        return int(claims["iat"])
    except (KeyError, TypeError, ValueError):
        return None


def check_token(authorisation: str | None, service: Service, *, now: datetime) -> tuple[Key, int]:
    """The key that signed the token, and the token's iat in seconds since 1970.

    Raises:
        RefusedError: 401 without a bearer token, 403 for a wrong one, or issued over 30 s before or after now.
    """
    if not authorisation:
        raise not_authorised("Unauthorized: authentication token must be provided", status=401)
    if authorisation[: len(_BEARER)].title() != _BEARER:
        raise not_authorised("Unauthorized: authentication bearer scheme must be used", status=401)
    header, claims, signed, signature = _read_token(authorisation[len(_BEARER) :])
    if "iss" not in claims:
        raise not_authorised("Invalid token: iss field not provided")
    _check_service(claims["iss"], service)
    if header.get("alg") != "HS256":
        raise not_authorised("Invalid token: algorithm used is not HS256")
    for key in service.keys.values():
        wanted = hmac.new(key.secret.encode(), signed, hashlib.sha256).digest()
        iat = _read_iat(claims)
        if not hmac.compare_digest(wanted, signature) or iat is None:
            continue
        if abs(int(now.timestamp()) - iat) > SECONDS_EITHER_WAY:
            raise not_authorised(CLOCK_MESSAGE)
        if key.revoked:
            raise not_authorised("Invalid token: API key revoked")
        return key, iat
    raise not_authorised("Invalid token: API key not found")
