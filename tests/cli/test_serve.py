"""ringback serve provider, as a process of its own that callbacks are posted to."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from alert_rows import add_alert, add_batch, alert_row, number_of, reference_of, rows_of
from ringback.alerting.inbound.callback_tokens import is_good, load_tokens, make_tokens
from ringback.case.case_file import new_case
from ringback.cli.main import app
from ringback.records.alert_tables import receipts, suppressions
from ringback.settings import Settings
from staff_members import make_staff

RECEIPT = {"id": "n-1", "reference": reference_of(1), "to": number_of(1), "status": "delivered"}
REPLY = {"id": "r-1", "source_number": "447700900123", "destination_number": "1", "message": "STOP please"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def case_file(request, tmp_path):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    settings = Settings(keys_dir=tmp_path / "keys")
    made = new_case(tmp_path / "case", settings=settings, name="Test", synthetic=True, records_url=url)
    add_batch(made)
    yield made
    made.records.dispose()


@contextmanager
def running(case_file, *words):
    """The server in a process; gives its address and a function that ends it and returns its exit code and stderr."""
    ringback = [sys.executable, "-c", "from ringback.cli.main import main; main()"]
    argv = [*ringback, "serve", "provider", case_file.case.path, "--port", "0", "--json", *words]
    env = {**os.environ, "RINGBACK_KEYS": str(case_file.settings.keys_dir)}
    process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    told, lines = [], queue.SimpleQueue()
    reader = threading.Thread(target=lambda: told.extend(process.stderr), daemon=True)
    reader.start()
    threading.Thread(target=lambda: lines.put(process.stdout.read(1) + process.stdout.readline()), daemon=True).start()

    def end(number=signal.SIGTERM):
        process.send_signal(number)
        code = process.wait(30)
        reader.join(30)
        return code, "".join(told)

    try:
        found = "".join([lines.get(timeout=60)])
        while not found.rstrip().endswith("}"):
            found += process.stdout.readline()
        yield json.loads(found)["listening"], end
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def post(address, path, body, token):
    """The status of the answer."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(address + path, json.dumps(body).encode(), headers, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_callbacks_come_in_and_the_server_ends_cleanly(case_file):
    tokens = make_tokens(case_file, now=case_file.clock.now())
    alert = add_alert(case_file)
    with running(case_file) as (address, end):
        assert address.startswith("http://127.0.0.1:")
        assert post(address, "/receipts", RECEIPT, tokens["receipts"]) == 204
        assert post(address, "/receipts", RECEIPT, tokens["receipts"]) == 204
        assert post(address, "/replies", REPLY, tokens["replies"]) == 204
        assert post(address, "/receipts", RECEIPT, tokens["replies"]) == 401
        assert post(address, "/receipts", {**RECEIPT, "id": None}, tokens["receipts"]) == 400
        assert post(address, "/receipts/07700900123", RECEIPT, tokens["receipts"]) == 404
        assert post(address, "/replies", {**REPLY, "message": "x" * 100_000}, tokens["replies"]) == 413
        code, told = end()
    assert code == 0, told
    assert "listening at http://127.0.0.1:" in told
    assert "warning" not in told.lower().replace("warning ringback", "")
    assert "7700" not in told
    row = alert_row(case_file, alert)
    assert (row.state, row.delivery, row.notification_id) == ("accepted", "delivered", "n-1")
    assert len(rows_of(case_file, receipts)) == 1
    assert len(rows_of(case_file, suppressions)) == 1
    assert case_file.log.find_faults() == []


@pytest.fixture
def sqlite_case(tmp_path):
    settings = Settings(keys_dir=tmp_path / "keys")
    made = new_case(tmp_path / "case", settings=settings, name="Test", synthetic=True)
    yield made
    made.records.dispose()


def test_ctrl_c_ends_it_too_and_other_machines_are_warned_of(sqlite_case):
    make_tokens(sqlite_case, now=sqlite_case.clock.now())
    with running(sqlite_case, "--host", "0.0.0.0") as (_address, end):
        code, told = end(signal.SIGINT)
    assert code == 0, told
    assert "TLS" in told


def run(case_file, *words, session=""):
    env = {"RINGBACK_KEYS": str(case_file.settings.keys_dir), "RINGBACK_SESSION": session}
    return CliRunner().invoke(app, ["serve", "provider", str(case_file.case.path), *map(str, words)], env=env)


def test_without_tokens_it_says_how_to_make_them(sqlite_case):
    done = run(sqlite_case, "--port", 0)
    assert done.exit_code == 2
    assert "--new-tokens" in done.stderr


def test_a_port_that_is_taken_is_told_in_words(sqlite_case):
    make_tokens(sqlite_case, now=sqlite_case.clock.now())
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(sqlite_case, "--port", other.getsockname()[1])
    assert done.exit_code == 2
    assert "ringback cannot listen at 127.0.0.1" in done.stderr


def test_only_administrators_make_tokens_and_they_are_shown_once(sqlite_case):
    sessions = make_staff(sqlite_case, {"olga": "operator"})
    words = ("--new-tokens", "--json")
    assert run(sqlite_case, *words).exit_code == 2
    assert run(sqlite_case, *words, session=sessions["olga"]).exit_code == 2
    done = run(sqlite_case, *words, session=sessions["first.admin"])
    assert done.exit_code == 0, done.stderr
    tokens = json.loads(done.stdout)["tokens"]
    assert set(tokens) == {"receipts", "replies"}
    assert not any(token in done.stderr for token in tokens.values())
    entry = sqlite_case.log.entries()[-1]
    assert (entry.what, entry.who) == ("provider_tokens_made", "first.admin")
    assert is_good(load_tokens(sqlite_case), "receipts", tokens["receipts"], now=sqlite_case.clock.now())
