"""Bytes that are no request, or may be read in two ways: refused with every header, repeating nothing of them."""

import re
import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from ringback.web.kernel import connections as limits
from ringback.web.kernel.connections import listen
from ringback.web.kernel.headers import headers_without_app, security_headers
from web.kernel.small_app import make_small_app

HOST = b"Host: check.example\r\n"
MARK = "zq7"
POST = b"POST /form HTTP/1.1\r\n" + HOST
SECOND = b"GET /zq7 HTTP/1.1\r\n" + HOST + b"\r\n"
STATUS = re.compile(r"HTTP/1\.[01] (\d+) ")
LIMIT = 4 * 64 * 1024
# What is sent, and the status that answers it.
REFUSED = {
    "no request line": (b"zq7\r\n\r\n", 400),
    "TLS to a port without it": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03zq7\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /zq7\r\n\r\n", 400),
    "HTTP/2.0": (b"GET /zq7 HTTP/2.0\r\n" + HOST + b"\r\n", 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "half a bracket": (b"GET http://[zq7 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a header of 300 KB": (b"GET / HTTP/1.1\r\nX-A: " + b"zq7" * 100_000 + b"\r\n\r\n", 431),
    "10,000 headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: zq7\r\n" * 10_000 + b"\r\n", 431),
    "a header that goes on before it begins": (b"GET / HTTP/1.1\r\n zq7: 07700 900123\r\n\r\n", 400),
    "a bare line feed": (b"GET / HTTP/1.1\r\nX-A: b\nzq7: c\r\n\r\n", 400),
    "a null in a name": (b"GET / HTTP/1.1\r\nX\0zq7: b\r\n\r\n", 400),
    "a blank before the colon": (POST + b"Content-Length : 5\r\n\r\nzq7zq", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + b"Host: zq7.example\r\n\r\n", 400),
    "a huge length": (POST + b"Content-Length: 99999999999\r\n\r\nzq7", 413),
    "a length of 5,000 digits": (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nzq7", 400),
    "a length below nothing": (POST + b"Content-Length: -1\r\n\r\nzq7", 400),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nzq7zq7", 400),
    "twice the same length": (POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nzq7zq", 400),
    "a length and chunks": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "chunks and a length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "chunks and another coding": (POST + b"Transfer-Encoding: chunked, zq7\r\n\r\n0\r\n\r\n" + SECOND, 501),
    "chunks with a strange blank": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
    "chunks in HTTP/1.0": (
        b"POST /form HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND, 400,
    ),
    "chunks that are garbage": (POST + b"Transfer-Encoding: chunked\r\n\r\nzq7\r\n" + SECOND, 400),
    "a chunk that is longer than it says": (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nzq7zq7\r\n0\r\n\r\n", 400),
    "a chunk with a sign": (POST + b"Transfer-Encoding: chunked\r\n\r\n+2\r\nzq\r\n0\r\n\r\n", 400),
    "chunks without end": (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"3\r\nzq7\r\n" * 100_000, 413),
}  # fmt: skip


@pytest.fixture(scope="module")
def port():
    """The port of the small app's server, in a thread."""
    server, _sockets = listen(
        make_small_app(), host="127.0.0.1", port=0, threads=2, largest_body=LIMIT, headers=headers_without_app()
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    server.asyncore.close_all(server._map)
    server.task_dispatcher.shutdown()
    thread.join(10)


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def answers(port, sent):
    """Everything that comes back until the server ends the connection."""
    with connect(port) as connection:
        # The answer may come before all is sent. Then it must not be lost all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        got = b""
        while more := connection.recv(65536):
            got += more
    return got.decode("latin-1")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_request_is_refused_once_with_every_header(port, name):
    sent, status = REFUSED[name]
    got = answers(port, sent)
    head, _end, body = got.partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0].split()[1] == str(status), got[:300]
    told = dict(line.split(": ", 1) for line in lines[1:])
    # waitress writes X-DNS-Prefetch-Control in its own capitals.
    assert {key.lower(): value for key, value in told.items()}.items() >= {
        key.lower(): value for key, value in headers_without_app()
    }.items()
    assert set(told) - {"Content-Length", "Content-Type", "Connection", "Date"} == {
        "-".join(part.capitalize() for part in key.split("-")) for key, _value in headers_without_app()
    }
    assert body.rstrip("\n").count("\n") == 0
    assert "HTTP/" not in body, "a second request was answered"
    assert MARK not in got
    assert "0123" not in got


def test_requests_that_come_together_are_answered_in_their_order_and_none_after_a_bad_one(port):
    good = b"GET /%s HTTP/1.1\r\n" + HOST + b"\r\n"
    got = answers(port, good % b"" + good % b"nowhere" + good % b"form" + b"zq7\r\n\r\n" + good % b"")
    assert STATUS.findall(got) == ["200", "404", "200", "400"]
    assert got.count(security_headers()["Content-Security-Policy"]) == 4


def test_a_form_in_chunks_is_read_and_nothing_behind_it_is_taken_for_its_end(port):
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nword\r\n0\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n"
    got = answers(port, chunked + HOST + b"\r\n")
    # The form lacks its token; the page behind it is answered by itself.
    assert STATUS.findall(got) == ["400", "200"]


def test_who_says_nothing_or_half_is_cut_without_an_answer(port, monkeypatch):
    for name, seconds in (("HEAD_S", 0.5), ("BODY_S", 1.0), ("IDLE_S", 0.5)):
        monkeypatch.setattr(limits, name, seconds)
    for sent in (b"", b"GET / HT", b"\r\n\r\n", POST + b"Content-Length: 500\r\n\r\nhalf"):
        began = time.monotonic()
        assert answers(port, sent) == ""
        assert time.monotonic() - began < 6


def ask(port):
    with connect(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        return connection.recv(65536).startswith(b"HTTP/1.1 200 ")


SLOW = {
    "a head, a byte a second": b"GET / HTTP/1.1\r\nX-A: bcdefghijklmnopqrst",
    "empty lines": b"\r\n" * 50,
    "a body, a byte a second": POST + b"Content-Length: 60000\r\n\r\nabcdefghijkl",
    "chunks, a byte a second": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_hundred_who_send_a_byte_a_second_do_not_slow_a_page(port, name):
    sent = SLOW[name]
    first = sent.find(b"\r\n\r\n") + 4 if sent.startswith(POST) else 1
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(port)) for _ in range(100)]
        for one in slow:
            one.sendall(sent[:first])
        waits = []
        for place in range(6):
            for one in slow:
                with suppress(OSError):
                    one.sendall(sent[first + place : first + place + 1])
            began = time.monotonic()
            assert ask(port)
            waits.append(time.monotonic() - began)
            time.sleep(max(0.0, 1 - waits[-1]))
    assert max(waits) < 1.0, waits


@pytest.mark.slow
def test_more_connections_than_there_is_room_for_keep_nobody_out(port):
    with ExitStack() as stack:
        for turn in range(6):
            for _ in range(100):
                stack.enter_context(connect(port)).sendall(b"GET / HT")
            assert ask(port), f"after {turn} hundred"
