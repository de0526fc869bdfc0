"""Cases for planning: who was called, what the planner chose, and what the records then hold."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import select

from ringback.alerting.batches.planning import Called, Choice, plan_batch
from ringback.alerting.batches.rehearsal_confirmation import confirm_rehearsal
from ringback.alerting.model.batch_content import Window
from ringback.alerting.model.router import TEXT, Candidate, route
from ringback.alerting.senders.notify_keys import freeze_key
from ringback.alerting.wording.templates import default_wording, render
from ringback.case.case_file import new_case
from ringback.records.alert_tables import alerts, batches, routes
from ringback.records.db import writing
from ringback.settings import Settings
from ringback.stages.rules import A_MINUTE
from still_clock import StillClock

OUTBOX = {"name": "outbox", "shown_as": "ExamplePol"}
WORDING = default_wording(force="Example Police")
# Keys such as the provider gives: name, service and secret.
API_KEYS = {
    key_type: f"{key_type}_key-{'0' * 8}-0000-4000-8000-{'0' * 12}-{digit * 8}-1111-4111-8111-{digit * 12}"
    for key_type, digit in (("live", "1"), ("team", "2"), ("test", "3"))
}
MOBILE = "+447700900001"


def make_planning_case(folder, *, synthetic=False, records_url=""):
    """A case without staff; its clock stands still."""
    made = new_case(
        folder / "case", settings=Settings(keys_dir=folder / "keys"), name="Test", synthetic=synthetic,
        records_url=records_url,
    )  # fmt: skip
    return replace(made, clock=StillClock())


def mobile(place):
    """A UK mobile for drama."""
    return Candidate(f"+447700900{place:03}", "mobile", "GB")


def made_up_mobiles(count, seed=1):
    """UK mobiles that are not for drama; nothing is ever sent to them."""
    numbers = random.Random(seed).sample(range(7_400_000_000, 7_499_999_999), count)
    return [Candidate(f"+44{number}", "mobile", "GB") for number in numbers]


OTHERS = (
    Candidate("+442079460001", "landline", "GB"),
    Candidate("+442079460002", "voip", "GB"),
    Candidate("+447700900901", "mobile", "JE"),
    Candidate("+441632960001", "landline", "FR"),
    Candidate("+447700900902", "personal", "GB"),
    Candidate("+447700900903", "mobile", "GB", own="subject"),
)


def called(*candidates, rule=A_MINUTE, **others):
    """Who was called; the victims are counted from them."""
    victims = sum(route(one, rule).channel == TEXT for one in candidates)
    return Called(**{"run": "run-1", "rule": rule, "candidates": candidates, "victims": victims} | others)


def windows(case_file, hours=8):
    """One window that opens in an hour."""
    opens = case_file.clock.now() + timedelta(hours=1)
    return (Window(opens, opens + timedelta(hours=hours)),)


def chosen(case_file, **others):
    """What a planner chose: by the outbox, within the one window."""
    return Choice(**{"wording": WORDING, "sender": OUTBOX, "windows": windows(case_file)} | others)


def notify_facts(case_file, **others):
    """The facts that a batch freezes about a provider. Writes the key file; asks nobody."""
    key_type = others.get("key_type", "live")
    lay_key(case_file, API_KEYS[key_type], key_type)
    facts = {
        "name": "notify", "base_url": "http://127.0.0.1:9", "template_id": "t-1", "template_version": 3,
        "template_body": render(WORDING, "((reference))"), "sms_sender_id": None, "key_type": "live",
        "shown_as": "ExamplePol", **freeze_key(API_KEYS[key_type], case_file.keys()),
    }  # fmt: skip
    return facts | others


def lay_key(case_file, api_key, key_type="live"):
    """Write an API key to its file."""
    path = case_file.settings.keys_dir / f"{case_file.case.settings.id}.notify-{key_type}"
    path.touch(mode=0o600)
    path.write_text(api_key)


def plan(case_file, *candidates, member="alice", **others):
    """Plan a batch; by default for three mobiles and one of each other kind."""
    of_planning = {name: others.pop(name) for name in ("again", "replaces") if name in others}
    found = called(*(candidates or (mobile(1), mobile(2), mobile(3), *OTHERS)))
    return plan_batch(case_file, found, chosen(case_file, **others), member=member, why="test", **of_planning)


def read_on_phone(case_file, batch="B-001", *, words="Example Police: this number was called", member="alice"):
    """Somebody with a phone types how the text of the newest rehearsal begins."""
    return confirm_rehearsal(case_file, batch, words, member=member)


def rows_of(case_file, table, batch="B-001"):
    """Rows of a batch, in order."""
    column = table.c.id if table is batches else table.c.batch
    with case_file.records.connect() as connection:
        found = connection.execute(select(table).where(column == batch).order_by(*table.primary_key)).all()
    return [SimpleNamespace(**row._mapping) for row in found]


def snapshot(case_file, batch="B-001"):
    """All frozen rows of a batch."""
    return [rows_of(case_file, table, batch) for table in (batches, routes, alerts)]


def opened(case_file, row):
    """Number and alert reference of an alert."""
    return json.loads(case_file.keys().unseal(row.sealed, about=f"alert:{row.provider_reference}"))


def refusals(case_file):
    """The refusals in the audit log: what was tried, and the error."""
    return [
        (facts["what"], facts["error"])
        for entry in case_file.log.entries()
        if entry.what == "refused" and (facts := entry.read_facts())
    ]


def alter(case_file, *statements):
    """Alter the records as somebody with the database could, behind the program's back."""
    with writing(case_file.records).begin() as connection:
        for statement in statements:
            connection.execute(statement)
