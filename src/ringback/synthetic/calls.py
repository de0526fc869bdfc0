"""The calls as they really were, before any mess: who rang whom, when, for how long, and which number was shown.

One entry per call, in order of time. The mess (`mess.py`) changes only what was *written down*.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic import calendar
from ringback.synthetic.pools import ORGANISATION_POOL, Ints
from ringback.synthetic.population import Numbers, Population
from ringback.synthetic.scale import Quotas
from ringback.synthetic.typing_styles import (
    HABITS,
    Bytes,
    Dress,
    Shape,
    fit_dresses,
    fit_shapes,
    habit_shapes,
)

Flags = NDArray[np.bool_]

DISPOSITIONS: Final = (None, "ANSWERED", "NO ANSWER", "BUSY", "FAILED")
OWN_KINDS: Final = ("", "account", "subject", "site", "organisation")
TO_PEOPLE, TO_ACCOUNT, TO_SUBJECT, TO_SITE, TO_ORGANISATION = range(5)
WRITTEN_WELL, WRITTEN_1970, WRITTEN_ZEROS, WRITTEN_NULL = range(4)
NO_LEG, LEG_A, LEG_B = range(3)
LONG_RING_S: Final = 45
_PREFIXED: Final = np.array([Shape.PLUS, Shape.ZEROS, Shape.TRUNK], dtype=np.uint8)
_NOTHING: Final = np.array([Shape.NULL, Shape.WITHHELD, Shape.EMPTY], dtype=np.uint8)


@dataclass(slots=True)
class Calls:
    """Columns of equal length, one entry per call.

    Attributes:
        account: Index of the account.
        at: Start, seconds since 1970 UTC.
        duration: Talk time in seconds (ringing time where nobody answered and the panel logged it).
        disposition: Index into `DISPOSITIONS`.
        called: Number dialled, digits with country code.
        called_pool: The pool of the called number.
        shown: Number shown, 0 for none.
        shown_pool: The pool of the shown number.
        organisation: Index of the organisation whose number was shown, -1 for none.
        own: Whose own number the called number is: index into `OWN_KINDS`.
        in_life: False for the developers' tests before the site existed.
        called_shape: How the called number is typed.
        called_dress: What is put around the called number.
        shown_shape: How the shown number is typed.
        shown_dress: What is put around the shown number.
        leg: Which leg the row says it is.
        account_lost: The row names no account.
        duration_lost: The row has no duration.
        time_written: How the start was written down.
        cause: What the mess did to the row: index into `mess.CAUSES`.
    """

    account: NDArray[np.int32]
    at: Ints
    duration: NDArray[np.int32]
    disposition: Bytes
    called: Ints
    called_pool: NDArray[np.int16]
    shown: Ints
    shown_pool: NDArray[np.int16]
    organisation: NDArray[np.int16]
    own: Bytes
    in_life: Flags
    called_shape: Bytes
    called_dress: Bytes
    shown_shape: Bytes
    shown_dress: Bytes
    leg: Bytes
    account_lost: Flags
    duration_lost: Flags
    time_written: Bytes
    cause: Bytes

    def __len__(self) -> int:
        return len(self.at)

    @property
    def connected(self) -> Flags:
        """Whether somebody answered: there is talk time, and the disposition says so or is empty."""
        return (self.duration > 0) & (self.disposition <= 1)

    def sort(self, order: Ints) -> None:
        """Put all columns into another order."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name)[order])


def _empty(count: int) -> Calls:
    def column(kind: type, fill: int = 0) -> NDArray[np.generic]:
        return np.full(count, fill, dtype=kind)

    kinds: dict[str, type] = {
        "account": np.int32,
        "at": np.int64,
        "duration": np.int32,
        "called": np.int64,
        "shown": np.int64,
        "called_pool": np.int16,
        "shown_pool": np.int16,
        "organisation": np.int16,
        "in_life": np.bool_,
        "account_lost": np.bool_,
        "duration_lost": np.bool_,
    }
    columns = {field.name: column(kinds.get(field.name, np.uint8)) for field in fields(Calls)}
    columns["organisation"] = column(np.int16, -1)
    columns["in_life"] = column(np.bool_, 1)
    return Calls(**columns)  # type: ignore[arg-type]


