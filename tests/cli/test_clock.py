"""ringback case clock: who may say that the clock is right, and what it is good for."""

from datetime import UTC, datetime, timedelta

import pytest

from alerting.batches.test_clock_guard import add_entry_at


@pytest.fixture
def run(drama_case, ringback, monkeypatch):
    """Run a command as somebody. `drama_case.run` would take the dates in what it says for numbers."""

    def run_it(name, group, command, *words):
        monkeypatch.setenv("RINGBACK_SESSION", drama_case.tokens[name])
        return ringback(group, command, drama_case.path, *words)

    return run_it


def test_an_administrator_confirms_the_clock_and_the_batch_can_go(drama_case, run):
    drama_case.approved()
    add_entry_at(drama_case.open(), datetime.now(UTC) + timedelta(days=30))
    for _ in range(2):
        refused = run("olga", "alerts", "send", "B-001")
        assert refused.code == 2
        assert "ringback case clock CASE --why" in refused.err
    for name in ("olga", "alice", "bob", "vera"):
        assert "may not do this" in run(name, "case", "clock", "--why", "I want to").err, name
    done = run("first.admin", "case", "clock", "--why", "its battery was flat")
    assert done.code == 0
    assert "no longer counts" in done.out
    assert drama_case.open().log.head() in done.err
    done = run("olga", "alerts", "send", "B-001")
    assert done.code == 0, done.err
    assert drama_case.run("first.admin", "verify").code == 0


def test_a_clock_that_fits_is_left_alone(run):
    done = run("first.admin", "case", "clock", "--why", "to be sure", "--json")
    assert (done.code, done.json["error"]) == (2, "clock_fits")
