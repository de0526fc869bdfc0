"""The door of the provider app: connections that have shown no token keep their place only until it is needed.

See `web.kernel.connections` for time-outs and limits. Beyond them:

- A connection that has shown a good token is spared when there are too many. A callback is done within milliseconds.
- The body is read only after the head has shown a good token. Without one, the answer comes at once.
"""

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from waitress.adjustments import Adjustments  # type: ignore[import-untyped]

from ringback.web.kernel import connections
from ringback.web.kernel.connections import Connection, ConnectionServer, listen
from ringback.web.kernel.request_head import RequestHead

ShowsToken = Callable[[str, str], bool]


class Head(RequestHead):
    """A request as it comes in. Its body is awaited only if the judge accepts its head."""

    def __init__(self, adj: Adjustments, *, judge: Callable[["Head"], bool]) -> None:
        super().__init__(adj)
        self._judge, self._judged = judge, False

    def received(self, data: bytes) -> int:
        """Take bytes in. Returns how many."""
        taken = int(super().received(data))
        if self.headers_finished and not self.completed and not self._judged:
            self._judged = True
            if not self._judge(self):
                self._end_here()
                return len(data)
        return taken

    def _end_here(self) -> None:
        """End the request here, to be answered at once.

        Its token is dropped: should the token become good meanwhile, it must not go with half a request.
        """
        self.headers.pop("AUTHORIZATION", None)
        self.headers |= {"CONTENT_LENGTH": "0", "CONNECTION": "close"}
        self.body_rcv, self.chunked, self.content_length = None, False, 0
        self.expect_continue, self.completed = False, True


class DoorConnection(Connection):
    """One connection. It is known once it has shown a token."""

    def make_head(self, adj: Adjustments) -> Head:
        """The request that comes in next."""
        return Head(adj, judge=self._is_worth_waiting)

    def _is_worth_waiting(self, head: Head) -> bool:
        if self.server.shows_token(head.path, head.headers.get("AUTHORIZATION", "")):
            self.known = True
        else:
            self.drains = True
        return not self.drains

    def is_overdue(self, now: float) -> bool:
        """Whether the expected bytes are overdue. Without a token there is no longer wait than for a head."""
        if self.known or self.is_answered or self.is_busy:
            return super().is_overdue(now)
        return now - self.since > connections.HEAD_S


class DoorServer(ConnectionServer):
    """One listening socket of the door."""

    channel_class: ClassVar[type[Connection]] = DoorConnection
    log: ClassVar[logging.Logger] = logging.getLogger("ringback.provider")
    cut_words: ClassVar[str] = "that had shown no token in time"
    shows_token: ShowsToken

    def is_worth_saying(self, one: Connection) -> bool:
        """Whether the log is to say that this connection was cut."""
        return not (one.known or one.is_answered)


def open_door(
    app: Any,  # noqa: ANN401 - a WSGI app
    *,
    host: str,
    port: int,
    threads: int,
    largest_body: int,
    shows_token: ShowsToken,
) -> Any:  # noqa: ANN401 - one of two classes of waitress
    """A server for the app. It listens at once, and serves when run.

    Args:
        app: The WSGI app.
        host: Where to listen. A name may stand for several addresses.
        port: The port, or 0 for any that is free.
        threads: How many requests are answered at once.
        largest_body: Largest body in bytes. Larger ones are refused unread.
        shows_token: Whether a path and an Authorization header show a good token.

    Raises:
        OSError: The port cannot be used.
        ValueError: The host is no address or known name.
    """
    server, sockets = listen(app, host=host, port=port, threads=threads, largest_body=largest_body, kind=DoorServer)
    for one in sockets:
        one.shows_token = shows_token
    return server
