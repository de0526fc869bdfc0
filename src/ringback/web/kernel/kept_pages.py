"""Pages that are kept as they were made: to make one takes a hundred times as long as to send it.

Kept are pages that browsers may keep as well (`contract.BRIEFLY`): they depend on their path alone. And forms that
nobody has filled in yet: all is kept of them but the visitor's token.
"""

import functools
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from ringback.clock import Clock

# As long as browsers may keep them.
_KEPT_S = 60
_MOST = 500


class KeptPages:
    """The pages of one process. Safe to use from several threads.

    Args:
        version: What pages are made from, by a name that changes with it.
        clock: The time.
    """

    def __init__(self, version: Callable[[], str], *, clock: Clock) -> None:
        self._version, self._clock = version, clock
        self._lock = threading.Lock()
        # Page, version, and when it was made. The one that was used last is at the end.
        self._pages: OrderedDict[Hashable, tuple[str, str, float]] = OrderedDict()
        # Stands for the token in a form that is kept. Nobody can know it, and so nothing else on a page is replaced.
        self._gap = secrets.token_hex(16)

    def keep(self, endpoint: str, view: Callable[..., Any]) -> Callable[..., Any]:
        """A view whose pages are kept. What is no page, such as an error, is made each time."""

        @functools.wraps(view)
        def kept(**arguments: Any) -> Any:  # noqa: ANN401 - a view's own
            return self._find((endpoint, *sorted(arguments.items())), lambda: view(**arguments))

        return kept

    def form(self, name: str, make: Callable[[Callable[[], str]], str]) -> str:
        """A form that nobody has filled in yet, with the token of the visitor who asks.

        Args:
            name: A name for the form.
            make: Makes the page, given what stands for `csrf_token` in its template.
        """
        page = self._find((name,), lambda: make(lambda: self._gap))
        return str(page).replace(self._gap, generate_csrf())

    def _find(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - a view's own
        version, now = self._version(), self._clock.elapsed()
        with self._lock:
            found = self._pages.get(key)
            if found and found[1] == version and 0 <= now - found[2] < _KEPT_S:
                self._pages.move_to_end(key)
                return found[0]
        page = make()
        if isinstance(page, str):
            with self._lock:
                self._pages[key] = (page, version, now)
                if len(self._pages) > _MOST:
                    self._pages.popitem(last=False)
        return page
