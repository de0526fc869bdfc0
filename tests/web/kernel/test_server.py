"""The app behind waitress: by real connections, until a signal."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ringback.errors import RingbackError
from ringback.web.kernel.server import serve
from web.kernel.small_app import make_small_app

TESTS = Path(__file__).resolve().parents[2]
PROGRAM = """
from ringback.web.kernel.logs import log_masked
from ringback.web.kernel.server import serve
from web.kernel.small_app import make_small_app
log_masked()
app = make_small_app(front={"trusted_hops": 1})
serve(app, host="127.0.0.1", port=0, listening=lambda port: print(port, flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def server():
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    ) as process:
        process.port = int(process.stdout.readline())
        yield process
        process.kill()


def ask(port, path="/", method="GET", **options):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, **options)
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    connection.close()
    return answer


def raw(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        # What is refused half read is reset.
        with suppress(ConnectionResetError):
            while more := connection.recv(65536):
                got += more
    return got.decode("latin-1")


def test_it_answers_says_nothing_of_itself_and_ends_at_a_signal(server):
    answer = ask(server.port)
    assert answer.status == 200
    assert answer.getheader("Server") is None
    assert "waitress" not in str(answer.headers).lower()
    # Only through the proxy that is trusted: so X-Forwarded-Proto came through.
    assert ask(server.port, headers={"X-Forwarded-Proto": "https"}).getheader("Strict-Transport-Security")
    assert ask(server.port, "/fault").status == 500
    assert ask(server.port, "/form", "POST", body=b"x" * 100_000).status == 413
    assert ask(server.port, "/" + "x" * 3000).status == 404
    for line in (
        b"GET //evil.example/form HTTP/1.1",
        b"GET http://evil.example/nowhere HTTP/1.1",
        b"GET /%2e%2e/form HTTP/1.1",
    ):
        got = raw(server.port, line + b"\r\nHost: check.example\r\nConnection: close\r\n\r\n")
        assert got.startswith("HTTP/1.1 404"), got[:200]
        assert "evil" not in got
    got = raw(server.port, b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: check.example\r\n\r\n")
    assert got[:10] in ("", "HTTP/1.0 4")
    assert "xxx" not in got
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) == 0
    assert server.stdout.read() == "ended\n"
    logged = server.stderr.read()
    assert "***** ****23" in logged
    assert "07700" not in logged


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RingbackError) as caught:
            serve(make_small_app(), host="127.0.0.1", port=port, listening=lambda port: None)
    assert caught.value.code == "port_unusable"


def test_an_app_with_a_route_without_a_contract_is_not_served():
    app = make_small_app()
    app.view_functions["start"] = lambda: "bare"
    with pytest.raises(RuntimeError, match="the route / has no contract"):
        serve(app, host="127.0.0.1", port=0, listening=lambda port: None)
