"""Hands for attempts to break the rules: by command, in code past the commands, and with an editor on the database.

Each hand returns what came of the last thing it tried: the code of an error, or how sending ended.
"""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from alerting.batches.test_approval import edited_content, rewrite_chain
from alerting.planning_case import alter, rows_of
from alerting.sending_case import add_approved_batch, notify_facts
from cli.alert_case import made_up
from ringback.alerting.batches.approval import PLANNED, approve
from ringback.alerting.batches.open_sender import open_sender
from ringback.alerting.batches.rehearsal import plan_rehearsal
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.senders.notify import Notify
from ringback.alerting.senders.outbox import Outbox
from ringback.alerting.wording.templates import default_wording, render
from ringback.clock import SystemClock
from ringback.errors import RingbackError
from ringback.records.alert_tables import alerts, batches, staff, staff_sessions
from ringback.records.batches import get_batch
from ringback.schemas import SYNTHETIC_MARK

TEMPLATE = render(default_wording(force="Example Police"), "((reference))")
STRANGER = "+447700900777"


class MovedClock(SystemClock):
    """The machine's clock, set by somebody."""

    def __init__(self, hours=0.0):
        self.moved = timedelta(hours=hours)

    def now(self):
        return super().now() + self.moved


# By command.


def code_of(done):
    """The error of a command, or how its sending ended."""
    return done.json.get("error") or done.json.get("end")


def send(case, batch="B-001", name="olga"):
    return code_of(case.alerts(name, "send", batch))


def approve_typed(case, name="bob"):
    """Approve with the hash as it stands in the row, for a preview would refuse what is altered."""
    typed = get_batch(case.open().records, "B-001").hash
    return code_of(case.alerts(name, "approve", "B-001", typed, "--why", "x"))


def plan_with_template(case, text):
    path = case.path.parent / "wording.txt"
    path.write_text(text)
    return code_of(case.plan("alice", "--template", path))


def suppress(case, *numbers):
    path = case.path.parent / "protected.txt"
    path.write_text("\n".join(numbers))
    assert case.run("alice", "suppress", "import", path, "--reason", "protected").code == 0
    return case


def second_account(case):
    """The planner gets another account, as an approver; the administrator who asks for it confirms it, too."""
    added = case.run("first.admin", "staff", "add", "alice2", "--role", "approver", "--json").json
    assert added["status"] == "proposed"
    assert not added.get("enrolment_code")
    return code_of(case.run("first.admin", "staff", "confirm", "alice2", "--json"))


def rehearse(case, *names):
    return case.alerts("alice", "rehearse", "B-001", *(word for name in names for word in ("--to", name)))


def read_on_phone(case, words="Example Police: this number was called"):
    return case.alerts("alice", "rehearsed", "B-001", "--first-words", words)


def in_state(case, state):
    """The approved batch as the program leaves it: stopped, halted or finished."""
    if state == "stopped":
        assert case.alerts("olga", "stop", "B-001", "--why", "x").code == 0
    elif state == "finished":
        assert send(case) == "finished"
    else:
        assert edited_once_begun(case, update(batches).values(content=batches.c.content + " ")) == "halted"
        edit(case, lambda c: update(batches).values(content=get_batch(c.records, "B-001").content.strip()))
    return case


def synthetic_exhibit(case):
    """Records with a synthetic seizure's mark come into a case that was not declared synthetic."""
    path = case.path.parent / "more.csv"
    header = "call_id,account,started_at,called_number,duration_s"
    path.write_text(f"{header}\n{SYNTHETIC_MARK}1,fox,2021-07-01 12:00:00,07700 900123,61\n")
    assert case.ringback("exhibit", "add", case.path, path).code == 0
    return case


def set_machine_clock(case, hours):
    """Set the clock that every command reads."""
    case.monkeypatch.setattr(SystemClock, "now", lambda _self: datetime.now(UTC) + timedelta(hours=hours))
    return case


# In code, past the commands.


def in_code(case, *, clock=None, sender=None, **options):
    """Send by calling the function."""
    case_file = case.open()
    if clock:
        case_file = replace(case_file, clock=clock)
    try:
        sender = sender or open_sender(case_file, edited_content(case_file).sender, batch="B-001")
        return send_batch(case_file, "B-001", member="olga", sender=sender, **options).end
    except RingbackError as error:
        return error.code


def approve_at(case, hours):
    case_file = replace(case.open(), clock=MovedClock(hours))
    try:
        approve(case_file, "B-001", member="bob", batch_hash=get_batch(case_file.records, "B-001").hash, why="x")
    except RingbackError as error:
        return error.code
    return "approved"


def made_provider(case):
    """A sender that somebody makes in code, past everything that would refuse it."""
    return Notify(case.standin.api_key, facts=notify_facts(case.standin), clock=SystemClock())


def made_outbox(case):
    return Outbox(case.path / "out" / "outbox-B-001.jsonl", clock=SystemClock())


def forged_with_the_key(case, *numbers):
    """A batch for the provider as only somebody with the case's own key could forge it, planning and approval too."""
    case_file = with_provider(case).open()
    add_approved_batch(case_file, numbers, sender=notify_facts(case.standin, case_file))
    return case


def real_numbers(count):
    return [f"+44{one[1:]}" for one in made_up(count, seed=3)]


def template_changed_under_way(case):
    changed = []

    def change(_point):
        if case.sent() and not changed:
            changed.append(case.standin.set_template(TEMPLATE + " More."))

    return in_code(case, at=change)


