"""The two truths, actual and recoverable: their figures, their victims, and the gap between them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic import calendar
from ringback.synthetic.calls import Calls, Flags
from ringback.synthetic.mess import CAUSES
from ringback.synthetic.payments import Payments
from ringback.synthetic.pools import GB, IS_MOBILE, REGION, REGIONS, Ints
from ringback.synthetic.population import NONE, Population, own_numbers
from ringback.synthetic.recovery import Recovered
from ringback.synthetic.scale import Quotas
from ringback.synthetic.typing_styles import Shape

OVER_A_MINUTE: Final = "over-a-minute@1"
OVER_FIVE_MINUTES: Final = "over-five-minutes@1"
RULES: Final = {OVER_A_MINUTE: 60, OVER_FIVE_MINUTES: 300}


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one truth, one entry per call.

    Attributes:
        counted: Whether it counts as a call.
        called: Called number, 0 where unknown.
        region: Index into `pools.REGIONS`.
        mobile: Whether the called number is a mobile.
        own: Whether the called number is an account's, a subject's, the site's or an organisation's own.
        at: Start, seconds since 1970 UTC.
        seconds: Talk time in seconds, 0 where nobody answered or it is unknown.
        account: Index of the account, -1 where unknown.
        organisation: Index of the organisation whose number was shown, -1 for none.
        tied: Whether the account is tied to an identified subject.
    """

    counted: Flags
    called: Ints
    region: NDArray[np.uint8]
    mobile: Flags
    own: Flags
    at: Ints
    seconds: NDArray[np.int32]
    account: NDArray[np.int32]
    organisation: NDArray[np.int16]
    tied: Flags

    @property
    def uk_people(self) -> Flags:
        """Which calls went to UK people."""
        uk: Flags = self.region == GB
        return self.counted & uk & ~self.own

    def meets(self, rule: str) -> Flags:
        """Which calls meet a rule: to a UK mobile, long enough, from a tied account."""
        long: Flags = self.seconds > RULES[rule]
        return self.uk_people & long & self.mobile & self.tied

    def victims(self, rule: str) -> Ints:
        """The distinct called numbers that meet a rule, sorted."""
        return np.unique(self.called[self.meets(rule)])


def _is_own(called: Ints, people: Population) -> Flags:
    own = np.unique(np.concatenate(list(own_numbers(people).values())))
    place = np.minimum(np.searchsorted(own, called), len(own) - 1)
    found: Flags = own[place] == called
    return found


def actual_facts(calls: Calls, people: Population) -> Facts:
    """The facts of what really happened."""
    return Facts(
        counted=calls.in_life,
        called=calls.called,
        region=REGION[calls.called_pool],
        mobile=IS_MOBILE[calls.called_pool],
        own=_is_own(calls.called, people),
        at=calls.at,
        seconds=np.where(calls.connected, calls.duration, 0).astype(np.int32),
        account=calls.account,
        organisation=calls.organisation,
        tied=people.accounts.tied[calls.account],
    )


def recoverable_facts(calls: Calls, people: Population, recovered: Recovered) -> Facts:
    """The facts of what can be recovered."""
    heard = calls.connected & ~calls.duration_lost
    eaten = calls.shown_shape == Shape.EATEN
    return Facts(
        counted=recovered.counted,
        called=recovered.called,
        region=recovered.region,
        mobile=recovered.mobile,
        own=_is_own(recovered.called, people),
        at=recovered.at,
        seconds=np.where(heard, calls.duration, 0).astype(np.int32),
        account=np.where(calls.account_lost, NONE, calls.account).astype(np.int32),
        organisation=np.where(eaten, -1, calls.organisation).astype(np.int16),
        tied=people.accounts.tied[calls.account] & ~calls.account_lost,
    )


def _peak(facts: Facts) -> tuple[int, str]:
    """The highest number of distinct UK people called in one UTC clock minute, and the first such minute."""
    rows = facts.uk_people
    minutes = facts.at[rows] // 60
    if not len(minutes):
        return 0, ""
    first = int(minutes.min())
    # UK numbers have at most 12 digits, which is below 2**40. The minutes since the first go into the bits above.
    pairs = np.unique(((minutes - first) << 40) | facts.called[rows])
    counts = np.bincount(pairs >> 40)
    return int(counts.max()), calendar.utc_text((first + int(np.argmax(counts))) * 60)


def _ranked(counts: NDArray[np.int64], names: tuple[str, ...], word: str) -> list[dict[str, object]]:
    found = [(names[at], int(counts[at])) for at in np.flatnonzero(counts).tolist()]
    return [{word: name, "calls": count} for name, count in sorted(found, key=lambda pair: (-pair[1], pair[0]))]


def _accounts_total(facts: Facts, people: Population, payments: Payments) -> int:
    known = people.accounts.in_table.copy()
    known[payments.account] = True
    seen = facts.account[facts.counted]
    known[seen[seen != NONE]] = True
    return int(known.sum())


