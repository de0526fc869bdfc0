"""The inbox in a real PostgreSQL, as several public hosts share it: one answer a question, one count, through kills."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, make_url, select, text

from public_case import GENUINE, LAST_FOUR, make_bundle
from ringback.alerting.model import references
from ringback.case.case_file import new_case
from ringback.publishing.bundle_files import open_release
from ringback.publishing.collection import collect
from ringback.publishing.inbox import tables
from ringback.publishing.inbox.questions import GENUINE as SAID_GENUINE
from ringback.publishing.inbox.questions import Answer, Inbox
from ringback.publishing.inbox.tables import open_inbox
from ringback.records.closing import close
from ringback.settings import Settings

LATER = timedelta(seconds=5)


@pytest.fixture
def place(postgres):
    address = postgres.new_database()
    yield address
    postgres.drop_database(address)


@pytest.fixture
def inbox(place):
    made = Inbox(open_inbox(place))
    yield made
    close([made.engine])


@pytest.fixture
def bundle(tmp_path):
    return make_bundle(tmp_path / "bundle")


@contextmanager
def serving(bundle, place):
    """A public process on this inbox, and where it is."""
    command = [sys.executable, "-m", "ringback.cli.main", "serve", "public", str(bundle), "--port", "0"]
    with subprocess.Popen([*command, "--inbox", place], stderr=subprocess.PIPE, env=os.environ, text=True) as process:
        try:
            line = next((line for line in process.stderr if "serving" in line), "")
            assert re.search(r"at http://\S+/", line), "it did not begin to serve"
            yield process
        finally:
            process.kill()


def ask(inbox, count, turn=0):
    """Ask about texts that are not ours, and in the first turn one that is; each from a source of its own."""
    asked = [(references.new_reference(), "0000") for _ in range(count - (turn == 0))]
    # Only once: whoever asks about the same text again has to wait.
    asked += [(GENUINE, LAST_FOUR)] if turn == 0 else []
    now = datetime.now(UTC)
    return [inbox.ask(*one, source=f"{turn}.{number}", now=now) for number, one in enumerate(asked)]


def answer_all(inbox, alerts):
    while inbox.answer_due(alerts, now=datetime.now(UTC) + LATER):
        pass


def await_answers(inbox, tickets):
    """The answers behind tickets, as soon as all are there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = [inbox.find(one, now=datetime.now(UTC)) for one in tickets]
        if all(isinstance(one, Answer) for one in found):
            return Counter(one.kind for one in found)
        time.sleep(0.2)
    raise AssertionError(f"{sum(not isinstance(one, Answer) for one in found)} questions have no answer")


def rows(inbox, table):
    with inbox.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_two_that_answer_at_once_answer_each_question_once(inbox, place, bundle):
    alerts, now = open_release(bundle).alerts, datetime.now(UTC)
    other = Inbox(open_inbox(place))
    assert (other.id, other.secret) == (inbox.id, inbox.secret)
    tickets = ask(inbox, 20) + ask(other, 20, turn=1)
    looked_at = [one.answer_due(alerts, now=now + LATER) for one in (inbox, other, inbox, other)]
    assert (sum(looked_at), looked_at[-1]) == (40, 0)
    assert all(other.find(one, now=now + LATER).kind for one in tickets)
    assert rows(inbox, tables.log) == 40
    close([other.engine])


def test_what_was_typed_is_gone_with_the_answer_and_the_dead_rows_soon_after(inbox, bundle):
    ask(inbox, 20)
    answer_all(inbox, open_release(bundle).alerts)
    with inbox.engine.connect() as connection:
        left = "SELECT count(*) FROM inbox_questions WHERE reference IS NOT NULL OR last_four IS NOT NULL"
        assert connection.scalar(text(left)) == 0
        options = connection.scalar(text("SELECT reloptions FROM pg_class WHERE relname = 'inbox_questions'"))
    assert set(options) == {
        "autovacuum_vacuum_scale_factor=0", "autovacuum_vacuum_threshold=200", "autovacuum_vacuum_cost_delay=0",
    }  # fmt: skip


@pytest.mark.slow
def test_two_public_processes_answer_each_question_once(inbox, place, bundle):
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(serving(bundle, place))
        tickets = [one for turn in range(4) for one in ask(inbox, 100, turn)]
        answers = await_answers(inbox, tickets)
    assert sum(answers.values()) == 400
    assert answers[SAID_GENUINE] == 1
    assert rows(inbox, tables.log) == 400


@pytest.mark.slow
def test_one_of_two_is_killed_time_and_again_and_nothing_is_lost_or_counted_twice(inbox, place, bundle):
    tickets = []
    with serving(bundle, place):
        for turn in range(4):
            with serving(bundle, place) as process:
                tickets += ask(inbox, 60, turn)
                time.sleep(0.9 + 0.1 * turn)
                process.send_signal(signal.SIGKILL)
        assert sum(await_answers(inbox, tickets).values()) == 240
    assert rows(inbox, tables.log) == 240


@pytest.fixture
def case_file(tmp_path):
    made = new_case(tmp_path / "case", settings=Settings(keys_dir=tmp_path / "keys"), name="Test", synthetic=True)
    yield made
    made.records.dispose()


def test_collecting_twice_brings_each_row_in_once(case_file, inbox, bundle):
    alerts = open_release(bundle).alerts
    ask(inbox, 30)
    answer_all(inbox, alerts)
    found = collect(case_file, inbox, why="a test")
    assert (found.rows, found.checks[SAID_GENUINE], found.until) == (30, 1, 30)
    assert collect(case_file, inbox, why="a test").rows == 0
    assert rows(inbox, tables.log) == 0
    ask(inbox, 5, turn=1)
    inbox.answer_due(alerts, now=datetime.now(UTC) + LATER)
    assert collect(case_file, inbox, why="a test").rows == 5


def test_who_collects_needs_no_table_of_their_own(case_file, inbox, place, bundle):
    """As the how-to sets it up: another role, which is a member of the one that owns the inbox."""
    ask(inbox, 3)
    inbox.answer_due(open_release(bundle).alerts, now=datetime.now(UTC) + LATER)
    role = f"collects_{make_url(place).database}"
    with inbox.engine.begin() as connection:
        connection.execute(text(f'CREATE ROLE "{role}" LOGIN IN ROLE "{make_url(place).username}"'))
    other = Inbox(open_inbox(make_url(place).set(username=role).render_as_string(hide_password=False)))
    assert collect(case_file, other, why="a test").rows == 3
    assert rows(inbox, tables.log) == 0
    close([other.engine])


def test_a_row_whose_number_is_older_than_one_collected_is_not_passed_over(case_file, inbox, bundle):
    """A rolled back transaction leaves a gap in PostgreSQL's numbers; writers come one after the other, so no more."""
    alerts = open_release(bundle).alerts
    ask(inbox, 3)
    failing = SimpleNamespace(find=lambda *_pair: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        inbox.answer_due(failing, now=datetime.now(UTC) + LATER)
    assert inbox.answer_due(alerts, now=datetime.now(UTC) + LATER) == 3
    assert collect(case_file, inbox, why="a test").rows == 3
    assert collect(case_file, inbox, why="a test").rows == 0
