"""Large bodies at the door of the real server: refused without filling memory, and never to be read on the disk."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from public_case import make_bundle
from ringback.publishing.inbox.uploads import LARGEST_FILE

pytestmark = pytest.mark.slow
MARK = b"SORT-CODE-00-00-00-ACCOUNT-12345678-"
MEGABYTE = 1024 * 1024


@pytest.fixture
def server(tmp_path):
    """A service as people run it: its process and its port."""
    bundle = make_bundle(tmp_path / "bundle")
    command = [sys.executable, "-m", "ringback.cli.main", "serve", "public", str(bundle), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, text=True) as process:
        for line in process.stderr:
            if found := re.search(r"at http://\S+:(\d+)/", line):
                break
        yield process, int(found[1])
        process.terminate()
        process.stderr.read()


def memory_of(process):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) * 1024


def begin(port, length):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = "POST /report/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
    return connection


def test_a_gigabyte_is_refused_at_the_door_without_filling_memory(server):
    process, port = server
    before = memory_of(process)
    connection = begin(port, 1024 * MEGABYTE)
    answer = b""
    # It may close the door at any time.
    with suppress(OSError):
        for _piece in range(64):
            connection.sendall(bytes(MEGABYTE))
    with suppress(OSError):
        answer = connection.recv(1000)
    connection.close()
    assert b" 413 " in answer or answer == b""
    assert memory_of(process) - before < 40 * MEGABYTE
    assert ask(port).startswith(b"HTTP/1.1 200")


def ask(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return connection.recv(1000)


def test_what_is_on_the_disk_while_a_file_comes_in_cannot_be_read(server):
    process, port = server
    connection = begin(port, LARGEST_FILE)
    connection.sendall(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n')
    connection.sendall(MARK * (6 * MEGABYTE // len(MARK)))
    held = b""
    until = time.monotonic() + 20
    while len(held) < 5 * MEGABYTE and time.monotonic() < until:
        time.sleep(0.2)
        held = b"".join(open_files(process))
    connection.close()
    assert len(held) >= 5 * MEGABYTE, "the server keeps it elsewhere: look where"
    assert MARK not in held


def open_files(process):
    """What is in every temporary file that the process has open, those without a name included."""
    for path in Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            if "deleted" in str(path.readlink()):
                yield path.read_bytes()
        except OSError:
            continue
