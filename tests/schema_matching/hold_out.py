"""Building blocks of held-out panels: the right answers, and ways to write numbers and keys."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from schema_matching.panel import Panel
from schema_matching.trying import digits

CALLS = ("account", "started_at", "called_number", "presentation_number", "duration")


@dataclass(slots=True)
class HoldOut(Panel):
    """A panel, and the other results expected from it.

    Attributes:
        payments: Right columns of payments; a tuple where any of several is right, None for asking.
        quarantine: Table to those of its columns that must be held back.
        asked: What calls need and no column gives in a form that can be read: calls must then not be written.
    """

    payments: dict = field(default_factory=dict)
    quarantine: dict = field(default_factory=dict)
    asked: tuple = ()


def or_asked(column):
    return (column, None)


def plain(text):
    """Digits with country code; words such as "anonymous" unchanged."""
    return digits(text) if any(one.isdigit() for one in text) else text


def national(text):
    """Digits as dialled in the United Kingdom, with 00 before foreign numbers; words unchanged."""
    number = plain(text)
    if not number.isdigit():
        return number
    return "0" + number[2:] if number.startswith("44") else "00" + number


def uuids(made, seed):
    """A UUID for each account, by place."""
    return [str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{seed}-{a.place}.example.org")) for a in made.accounts]


def objects(made, seed):
    """An ObjectId for each account, by place."""
    return [uuid.uuid5(uuid.NAMESPACE_DNS, f"{seed}-{a.place}.example.net").hex[:24] for a in made.accounts]


def paid(made, count=260):
    """Payments: number, account, when, bitcoin, pounds."""
    rng, rows = made.rng, []
    for n in range(1, count + 1):
        account = rng.choice(made.active)
        pounds = rng.choice((20, 50, 100, 250, 500)) + rng.randrange(100) / 100
        when = account.created + timedelta(minutes=rng.randrange(300_000))
        rows.append((n, account, when, f"{pounds / rng.randrange(24_000, 36_000):.8f}", f"{pounds:.2f}"))
    return rows


def right(*columns):
    """The right columns of calls, in the order of `CALLS`."""
    return dict(zip(CALLS, columns, strict=True))


def noted(call, texts):
    """A note on about half of the calls, as an agent types it."""
    return texts[call.n % len(texts)] if call.n * 7919 % 100 < 50 else None


def rounded(seconds, step):
    """Seconds, rounded up to what is billed."""
    return -(-seconds // step) * step
