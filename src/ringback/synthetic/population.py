"""The population of the seizure: accounts, the subjects behind some of them, the site's numbers, the people called."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic import calendar
from ringback.synthetic.pools import Ints, draw_numbers
from ringback.synthetic.scale import Quotas
from ringback.synthetic.typing_styles import HABITS

NONE: Final = -1
# The organisations of the published case, by their names in organisations.csv: nine banks and HMRC.
IMITATED: Final = (
    "Barclays",
    "Santander",
    "HSBC UK",
    "Lloyds Bank",
    "Halifax",
    "first direct",
    "NatWest",
    "Nationwide",
    "TSB",
    "HMRC",
)
_WORDS: Final = (
    "quiet",
    "silver",
    "night",
    "urban",
    "lucky",
    "solid",
    "rapid",
    "royal",
    "north",
    "velvet",
    "iron",
    "jade",
)
_BEASTS: Final = ("fox", "wolf", "hawk", "lion", "otter", "raven", "tiger", "viper", "bear", "crane", "shark")
_SITE_USES: Final = ("test line", "test line", "support line", "voicemail", "gateway", "callback gateway")


@dataclass(slots=True)
class Numbers:
    """Drawn numbers: digits with country code, and the pool of each."""

    digits: Ints
    pools: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.digits)

    def __getitem__(self, which: slice) -> "Numbers":
        return Numbers(self.digits[which], self.pools[which])


@dataclass(frozen=True, slots=True)
class Organisations:
    """Published numbers of organisations. UK numbers that belong to only one organisation can be shown.

    Attributes:
        names: Every organisation with such a number.
        digits: The numbers that can be shown.
        owners: Index into `names` of each number's organisation.
        weights: How often each number gets shown, adding up to 1.
        every: All published numbers, shown or not.
    """

    names: tuple[str, ...]
    digits: Ints
    owners: NDArray[np.int16]
    weights: NDArray[np.float64]
    every: Ints


@dataclass(slots=True)
class Accounts:
    """One entry per account.

    Attributes:
        names: Logins.
        created: When each was opened, seconds since 1970 UTC.
        until: The latest time at which each may be used, seconds since 1970 UTC.
        weights: Share of all calls.
        habits: Index into `HABITS`.
        call_back: Whether the site rings the holder's phone first and logs both legs.
        contact: The holder's phone, 0 for none.
        contact_pools: The pool of that phone.
        subjects: Index of the subject, or -1.
        tied: Whether that subject is identified, arrested, charged or convicted.
        in_table: Whether the account table still holds the account.
    """

    names: list[str]
    created: Ints
    until: Ints
    weights: NDArray[np.float64]
    habits: NDArray[np.uint8]
    call_back: NDArray[np.bool_]
    contact: Ints
    contact_pools: NDArray[np.int16]
    subjects: Ints
    tied: NDArray[np.bool_]
    in_table: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(slots=True)
class Subjects:
    """One entry per subject: reference, status, area, own phone (0 for none) and its pool."""

    names: list[str]
    statuses: list[str]
    areas: list[str]
    contact: Ints
    contact_pools: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(slots=True)
class Population:
    """Everyone in the seizure.

    Attributes:
        accounts: The accounts.
        subjects: The subjects.
        organisations: The organisations whose numbers are shown.
        site: The site's own numbers.
        site_uses: What each of them was used for.
        mobiles: UK mobiles of called people; none of them belongs to anyone above.
        other_uk: Other UK numbers of called people.
        americans: US numbers of people.
        abroad: Numbers of people elsewhere.
    """

    accounts: Accounts
    subjects: Subjects
    organisations: Organisations
    site: Numbers
    site_uses: tuple[str, ...]
    mobiles: Numbers
    other_uk: Numbers
    americans: Numbers
    abroad: Numbers


def read_organisations() -> Organisations:
    """Read the published numbers. UK numbers of only one organisation can be shown, mostly those of the ten."""
    text = (files("ringback.data") / "organisations.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    owners: dict[str, set[str]] = {}
    for row in rows:
        # Shorter numbers are valid too, but their bare form would not have a certain reading.
        if row["country"] == "GB" and row["e164"].startswith("+44") and len(row["e164"]) == 13:
            owners.setdefault(row["e164"], set()).add(row["organisation"])
    single = {number: next(iter(names)) for number, names in sorted(owners.items()) if len(names) == 1}
    names = tuple(sorted(set(single.values())))
    index = np.array([names.index(name) for name in single.values()], dtype=np.int16)
    per_name = np.bincount(index, minlength=len(names))
    others = len(names) - len(IMITATED)
    share = np.array([0.9 / len(IMITATED) if name in IMITATED else 0.1 / others for name in names])
    weights = (share / per_name)[index]
    digits = np.array([int(number) for number in single], dtype=np.int64)
    every = np.unique(np.array([int(row["e164"]) for row in rows if row["e164"]], dtype=np.int64))
    return Organisations(names, digits, index, weights / weights.sum(), every)


def _make_subjects(rng: np.random.Generator, quotas: Quotas, phones: Numbers) -> Subjects:
    statuses = (
        [("arrested", "London")] * quotas.arrested_london
        + [("arrested", "Elsewhere")] * quotas.arrested_elsewhere
        + [("identified", "London" if at % 3 else "Elsewhere") for at in range(quotas.identified)]
        + [("unidentified", "Elsewhere")] * quotas.unidentified
    )
    count = len(statuses)
    with_phone = rng.random(count) < 0.6
    with_phone[0] = True
    return Subjects(
        names=[f"SUBJECT-{at + 1:04d}" for at in range(count)],
        statuses=[status for status, _ in statuses],
        areas=[area for _, area in statuses],
        contact=np.where(with_phone, phones.digits[:count], 0),
        contact_pools=phones.pools[:count],
    )


def _spread_subjects(rng: np.random.Generator, accounts: int, subjects: int) -> Ints:
    """Tie accounts to subjects, mostly busy accounts; account 0 is the busiest.

    Returns:
        For each account the index of its subject, or -1. Every subject has at least one account.
    """
    most = 3 if accounts >= 5 * subjects else 1
    each = 1 + rng.integers(0, most, size=subjects)
    owners = np.repeat(np.arange(subjects), each)
    # At least two accounts must stay untied, to call the people that are not to be alerted.
    reach = min(accounts - 2, 3 * len(owners) + 2)
    tied = np.full(accounts, NONE, dtype=np.int64)
    places = np.sort(rng.choice(np.arange(reach), size=len(owners), replace=False))
    tied[places] = rng.permutation(owners)
    return tied


def _habits(rng: np.random.Generator, tied: NDArray[np.bool_]) -> NDArray[np.uint8]:
    shares = np.array([habit.weight for habit in HABITS])
    habits = rng.choice(len(HABITS), size=len(tied), p=shares / shares.sum()).astype(np.uint8)
    for group in (np.flatnonzero(tied), np.flatnonzero(~tied)):
        # The busiest accounts get every habit in turn, so that even a small seizure has each habit.
        first = group[: 2 * len(HABITS)]
        habits[first] = np.arange(len(first)) % len(HABITS)
    return habits


def _names(rng: np.random.Generator, count: int) -> list[str]:
    words = rng.integers(0, len(_WORDS), size=count).tolist()
    beasts = rng.integers(0, len(_BEASTS), size=count).tolist()
    pairs = enumerate(zip(words, beasts, strict=True))
    return [f"{_WORDS[word]}{_BEASTS[beast]}{at + 1001}" for at, (word, beast) in pairs]


def _make_accounts(rng: np.random.Generator, subjects: Subjects, phones: Numbers) -> Accounts:
    count = len(phones)
    owners = _spread_subjects(rng, count, len(subjects))
    identified = np.array([status != "unidentified" for status in subjects.statuses])
    tied = (owners != NONE) & identified[owners]
    age = rng.beta(1.6, 1.1, size=count)
    created = (calendar.SITE_OPENED + age * (calendar.LAST_ACCOUNT - calendar.SITE_OPENED)).astype(np.int64)
    start = np.maximum(created, calendar.CALLS_FROM)
    # Calls are known only from a certain day on. Accounts opened before it stay in use for longer.
    usual_days = np.where(created < calendar.CALLS_FROM, 300, 180)
    lived = (7 + rng.exponential(usual_days)) * calendar.DAY_S
    has_phone = rng.random(count) < 0.9
    has_phone[:2] = True
    call_back = (rng.random(count) < 0.08) & has_phone
    call_back[2] = True
    has_phone[2] = True
    shares = 1.0 / np.arange(3, count + 3) ** 0.85
    # Many accounts were opened and never used. In a small seizure every account is needed.
    shares[(np.arange(count) >= max(50, count // 3)) & (rng.random(count) < 0.3)] = 0
    return Accounts(
        names=_names(rng, count),
        created=created,
        until=np.minimum(calendar.CALLS_UNTIL, start + lived.astype(np.int64)),
        weights=shares / shares.sum(),
        habits=_habits(rng, tied),
        call_back=call_back,
        contact=np.where(has_phone, phones.digits, 0),
        contact_pools=phones.pools,
        subjects=owners,
        tied=tied,
        in_table=np.ones(count, dtype=bool),
    )


def _drop_from_table(rng: np.random.Generator, accounts: Accounts) -> None:
    """Delete a few busy accounts from the account table, as their holders might have done."""
    able = np.flatnonzero((accounts.contact == 0) & (accounts.subjects == NONE) & ~accounts.call_back)
    busy = able[able < len(accounts) // 4]
    if len(busy):
        gone = rng.choice(busy, size=max(1, len(busy) // 40), replace=False)
        accounts.in_table[gone] = False


def make_population(rng: np.random.Generator, quotas: Quotas) -> Population:
    """Make everyone that a seizure of this size needs. No number has two roles."""
    organisations = read_organisations()
    subjects_n = quotas.arrested_london + quotas.arrested_elsewhere + quotas.identified + quotas.unidentified
    others_n = round(0.16 * quotas.calls)
    mobile_n = quotas.accounts + subjects_n + quotas.people + others_n + quotas.calls // 100 + 20
    mobiles = Numbers(*draw_numbers(rng, "gb_mobile", count=mobile_n, taken=organisations.every))
    other_n = quotas.people + others_n // 4 + len(_SITE_USES) + 10
    other_uk = Numbers(*draw_numbers(rng, "gb_other", count=other_n, taken=organisations.every))
    americans = Numbers(*draw_numbers(rng, "us", count=quotas.calls // 4, taken=organisations.every))
    abroad = Numbers(*draw_numbers(rng, "abroad", count=quotas.calls // 6, taken=organisations.every))
    subjects = _make_subjects(rng, quotas, mobiles[:subjects_n])
    phones = mobiles[subjects_n : subjects_n + quotas.accounts]
    accounts = _make_accounts(rng, subjects, phones)
    _drop_from_table(rng, accounts)
    sites = len(_SITE_USES)
    return Population(
        accounts=accounts,
        subjects=subjects,
        organisations=organisations,
        site=other_uk[:sites],
        site_uses=_SITE_USES,
        mobiles=mobiles[subjects_n + quotas.accounts :],
        other_uk=other_uk[sites:],
        americans=americans,
        abroad=abroad,
    )


def own_numbers(population: Population) -> dict[str, Ints]:
    """Known own numbers, by owner: accounts in the table, subjects, the site and organisations."""
    accounts = population.accounts
    contacts = accounts.contact[accounts.in_table]
    return {
        "account": np.unique(contacts[contacts > 0]),
        "subject": np.unique(population.subjects.contact[population.subjects.contact > 0]),
        "site": np.unique(population.site.digits),
        "organisation": population.organisations.every,
    }
