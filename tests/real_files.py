"""Small seizures in the shape of real systems' files, with what is right: for tests of whole commands."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SUSPECTS = ("fox", "owl", "elk", "ram", "hen")
ACCOUNTS = (*SUSPECTS, "bat", "cod")
SUBJECTS = "account,subject,status,area\n" + "".join(f"{name},S-{name},arrested,London\n" for name in SUSPECTS)
HOLDERS = "account,contact_number\n" + "".join(f"{name},0770090098{at}\n" for at, name in enumerate(ACCOUNTS))
SITE = "number,use\n020 7946 0999,help line\n"
BANKS = ("+443457345345", "+443456008050", "+443330009090")


@dataclass(frozen=True)
class Call:
    """One call: who made it, when, for how long it rang, and how long people talked; nought where nobody answered."""

    place: int
    account: str
    start: datetime
    ring: int
    talk: int
    number: str
    shown: str

    @property
    def answered(self):
        return self.talk > 0

    @property
    def end(self):
        return self.start + timedelta(seconds=self.ring + self.talk)

    def text(self, moment, form="%Y-%m-%d %H:%M:%S"):
        return moment.strftime(form)

    @property
    def word(self):
        return "ANSWERED" if self.answered else "NO ANSWER" if self.place % 3 else "BUSY"


def made_calls(count=150, seed=16):
    """Calls to as many different UK mobiles, in order of time."""
    chance, at, made = random.Random(seed), datetime(2021, 7, 1, 9, tzinfo=UTC), []
    for place in range(count):
        at += timedelta(seconds=chance.randrange(1_000, 20_000))
        talk = chance.choice([chance.randrange(5, 60), chance.randrange(61, 950)]) if chance.random() < 0.6 else 0
        number = f"+447700900{place:03d}"
        made.append(
            Call(place, chance.choice(ACCOUNTS), at, chance.randrange(5, 30), talk, number, chance.choice(BANKS))
        )
    return made


CALLS_OF_PANEL = made_calls()


def warned(calls, *, talk=lambda call: call.talk):
    """Who is to be warned: talked to for over a minute, by an account of a suspect."""
    return {call.number for call in calls if talk(call) > 60 and call.account in SUSPECTS}


def csv_text(columns, calls, *, delimiter=","):
    """A CSV file: column name to what it says of a call."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([made(call) for made in columns.values()] for call in calls)
    return text.getvalue()


# A panel's own names, and ringback's: each may be changed by a test.
PANEL = {
    "id": lambda c: f"c{c.place}",
    "user": lambda c: c.account,
    "start_time": lambda c: c.text(c.start),
    "cli": lambda c: c.shown,
    "dialled": lambda c: c.number,
    "talk_time": lambda c: c.talk,
    "status": lambda c: c.word,
}
OWN = {
    "call_id": lambda c: f"c{c.place}",
    "account": lambda c: c.account,
    "started_at": lambda c: c.text(c.start),
    "presentation_number": lambda c: c.shown,
    "called_number": lambda c: c.number,
    "duration": lambda c: c.talk,
    "disposition": lambda c: c.word,
}


def changed(columns, *without, **new):
    """The columns without some, and with others in place of them or behind them."""
    return {name: new.pop(name, made) for name, made in columns.items() if name not in without} | new


def work(ringback, folder, files, *, mapping=None, leave_out=(), time_zone="UTC", only_map=False):
    """What a new user does with some files: a case, the exhibits, `map --accept` or a mapping by hand, run, victims.

    With `only_map` nothing is run.

    Returns:
        Exit codes and outputs of map and run, and the numbers on the list; None for a step that was not done.
    """
    case = folder / "case"
    words = ["case", "new", case, "--name", "Test", "--time-zone", time_zone, "--first-day", "2020-12-01"]
    assert ringback(*words).code == 0
    given = {"subjects.csv": SUBJECTS, "accounts.csv": HOLDERS, "site_numbers.csv": SITE}
    for name, content in (files | {one: text for one, text in given.items() if one not in leave_out}).items():
        path = folder / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        added = ringback("exhibit", "add", case, path)
        assert added.code == 0, added.err
    mapped = None
    if mapping is None:
        mapped = ringback("map", case, "--accept")
    else:
        with (case / "case.toml").open("a") as toml:
            toml.write(f"\n{mapping}\n")
    if only_map:
        return Worked(case, mapped, None, None)
    ran = ringback("run", case)
    listed = None
    if ran.code in (0, 1):
        target = folder / "list.csv"
        assert ringback("victims", case, "--out", target, "--why", "test").code == 0
        listed = {row["called_number"] for row in csv.DictReader(io.StringIO(target.read_text()))}
    return Worked(case, mapped, ran, listed)


@dataclass(frozen=True)
class Worked:
    """What came of it."""

    case: object
    mapped: object
    ran: object
    listed: object

    @property
    def toml(self):
        return (self.case / "case.toml").read_text()