class _Maker:
    """Makes the calls segment by segment. A segment is a run of calls of one sort, before they are sorted by time."""

    def __init__(self, rng: np.random.Generator, quotas: Quotas, people: Population) -> None:
        self.rng, self.quotas, self.people = rng, quotas, people
        self.tests = max(4, quotas.calls // 5_000)
        self.calls = _empty(quotas.calls + self.tests)
        self.used = 0
        accounts = people.accounts
        self.everyone = np.arange(len(accounts))
        self.tied = np.flatnonzero(accounts.tied)
        self.untied = np.flatnonzero(~accounts.tied)

    def segment(self, count: int) -> slice:
        """Take the next `count` places."""
        part = slice(self.used, self.used + count)
        self.used += count
        return part

    def callers(self, count: int, among: Ints) -> NDArray[np.int32]:
        """Pick accounts, the busy ones more often."""
        weights = self.people.accounts.weights[among]
        total = np.cumsum(weights)
        picked = np.searchsorted(total, self.rng.random(count) * total[-1], side="right")
        callers: NDArray[np.int32] = among[np.minimum(picked, len(among) - 1)].astype(np.int32)
        return callers

    def dial(self, part: slice, numbers: Numbers, which: Ints) -> None:
        """Let the calls of a segment go to `numbers[which]`."""
        self.calls.called[part] = numbers.digits[which]
        self.calls.called_pool[part] = numbers.pools[which]

    def talk(self, count: int, *, over: int, median: float) -> NDArray[np.int32]:
        """Draw talk times above `over` seconds, with a long tail, up to an hour and a half."""
        extra = self.rng.lognormal(np.log(median), 1.1, size=count)
        return np.clip(over + 1 + extra, over + 1, 5_400).astype(np.int32)

    def over_a_minute(self, persons: Numbers, mobile_untied: int) -> None:
        """Make the calls over a minute: one to every person, the rest to random persons.

        `persons` holds the people to be alerted first, then other mobiles, then numbers that are not mobiles.
        """
        quotas, rng = self.quotas, self.rng
        part = self.segment(quotas.over_minute)
        again = rng.integers(0, quotas.people, size=quotas.over_minute - quotas.people)
        which = np.concatenate([np.arange(quotas.people), again])
        self.dial(part, persons, which)
        account = self.callers(quotas.over_minute, self.everyone)
        account[: quotas.alerts] = self.callers(quotas.alerts, self.tied)
        # No account tied to an identified subject may ring these mobiles, or they would have to be alerted too.
        spared = (which >= quotas.alerts) & (which < quotas.alerts + mobile_untied)
        account[spared] = self.callers(int(spared.sum()), self.untied)
        self.calls.account[part] = account
        duration = self.talk(quotas.over_minute, over=60, median=140)
        edge = rng.random(quotas.over_minute)
        duration[edge < 0.01] = 61
        duration[(edge >= 0.01) & (edge < 0.02)] = 300
        duration[(edge >= 0.02) & (edge < 0.03)] = 301
        self.calls.duration[part] = duration
        self.calls.disposition[part] = rng.random(quotas.over_minute) >= 0.03

    def attempts(self, part: slice, answered: float, *, at_most: int) -> None:
        """Give calls a mixed outcome; answered ones last at most `at_most` seconds."""
        count, rng = part.stop - part.start, self.rng
        fate = rng.random(count)
        talked = np.minimum(self.talk(count, over=0, median=25), at_most)
        talked[rng.random(count) < 0.02] = min(60, at_most)
        rang = rng.integers(LONG_RING_S, 120, size=count)
        answer = fate < answered
        logged_ringing = fate > 0.99
        self.calls.duration[part] = np.where(answer, talked, np.where(logged_ringing, rang, 0))
        silent = rng.choice([0, 2, 2, 2, 2, 3, 3, 4], size=count)
        spoken = (rng.random(count) >= 0.03).astype(np.uint8)
        self.calls.disposition[part] = np.where(answer, spoken, np.where(logged_ringing, 2, silent))

    def short_uk(self, count: int, persons: Numbers) -> None:
        """Make the UK calls that are not calls over a minute to a person."""
        part = self.segment(count)
        people, rng = self.people, self.rng
        self.calls.account[part] = self.callers(count, self.everyone)
        mobiles = people.mobiles[self.quotas.people : self.quotas.people + round(0.16 * self.quotas.calls)]
        others = people.other_uk[self.quotas.people :]
        lot = rng.random(count)
        for numbers, low, high in ((persons, 0.0, 0.12), (mobiles, 0.12, 0.82), (others, 0.82, 1.0)):
            at = part.start + np.flatnonzero((lot >= low) & (lot < high))
            which = rng.integers(0, len(numbers), size=len(at))
            self.calls.called[at] = numbers.digits[which]
            self.calls.called_pool[at] = numbers.pools[which]
        self.attempts(part, 0.45, at_most=60)

    def elsewhere(self, count: int, numbers: Numbers) -> None:
        """Make calls to people outside the UK."""
        part = self.segment(count)
        self.calls.account[part] = self.callers(count, self.everyone)
        self.dial(part, numbers, self.rng.integers(0, len(numbers), size=count))
        self.attempts(part, 0.35, at_most=5_400)

    def to_own(self, count: int) -> None:
        """Make calls to criminals' own phones, the site's numbers and organisations' own numbers."""
        people, rng = self.people, self.rng
        part = self.segment(count)
        account = self.callers(count, self.everyone)
        contacts = np.flatnonzero((people.accounts.contact > 0) & people.accounts.in_table)
        phones = Numbers(people.accounts.contact[contacts], people.accounts.contact_pools[contacts])
        known = np.flatnonzero(people.subjects.contact > 0)
        subjects = Numbers(people.subjects.contact[known], people.subjects.contact_pools[known])
        digits = people.organisations.digits
        published = Numbers(digits, np.full(len(digits), ORGANISATION_POOL, dtype=np.int16))
        kinds = np.resize([1, 4, 3, 1, 2, 1, 4, 1], count).astype(np.uint8)
        for kind, numbers in ((1, phones), (2, subjects), (3, people.site), (4, published)):
            at = np.flatnonzero(kinds == kind)
            which = rng.integers(0, len(numbers), size=len(at))
            if kind == TO_ACCOUNT:
                # Mostly the caller's own phone, to try the service; otherwise an accomplice's.
                mine = np.searchsorted(contacts, account[at])
                mine = np.minimum(mine, len(contacts) - 1)
                has = (contacts[mine] == account[at]) & (rng.random(len(at)) < 0.7)
                which = np.where(has, mine, which)
            self.calls.called[part.start + at] = numbers.digits[which]
            self.calls.called_pool[part.start + at] = numbers.pools[which]
        self.calls.account[part] = account
        self.calls.own[part] = kinds
        self.calls.duration[part] = self.talk(count, over=30, median=90)
        self.calls.disposition[part] = 1

    def developers_tests(self) -> None:
        """Make the rows from before the site existed: the developers' long calls to mobiles."""
        part = self.segment(self.tests)
        self.calls.account[part] = self.untied[0]
        last = len(self.people.mobiles)
        self.dial(part, self.people.mobiles, np.arange(last - self.tests, last))
        self.calls.duration[part] = self.talk(self.tests, over=60, median=60)
        self.calls.disposition[part] = 1
        self.calls.in_life[part] = False
        span = calendar.BEFORE_SITE_UNTIL - calendar.BEFORE_SITE_FROM
        when = (self.rng.random(self.tests) * span).astype(np.int64)
        self.calls.at[part] = calendar.BEFORE_SITE_FROM + when

    def times(self) -> None:
        """Place every call within its account's life, by the rhythm of calling."""
        part = slice(0, self.quotas.calls)
        rhythm, accounts = calendar.calling_rhythm(), self.people.accounts
        low = rhythm.share(np.maximum(accounts.created, calendar.CALLS_FROM))
        high = rhythm.share(accounts.until)
        account = self.calls.account[part]
        chance = self.rng.random(self.quotas.calls)
        self.calls.at[part] = rhythm.timestamp(low[account] + chance * (high - low)[account])

    def shown(self) -> None:
        """Choose the number that each call shows: an organisation's, somebody's, or none."""
        calls, people, rng = self.calls, self.people, self.rng
        count = len(calls)
        uk = calls.called_pool < np.int16(ORGANISATION_POOL)
        uk &= calls.called // 10**10 == 44
        lot = rng.random(count)
        company = (lot < np.where(uk, 0.62, 0.15)) & (calls.own != TO_ORGANISATION)
        total = np.cumsum(people.organisations.weights)
        which = np.minimum(np.searchsorted(total, rng.random(count), side="right"), len(total) - 1)
        private = ~company & ((lot < 0.9) | (calls.own == TO_ORGANISATION))
        first = self.quotas.people + round(0.16 * self.quotas.calls)
        customers = people.mobiles[first : first + max(1, self.quotas.calls // 100)]
        whose = rng.integers(0, len(customers), size=count)
        calls.shown = np.where(company, people.organisations.digits[which], 0)
        calls.shown = np.where(private, customers.digits[whose], calls.shown)
        calls.shown_pool = np.where(company, ORGANISATION_POOL, customers.pools[whose]).astype(np.int16)
        calls.organisation = np.where(company, people.organisations.owners[which], -1).astype(np.int16)

    def typing(self) -> None:
        """Let every account type numbers in its own way."""
        calls, rng = self.calls, self.rng
        habits = self.people.accounts.habits[calls.account]
        dresses = np.array([habit.dress for habit in HABITS], dtype=np.uint8)
        calls.called_shape = habit_shapes(habits, calls.called_pool)
        # Own numbers, and those of the developers' tests, are typed with a prefix, so they are never ambiguous.
        sure = (calls.own != TO_PEOPLE) | ~calls.in_life
        prefix = _PREFIXED[rng.integers(0, len(_PREFIXED), size=len(calls))]
        calls.called_shape = np.where(sure, fit_shapes(prefix, calls.called_pool), calls.called_shape)
        calls.called_dress = fit_dresses(dresses[habits], calls.called_shape)
        shapes = np.array([Shape.PLUS, Shape.PLUS, Shape.TRUNK, Shape.ZEROS, Shape.BARE], dtype=np.uint8)
        drawn = shapes[rng.integers(0, len(shapes), size=len(calls))]
        nothing = _NOTHING[rng.integers(0, len(_NOTHING), size=len(calls))]
        calls.shown_shape = np.where(calls.shown > 0, drawn, nothing).astype(np.uint8)
        spaced = (rng.random(len(calls)) < 0.1) & (calls.shown > 0)
        calls.shown_dress = np.where(spaced, Dress.SPACED, Dress.PLAIN).astype(np.uint8)


def make_calls(rng: np.random.Generator, quotas: Quotas, people: Population) -> Calls:
    """Make every call of the seizure in order of time; quotas are met exactly."""
    maker = _Maker(rng, quotas, people)
    mobile_untied = max(0, round(0.8 * quotas.people) - quotas.alerts)
    mobile = quotas.alerts + mobile_untied
    rest = people.other_uk[: quotas.people - mobile]
    persons = Numbers(
        np.concatenate([people.mobiles.digits[:mobile], rest.digits]),
        np.concatenate([people.mobiles.pools[:mobile], rest.pools]),
    )
    own = max(8, round(0.004 * quotas.calls))
    maker.over_a_minute(persons, mobile_untied)
    maker.short_uk(quotas.uk - quotas.over_minute - own, persons)
    maker.to_own(own)
    maker.elsewhere(quotas.us, people.americans)
    maker.elsewhere(quotas.calls - quotas.uk - quotas.us, people.abroad)
    maker.developers_tests()
    maker.times()
    maker.shown()
    maker.typing()
    # Some calls are put into the second pass of the hour that clocks show twice, regardless of the rhythm.
    late = rng.choice(quotas.calls, size=max(2, quotas.calls // 20_000), replace=False)
    span = calendar.REPEATED_UNTIL - calendar.REPEATED_FROM
    maker.calls.at[late] = calendar.REPEATED_FROM + (rng.random(len(late)) * span).astype(np.int64)
    maker.calls.sort(np.argsort(maker.calls.at, kind="stable"))
    return maker.calls