def _subjects(people: Population) -> list[dict[str, object]]:
    pairs = list(zip(people.subjects.statuses, people.subjects.areas, strict=True))
    return [
        {"status": status, "area": area, "subjects": pairs.count((status, area))} for status, area in sorted(set(pairs))
    ]


def make_figures(facts: Facts, people: Population, payments: Payments) -> dict[str, object]:
    """Every figure of `figures.json`: key to value."""
    counted = facts.counted
    over = facts.uk_people & (facts.seconds > 60)
    peak, minute = _peak(facts)
    timestamps = facts.at[counted]
    accounts = facts.account[counted]
    shown = facts.organisation[counted & ~facts.own & (facts.organisation >= 0)]
    return {
        "calls_total": int(counted.sum()),
        "calls_connected": int((counted & (facts.seconds > 0)).sum()),
        "uk_calls": int((counted & (facts.region == GB)).sum()),
        "uk_calls_over_minute": int(over.sum()),
        "uk_people_over_minute": len(np.unique(facts.called[over])),
        "numbers_to_alert": len(facts.victims(OVER_A_MINUTE)),
        "accounts_total": _accounts_total(facts, people, payments),
        "accounts_active": len(np.unique(accounts[accounts != NONE])),
        "revenue_gbp": payments.revenue_pence / 100,
        "first_call_at": calendar.utc_text(int(timestamps.min())),
        "last_call_at": calendar.utc_text(int(timestamps.max())),
        "peak_uk_people_per_minute": peak,
        "peak_minute": minute,
        "calls_by_region": _ranked(np.bincount(facts.region[counted]), REGIONS, "region"),
        "organisations_imitated": _ranked(np.bincount(shown), people.organisations.names, "organisation"),
        "subjects_by_status_and_area": _subjects(people),
    }


def _causes(of: Facts, rule: str, missing: Ints, causes: NDArray[np.uint8]) -> dict[str, int]:
    rows = np.flatnonzero(of.meets(rule))
    rows = rows[np.isin(of.called[rows], missing)]
    _, first = np.unique(of.called[rows], return_index=True)
    named = [CAUSES[cause] or "none" for cause in causes[rows[first]].tolist()]
    return {name: named.count(name) for name in sorted(set(named))}


def make_gap(rule: str, actual: Facts, recoverable: Facts, *, causes: NDArray[np.uint8]) -> dict[str, dict[str, int]]:
    """Count the victims in one truth and not in the other, by what the mess did to the first of their calls.

    Args:
        rule: The rule that the victims meet.
        actual: What really happened.
        recoverable: What can be recovered.
        causes: What the mess did to each call.

    Returns:
        Direction to cause to number of victims.
    """
    really, found = actual.victims(rule), recoverable.victims(rule)
    return {
        "actual_not_recoverable": _causes(actual, rule, np.setdiff1d(really, found), causes),
        "recoverable_not_actual": _causes(recoverable, rule, np.setdiff1d(found, really), causes),
    }


def make_holds(figures: dict[str, object], quotas: Quotas, people: Population) -> dict[str, object]:
    """Which of the published figures hold in the actual truth at this scale."""
    by_region: Any = figures["calls_by_region"]
    us = [row["calls"] for row in by_region if row["region"] == "US"]
    statuses = list(zip(people.subjects.statuses, people.subjects.areas, strict=True))
    revenue = float(str(figures["revenue_gbp"]))
    exact = {
        "calls": (quotas.calls, figures["calls_total"]),
        "uk_calls": (quotas.uk, figures["uk_calls"]),
        "us_calls": (quotas.us, us[0] if us else 0),
        "uk_calls_over_minute": (quotas.over_minute, figures["uk_calls_over_minute"]),
        "uk_people_over_minute": (quotas.people, figures["uk_people_over_minute"]),
        "numbers_to_alert": (quotas.alerts, figures["numbers_to_alert"]),
        "accounts": (quotas.accounts, figures["accounts_total"]),
        "arrested_london": (quotas.arrested_london, statuses.count(("arrested", "London"))),
        "arrested_elsewhere": (quotas.arrested_elsewhere, statuses.count(("arrested", "Elsewhere"))),
    }
    holds: dict[str, object] = {
        name: {"target": target, "actual": actual, "holds": target == actual}
        for name, (target, actual) in exact.items()
    }
    near = abs(revenue - quotas.revenue) <= max(0.01 * quotas.revenue, 5_000)
    holds["revenue_gbp"] = {"target": quotas.revenue, "actual": revenue, "holds": near}
    peak = int(str(figures["peak_uk_people_per_minute"]))
    # An absolute figure: it does not shrink with the seizure, so a small seizure cannot reach it.
    holds["peak_uk_people_per_minute"] = {"target": 20, "actual": peak, "holds": peak >= 20}
    return {"scale": quotas.scale, "calibrations": holds}
