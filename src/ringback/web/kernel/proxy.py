"""What stands in front of the app: how many proxies to believe, the base path, and paths that are refused unread."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Set in the environ of a request whose path is none of ours, to be answered with the page for 404.
STRAY = "ringback.stray"
BASE_PATH = re.compile(r"(?:/[a-z0-9][a-z0-9-]*)*")
# An empty or dotted step, a backslash, a control character: no link of ours has one, and proxies disagree about them.
_TRICK = re.compile(r"//|/\.{1,2}(?:/|\Z)|[\\\x00-\x1f\x7f]")
_LONGEST_PATH = 1024


def behind_proxies(app: "WSGIApplication", *, hops: int, base_path: str) -> "WSGIApplication":
    """An app behind proxies.

    Args:
        app: The app.
        hops: How many proxies in front of it add to X-Forwarded-For and X-Forwarded-Proto. 0 to believe neither.
        base_path: The path that the app is seen under, such as "/check-a-text"; "" for the root.

    Raises:
        ValueError: The base path is none, or hops is negative.
    """
    if not BASE_PATH.fullmatch(base_path):
        raise ValueError(f"{base_path!r} is no base path: it starts with / and does not end with one")
    if hops < 0:
        raise ValueError(f"{hops} proxies are too few")
    return ProxyFix(_BasePath(app, base_path), x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)


class _BasePath:
    def __init__(self, app: "WSGIApplication", base_path: str) -> None:
        self._app, self._base = app, base_path

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("wsgi.url_scheme") != "https":
            # A proxy may pass on anything at all.
            environ["wsgi.url_scheme"] = "http"
        if "HTTP_HOST" in environ:
            # Names of hosts are compared as they are, but are the same in capitals.
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        path = environ.get("PATH_INFO", "")
        inside = path == self._base or path.startswith(self._base + "/")
        environ[STRAY] = not inside or len(path) > _LONGEST_PATH or _TRICK.search(path) is not None
        environ["SCRIPT_NAME"] = self._base
        environ["PATH_INFO"] = path[len(self._base) :] if inside else path
        return self._app(environ, start_response)
