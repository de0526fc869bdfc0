"""kill -9 while serving: every question that got a ticket is answered, and counted once."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from public_case import GENUINE, LAST_FOUR, make_bundle
from ringback.alerting.model import references
from ringback.publishing.inbox.questions import Answer, Inbox
from ringback.publishing.inbox.tables import log, open_inbox
from tiers import examples

pytestmark = pytest.mark.slow
QUESTIONS = 30


def serve(bundle):
    command = [sys.executable, "-m", "ringback.cli.main", "serve", "public", str(bundle), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, text=True)
    for line in process.stderr:
        if found := re.search(r"at (http://\S+)/", line):
            return process, found[1]
    raise AssertionError("it did not begin to serve")


def test_what_was_asked_is_answered_and_counted_once_whenever_it_is_killed(tmp_path):
    bundle = make_bundle(tmp_path / "bundle")
    inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))
    tickets = []
    for turn in range(examples(8)):
        process, place = serve(bundle)
        with process:
            for one in range(QUESTIONS):
                asked = (GENUINE, LAST_FOUR) if one == 0 else (references.new_reference(), "0000")
                tickets.append(inbox.ask(*asked, source=f"192.0.2.{turn}.{one}", now=datetime.now(UTC)))
            time.sleep(0.8 + 0.05 * turn)
            process.send_signal(signal.SIGKILL)
    process, place = serve(bundle)
    with process:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = [inbox.find(one, now=datetime.now(UTC)) for one in tickets]
            if all(isinstance(one, Answer) for one in found):
                break
            time.sleep(0.2)
        assert urllib.request.urlopen(f"{place}/health").read() == b"up\n"
        process.terminate()
    assert all(isinstance(one, Answer) for one in found)
    with inbox.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(log)) == len(tickets)
