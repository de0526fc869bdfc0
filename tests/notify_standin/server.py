"""Sockets: an HTTP/1.1 server on 127.0.0.1, a thread a connection, that can also stop listening and break off."""

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from notify_standin.clockwork import PushedClock
from notify_standin.messages import Reply, Request, json_reply, parse_head

HOST = "127.0.0.1"
_HEAD_AT_MOST = 65_536
_BODY_AT_MOST = 4_000_000
_CHUNK = 65_536
_BACKLOG = 512
_END_OF_HEAD = b"\r\n\r\n"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((HOST, port))
    return bound


class HttpServer:
    """Answers on one port; it can refuse new connections for a while and come back on the same port.

    Args:
        answer: What to reply to a request; called in many threads.
        clock: The stand-in's time.
        port: Where; 0 for any.
        control_only: Requests are marked as having come by the controls' own port.
        on_incomplete: Called for each request that broke off before its end.
    """

    def __init__(
        self,
        answer: Callable[[Request], Reply],
        clock: PushedClock,
        *,
        port: int = 0,
        control_only: bool = False,
        on_incomplete: Callable[[], None] = lambda: None,
    ) -> None:
        self._answer = answer
        self._clock = clock
        self._control_only = control_only
        self._on_incomplete = on_incomplete
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._closed = False
        # It never listens: it keeps the port ours while the listening socket is closed.
        self._reserved = _bind(port)
        self.port: int = self._reserved.getsockname()[1]
        self._wake_read, self._wake_write = socket.socketpair()
        self._listener: socket.socket | None = None
        self.listen()
        self._thread = threading.Thread(target=self._accept_all, name="notify-standin-accept", daemon=True)
        self._thread.start()

    def listen(self) -> None:
        """Take connections (again)."""
        with self._lock:
            if self._listener is None and not self._closed:
                self._listener = _bind(self.port)
                self._listener.listen(_BACKLOG)
        self._wake()

    def refuse(self) -> None:
        """Refuse new connections from the moment this returns; those that are open go on."""
        with self._lock:
            listener, self._listener = self._listener, None
            if listener is not None:
                listener.shutdown(socket.SHUT_RDWR)
                listener.close()
        self._wake()

    def break_off(self) -> list[threading.Thread]:
        """Break every open connection off; gives the threads that served them."""
        with self._lock:
            open_now = dict(self._open)
        for connection in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        return list(open_now.values())

    def close(self) -> None:
        """End every connection and every thread."""
        self._closed = True
        self.refuse()
        self._thread.join(timeout=5)
        for thread in self.break_off():
            thread.join(timeout=5)
        for one in (self._reserved, self._wake_read, self._wake_write):
            one.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_write.send(b".")

    def _accept_all(self) -> None:
        while not self._closed:
            listener = self._listener
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_read, selectors.EVENT_READ)
                try:
                    if listener is not None:
                        selector.register(listener, selectors.EVENT_READ)
                except (ValueError, OSError):
                    continue
                self._accept_until_woken(selector, listener)

    def _accept_until_woken(self, selector: selectors.BaseSelector, listener: socket.socket | None) -> None:
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if self._wake_read in ready:
                self._wake_read.recv(_CHUNK)
                return
            with self._lock:
                if listener is None or listener is not self._listener:
                    return
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=self._serve, args=(connection, self._clock.now()), daemon=True)
                self._open[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket, connected_at: datetime) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve_requests(connection, _Reader(connection, self._clock, connected_at))
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.pop(connection, None)
            connection.close()

    def _serve_requests(self, connection: socket.socket, reader: "_Reader") -> None:
        while not self._closed:
            try:
                request = reader.read()
            except _BrokenOffError:
                self._on_incomplete()
                return
            except ValueError:
                connection.sendall(
                    json_reply(400, {"message": "The request could not be read"}).to_bytes(self._clock.now())
                )
                return
            if request is None:
                return
            request.control_only = self._control_only
            if not self._send(connection, self._answer(request)) or request.closes:
                return

    def _send(self, connection: socket.socket, reply: Reply) -> bool:
        if reply.after_s and not self._clock.wait(reply.after_s):
            return False
        if reply.hang_up:
            self._hang_up(connection, reply.hang_up)
            return False
        connection.sendall(reply.to_bytes(self._clock.now()))
        return reply.sent_bytes is None

    @staticmethod
    def _hang_up(connection: socket.socket, how: Literal["close", "reset"]) -> None:
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)


class _BrokenOffError(Exception):
    """The other side went away in the middle of a request."""


class _Reader:
    def __init__(self, connection: socket.socket, clock: PushedClock, connected_at: datetime) -> None:
        self._connection = connection
        self._clock = clock
        self._connected_at = connected_at
        self._buffer = b""

    def read(self) -> Request | None:
        """The next request; None when the other side closed between two."""
        if not self._buffer and not self._fill(at_start=True):
            return None
        arrived_at = self._clock.now()
        while _END_OF_HEAD not in self._buffer:
            if len(self._buffer) > _HEAD_AT_MOST:
                raise ValueError("the head is too long")
            self._fill()
        head, _, self._buffer = self._buffer.partition(_END_OF_HEAD)
        method, path, query, headers = parse_head(head)
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= _BODY_AT_MOST or "transfer-encoding" in headers:
            raise ValueError("that body cannot be read here")
        while len(self._buffer) < length:
            self._fill()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Request(
            method=method,
            path=path,
            query=query,
            headers=headers,
            body=body,
            connected_at=self._connected_at,
            arrived_at=arrived_at,
            received_at=self._clock.now(),
            closes=headers.get("connection", "").lower() == "close",
        )

    def _fill(self, *, at_start: bool = False) -> bool:
        try:
            received = self._connection.recv(_CHUNK)
        except OSError:
            received = b""
        self._buffer += received
        if not received and not at_start:
            raise _BrokenOffError
        return bool(received)
