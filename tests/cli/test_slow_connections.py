"""ringback serve provider under hundreds of connections that show no token: callbacks and health are answered.

The slow ones go to this machine's own address, and there are 300 of them at most.
"""

import json
import select
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from alert_rows import add_alert, add_batch, alert_row
from cli.test_serve import RECEIPT, post, running
from ringback.alerting.inbound.callback_tokens import make_tokens
from ringback.case.case_file import new_case
from ringback.settings import Settings
from tiers import first_quick

# Hundreds of connections, and waits.
pytestmark = pytest.mark.slow

HEAD = b"POST /receipts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WRONG = HEAD + b"Authorization: Bearer wrong\r\n"
# What the slow ones send at once, and what they go on with, a byte at a time.
SLOW = {
    "say nothing": (b"", b""),
    "head a byte at a time": (b"", HEAD * 9),
    "endless head": (HEAD, b"X-A: b\r\n" * 99),
    "half a head": (HEAD, b""),
    "empty lines": (b"", b"\r\n" * 99),
    "body that never comes": (WRONG + b"Content-Length: 60000\r\n\r\n", b""),
    "body a byte at a time": (WRONG + b"Content-Length: 60000\r\n\r\n", b"x" * 99),
    "chunks a byte at a time": (WRONG + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 99),
    "waits to be told to go on": (WRONG + b"Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n", b""),
    "body for health": (b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n", b""),
}
MANY = 300


@pytest.fixture
def case_file(tmp_path):
    made = new_case(tmp_path / "case", settings=Settings(keys_dir=tmp_path / "keys"), name="Test", synthetic=True)
    add_batch(made)
    yield made
    made.records.dispose()


@pytest.fixture
def tokens(case_file):
    return make_tokens(case_file, now=case_file.clock.now())


def connect(address):
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=10)


@contextmanager
def slow_ones(address, count, first, more):
    """Connections that send `first`, and then a byte every now and then; whoever is cut comes again."""
    ended = threading.Event()

    def be_slow(opened):
        for _ in range(count):
            opened.append(connect(address))
            send(opened[-1], first)
        at = 0
        while not ended.wait(0.5):
            for place, one in enumerate(opened):
                if not send(one, more[at : at + 1]) or is_over(one):
                    one.close()
                    opened[place] = connect(address)
                    send(opened[place], first)
            at += 1

    opened = []
    thread = threading.Thread(target=be_slow, args=(opened,))
    thread.start()
    try:
        until = time.monotonic() + 30
        while len(opened) < count and time.monotonic() < until and thread.is_alive():
            time.sleep(0.05)
        yield
    finally:
        ended.set()
        thread.join(60)
        for one in opened:
            one.close()


def send(one, data):
    try:
        one.sendall(data)
    except OSError:
        return False
    return True


def is_over(one):
    """Whether the other end has closed it, after whatever it has said."""
    while select.select([one], [], [], 0)[0]:
        try:
            if one.recv(4096) == b"":
                return True
        except OSError:
            return True
    return False


def get_health(address):
    with connect(address) as one:
        one.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while data := one.recv(4096):
            answer += data
    return answer


@pytest.mark.parametrize("kind", first_quick(["say nothing", "head a byte at a time", "body that never comes"], 1))
def test_callbacks_and_health_are_answered_while_300_are_slow(case_file, tokens, kind):
    alert = add_alert(case_file)
    took = []
    with running(case_file) as (address, end):
        with slow_ones(address, MANY, *SLOW[kind]):
            for _ in range(5):
                began = time.monotonic()
                assert post(address, "/receipts", RECEIPT, tokens["receipts"]) == 204
                took.append(time.monotonic() - began)
                began = time.monotonic()
                assert b" 200 " in get_health(address).splitlines()[0]
                took.append(time.monotonic() - began)
                time.sleep(0.4)
        code, told = end()
    assert code == 0, told
    assert max(took) < 2, took
    assert alert_row(case_file, alert).delivery == "delivered"
    assert "connection limit" not in told


@pytest.mark.slow
def test_no_way_of_being_slow_holds_a_connection_for_long(case_file, tokens):
    with running(case_file) as (address, _end), ExitStack() as stack:
        began, left = time.monotonic(), {}
        for kind, (first, more) in SLOW.items():
            left[stack.enter_context(connect(address))] = (kind, more)
            send(next(reversed(left)), first)
        ended = {}
        while left and time.monotonic() - began < 25:
            at = int(time.monotonic() - began)
            for one, (kind, more) in list(left.items()):
                if not send(one, more[at : at + 1]) or is_over(one):
                    ended[kind] = time.monotonic() - began
                    del left[one]
            time.sleep(0.25)
    assert left == {}
    assert all(seconds < 14 for seconds in ended.values()), ended


@pytest.mark.parametrize("kind", ["body that never comes", "chunks a byte at a time", "waits to be told to go on"])
def test_without_a_token_the_answer_comes_before_the_body(case_file, tokens, kind):
    with running(case_file) as (address, _end), connect(address) as one:
        began = time.monotonic()
        one.sendall(SLOW[kind][0])
        answer = b""
        while data := one.recv(4096):
            answer += data
        assert time.monotonic() - began < 2
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"100 Continue" not in answer
        assert json.loads(answer.split(b"\r\n\r\n")[1]) == {"error": "unauthorized"}


def test_an_answer_that_comes_early_is_not_torn_away_by_the_body_that_follows(case_file, tokens):
    with running(case_file) as (address, _end), connect(address) as one:
        one.sendall(WRONG + b"Content-Length: 60000\r\n\r\n")
        time.sleep(0.3)
        for _ in range(6):
            one.sendall(b"x" * 10_000)
            time.sleep(0.05)
        assert one.recv(4096).startswith(b"HTTP/1.1 401 ")


def test_what_follows_a_refused_head_is_never_taken_for_a_request(case_file, tokens):
    inner = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    with running(case_file) as (address, _end), connect(address) as one:
        one.sendall(WRONG + f"Content-Length: {len(inner)}\r\n\r\n".encode() + inner + inner)
        answer = b""
        while data := one.recv(4096):
            answer += data
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_who_has_the_token_keeps_the_connection_while_hundreds_come_and_go(case_file, tokens):
    body = json.dumps(RECEIPT).encode()
    add_alert(case_file)
    head = HEAD + b"Authorization: Bearer " + tokens["receipts"].encode()
    with running(case_file) as (address, _end), connect(address) as one:
        one.sendall(head + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        with slow_ones(address, MANY, *SLOW["say nothing"]):
            for at in range(len(body)):
                one.sendall(body[at : at + 1])
                time.sleep(0.01)
            assert one.recv(4096).startswith(b"HTTP/1.1 204 ")
