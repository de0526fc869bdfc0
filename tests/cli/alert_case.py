"""Small cases with staff for commands: a handful of calls, run once, copied for each test.

The numbers of the synthetic case are Ofcom's for drama. Those of the other one are made up, for drama numbers are
never handed to a provider; they only ever reach a stand-in on this machine.
"""

import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from case_copies import copy_prepared
from ringback.alerting.staff.sessions import store_number
from ringback.case.case_file import open_case_file
from ringback.numbers.masking import NUMBER
from ringback.settings import Settings
from staff_members import make_staff

ALERTS = """
[alerts]
force = "Example Police"
website = "the Example Police website"
sender_name = "ExamplePol"
check_place = "the Example Police website, on the page about this text"
price_per_part = "0.0197"
"""
ROLES = {"alice": "planner", "bob": "approver", "carol": "approver", "olga": "operator", "vera": "viewer"}
DRAMA = ("07700 900123", "07700 900124", "07700 900125", "07700 900126")
PEOPLE = 16  # of those called in the case that is not synthetic; one more number there is for drama


def made_up(count, seed=1):
    """UK mobiles that are not for drama, as somebody would type them."""
    return [f"0{one}" for one in random.Random(seed).sample(range(7_400_000_000, 7_499_999_999), count)]


STAFF_NUMBERS = {f"+44{one[1:]}" for one in made_up(2, seed=2)}


def seized_files(numbers):
    """A seizure in which each number was called once, for over a minute, by an account of an identified subject."""
    calls = "".join(f"c{place},fox,2021-07-01 12:{place:02}:00,{one},90\n" for place, one in enumerate(numbers))
    return {
        "calls.csv": "call_id,account,started_at,called_number,duration_s\n" + calls,
        "accounts.csv": "account,contact_number\nfox,07700 900999\n",
        "subjects.csv": "account,subject,status\nfox,S1,identified\n",
        "site_numbers.csv": "number,use\n020 7946 0999,help line\n",
    }


@dataclass
class AlertCase:
    """A case with staff, and hands on it: as people type commands, and as somebody with the database would."""

    path: Path
    keys: Path
    tokens: dict
    ringback: object
    monkeypatch: object
    standin: object = None
    opened: list = field(default_factory=list)

    def run(self, name, *words, stdin=None):
        """Run a command as somebody; the case stands behind `alerts plan` and the like. No full number is shown."""
        self.monkeypatch.setenv("RINGBACK_SESSION", self.tokens.get(name, "nobody's"))
        group = 1 if words[0] in ("verify", "run", "audit", "publish", "collect", "matches") else 2
        done = self.ringback(*words[:group], self.path, *words[group:], stdin=stdin)
        assert not NUMBER.search(_without_hashes(done.err)), "a full number is shown"
        return done

    def alerts(self, name, *words):
        """A command of `ringback alerts` with --json."""
        return self.run(name, "alerts", *words, "--json")

    def plan(self, name="alice", *words):
        """Plan a batch for the next hours, day or night."""
        when = ("--window", "now+2h", "--quiet", "none", "--quiet-why", "a test", "--pace", "fast", "--why", "a test")
        return self.alerts(name, "plan", *when, *words)

    def planned(self, name="alice", *words):
        done = self.plan(name, *words)
        assert done.code == 0, done.err
        return done.json

    def approve(self, name="bob", batch="B-001"):
        typed = self.alerts(name, "preview", batch).json["type_to_approve"]
        return self.alerts(name, "approve", batch, typed, "--why", "agreed")

    def approved(self, *words):
        """Plan and approve."""
        made = self.planned("alice", *words)
        done = self.approve(batch=made["batch"])
        assert done.code == 0, done.err
        return made

    def open(self):
        """The case in hand, for what no command does."""
        self.opened.append(open_case_file(self.path, settings=Settings(keys_dir=self.keys)))
        return self.opened[-1]

    def close(self):
        """Let go of its records."""
        for one in self.opened:
            one.records.dispose()

    def log(self, *kinds):
        """Facts of the audit entries of these kinds, each with who."""
        entries = self.open().log.entries()
        return [entry.read_facts() | {"who": entry.who} for entry in entries if entry.what in kinds]

    def sent(self):
        """Every number to which a text for the public was accepted, by the outbox or by the stand-in."""
        files = [one for one in (self.path / "out").glob("outbox-*.jsonl") if "-R" not in one.name]
        numbers = [json.loads(line)["to"] for one in files for line in one.read_text().splitlines()]
        numbers += [row["number"] for row in self.standin.ledger()] if self.standin else []
        return [one for one in numbers if one not in STAFF_NUMBERS]

    def outbox(self, batch="B-001"):
        """What the outbox of a batch holds."""
        path = self.path / "out" / f"outbox-{batch}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def edit_toml(self, old, new):
        """Edit case.toml where a line begins so; with nothing old, add at its end."""
        toml = self.path / "case.toml"
        text = toml.read_text()
        begins = re.compile(rf"^{re.escape(old)}", re.MULTILINE)
        assert begins.search(text)
        toml.write_text(begins.sub(lambda _found: new, text) if old else text + new)
        return self


# Twelve hexadecimal digits or more, with a letter among them: of a hash, or of the id of an inbox in a file's name.
_HASH = re.compile(r"(?<![0-9a-f])(?=[0-9]*[a-f])[0-9a-f]{12,}")


def _without_hashes(text):
    return _HASH.sub("", text)


def make_alert_case(ringback, keys, folder, numbers, *, synthetic):
    """A case that was run and has staff; returns its folder and its staff's session tokens."""
    path = folder / "case"
    words = ["case", "new", path, "--name", "Test", *(["--synthetic"] if synthetic else [])]
    assert ringback(*words).code == 0
    for name, content in seized_files(numbers).items():
        (folder / name).write_text(content)
        assert ringback("exhibit", "add", path, folder / name).code == 0
    (path / "case.toml").write_text((path / "case.toml").read_text() + ALERTS)
    done = ringback("run", path)
    assert done.code == 0, done.err
    case_file = open_case_file(path, settings=Settings(keys_dir=keys))
    tokens = make_staff(case_file, ROLES)
    staff_numbers = DRAMA[:2] if synthetic else made_up(2, seed=2)
    for name, number in zip(("alice", "bob"), staff_numbers, strict=True):
        store_number(case_file, number, token=tokens[name])
    case_file.records.dispose()
    return path, tokens


def copy_case(prepared, tmp_path, ringback, keys, monkeypatch):
    """A copy of a prepared case, for one test."""
    path, tokens = prepared
    copy_prepared(path, tmp_path / "case", keys)
    return AlertCase(tmp_path / "case", keys, dict(tokens), ringback, monkeypatch)
