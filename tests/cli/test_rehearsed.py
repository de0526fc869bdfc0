"""ringback alerts rehearse and rehearsed: what a phone shows is typed by the person who holds it."""

import sys

import pytest

from cli.attempt_hands import TEMPLATE, approve_typed, code_of, read_on_phone, rehearse, with_provider
from notify_standin import NotifyStandin

FIRST = "Example Police: this number was called"


@pytest.fixture
def case(people_case):
    """A batch for the provider on its live key, planned; bob stored a mobile."""
    with NotifyStandin(seed=1, template_body=TEMPLATE, service_name="Metro Alerts") as standin:
        people_case.standin = standin
        with_provider(people_case)
        people_case.planned("alice", "--sender", "notify")
        yield people_case


def on_the_phone(case):
    """What bob's phone shows."""
    return case.standin.ledger()[-1]["delivered_text"]


class _Terminal:
    """The program's `sys`, but that standard input is a terminal."""

    class stdin:  # noqa: N801 - stands for sys.stdin
        @staticmethod
        def isatty():
            return True

    def __getattr__(self, name):
        return getattr(sys, name)


@pytest.fixture
def terminal(monkeypatch):
    """Somebody sits there and types."""
    monkeypatch.setattr("ringback.cli.batches.sys", _Terminal())


def rehearse_at(case, typed):
    return case.run("alice", "alerts", "rehearse", "B-001", "--to", "bob", stdin=typed)


@pytest.mark.slow
def test_the_service_name_is_found_and_once_it_is_off_the_batch_can_be_approved(case):
    done = rehearse(case, "bob")
    assert (done.code, done.json["to_confirm"]) == (0, True)
    assert on_the_phone(case).startswith("Metro Alerts: Example Police:")
    # The provider's own answers do not show it.
    assert case.standin.ledger()[-1]["body"].startswith(FIRST)
    assert approve_typed(case) == "rehearsal_unconfirmed"
    refused = read_on_phone(case, on_the_phone(case))
    assert (refused.code, refused.json["error"]) == (2, "rehearsal_text_differs")
    assert "something stands before the text that was planned" in refused.err
    assert "the service's name may stand in front of texts" in " ".join(refused.err.split())
    case.standin.set_service(prefix_sms=False)
    assert rehearse(case, "bob").code == 0
    given = read_on_phone(case, on_the_phone(case))
    assert given.code == 0
    assert given.json == {"batch": "B-001", "rehearsal": "B-001-R2", "member": "alice", "entry": given.json["entry"]}
    shown = case.run("bob", "alerts", "preview", "B-001")
    assert "on a phone read as planned, by alice" in shown.out
    assert case.approve().code == 0
    assert [entry["who"] for entry in case.log("rehearsal_confirmed")] == ["alice"]
    assert [entry["error"] for entry in case.log("refused")] == ["rehearsal_unconfirmed", "rehearsal_text_differs"]


def test_at_a_terminal_the_first_words_are_asked_for_at_once(case, terminal):
    done = rehearse_at(case, FIRST + "\n")
    assert done.code == 0
    assert "type the first words of the text as it stands on the phone, 5 at least" in done.err
    assert "the phone shows B-001-R1 as B-001 was planned: audit entry" in done.out
    assert case.approve().code == 0


def test_at_a_terminal_another_text_is_refused(case, terminal):
    done = rehearse_at(case, f"Metro Alerts: {FIRST}\n")
    assert done.code == 2
    assert "something stands before the text" in " ".join(done.err.split())
    assert approve_typed(case) == "rehearsal_unconfirmed"


def test_only_enter_leaves_it_for_later(case, terminal):
    done = rehearse_at(case, "\n")
    assert done.code == 0
    assert "ringback alerts rehearsed" in done.out
    assert approve_typed(case) == "rehearsal_unconfirmed"
    later = case.run("alice", "alerts", "rehearsed", "B-001", stdin=FIRST + "\n")
    assert later.code == 0
    assert case.approve().code == 0


def test_without_a_terminal_a_second_command_confirms(case):
    done = rehearse_at(case, None)
    assert "type the first words of the text as it stands on the phone, 5 at least" in done.out
    assert 'B-001 --first-words "..."' in done.out
    piped = case.run("alice", "alerts", "rehearsed", "B-001", "--json", stdin="  Example  Police: this number was\n")
    assert piped.code == 0
    assert case.run("alice", "alerts", "rehearsed", "B-001", "--json", stdin="").json["error"] == "rehearsal_words_few"


@pytest.mark.parametrize("name", ["olga", "vera", "first.admin", "nobody"])
def test_who_may_not_rehearse_may_not_confirm(case, name):
    assert rehearse(case, "bob").code == 0
    done = case.alerts(name, "rehearsed", "B-001", "--first-words", FIRST)
    assert code_of(done) in ("staff_right_missing", "staff_login_needed")
    assert approve_typed(case) == "rehearsal_unconfirmed"


def test_whoever_approves_may_have_read_it_and_whoever_planned_still_may_not_approve(case):
    assert rehearse(case, "bob").code == 0
    assert case.alerts("bob", "rehearsed", "B-001", "--first-words", FIRST).code == 0
    assert approve_typed(case, "alice") in ("staff_right_missing", "approver_is_planner")
    assert case.approve().code == 0


def test_a_rehearsal_that_no_phone_shows_asks_for_nothing(drama_case, terminal):
    drama_case.planned()
    assert rehearse(drama_case, "bob").json["to_confirm"] is False
    done = drama_case.run("alice", "alerts", "rehearse", "B-001", "--to", "bob", stdin="")
    assert done.code == 0
    assert "first words" not in done.out + done.err
    refused = drama_case.alerts("alice", "rehearsed", "B-001", "--first-words", FIRST)
    assert refused.json["error"] == "confirmation_needless"
