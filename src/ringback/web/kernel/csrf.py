"""Forms that other sites send in a visitor's name: refused by a token, by where they come from, and by the cookie.

The cookie holds the token and nothing else. It is set only by pages with a form, and those are never kept.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]

from ringback.web.kernel.contract import NEVER

COOKIE = "__Host-ringback"
# A frightened person reads slowly, rings somebody, and comes back.
_LONGEST_OPEN = timedelta(hours=4)
_TOKEN = "csrf_token"  # noqa: S105 - a name
# Our own pages, and an address that was typed in.
_OWN_SITES = ("same-origin", "none")


def add_csrf(app: Flask, *, session_keys: frozenset[str] = frozenset()) -> None:
    """Protect every form of an app, and keep its sessions free of anything but the token.

    Args:
        app: The app.
        session_keys: What else its session may hold.
    """
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # The name of the cookie asks for this path, whatever the base path.
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=int(_LONGEST_OPEN.total_seconds()),
        # It wants a Referer, which our pages send to nobody. Origin and Sec-Fetch-Site are looked at instead.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = TokenSessions(session_keys)
    CSRFProtect(app)


def refuse_other_sites(request: Request) -> None:
    """Refuse a form that came from another site.

    Raises:
        CSRFError: It did.
    """
    if request.headers.get("Sec-Fetch-Site", "none").lower() not in _OWN_SITES:
        raise CSRFError("another site's form")
    origin = request.headers.get("Origin", "null")
    # Our pages send no Referer, and so browsers say "null" here. Then the token decides alone.
    if origin != "null" and _host_of(origin) != request.host.lower():
        raise CSRFError("another host's form")


def _host_of(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
        port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
        return parts.netloc.lower().removesuffix(port) or None if port else None
    except ValueError:
        return None


class TokenSessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, of which it is known what they hold."""

    def __init__(self, keys: frozenset[str]) -> None:
        self._keys = keys | {_TOKEN}

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie if it changed.

        Raises:
            RuntimeError: The session holds what it may not, or the answer may be kept and given to somebody else.
        """
        if response.status_code >= 500:
            return
        if surplus := set(session) - self._keys:
            raise RuntimeError(f"the session may not hold {', '.join(sorted(surplus))}")
        if session.accessed and response.headers.get("Cache-Control") != NEVER.value:
            raise RuntimeError("an answer that may be kept has a visitor's token in it")
        super().save_session(app, session, response)