def clock_set_back_under_way(case):
    clock = MovedClock()

    def set_back(point):
        if point == "after the answer":
            clock.moved = timedelta(hours=-1)

    return in_code(case, clock=clock, at=set_back)


def edited_once_begun(case, *make):
    def edit_it(point):
        if point == "lease taken":
            edit(case, *make)

    return in_code(case, at=edit_it)


def sent_in_quiet_hours(case):
    """Send what is planned for tomorrow; ended as soon as it waits for its window."""
    until = threading.Event()

    class Ending(Observer):
        def note(self, text):
            assert "the next window opens at" in text
            until.set()

    assert case.alerts("alice", "plan", "--window", "tomorrow 10:00-19:00", "--why", "x").code == 0
    assert case.approve().code == 0
    return in_code(case, until=until, observer=Ending())


def sent_twice_at_once(case):
    """Two senders at once. Both end well, or the slower one finds the batch finished already."""
    ends = []
    threads = [threading.Thread(target=lambda: ends.append(in_code(case))) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    late = {"batch_not_approved", "finished"}
    return "finished and finished" if set(ends) == late else " and ".join(ends)


# With an editor on the database, or on the case folder.


def edit(case, *make):
    """Edit rows behind the program's back."""
    case_file = case.open()
    alter(case_file, *[one(case_file) if callable(one) else one for one in make])
    return case


def edit_content(case, **changes):
    """Edit a batch's content, and make its hash fit."""
    content = edited_content(case.open(), **changes)
    return edit(case, update(batches).values(content=content.canonical(), hash=content.hash))


def edit_windows(case):
    windows = edited_content(case.open()).windows
    later = tuple(replace(one, until_at=one.until_at + timedelta(days=7)) for one in windows)
    return edit_content(case, windows=later)


def edit_text(case, text):
    return edit_content(case, wording=edited_content(case.open()).wording | {"template": text})


def alert(place=1, *, batch="B-001", **values):
    return update(alerts).where(alerts.c.batch == batch, alerts.c.place == place).values(**values)


def another_alert(case_file):
    values = vars(rows_of(case_file, alerts)[0])
    return insert(alerts).values(
        **values | {"id": 999, "place": 9, "check_digest": "k1:x", "provider_reference": "rb-x"}
    )


def to_number(number, *, batch="B-001"):
    """The first alert goes to another number, encrypted with the case's own key."""

    def make(case_file):
        ring, row = case_file.keys(), rows_of(case_file, alerts, batch)[0]
        sealed = ring.seal(f'["{number}", "BCDFGHJKMNZ"]', about=f"alert:{row.provider_reference}")
        return alert(batch=batch, sealed=sealed, number_digest=ring.newest.digest(number))

    return make


def swap_sealed(case, first, second):
    """Swap the encrypted numbers of two alerts, each given as (batch, place)."""
    case_file = case.open()
    one, two = (rows_of(case_file, alerts, batch)[place - 1] for batch, place in (first, second))
    return edit(
        case,
        update(alerts).where(alerts.c.id == one.id).values(sealed=two.sealed),
        update(alerts).where(alerts.c.id == two.id).values(sealed=one.sealed),
    )


def log_says_alice_planned(case):
    """Bob edits the audit log so that alice planned his batch, and makes the whole chain fit."""
    case_file = case.open()
    rewrite_chain(case_file, lambda entry: replace(entry, who="alice") if entry.what == PLANNED else entry)
    return edit(case, update(batches).values(planned_by="alice"))


def approved_row(entry, *, batch="B-001", by="carol"):
    values = {"state": "approved", "approved_by": by, "approval_entry": entry}
    return update(batches).where(batches.c.id == batch).values(**values)


def planning_as_approval(case):
    """The entry of the planning is given out as that of an approval."""
    planning = next(entry.seq for entry in case.open().log.entries() if entry.what == PLANNED)
    return edit(case, approved_row(planning))


def approval_put_back(case):
    """An approved batch is stopped, and its approval put back into the row."""
    entry = get_batch(case.open().records, "B-001").approval_entry
    return edit(in_state(case, "stopped"), approved_row(entry, by="bob"))


def approval_copied(case):
    """A second batch is given the first one's approval."""
    case.planned("alice", "--again", "a test")
    entry = get_batch(case.open().records, "B-001").approval_entry
    return edit(case, approved_row(entry, batch="B-002", by="bob"))


def number_put_into_account(case):
    """A stranger's number is put into the account of a colleague."""
    digest = case.open().key().digest(STRANGER)
    return edit(case, update(staff).where(staff.c.name == "bob").values(number_digest=digest))


def rehearsal_readdressed(case):
    """A rehearsal is planned, and then goes to somebody else."""
    plan_rehearsal(case.open(), "B-001", ["bob"], member="alice")
    return edit(case, to_number(STRANGER, batch="B-001-R1"))


def session_made_longer(case):
    later = datetime.now(UTC) + timedelta(days=3)
    return edit(case, update(staff_sessions).values(ends_at=later))


def with_provider(case):
    """case.toml and the key file name the provider's stand-in."""
    standin = case.standin
    section = f'\n[notify]\nbase_url = "{standin.url}"\ntemplate_id = "{standin.template_id}"\nkey_type = "live"\n'
    if section not in (case.path / "case.toml").read_text():
        case.edit_toml("", section)
    key = case.keys / f"{case.open().case.settings.id}.notify-live"
    key.touch(mode=0o600)
    key.write_text(standin.api_key)
    return case
