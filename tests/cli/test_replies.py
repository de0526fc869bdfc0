"""ringback alerts replies and poll."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import typer
from sqlalchemy import func
from typer.testing import CliRunner

from alert_rows import add_alert, alert_row, number_of, reference_of
from ringback.alerting.batches import open_sender
from ringback.alerting.batches.approval import PLANNED, seal_entry
from ringback.alerting.inbound.replies import Reply, take_reply
from ringback.alerting.model.batch_content import BatchContent, Window, list_hash
from ringback.alerting.senders.base import Found, Sender
from ringback.case.case_file import new_case
from ringback.cli import replies as commands
from ringback.records.alert_tables import batches
from ringback.records.db import writing
from ringback.settings import Settings
from staff_members import make_staff

app = typer.Typer()
app.command("replies")(commands.replies)
app.command("poll")(commands.poll_provider)


@pytest.fixture
def case_file(tmp_path):
    settings = Settings(keys_dir=tmp_path / "keys")
    made = new_case(tmp_path / "case", settings=settings, name="Test", synthetic=True)
    yield made
    made.records.dispose()


@pytest.fixture
def sessions(case_file):
    return make_staff(case_file, {"pat": "planner", "olga": "operator", "vera": "viewer"})


@pytest.fixture
def run(case_file, sessions):
    """Run a command as somebody."""

    def do(command, *words, who):
        env = {"RINGBACK_KEYS": str(case_file.settings.keys_dir), "RINGBACK_SESSION": sessions[who]}
        done = CliRunner().invoke(app, [command, str(case_file.case.path), *map(str, words)], env=env)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        found = json.loads(done.stdout) if "--json" in words and done.stdout.strip() else None
        return SimpleNamespace(code=done.exit_code, out=done.stdout, err=done.stderr, json=found)

    return do


def take(case_file, number, text):
    take_reply(case_file, Reply(f"r-{text}", number, text), now=case_file.clock.now())


def test_replies_are_listed_masked_and_counted(case_file, run):
    take(case_file, "447700900123", "STOP")
    take(case_file, "447700900124", "My code is 482913\x1b[2J")
    done = run("replies", who="vera")
    assert done.code == 0, done.err
    assert "1 stop, 0 check, 0 not me, 1 other" in done.out
    assert "suppression 1" in done.out
    for secret in ("7700", "482913"):
        assert secret not in done.out
    found = run("replies", "--kind", "stop", "--json", who="vera").json
    assert [one["number"] for one in found["replies"]] == ["+••••••••••23"]
    assert found["counts"]["other"] == 0


def test_one_reply_is_shown_in_full_to_who_may_read_it_and_logged(case_file, run):
    take(case_file, "447700900124", "My code is 482913\x1b[2J")
    assert run("replies", "--show", 1, who="vera").code == 2
    assert run("replies", "--show", 1, who="olga").code == 2
    done = run("replies", "--show", 1, "--why", "she asked for a call", who="pat")
    assert done.code == 0, done.err
    assert "+447700900124" in done.out
    assert "My code is 482913" in done.out
    assert "\x1b" not in done.out
    shown = [entry for entry in case_file.log.entries() if entry.what == "reply_shown"]
    assert [(entry.who, entry.why) for entry in shown] == [("pat", "she asked for a call")]
    assert run("replies", "--show", 9, who="pat").code == 2


class Provider(Sender):
    name = "provider"

    def __init__(self, found):
        self.found = found

    def status(self, notification_id):
        return self.found and Found(notification_id, "", status=self.found)


def add_real_batch(case_file, sender):
    now = case_file.clock.now()
    window = Window(now - timedelta(days=1), now)
    ring = case_file.keys()
    listed = [(1, ring.newest.digest(number_of(1)), "check-B-001-1", reference_of(1))]
    content = BatchContent("B-001", "alerts", "", "", "", list_hash(listed), 1, {}, {}, {"name": sender}, (window,))
    facts = {"batch": "B-001", "hash": content.hash}
    seal = seal_entry(ring, PLANNED, **facts, planner="pat")
    case_file.log.add(PLANNED, why="test", facts=facts | {"seal": seal}, who="pat")
    with writing(case_file.records).begin() as connection:
        connection.execute(
            batches.insert().values(
                id="B-001", kind="alerts", state="finished", content=content.canonical(), hash=content.hash,
                planned_by="pat", planned_at=now,
            )
        )  # fmt: skip
    return add_alert(
        case_file, state="accepted", outcomes=("accepted",), notification_id="n-1", accepted_at=now - timedelta(hours=2)
    )


@pytest.mark.parametrize("words", [(), ("B-001",)])
def test_polling_asks_the_batchs_sender(monkeypatch, case_file, run, words):
    alert = add_real_batch(case_file, "provider")
    monkeypatch.setattr(open_sender, "open_sender", lambda *_args, **_facts: Provider("delivered"))
    assert run("poll", *words, who="vera").code == 2
    done = run("poll", *words, who="olga")
    assert done.code == 0, done.err
    assert "B-001: 1 asked about, 1 with news" in done.out
    assert alert_row(case_file, alert).delivery == "delivered"
    assert run("poll", "B-001", "--json", who="olga").json["batches"]["B-001"]["asked"] == 0
    assert "nothing to ask" in run("poll", who="olga").out


def test_polling_ends_with_findings_when_the_provider_lost_a_text(monkeypatch, case_file, run):
    add_real_batch(case_file, "provider")
    monkeypatch.setattr(open_sender, "open_sender", lambda *_args, **_facts: Provider(None))
    done = run("poll", "--json", who="olga")
    assert done.code == 1
    assert done.json["batches"]["B-001"]["lost"] == 1


def test_an_altered_batch_is_not_polled_for_its_address_may_be_another(case_file, run):
    add_real_batch(case_file, "provider")
    with writing(case_file.records).begin() as connection:
        content = batches.c.content
        connection.execute(batches.update().values(content=func.replace(content, '"provider"', '"notify"')))
    done = run("poll", "B-001", who="olga")
    assert done.code == 2
    assert "is not what was planned" in done.err
    assert case_file.log.entries()[-1].read_facts() == {"batch": "B-001", "what": "poll", "error": "batch_altered"}


def test_an_outbox_cannot_be_polled(case_file, run):
    add_real_batch(case_file, "outbox")
    assert "nothing to ask" in run("poll", who="olga").out
    done = run("poll", "B-001", who="olga")
    assert done.code == 2
    assert "cannot be asked" in done.err
