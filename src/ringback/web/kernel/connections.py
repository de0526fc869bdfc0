"""waitress with time-outs and a limit for connections, so that slow ones take nobody's place.

- The whole head of a request must arrive within ten seconds, its body within thirty, and an answer must be taken within
  sixty. Whoever takes longer is cut.
- New connections are always let in. When there are too many, one that is only waiting is cut: the longest-waiting one
  of the source that has most of them. A request that is being answered is never cut.
- Every answer has the server's headers, also one that waitress gives without the app.

Behind a proxy, all connections are one source. That does no harm as long as the proxy passes on whole requests, and
makes a connection for each.
"""

import logging
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar

from waitress.adjustments import Adjustments  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import MultiSocketServer, TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ErrorTask, ThreadedTaskDispatcher  # type: ignore[import-untyped]

from ringback.web.kernel.limits import source_of
from ringback.web.kernel.request_head import RequestHead

MOST_OF_A_SOURCE, MOST = 64, 512
# How long a connection may take to send its head before others of its source can push it out.
YOUNG_S = 1.0
HEAD_S, BODY_S, IDLE_S, ANSWER_S = 10.0, 30.0, 30.0, 60.0
# After an answer that came before the body, the rest is read and discarded for this long, or the answer may get lost.
_LINGER_S = 2.0
_LARGEST_HEAD = 16 * 1024
_SAY_AGAIN_S = 60.0

Headers = Iterable[tuple[str, str]]


class BareAnswer(ErrorTask):  # type: ignore[misc]
    """The answer to what is no request: its status, the server's headers, and nothing of what was sent."""

    def execute(self) -> None:
        """Answer, and end the connection."""
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        body = f"{self.status}\n".encode()
        self.response_headers += [*self.channel.server.headers, ("Content-Type", "text/plain; charset=utf-8")]
        self.set_close_on_finish()
        self.content_length = len(body)
        # What is still on its way would tear the connection, and the answer with it.
        self.channel.drains = True
        self.write(body)


class Connection(HTTPChannel):  # type: ignore[misc]
    """One connection, with its source and what it is waiting for.

    Attributes:
        source: Whom its address stands for.
        since: When it was made or last answered, on the monotonic clock.
        known: Whether it is spared when there are too many.
        drains: Whether bytes that come after the answer are read and discarded.
    """

    error_task_class = BareAnswer

    def __init__(
        self,
        server: "ConnectionServer",
        sock: socket.socket,
        addr: Any,  # noqa: ANN401 - what a socket says
        adj: Adjustments,
        map: Any = None,  # noqa: ANN401 - waitress's own
    ) -> None:
        self.since = time.monotonic()
        self.known = self.drains = False
        self._is_answered_once, self._begun, self._lingers_until = False, 0.0, 0.0
        self.source = source_of(str(addr[0]))
        self.parser_class = self._begin
        super().__init__(server, sock, addr, adj, map=map)

    def make_head(self, adj: Adjustments) -> RequestHead:
        """The request that comes in next."""
        return RequestHead(adj)

    def _begin(self, adj: Adjustments) -> RequestHead:
        # Empty lines before a request are none, and do not begin its time anew.
        self._begun = self._begun or time.monotonic()
        return self.make_head(adj)

    @property
    def is_busy(self) -> bool:
        """Whether a whole request is being answered."""
        return bool(self.requests)

    @property
    def is_answered(self) -> bool:
        """Whether the connection stays open only until its other end has taken the answer."""
        return self._lingers_until > 0

    def is_overdue(self, now: float) -> bool:
        """Whether what is expected of the other end is overdue.

        Args:
            now: The monotonic clock.
        """
        if self.is_answered:
            return now > self._lingers_until
        if self.is_busy:
            return False
        if self.total_outbufs_len:
            return now - self.since > ANSWER_S
        if not self._begun:
            return now - self.since > (IDLE_S if self._is_answered_once else HEAD_S)
        head = self.request
        return now - self._begun > (BODY_S if head is not None and head.headers_finished else HEAD_S)

    def cut(self) -> None:
        """Close it in the next turn of the loop. Closed at once, its file number could be reused too soon."""
        self.drains, self.will_close = False, True

    def service(self) -> None:
        """Answer a request, then await the next one."""
        super().service()
        self.since, self._begun, self._is_answered_once = time.monotonic(), 0.0, True

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
        if self.drains and answered and self.socket is not None:
            self.drains = False
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                self._lingers_until, self.will_close = time.monotonic() + _LINGER_S, False
                return
        super().handle_close()


