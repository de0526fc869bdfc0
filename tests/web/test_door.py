"""The door: which connections are cut when there are too many, and that holders of tokens are spared."""

import socket
import struct
import threading
import time
from contextlib import ExitStack

import pytest

from cli.test_slow_connections import HEAD, connect, is_over
from ringback.web.kernel import connections as limits
from ringback.web.provider.door import open_door

# Hundreds of connections, and waits.
pytestmark = pytest.mark.slow

TOKEN = b"Authorization: Bearer right\r\n"


def answer(_environ, start):
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@pytest.fixture
def opened(monkeypatch):
    """A small door: at most eight connections, four without a token of one source."""
    monkeypatch.setattr(limits, "MOST", 8)
    monkeypatch.setattr(limits, "MOST_OF_A_SOURCE", 4)
    monkeypatch.setattr(limits, "YOUNG_S", 0.0)
    made = open_door(
        answer, host="127.0.0.1", port=0, threads=2, largest_body=1000,
        shows_token=lambda path, header: (path, header) == ("/receipts", "Bearer right"),
    )  # fmt: skip
    thread = threading.Thread(target=made.run)
    thread.start()
    yield f"http://127.0.0.1:{made.effective_port}"
    made.asyncore.close_all(made._map)
    made.task_dispatcher.shutdown()
    thread.join(10)


def standing(connections):
    time.sleep(0.5)
    return [not is_over(one) for one in connections]


def test_the_longest_waiting_connection_of_a_source_is_cut(opened):
    with ExitStack() as stack:
        connections = []
        for _ in range(6):
            connections.append(stack.enter_context(connect(opened)))
            time.sleep(0.05)
        assert standing(connections) == [False, False, True, True, True, True]


@pytest.mark.slow
def test_a_new_connection_has_time_to_send_its_head(opened, monkeypatch):
    monkeypatch.setattr(limits, "YOUNG_S", 1.5)
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(opened)) for _ in range(7)]
        assert standing(connections) == [True] * 7
        time.sleep(3)
        assert sum(standing(connections)) == 4


def test_a_connection_that_has_shown_a_token_stays(opened):
    with ExitStack() as stack:
        known = stack.enter_context(connect(opened))
        known.sendall(HEAD + TOKEN + b"Content-Length: 5\r\n\r\n")
        time.sleep(0.2)
        others = [stack.enter_context(connect(opened)) for _ in range(20)]
        assert standing([known]) == [True]
        assert sum(standing(others)) == 4
        known.sendall(b"12345")
        assert known.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_if_all_hold_tokens_the_longest_idle_one_is_cut(opened):
    with ExitStack() as stack:
        idle = []
        for _ in range(10):
            one = stack.enter_context(connect(opened))
            one.sendall(HEAD + TOKEN + b"Content-Length: 1\r\n\r\nx")
            assert one.recv(1000).startswith(b"HTTP/1.1 200 ")
            idle.append(one)
            time.sleep(0.05)
        assert standing(idle) == [False, False, *[True] * 8]


def test_every_accepted_connection_is_answered_however_many_there_are(opened):
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(connect(opened))
            one = stack.enter_context(connect(opened))
            one.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_connection_with_a_token_is_cut_if_its_body_does_not_come(opened, monkeypatch):
    monkeypatch.setattr(limits, "BODY_S", 1.0)
    with connect(opened) as one:
        one.sendall(HEAD + TOKEN + b"Content-Length: 5\r\n\r\n1")
        assert one.recv(1000) == b""


def test_a_client_that_disconnects_at_the_worst_time_does_not_end_the_server(opened):
    """A past fault: a client that left between the answer and its end stopped the whole server."""
    wrong = HEAD + b"Authorization: Bearer wrong\r\nContent-Length: 9\r\n\r\n"
    for turn in range(600):
        with connect(opened) as one:
            if turn % 2:
                # It is torn, not closed.
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.sendall(wrong)
            one.sendall(b"123456789")
            if turn % 3:
                one.recv(50 if turn % 3 == 1 else 4096)
    with connect(opened) as one:
        one.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert one.recv(1000).startswith(b"HTTP/1.1 200 ")
