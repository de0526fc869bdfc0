"""Styles, scripts and pictures: read once at the start, and served under a path that changes with any of them.

So a browser may keep them for ever, and nothing in a path ever reaches the file system.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Response, abort, request

from ringback.web.kernel.contract import ANYBODY, FOREVER, contract

RULE = "/static/<digest>/<path:name>"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
_PACKED = (".css", ".js", ".svg")
_WORTH_PACKING = 1024


class StaticFiles:
    """The static files of an app, those of the kernel among them.

    Attributes:
        files: Their contents, by name.
        digest: Of all names and contents, as it stands in the path.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        """Read them.

        Args:
            folders: Where they are. A folder need not exist. Licences and other files of no known type stay there.

        Raises:
            RuntimeError: Two have the same name.
        """
        self.files: dict[str, bytes] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(folder).as_posix()
                if path.suffix not in _TYPES or not path.is_file():
                    continue
                if name in self.files:
                    raise RuntimeError(f"there are two static files called {name}")
                self.files[name] = path.read_bytes()
        seen = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            seen.update(f"{name}\0{len(content)}\0".encode() + content)
        self.digest = seen.hexdigest()[:16]
        self._packed = {
            name: gzip.compress(content, mtime=0)
            for name, content in self.files.items()
            if name.endswith(_PACKED) and len(content) > _WORTH_PACKING
        }

    def path(self, name: str) -> str:
        """The path of a file below the base path.

        Raises:
            LookupError: There is no such file.
        """
        if name not in self.files:
            raise LookupError(f"there is no static file {name}")
        return f"/static/{self.digest}/{name}"

    def view(self) -> Callable[..., Response]:
        """The view that serves them."""

        @contract(who=ANYBODY, cache=FOREVER, indexed=True)
        def static(digest: str, name: str) -> Response:
            if digest != self.digest or name not in self.files:
                abort(404)
            content_type = _TYPES[name[name.rindex(".") :]]
            answer = Response(self.files[name], content_type=content_type)
            if name in self._packed:
                answer.vary.add("Accept-Encoding")
                if request.accept_encodings["gzip"] > 0:
                    answer.set_data(self._packed[name])
                    answer.headers["Content-Encoding"] = "gzip"
            return answer

        return static