class ConnectionServer(TcpWSGIServer):  # type: ignore[misc]
    """One listening socket.

    Attributes:
        headers: What every answer has that is not the app's.
        siblings: All listening sockets of this server, itself among them.
        log: Where it logs.
    """

    channel_class: ClassVar[type[Connection]] = Connection
    log: ClassVar[logging.Logger] = logging.getLogger("ringback.connections")
    cut_words: ClassVar[str] = "that were too slow or too many"
    headers: tuple[tuple[str, str], ...] = ()
    siblings: list["ConnectionServer"]
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
        """Cut connections that exceed the limit."""
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

        If all connections are known, the one that has been idle longest.
        """
        fullest = max(by_source.values(), key=len, default=[])
        newcomer = max(standing, key=lambda one: one.since)
        if fullest and fullest != [newcomer]:
            return fullest[:1]
        idle = [one for one in standing if one.known and not one.is_busy and one.request is None]
        return [min(idle, key=lambda one: one.since)] if idle else []

    def _send_away(self, one: Connection) -> None:
        # A browser that keeps an unused connection open has done nothing that has to be said.
        self._cut += self.is_worth_saying(one)
        one.cut()
        now = time.monotonic()
        if self._cut and (not self._said or now - self._said > _SAY_AGAIN_S):
            self.log.warning("cut %d connections %s", self._cut, self.cut_words)
            self._cut, self._said = 0, now

    def is_worth_saying(self, one: Connection) -> bool:
        """Whether the log is to say that this connection was cut."""
        return not one.is_answered and one.request is not None


def listen(
    app: Any,  # noqa: ANN401 - a WSGI app
    *,
    host: str,
    port: int,
    threads: int,
    largest_body: int,
    in_memory: int | None = None,
    headers: Headers = (),
    kind: type[ConnectionServer] = ConnectionServer,
) -> tuple[Any, list[ConnectionServer]]:
    """A server for the app. It listens at once, and serves when run.

    Args:
        app: The WSGI app. It decides which proxies to believe.
        host: Where to listen. A name may stand for several addresses.
        port: The port, or 0 for any that is free.
        threads: How many requests are answered at once.
        largest_body: Largest body in bytes. Larger ones are refused unread.
        in_memory: How much of a body is kept in memory, in bytes; None for all of it. A longer one goes into a
            temporary file, which the caller has to have sealed before: a body may be what somebody pasted or reports.
        headers: What every answer has that is not the app's.
        kind: The class of each listening socket.

    Returns:
        What to run, and each of its listening sockets.

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
        inbuf_overflow=largest_body + 1 if in_memory is None else in_memory,
        clear_untrusted_proxy_headers=False,
        ident="",
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(adj.threads)
    sockets: dict[int, Any] = {}
    servers: list[ConnectionServer] = []
    for place in adj.listen:
        server = kind(app, sockets, dispatcher=dispatcher, adj=adj, sockinfo=place)
        server.siblings, server.headers = servers, tuple(headers)
        servers.append(server)
    if len(servers) == 1:
        return servers[0], servers
    listening = [(one.effective_host, one.effective_port) for one in servers]
    return MultiSocketServer(sockets, adj, listening, dispatcher, servers[0].log_info), servers
