"""The door of the provider app: waitress, with time-outs and a limit for connections that have shown no token.

A connection without a token keeps its place only until somebody else needs it. New connections are always let in. When
all places are taken, one connection without a token is cut: the longest-waiting one of the source that has most of
them. A callback is done within milliseconds, so it is never the one. Also:

- The whole head of a request must arrive within ten seconds.
- The body is read only after the head has shown a good token. Without one, the answer comes at once.

Behind a proxy, all connections are one source. That does no harm, since a proxy passes on only whole heads.
"""

import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from waitress.adjustments import Adjustments  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]
from waitress.server import MultiSocketServer, TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ThreadedTaskDispatcher  # type: ignore[import-untyped]

from ringback.web.kernel.limits import source_of

MOST_OF_A_SOURCE, MOST = 64, 512
# How long a connection may take to send its head before others of its source can push it out.
YOUNG_S = 1.0
HEAD_S, BODY_S, IDLE_S = 10.0, 30.0, 30.0
# After an answer that came before the body, the rest is read and discarded for this long, or the answer may get lost.
_LINGER_S = 2.0
_LARGEST_HEAD = 16 * 1024
_SAY_AGAIN_S = 60.0
log = logging.getLogger("ringback.provider")

ShowsToken = Callable[[str, str], bool]


class Head(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in. Its body is awaited only if the judge accepts its head."""

    def __init__(self, adj: Adjustments, *, judge: Callable[["Head"], bool]) -> None:
        super().__init__(adj)
        self.begun = time.monotonic()
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


class Connection(HTTPChannel):  # type: ignore[misc]
    """One connection, with its source and whether it has shown a token."""

    def __init__(
        self,
        server: "DoorServer",
        sock: socket.socket,
        addr: Any,  # noqa: ANN401 - what a socket says
        adj: Adjustments,
        map: Any = None,  # noqa: ANN401 - waitress's own
    ) -> None:
        self.since = time.monotonic()
        self.known = False
        self._drains, self._lingers_until = False, 0.0
        self.source = source_of(str(addr[0]))
        self.parser_class = partial(Head, judge=self._is_worth_waiting)
        super().__init__(server, sock, addr, adj, map=map)

    def _is_worth_waiting(self, head: Head) -> bool:
        if self.server.shows_token(head.path, head.headers.get("AUTHORIZATION", "")):
            self.known = True
        else:
            self._drains = True
        return not self._drains

    @property
    def is_busy(self) -> bool:
        """Whether a whole request is being answered."""
        return bool(self.requests)

    @property
    def is_answered(self) -> bool:
        """Whether the connection stays open only until its other end has taken the answer."""
        return self._lingers_until > 0

    def is_overdue(self, now: float) -> bool:
        """Whether the expected bytes are overdue."""
        if self.is_answered:
            return now > self._lingers_until
        if self.is_busy:
            return False
        if not self.known:
            return now - self.since > HEAD_S
        head: Head | None = self.request
        if head is None:
            return now - self.since > IDLE_S
        return now - head.begun > (BODY_S if head.headers_finished else HEAD_S)

    def cut(self) -> None:
        """Close it in the next turn of the loop. Closed at once, its file number could be reused too soon."""
        self._drains, self.will_close = False, True

    def service(self) -> None:
        """Answer a request, then await the next one."""
        super().service()
        self.since = time.monotonic()

    def readable(self) -> bool:
        """Whether bytes are wanted."""
        return bool(self.is_answered or super().readable())

    def handle_read(self) -> None:
        """Take bytes in, or discard those that come after the answer."""
        if not self.is_answered:
            super().handle_read()
            return
        with suppress(OSError):
            self.recv(self.adj.recv_bytes)

    def handle_close(self) -> None:
        """Close it, or linger first: closing with unread bytes would destroy the answer on its way."""
        answered = self.will_close and not self.total_outbufs_len
        # This is called once more if the other end has gone meanwhile. Then there is no socket.
        if self._drains and answered and self.socket is not None:
            self._drains = False
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                self._lingers_until, self.will_close = time.monotonic() + _LINGER_S, False
                return
        super().handle_close()


class DoorServer(TcpWSGIServer):  # type: ignore[misc]
    """One listening socket of the door."""

    channel_class = Connection
    shows_token: ShowsToken
    siblings: list["DoorServer"]
    _cut, _said = 0, 0.0

    def handle_accept(self) -> None:
        """Let the new connection in, then keep the number of connections within the limit."""
        super().handle_accept()
        self._make_room()

    def maintenance(self, now: float) -> None:
        """Cut overdue connections. Uses the monotonic clock, not `now`."""
        moment = time.monotonic()
        for one in list(self.active_channels.values()):
            if not one.will_close and one.is_overdue(moment):
                self._send_away(one)
        self._make_room()

    def _make_room(self) -> None:
        """Cut connections without a token that exceed the limit."""
        standing = [one for server in self.siblings for one in server.active_channels.values() if not one.will_close]
        by_source: dict[str, list[Connection]] = {}
        for one in sorted(standing, key=lambda one: one.since):
            if not one.known and not one.is_busy:
                by_source.setdefault(one.source, []).append(one)
        old = time.monotonic() - YOUNG_S
        gone = [one for them in by_source.values() for one in them[: max(0, len(them) - MOST_OF_A_SOURCE)]]
        gone = [one for one in gone if one.since <= old]
        if len(standing) - len(gone) > MOST:
            gone += self._choose_one(standing, by_source)
        for one in gone:
            self._send_away(one)

    def _choose_one(self, standing: list[Connection], by_source: dict[str, list[Connection]]) -> list[Connection]:
        """The connection to cut when all places are taken: the longest-waiting one of the fullest source.

        If all connections have shown a token, the one that has been idle longest.
        """
        fullest = max(by_source.values(), key=len, default=[])
        newcomer = max(standing, key=lambda one: one.since)
        if fullest and fullest != [newcomer]:
            return fullest[:1]
        idle = [one for one in standing if one.known and not one.is_busy and one.request is None]
        return [min(idle, key=lambda one: one.since)] if idle else []

    def _send_away(self, one: Connection) -> None:
        self._cut += not (one.known or one.is_answered)
        one.cut()
        now = time.monotonic()
        if self._cut and (not self._said or now - self._said > _SAY_AGAIN_S):
            log.warning("cut %d connections that had shown no token in time", self._cut)
            self._cut, self._said = 0, now


def open_door(
    app: Any,  # noqa: ANN401 - a WSGI app
    *,
    host: str,
    port: int,
    threads: int,
    largest_body: int,
    shows_token: ShowsToken,
) -> DoorServer | MultiSocketServer:
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
    adj = Adjustments(
        host=host,
        port=port,
        threads=threads,
        # This limit is never reached: a new connection is let in and another one cut.
        connection_limit=MOST + 100,
        cleanup_interval=1,
        asyncore_use_poll=True,
        max_request_header_size=_LARGEST_HEAD,
        max_request_body_size=largest_body,
        ident="",
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(adj.threads)
    sockets: dict[int, Any] = {}
    servers: list[DoorServer] = []
    for place in adj.listen:
        server = DoorServer(app, sockets, dispatcher=dispatcher, adj=adj, sockinfo=place)
        server.shows_token, server.siblings = shows_token, servers
        servers.append(server)
    if len(servers) == 1:
        return servers[0]
    listening = [(one.effective_host, one.effective_port) for one in servers]
    return MultiSocketServer(sockets, adj, listening, dispatcher, servers[0].log_info)
