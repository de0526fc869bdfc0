"""Quotas for a seizure of a given number of calls: the published figures, scaled down in proportion."""

from dataclasses import dataclass

from ringback.errors import RingbackError

FULL_SCALE = 10_000_000
SMALLEST = 1_000


@dataclass(frozen=True, slots=True)
class Quotas:
    """Exact counts in the *actual* truth. Some are lower in the recoverable truth, because the mess destroyed calls.

    Attributes:
        calls: Calls in the life of the site.
        uk: Calls to numbers of region GB, own numbers included.
        us: Calls to numbers of region US.
        over_minute: UK calls over a minute to people.
        people: Distinct UK people of those.
        alerts: Distinct UK mobiles of those people that an account tied to an identified subject called.
        accounts: Accounts ever opened.
        revenue: Pounds paid, about.
        arrested_london: Subjects arrested in London.
        arrested_elsewhere: Subjects arrested elsewhere.
        identified: Subjects identified but not arrested.
        unidentified: Subjects known only by a trace.
    """

    calls: int
    uk: int
    us: int
    over_minute: int
    people: int
    alerts: int
    accounts: int
    revenue: int
    arrested_london: int
    arrested_elsewhere: int
    identified: int
    unidentified: int

    @property
    def scale(self) -> float:
        """Calls as a share of the published ten million."""
        return self.calls / FULL_SCALE


def quotas_for(calls: int) -> Quotas:
    """Scale the published figures to a number of calls.

    Raises:
        RingbackError: `synth_impossible` when there are too few calls to hold the case's features at all.

    >>> quotas_for(100_000).alerts
    700
    """
    if calls < SMALLEST:
        raise RingbackError(
            "synth_impossible",
            calls=calls,
            problem=f"fewer than {SMALLEST:,} calls cannot hold every feature of the case",
            hint=f"ask for at least {SMALLEST:,} calls",
        )
    scale = calls / FULL_SCALE
    return Quotas(
        calls=calls,
        uk=round(0.35 * calls),
        us=round(0.40 * calls),
        over_minute=round(0.035 * calls),
        people=round(0.02 * calls),
        alerts=round(0.007 * calls),
        accounts=round(59_000 * scale),
        revenue=round(3_200_000 * scale),
        arrested_london=max(1, round(103 * scale)),
        arrested_elsewhere=max(1, round(17 * scale)),
        identified=max(1, round(60 * scale)),
        unidentified=max(1, round(25 * scale)),
    )
