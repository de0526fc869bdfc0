"""The headers of every answer, whatever made it: they are set around the whole app, so that no error goes without."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SCRIPT = re.compile(r"<script[^>]*>(.+?)</script>", re.DOTALL)
# What a browser can do for a page, and none of our pages asks for.
_POWERS = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
    "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
# Two years. Other services under the force's domain are not ours to decide about, so no includeSubDomains.
_HTTPS_ONLY = ("Strict-Transport-Security", "max-age=63072000")
_NOT_KEPT = (("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex"))


def script_hash() -> str:
    """The source expression that allows the one inline script of the installed GOV.UK template.

    Raises:
        RuntimeError: There is not exactly one, so the policy has to be thought about again.
    """
    template = resources.files("govuk_frontend_jinja").joinpath("templates/template.html").read_text("utf-8")
    scripts = _SCRIPT.findall(template)
    if len(scripts) != 1 or "{" in scripts[0].replace("{}", ""):
        raise RuntimeError(f"govuk-frontend-jinja's template has {len(scripts)} inline scripts, or one with gaps")
    digest = hashlib.sha256(scripts[0].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def security_headers() -> dict[str, str]:
    """Every header that does not depend on the request."""
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' {script_hash()}",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{power}=()" for power in _POWERS),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Origin-Agent-Cluster": "?1",
        "X-Permitted-Cross-Domain-Policies": "none",
        "X-DNS-Prefetch-Control": "off",
    }


def headers_without_app() -> tuple[tuple[str, str], ...]:
    """The headers of answers that the server gives without the app. Nobody keeps or indexes these."""
    return (*security_headers().items(), *_NOT_KEPT)


class HeaderSetter:
    """A WSGI app around another one. It sets the headers of every answer, and takes away what the answer had of them.

    Cache-Control and X-Robots-Tag are the app's to say. If it says nothing, the answer is not kept and not indexed.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._fixed = security_headers()
        self._ours = {name.lower() for name in (*self._fixed, _HTTPS_ONLY[0], "Server")}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer."""
        is_safe = environ.get("wsgi.url_scheme") == "https"

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            kept = [(name, value) for name, value in headers if name.lower() not in self._ours]
            said = {name.lower() for name, _value in kept}
            kept += self._fixed.items()
            if is_safe:
                kept.append(_HTTPS_ONLY)
            if "cache-control" not in said:
                kept += _NOT_KEPT
            return start_response(status, kept, *error)

        return self._app(environ, start)
