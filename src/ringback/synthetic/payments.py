"""The accounts' payments: a monthly fee in bitcoin, with its value in sterling on the day."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.schemas import SYNTHETIC_MARK
from ringback.synthetic import calendar
from ringback.synthetic.pools import Ints
from ringback.synthetic.population import Accounts
from ringback.synthetic.scale import Quotas

CHEAPEST_PENCE: Final = 150_00
DEAREST_PENCE: Final = 5_000_00
_FEES: Final = (150, 250, 400, 600, 1_000, 1_800, 3_000, 5_000)
_SHARES: Final = (0.36, 0.24, 0.15, 0.1, 0.07, 0.04, 0.025, 0.015)
# Months after December 2020, and the price of a bitcoin then in thousands of pounds: made up, but plausible.
_PRICE_MONTHS: Final = (0, 4, 7, 11, 15, 18, 21)
_PRICES: Final = (14.0, 42.0, 25.0, 47.0, 31.0, 16.5, 17.5)


@dataclass(slots=True)
class Payments:
    """One entry per row of the payment table; a repeated row has its original's number.

    Attributes:
        number: The payment's own number, from 1.
        account: Index of the account.
        at: When, seconds since 1970 UTC.
        satoshi: Amount in hundred-millionths of a bitcoin.
        pence: Sterling value.
    """

    number: Ints
    account: Ints
    at: Ints
    satoshi: Ints
    pence: Ints

    def __len__(self) -> int:
        return len(self.number)

    @property
    def revenue_pence(self) -> int:
        """Total paid in pence; every payment counts once."""
        _, first = np.unique(self.number, return_index=True)
        return int(self.pence[first].sum())

    def texts(self, accounts: Accounts) -> list[list[str | None]]:
        """The table's columns as text."""
        return [
            [f"{SYNTHETIC_MARK}P{number:09d}" for number in self.number.tolist()],
            [accounts.names[account] for account in self.account.tolist()],
            [*calendar.local_texts(self.at)],
            [f"{amount // 10**8}.{amount % 10**8:08d}" for amount in self.satoshi.tolist()],
            [f"{value // 100}.{value % 100:02d}" for value in self.pence.tolist()],
        ]


def _daily_prices(rng: np.random.Generator) -> NDArray[np.float64]:
    days = (calendar.CALLS_UNTIL - calendar.SITE_OPENED) // calendar.DAY_S + 1
    trend = np.interp(np.arange(days) / 30.4, _PRICE_MONTHS, _PRICES)
    return trend * 1_000 * np.exp(rng.normal(0, 0.02, size=days))


def make_payments(rng: np.random.Generator, quotas: Quotas, accounts: Accounts) -> Payments:
    """Make payments whose sum is as close to the quota as whole monthly fees allow."""
    target = quotas.revenue * 100
    fees = rng.choice(np.array(_FEES), size=target // CHEAPEST_PENCE + 1, p=_SHARES) * 100
    # The rate moves between the quote and the payment, so values are not round.
    slipped = np.clip(fees * rng.normal(1, 0.008, size=len(fees)), CHEAPEST_PENCE, DEAREST_PENCE)
    pence = slipped.astype(np.int64)
    count = 1 + int(np.argmin(np.abs(np.cumsum(pence) - target)))
    pence = pence[:count]
    total = np.cumsum(accounts.weights)
    account = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    account = np.minimum(account, len(accounts) - 1)
    lived = accounts.until[account] - accounts.created[account]
    at = accounts.created[account] + (rng.random(count) * lived).astype(np.int64)
    order = np.argsort(at, kind="stable")
    account, at, pence = account[order], at[order], pence[order]
    prices = _daily_prices(rng)[(at - calendar.SITE_OPENED) // calendar.DAY_S]
    satoshi = np.round(pence / 100 / prices * 10**8).astype(np.int64)
    number = np.arange(1, count + 1)
    repeated = rng.choice(count, size=max(1, count // 200), replace=False)
    rows = np.sort(np.concatenate([np.arange(count), repeated]), kind="stable")
    return Payments(number[rows], account[rows], at[rows], satoshi[rows], pence[rows])
