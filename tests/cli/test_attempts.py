"""Attempts to break the rules: each is refused, and the audit log tells of each.

One row an attempt: the state of the case before it, what is done, what that ends with, and the kind of audit entry
that tells of it. Unless a row says how many, not a single text is accepted. The hands are in attempt_hands.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, update

from alerting.sending_case import notify_facts
from cli.alert_case import DRAMA, PEOPLE, made_up
from cli.attempt_hands import (
    STRANGER,
    TEMPLATE,
    MovedClock,
    alert,
    another_alert,
    approval_copied,
    approval_put_back,
    approve_at,
    approve_typed,
    approved_row,
    clock_set_back_under_way,
    code_of,
    edit,
    edit_content,
    edit_text,
    edit_windows,
    edited_once_begun,
    forged_with_the_key,
    in_code,
    in_state,
    log_says_alice_planned,
    made_outbox,
    made_provider,
    number_put_into_account,
    plan_with_template,
    planning_as_approval,
    read_on_phone,
    real_numbers,
    rehearsal_readdressed,
    rehearse,
    second_account,
    send,
    sent_in_quiet_hours,
    sent_twice_at_once,
    session_made_longer,
    set_machine_clock,
    suppress,
    swap_sealed,
    synthetic_exhibit,
    template_changed_under_way,
    to_number,
    with_provider,
)
from notify_standin import NotifyStandin
from ringback.alerting.inbound.replies import Reply, take_reply
from ringback.clock import SystemClock
from ringback.numbers.drama import is_drama
from ringback.records.alert_tables import alerts, batches, staff, suppressions
from tiers import first_quick

LINK = "{force}: this number was called by criminals. See www.example.org or search for {website}. {reference}"


KNOWN_NUMBERS = [one.replace(" ", "")[-9:] for one in (*DRAMA, *made_up(PEOPLE), STRANGER)]


@dataclass(frozen=True)
class Attempt:
    """An attempt, and what becomes of it.

    Attributes:
        start: fresh, planned or approved: a synthetic case, by the outbox. bob's: one that bob planned, who may also
            approve. people, people_approved: a case that is not synthetic, with the provider's stand-in.
        do: Makes the attempt on the case.
        ends: The code of the error, or how sending ended.
        told: The kind of the audit entry that tells of it; a refusal's entry has the error's code.
        accepted: How many texts are accepted all the same, or the most where some are on their way.
    """

    start: str
    do: Callable
    ends: str
    told: str = "refused"
    accepted: int | range = 0


EDITS = {
    "text": lambda c: edit_text(c, LINK),
    "windows": edit_windows,
    "pace": lambda c: edit_content(c, per_second=900.0),
    "list": lambda c: edit_content(c, list_sha256="0" * 64),
    "content, but not the hash": lambda c: edit(c, update(batches).values(content=batches.c.content + " ")),
    "content, beyond reading": lambda c: edit(c, update(batches).values(content="{}")),
    "an alert's number": lambda c: edit(c, to_number(STRANGER)),
    "an alert less": lambda c: edit(c, delete(alerts).where(alerts.c.place == 2)),
    "an alert more": lambda c: edit(c, another_alert),
}
BEFORE = {
    f"edited before approval: {name}": Attempt("planned", lambda c, do=do: approve_typed(do(c)), "batch_altered")
    for name, do in EDITS.items()
}
AFTER = {
    f"edited after approval: {name}": Attempt("approved", lambda c, do=do: send(do(c)), "batch_altered")
    for name, do in EDITS.items()
}

ATTEMPTS = {
    # Nothing of a synthetic case reaches a provider.
    "synthetic: planned for the provider":
        Attempt("fresh", lambda c: code_of(with_provider(c).plan("alice", "--sender", "notify")),
                "synthetic_never_sent"),
    "synthetic: case.toml says that it is not":
        Attempt("fresh", lambda c: code_of(with_provider(c).edit_toml("[alerts]", "# synthetic = false\n[alerts]")
                                           .plan("alice", "--sender", "notify")), "synthetic_never_sent"),
    "synthetic: the batch's content names the provider":
        Attempt("approved", lambda c: send(edit_content(with_provider(c), sender=notify_facts(c.standin))),
                "batch_altered"),
    "synthetic: a batch for the provider forged with the case's own key":
        Attempt("fresh", lambda c: send(forged_with_the_key(c, *real_numbers(2))), "synthetic_never_sent"),
    "synthetic: a provider handed over in code":
        Attempt("approved", lambda c: in_code(c, sender=made_provider(c)), "synthetic_never_sent"),
    "synthetic by an exhibit's content: planned":
        Attempt("people", lambda c: code_of(synthetic_exhibit(c).plan("alice", "--sender", "notify")),
                "synthetic_never_sent"),
    "synthetic by an exhibit's content that came after the approval":
        Attempt("people_approved", lambda c: send(synthetic_exhibit(c)), "synthetic_never_sent"),

    # A drama number is never handed over.
    "drama number: among those who were called":
        Attempt("people_approved", send, "finished", told="batch_planned", accepted=PEOPLE),
    "drama number: put into a row":
        Attempt("people_approved", lambda c: send(edit(c, to_number("+447700900123"))), "batch_altered"),
    "drama number: in a batch forged with the case's own key":
        Attempt("people", lambda c: send(forged_with_the_key(c, *real_numbers(2), "+447700900123")), "finished",
                told="alerts_refused", accepted=2),

    # Nobody approves what they planned.
    "self-approval: by command":
        Attempt("bob's", approve_typed, "approver_is_planner"),
    "self-approval: another planner in the row":
        Attempt("bob's", lambda c: approve_typed(edit(c, update(batches).values(planned_by="alice"))), "batch_altered"),
    "self-approval: another planner in the row and in the audit log":
        Attempt("bob's", lambda c: approve_typed(log_says_alice_planned(c)), "records_rolled_back"),
    "self-approval: an approver in the row, and no approval":
        Attempt("bob's", lambda c: send(edit(c, approved_row(1))), "approval_invalid"),
    "self-approval: an approver in the row, and the entry of the planning":
        Attempt("bob's", lambda c: send(planning_as_approval(c)), "approval_invalid"),
    "self-approval: another approver in the row after the approval":
        Attempt("approved", lambda c: send(edit(c, update(batches).values(approved_by="alice"))), "approval_invalid"),
    "self-approval: by a second account that one administrator alone made":
        Attempt("planned", second_account, "staff_second_needed"),
    "self-approval: the planner made an approver in the database":
        Attempt("planned", lambda c: approve_typed(edit(c, update(staff).values(role="approver")), "alice"),
                "staff_altered"),
    "approval by who has no right to":
        Attempt("planned", lambda c: approve_typed(c, "olga"), "staff_right_missing"),

    # What was approved is what is sent.
    **BEFORE,
    **AFTER,
    "encrypted numbers swapped between two rows":
        Attempt("approved", lambda c: send(swap_sealed(c, ("B-001", 1), ("B-001", 2))), "sealed_unreadable"),
    "encrypted numbers swapped between two batches":
        Attempt("approved", lambda c: c.planned("alice", "--again", "x")
                and send(swap_sealed(c, ("B-001", 1), ("B-002", 1))), "sealed_unreadable"),
    "edited while it is being sent":
        Attempt("approved", lambda c: edited_once_begun(c, update(batches).values(content=batches.c.content + " ")),
                "halted", told="batch_halted"),
    "a row edited while it is being sent":
        Attempt("approved", lambda c: edited_once_begun(c, alert(number_digest="k1:" + "0" * 64)),
                "halted", told="batch_halted"),
    "the template changed at the provider before sending":
        Attempt("people_approved", lambda c: c.standin.set_template(TEMPLATE + " More.") and send(c), "sender_differs"),
    "the template changed at the provider while it is being sent":
        Attempt("people_approved", template_changed_under_way, "halted", told="batch_halted",
                accepted=range(1, PEOPLE)),
    "another sender handed over in code":
        Attempt("people_approved", lambda c: in_code(c, sender=made_outbox(c)), "sender_differs"),

    # An approval counts once.
    "replay: the approval put back after a stop":
        Attempt("approved", lambda c: send(approval_put_back(c)), "approval_invalid"),
    "replay: the approval copied to another batch":
        Attempt("approved", lambda c: send(approval_copied(c), "B-002"), "approval_invalid"),
    "replay: a planned batch":
        Attempt("planned", send, "batch_not_approved"),
    "replay: a stopped batch":
        Attempt("approved", lambda c: send(in_state(c, "stopped")), "batch_not_approved"),
    "replay: a halted batch":
        Attempt("approved", lambda c: send(in_state(c, "halted")), "batch_not_approved"),
    "replay: a finished batch":
        Attempt("approved", lambda c: send(in_state(c, "finished")), "batch_not_approved", accepted=4),
    "replay: sent twice at once":
        Attempt("approved", sent_twice_at_once, "finished and finished", told="sending_started", accepted=4),

    # The clock.
    "clock: set back before a command":
        Attempt("approved", lambda c: send(set_machine_clock(c, -1)), "staff_login_needed"),
    "clock: set back before sending in code":
        Attempt("approved", lambda c: in_code(c, clock=MovedClock(-1)), "clock_went_back"),
    "clock: set back while it is being sent":
        Attempt("approved", clock_set_back_under_way, "clock_went_back", accepted=range(1, 3)),
    "windows: approved when they are over":
        Attempt("planned", lambda c: approve_at(c, 3), "windows_over"),
    "windows: sent when they are over":
        Attempt("approved", lambda c: in_code(c, clock=MovedClock(3)), "windows_over", told="windows_over"),
    "windows: sent in the quiet hours before":
        Attempt("fresh", sent_in_quiet_hours, "interrupted", told="sending_started"),
    "windows: planned in the quiet hours":
        Attempt("fresh", lambda c: code_of(c.alerts("alice", "plan", "--window", "tomorrow 21:00-23:00", "--why", "x")),
                "windows_quiet"),
    "windows: shorter quiet hours without a reason":
        Attempt("fresh", lambda c: code_of(c.alerts("alice", "plan", "--window", "now+2h", "--quiet", "none", "--why",
                                                    "x")), "quiet_why_missing"),

    # Numbers never to contact.
    "suppressed after approval: by a list":
        Attempt("approved", lambda c: send(suppress(c, DRAMA[0])), "finished", told="alerts_suppressed", accepted=3),
    "suppressed after approval: by a reply":
        Attempt("approved", lambda c: take_reply(c.open(), Reply("r-1", "447700900123", "STOP"),
                                                 now=SystemClock().now()) and send(c),
                "finished", told="alerts_suppressed", accepted=3),
    "suppressed, and taken out of the list in the database":
        Attempt("approved", lambda c: send(edit(suppress(c, DRAMA[0]), delete(suppressions))), "suppressions_altered"),
    "suppressed, and undone in the database before planning":
        Attempt("fresh", lambda c: code_of(edit(suppress(c, DRAMA[0]), update(suppressions).values(
            undone_at=SystemClock().now())).plan()), "suppressions_altered"),

    # Rehearsals.
    "rehearsal: left out":
        Attempt("people", lambda c: (c.planned("alice", "--sender", "notify"), approve_typed(c))[1],
                "rehearsal_missing"),
    "rehearsal: read on no phone":
        Attempt("people", lambda c: (c.planned("alice", "--sender", "notify"), rehearse(c, "bob"), approve_typed(c))[2],
                "rehearsal_unconfirmed"),
    "rehearsal: read on a phone behind the service's name":
        Attempt("people", lambda c: (c.planned("alice", "--sender", "notify"), rehearse(c, "bob"),
                code_of(read_on_phone(c, c.standin.ledger()[-1]["delivered_text"])))[2], "rehearsal_text_differs"),
    "rehearsal: to somebody who is not staff":
        Attempt("planned", lambda c: code_of(rehearse(c, "somebody")), "staff_unknown"),
    "rehearsal: to a number put into a colleague's account":
        Attempt("planned", lambda c: code_of(rehearse(number_put_into_account(c), "bob")), "staff_altered"),
    "rehearsal: readdressed to a stranger":
        Attempt("planned", lambda c: send(rehearsal_readdressed(c), "B-001-R1"), "batch_altered"),
    "rehearsal: of a batch whose text was edited, and its hash":
        Attempt("planned", lambda c: code_of(rehearse(edit_text(c, LINK), "bob")), "batch_altered"),

    # Sessions, and words.
    "session: logged out":
        Attempt("approved", lambda c: c.run("olga", "staff", "logout") and send(c), "staff_login_needed"),
    "session: from this morning":
        Attempt("approved", lambda c: send(set_machine_clock(c, 9)), "staff_login_needed"),
    "session: made longer in the database":
        Attempt("approved", lambda c: send(set_machine_clock(session_made_longer(c), 9)), "staff_altered"),
    "wording: with a link":
        Attempt("fresh", lambda c: plan_with_template(c, LINK), "alert_wording_blocked"),
    "wording: a link put into an approved text":
        Attempt("approved", lambda c: send(edit_text(c, LINK)), "batch_altered"),
}  # fmt: skip


@pytest.fixture
def standin():
    with NotifyStandin(seed=1, template_body=TEMPLATE) as made:
        yield made


@pytest.fixture
def start(request, standin):
    """A function: the case in one of the states that `Attempt.start` names."""

    def make(state):
        case = request.getfixturevalue("people_case" if state.startswith("people") else "drama_case")
        case.standin = standin
        if state == "people":
            with_provider(case)
        if state == "people_approved":
            with_provider(case)
            case.planned("alice", "--sender", "notify", "--per-second", "8")
            assert rehearse(case, "bob").code == 0
            assert read_on_phone(case).code == 0
            assert case.approve().code == 0
        if state == "planned":
            case.planned()
        if state == "bob's":
            case.planned("bob")
        if state == "approved":
            case.approved("--per-second", "20")
        return case

    return make


def told_since(case, seq, attempt):
    """The audit entries since then that tell of an attempt."""
    found = [entry for entry in case.open().log.entries() if entry.seq > seq and entry.what == attempt.told]
    if attempt.told != "refused":
        return found
    return [
        entry for entry in found if attempt.ends in (entry.read_facts().get("error"), entry.read_facts().get("code"))
    ]


# Texts go to the stand-in at the pace of the real clock, the first one alone.
SLOW = (
    "drama number: among those who were called",
    "drama number: in a batch forged with the case's own key",
    "the template changed at the provider while it is being sent",
)


@pytest.mark.parametrize("name", first_quick(sorted(ATTEMPTS, key=SLOW.__contains__), 24))
def test_it_is_refused_and_the_log_tells_of_it(start, name):
    attempt = ATTEMPTS[name]
    case = start(attempt.start)
    begun = 0 if attempt.told == "batch_planned" else len(case.open().log.entries())
    assert case.sent() == []

    assert attempt.do(case) == attempt.ends

    sent = case.sent()
    allowed = attempt.accepted if isinstance(attempt.accepted, range) else [attempt.accepted]
    assert len(sent) in allowed, "texts were accepted"
    assert len(set(sent)) == len(sent), "somebody was texted twice"
    assert not [one for one in case.standin.ledger() if is_drama(one["number"])], "a drama number was handed over"
    told = told_since(case, begun, attempt)
    assert told, "the audit log says nothing of it"
    for number in KNOWN_NUMBERS:
        assert not [entry for entry in told if number in entry.why + entry.facts], "a full number is in the log"
    assert case.open().log.find_faults() == []


# Without an attempt all goes out: the table above could fail.


@pytest.mark.parametrize(("state", "texts"), first_quick([("approved", 4), ("people_approved", PEOPLE)], 1))
def test_what_breaks_no_rule_is_sent(start, state, texts):
    case = start(state)
    assert send(case) == "finished"
    assert len(case.sent()) == texts
    assert case.log("refused") == []
    assert case.run("vera", "verify", "--json").json["differences"] == []


def test_a_suppression_that_was_undone_by_command_suppresses_no_more(start):
    case = suppress(start("approved"), DRAMA[0])
    done = case.run("first.admin", "suppress", "undo", "--why", "a mistake", "--json", stdin=DRAMA[0])
    assert done.code == 0, done.err
    assert send(case) == "finished"
    assert len(case.sent()) == 4
    assert [one["who"] for one in case.log("suppression_undone")] == ["first.admin"]
    assert case.log("alerts_suppressed") == []


@pytest.mark.parametrize("name", first_quick([*AFTER, "encrypted numbers swapped between two rows",
                                              "suppressed, and taken out of the list in the database"]))  # fmt: skip
def test_what_the_database_was_made_to_say_is_told_by_verify(start, name):
    case = start("approved")
    assert case.run("vera", "verify", "--json").code == 0
    ATTEMPTS[name].do(case)
    assert case.run("vera", "verify", "--json").json["differences"]
