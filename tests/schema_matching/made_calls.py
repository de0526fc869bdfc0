"""Calls of a made-up panel, with people who have to be found. Each panel writes them in its own tables and words.

Numbers in bulk are drawn, never written down; the people to be found have Ofcom's numbers for drama.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from ringback.numbers.organisations import organisation_numbers
from ringback.synthetic.pools import draw_numbers

PEOPLE = tuple(f"07700 900{n:03d}" for n in range(200, 212))
NOT_PEOPLE = tuple(f"07700 900{n:03d}" for n in range(300, 306))  # they hung up at once, or nobody picked up
OPENED = datetime(2020, 12, 1)  # noqa: DTZ001 - local to the case
SUBJECTS = (3, 11)  # places of the accounts tied to identified people


@dataclass(slots=True)
class Account:
    """One account: index, id, login, its holder's phone, and further facts that a panel may keep."""

    place: int
    id: str
    login: str
    phone: str
    email: str
    password: str
    pin: str
    card: str
    created: datetime
    balance: str
    ip: str


@dataclass(slots=True)
class Call:
    """One call, as the panel knows it."""

    n: int
    account: Account
    shown: str
    called: str
    start: datetime
    ring: int
    talk: int
    answered: bool
    word: str
    trunk: str
    plan: str
    prefix: str
    server: str
    uniqueid: str
    uuid: str
    cost: str
    code: str
    typed: str

    @property
    def total(self):
        return self.ring + self.talk

    @property
    def answer(self):
        return self.start + timedelta(seconds=self.ring) if self.answered else None

    @property
    def end(self):
        return self.start + timedelta(seconds=self.total)


@dataclass(slots=True)
class MadeUp:
    """Accounts and their calls."""

    accounts: list
    calls: list
    rng: random.Random

    @property
    def active(self):
        return self.accounts[:45]


def spelled(rng, digits):
    """A number as somebody types it: with a plus, 00, a leading zero, blanks or dashes."""
    if digits.startswith("44"):
        national = digits[2:]
        forms = (
            f"+44{national}",
            f"0044{national}",
            f"0{national}",
            f"0{national[:4]} {national[4:]}",
            f"+44 {national[:4]} {national[4:]}",
            f"44{national}",
            f"0{national[:4]}-{national[4:7]}-{national[7:]}",
        )
        return rng.choice(forms)
    return rng.choice((f"+{digits}", f"00{digits}"))


def luhn(rng, length=16):
    digits = [rng.choice([4, 5]), *(rng.randrange(10) for _ in range(length - 2))]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[::-1][::2]]
    rest = sum(doubled) + sum(digits[::-1][1::2])
    return "".join(map(str, digits)) + str(-rest % 10)


@lru_cache(maxsize=4)
def _pool(seed, group, count):
    numbers, _pools = draw_numbers(np.random.default_rng(seed), group, count=count, taken=np.array([], dtype=np.int64))
    return tuple(str(one) for one in numbers.tolist())


def drawn(seed, group, count):
    return list(_pool(seed, group, count))


def make_up(*, seed=1, calls=700, ids=101):
    """Accounts with calls: mostly to different UK mobiles, showing mostly organisations' numbers."""
    rng = random.Random(seed)
    phones = drawn(seed, "gb_mobile", 60 + calls)
    accounts = [_account(rng, place, ids + place, spelled(rng, phones[place])) for place in range(60)]
    organisations = [
        one.removeprefix("+") for one in organisation_numbers()["e164"].to_pylist() if one.startswith("+44")
    ]
    imitated = rng.sample(organisations, 25)
    private = drawn(seed + 1, "gb_other", 20)
    abroad = drawn(seed + 2, "us", 80) + drawn(seed + 3, "abroad", 80)
    people = phones[60:]
    made = MadeUp(accounts, [], rng)
    at = datetime(2021, 7, 1, 8)  # noqa: DTZ001 - local to the case
    planted = [(one, True) for one in PEOPLE] + [(one, False) for one in NOT_PEOPLE]
    places = dict(zip(rng.sample(range(20, calls - 20), len(planted)), planted, strict=True))
    for n in range(calls):
        at += timedelta(seconds=rng.randrange(20, 40_000))
        account = made.active[min(44, int(rng.expovariate(1 / 14)))]
        shown = rng.choice(imitated) if rng.random() < 0.6 else rng.choice(private)
        shown_text = spelled(rng, shown)
        if rng.random() < 0.03:
            shown_text = rng.choice(("anonymous", "Withheld", "unknown"))
        called = spelled(rng, rng.choice(abroad) if rng.random() < 0.12 else people[n])
        if rng.random() < 0.12:
            called = spelled(rng, rng.choice(people[: n + 1]))
        answered = rng.random() < 0.55
        talk = int(rng.expovariate(1 / 90)) + 1 if answered else 0
        if n in places:
            called, found = places[n]
            account, answered = made.accounts[rng.choice(SUBJECTS)], found or rng.random() < 0.5
            talk = rng.randrange(70, 900) if found else rng.randrange(3, 40) if answered else 0
        made.calls.append(_call(rng, n, account, shown_text, called, at, talk, answered))
    return made


def _account(rng, place, number, phone):
    login = rng.choice(("fox", "wolf", "night", "king", "silver", "dark")) + f"{rng.randrange(10, 99)}{place}"
    return Account(
        place,
        str(number),
        login,
        phone,
        f"{login}@example.org",
        "$2y$10$" + "".join(rng.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(53)),
        f"{rng.randrange(10_000):04d}",
        luhn(rng),
        OPENED + timedelta(minutes=rng.randrange(400_000)),
        f"{rng.randrange(0, 40_000) / 100:.2f}",
        f"203.0.113.{rng.randrange(1, 255)}",
    )


def _call(rng, n, account, shown, called, at, talk, answered):
    seconds = int(at.replace(tzinfo=UTC).timestamp())
    word = "ANSWERED" if answered else rng.choice(("NO ANSWER", "NO ANSWER", "BUSY", "FAILED"))
    has_code = answered and rng.random() < 0.15
    return Call(
        n,
        account,
        shown,
        called,
        at,
        rng.randrange(2, 40),
        talk,
        answered,
        word,
        str(rng.randrange(1, 6)),
        str(rng.randrange(1, 4)),
        str(rng.randrange(1, 300)),
        str(rng.randrange(1, 3)),
        f"{seconds}.{n + 40}",
        _uuid(rng),
        f"{talk * 0.0021:.4f}",
        f"{rng.randrange(1_000_000):06d}" if has_code else "",
        rng.choice(("1#", "*2", "12#", "4471#")) if has_code and rng.random() < 0.5 else "",
    )


def _uuid(rng):
    parts = [f"{rng.getrandbits(4 * width):0{width}x}" for width in (8, 4, 3, 3, 12)]
    return f"{parts[0]}-{parts[1]}-4{parts[2]}-a{parts[3]}-{parts[4]}"
