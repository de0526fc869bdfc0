"""Made-up reports of a seizure: who of the people called reports it, and what they tell.

Some reporters begin with the text that warned them, some were called and never warned, and some were never called by
this site at all. Which call each report is about is known; what is *told* of it is made by `misremembering`. The
reports have a source of chance of their own, so the seizure itself is the same with and without them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic.calls import TO_PEOPLE, Calls, Flags
from ringback.synthetic.pools import GB, REGION, Ints, draw_numbers
from ringback.synthetic.population import Population
from ringback.synthetic.recovery import Recovered
from ringback.synthetic.scale import Quotas

FULL_SCALE: Final = 4_785
SMALLEST: Final = 12
MEAN_LOSS_PENCE: Final = 10_000_00
LARGEST_LOSS_PENCE: Final = 3_000_000_00
NO_CALL: Final = -1
# Who reports: the share of all reports. "other scam" was never called by this site.
_WHO: Final = (("our_text", 0.30), ("alerted", 0.22), ("never_alerted", 0.33), ("other_scam", 0.15))
# How the number called is told by those who are asked for it.
NUMBER_TOLD: Final = (
    ("exact", 0.77),
    ("digit_missing", 0.02),
    ("relative_exact", 0.05),
    ("digit_wrong", 0.05),
    ("digits_swapped", 0.04),
    ("own_instead_of_relative", 0.03),
    ("none", 0.04),
)
# The first digits of a UK mobile number, before the nine in which people err.
_UK_MOBILE: Final = 447
_WITH_LOSS: Final = 0.6
_LOSS_SPREAD: Final = 1.7
_LARGEST_SHARE: Final = 0.3


@dataclass(frozen=True, slots=True)
class ReportTruth:
    """What each report is really about, one entry per report.

    Attributes:
        who: our_text, alerted, never_alerted or other_scam.
        call: Index of the call, `NO_CALL` for none.
        number: The number that was really called, digits with country code. Another scam called it too.
        told: How the number is told: a name of `NUMBER_TOLD`, or not_asked for those who begin with our text.
        typed: The number that is told, digits with country code; 0 for none.
        recoverable: Whether a careful reader finds a call of this site to the number among the rows as written.
        pence: What is lost.
    """

    who: list[str]
    call: Ints
    number: Ints
    told: list[str]
    typed: Ints
    recoverable: Flags
    pence: Ints

    def __len__(self) -> int:
        return len(self.who)


def count_reports(quotas: Quotas) -> int:
    """How many reports come in: in proportion to the published 4,785, and at least a few.

    >>> from ringback.synthetic.scale import quotas_for
    >>> count_reports(quotas_for(10_000_000)), count_reports(quotas_for(1_000))
    (4785, 12)
    """
    return max(SMALLEST, round(FULL_SCALE * quotas.scale))


def make_report_truth(
    seed: int, quotas: Quotas, people: Population, *, calls: Calls, recovered: Recovered
) -> ReportTruth:
    """Decide who reports, about which call, with which slip in the number, and what was lost.

    Args:
        seed: The seed of the seizure.
        quotas: Its quotas.
        people: Everyone in it.
        calls: The calls with their mess, in order of time.
        recovered: What can be recovered of them.
    """
    rng = np.random.default_rng([seed, FULL_SCALE])
    count = count_reports(quotas)
    who = _dealt(rng, _WHO, count)
    call = _pick_calls(rng, who, people, calls=calls, recovered=recovered)
    # People that this site never called: some of them report another scam, some give their own number for a relative's.
    # One mobile in seventeen was called at full scale, so twice as many as are needed are plenty.
    drawn, _pools = draw_numbers(rng, "gb_mobile", count=2 * count, taken=people.organisations.every)
    strangers = drawn[~_is_among(drawn, np.sort(calls.called))][:count]
    number = np.where(call == NO_CALL, strangers, calls.called[call])
    told = _dealt(rng, NUMBER_TOLD, count)
    told = [_how_told(one, how, int(right)) for one, how, right in zip(who, told, number.tolist(), strict=True)]
    # A source of chance of its own: all other reports are the same with and without such slips.
    missing = np.random.default_rng([seed, FULL_SCALE, 1])
    typed = [
        _typed(missing if how == "digit_missing" else rng, how, int(right), stranger=int(other))
        for how, right, other in zip(told, number.tolist(), strangers.tolist(), strict=True)
    ]
    found = np.sort(recovered.called[recovered.counted])
    return ReportTruth(
        who=who,
        call=call,
        number=number,
        told=told,
        typed=np.array(typed, dtype=np.int64),
        recoverable=_is_among(number, found) & (call != NO_CALL),
        pence=_losses(rng, count),
    )


def _dealt(rng: np.random.Generator, shares: tuple[tuple[str, float], ...], count: int) -> list[str]:
    """Names in random order, each as often as its share says; what is left over goes to the first."""
    dealt = [name for name, share in shares for _ in range(round(share * count))]
    dealt = (dealt + [shares[0][0]] * count)[:count]
    return [dealt[at] for at in rng.permutation(count).tolist()]


def _pick_calls(
    rng: np.random.Generator, who: list[str], people: Population, *, calls: Calls, recovered: Recovered
) -> Ints:
    """One call over a minute to a UK person for every reporter; no two reporters share a number, where possible."""
    long_ = calls.connected & calls.in_life & (calls.duration > 60)
    rows = np.flatnonzero(long_ & (calls.own == TO_PEOPLE) & (REGION[calls.called_pool] == GB))
    rows = rng.permutation(rows)
    _, first = np.unique(calls.called[rows], return_index=True)
    rows = rows[np.sort(first)]
    # Only who can be found in the seizure was warned.
    found = long_ & ~calls.duration_lost & ~calls.account_lost & recovered.counted & recovered.mobile
    warned = _is_among(calls.called[rows], np.sort(recovered.called[found & people.accounts.tied[calls.account]]))
    picked = np.full(len(who), NO_CALL, dtype=np.int64)
    for is_warned, names in ((True, ("our_text", "alerted")), (False, ("never_alerted",))):
        among = rows[warned == is_warned]
        places = [at for at, one in enumerate(who) if one in names]
        picked[places] = np.resize(among, len(places))
    return picked


def _is_among(numbers: Ints, others: Ints) -> Flags:
    """Which numbers are among others, which are sorted. Distinct values of millions would take several times longer."""
    place = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
    found: Flags = others[place] == numbers
    return found


def _how_told(who: str, how: str, number: int) -> str:
    """How the number is told. Only a mobile shows that a digit is missing: landlines differ in length."""
    if who == "our_text":
        return "not_asked"
    return "exact" if how == "digit_missing" and number // 10**9 != _UK_MOBILE else how


def _typed(rng: np.random.Generator, how: str, number: int, *, stranger: int) -> int:
    """The number as somebody tells it. Slips are in the last nine digits: the first says only that it is a mobile."""
    digits = list(str(number))
    if how in ("not_asked", "none"):
        return 0
    if how == "own_instead_of_relative":
        # A stranger's number may be the right one, where somebody reports another scam.
        return stranger + 1 if stranger == number else stranger
    if how == "digit_wrong":
        at = int(rng.integers(len(digits) - 9, len(digits)))
        digits[at] = str((int(digits[at]) + int(rng.integers(1, 10))) % 10)
    if how == "digits_swapped":
        pairs = [at for at in range(len(digits) - 9, len(digits) - 1) if digits[at] != digits[at + 1]]
        if pairs:
            at = pairs[int(rng.integers(len(pairs)))]
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
    if how == "digit_missing":
        del digits[int(rng.integers(len(digits) - 9, len(digits)))]
    return int("".join(digits))


def _losses(rng: np.random.Generator, count: int) -> Ints:
    """Losses in pence with a long tail. Their mean is `MEAN_LOSS_PENCE` to the penny; at full scale the largest is
    `LARGEST_LOSS_PENCE`, in small seizures less, so that one report does not hold nearly all.
    """
    total = count * MEAN_LOSS_PENCE
    largest = min(LARGEST_LOSS_PENCE, round(_LARGEST_SHARE * total))
    losers = rng.permutation(count)[: max(3, round(_WITH_LOSS * count))]
    weights: NDArray[np.float64] = rng.lognormal(0, _LOSS_SPREAD, size=len(losers) - 1)
    rest = total - largest
    shares = weights / weights.sum() * rest
    # What would be above the largest is spread over the others.
    while (shares > 0.9 * largest).any():
        shares = np.minimum(shares, 0.8 * largest)
        shares += (rest - shares.sum()) / len(shares)
    pence = np.maximum(shares.astype(np.int64), 1)
    pence[int(np.argmin(pence))] += rest - int(pence.sum())
    losses = np.zeros(count, dtype=np.int64)
    losses[losers] = np.concatenate([[largest], pence])
    return losses
